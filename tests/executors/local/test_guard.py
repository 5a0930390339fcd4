"""The guard lets ordinary Python pass at its full meaning and refuses what leads out."""

from __future__ import annotations

import ast

import pytest

from executors.local.guard import policy
from executors.local.guard.compiler import Compiler
from executors.local.guard.errors import NotAllowed
from executors.local.guard.imports import Importer
from executors.local.guard.runtime import OperationLimit, guarded_builtins, set_budget


def run(code: str, *imports: str, operations: int = 100_000) -> object:
    """What the last expression of guarded code is, in this process."""
    importer = Importer(imports, lambda name: None)
    builtins = guarded_builtins(print) | importer.names()
    names = {"__builtins__": builtins, "__name__": "__main__"}
    builtins["$import_all"] = lambda name: names.update(importer.import_all(name))
    program = Compiler(names, builtins).compile(code, "<cell 1>")
    set_budget(builtins, operations)
    return program.run(names)


ALLOWED = {
    "closures": ("def f(n):\n  def g(): nonlocal n; n += 1; return n\n  return g\nf(1)()", 2),
    "late defaults": ("fs = [lambda i=i: i for i in range(3)]\n[f() for f in fs]", [0, 1, 2]),
    "while else": ("i = 0\nwhile i < 3: i += 1\nelse: i = 10\ni", 10),
    "while break": ("i = 0\nwhile True:\n  i += 1\n  if i == 5: break\ni", 5),
    "while continue": (
        "i = n = 0\nwhile i < 4:\n  i += 1\n  if i % 2: continue\n  n += i\nn",
        6,
    ),
    "for else": ("for i in []: pass\nelse: i = 7\ni", 7),
    "docstring": ("def f():\n  'doc'\nf.__doc__", "doc"),
    "private of own": ("class A:\n  def __init__(s): s._x = 1; s.__y = 2\n"
                       "  def f(s): return s._x + s.__y\nA().f()", 3),
    "class private": ("class A:\n  _n = 0\n  @classmethod\n  def up(cls): cls._n += 1\n"
                      "A.up(); A._n", 1),
    "super": ("class A:\n  def f(s): return 1\nclass B(A):\n"
              "  def f(s): return super().f() + 1\nB().f()", 2),
    "slots": ("class A:\n  __slots__ = ('x',)\na = A(); a.x = 1; a.x", 1),
    "frozen": ("from dataclasses import dataclass\n@dataclass(frozen=True, slots=True)\n"
               "class P:\n  x: int\n  def __post_init__(s): object.__setattr__(s, 'x', s.x + 1)\n"
               "P(1).x", 2),
    "namedtuple": ("from collections import namedtuple\nnamedtuple('P', 'x')(1)._asdict()",
                   {"x": 1}),
    "enum": ("from enum import Enum, auto\nclass E(Enum):\n  A = auto()\nE.A.value, E['A'].name",
             (1, "A")),
    "getattr": ("class A: x = 1\ngetattr(A, 'x'), getattr(A, 'y', 2), hasattr(A, 'y')",
                (1, 2, False)),
    "setattr": ("class A: pass\na = A(); setattr(a, '_x', 1); a._x", 1),
    "format": ("'{0.real:>4} {1[k]} {}'.format" "(1, {'k': 2})" .replace(" {}", ""), "   1 2"),
    "format map": ("'{a}'.format_map({'a': 1})", "1"),
    "format of str": ("str.format('{}', 1)", "1"),
    "generator": ("def g():\n  x = yield 1\n  yield x\ni = g(); next(i), i.send(5)", (1, 5)),
    "try finally": ("def f():\n  try: return 1\n  finally: done.append(1)\ndone = []\nf(), done",
                    (1, [1])),
    "exception type": ("try: [][0]\nexcept (KeyError, IndexError) as e: r = type(e).__name__\nr",
                       "IndexError"),
    "bare except": ("try: 1/0\nexcept: r = 1\nr", 1),
    "import error": ("try: import requests\nexcept ImportError: r = 1\nr", 1),
    "walrus": ("[y for x in range(3) if (y := x * 2) > 1]", [2, 4]),
    "star": ("a, *b = range(4)\ndef f(*a, k=1, **kw): return a, k, kw\nf(*b, k=2, z=3)",
             ((1, 2, 3), 2, {"z": 3})),
    "match": ("from dataclasses import dataclass\n@dataclass\nclass P: x: int\n"
              "match P(3):\n  case P(x=n) if n > 2: r = n\nr", 3),
    "dotted import": ("import collections.abc\nisinstance([], collections.abc.Sequence)", True),
    "import as": ("import collections.abc as c, math as m\nm.floor(1.5), c.Sized.__name__",
                  (1, "Sized")),
    "star import": ("from math import *\nfloor(pi)", 3),
    "future": ("from __future__ import annotations\ndef f(x: Undefined): return x\nf(1)", 1),
    "attrgetter": ("from operator import attrgetter, methodcaller\n"
                   "attrgetter('real', 'imag')(1), methodcaller('upper')('a')", ((1, 0), "A")),
    "shadowed builtin": ("def eval(x): return x + 1\neval(1)", 2),
    "type": ("type('A', (), {'x': 1})().x", 1),
    "strftime": ("import datetime\ndatetime.date(2024, 2, 1).strftime('%d.%m.')", "01.02."),
    "strptime": ("from datetime import datetime\ndatetime.strptime('2024', '%Y').year", 2024),
    "decimal": ("from decimal import Decimal, getcontext\ngetcontext().prec = 3\n"
                "str(Decimal(1) / 3)", "0.333"),
    "lru_cache": ("import functools\n@functools.lru_cache\ndef f(n): return n\n"
                  "f(1); f(1); f.cache_info().hits", 1),
    "vars": ("class A:\n  def __init__(s): s.x = 1\nvars(A()), A().__dict__",
             ({"x": 1}, {"x": 1})),
    "contextmanager": ("from contextlib import contextmanager\n@contextmanager\ndef c(): yield 4\n"
                       "with c() as n: pass\nn", 4),
    "with swallow": ("from contextlib import suppress\nwith suppress(ValueError): int('x')\n5", 5),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_ordinary_python_means_what_it_means(name: str) -> None:
    code, expected = ALLOWED[name]
    assert run(code) == expected


REFUSED = {
    "subclasses": ("().__class__.__base__", "the attribute '__base__' may not be used"),
    "globals": ("(lambda: 0).__globals__", "the attribute '__globals__' may not be used"),
    "by name": ("getattr(len, '__self__')", "the attribute '__self__' may not be used"),
    "hidden name": ("getattr((), '__sub' + 'classes__')", "'__subclasses__' may not be used"),
    "frames": ("(i for i in ()).gi_frame.f_back", "the attribute 'gi_frame' may not be used"),
    "traceback": ("try: 1/0\nexcept Exception as e: e.__traceback__", "'__traceback__' may not"),
    "builtins": ("__builtins__", "the name '__builtins__' may not be used here"),
    "bind builtins": ("def f(__builtins__): pass", "the name '__builtins__' may not be used here"),
    "global builtins": ("global __builtins__", "the name '__builtins__' may not be used here"),
    "import builtins": ("import math as __builtins__", "the name '__builtins__' may not"),
    "except as": ("try: 1/0\nexcept Exception as __builtins__: 0", "'__builtins__' may not"),
    "pattern": ("match 1:\n  case __builtins__: 0", "the name '__builtins__' may not"),
    "pattern attribute": ("match 1:\n  case int(__class__=c): 0", "'__class__'"),
    "format": ("'{0.__class__.__init__.__globals__}'.format(1)", "'__globals__' may not be used"),
    "format map": ("'{a.__globals__}'.format_map({'a': len})", "'__globals__' may not be used"),
    "str.format": ("str.format('{0.__globals__}', len)", "'__globals__' may not be used"),
    "format of a subclass": (
        "class S(str): pass\nS.format('{0.__globals__}', len)",
        "'__globals__' may not be used",
    ),
    "format of super": (
        "class S(str):\n  def f(s): return super().format(len)\nS('{0.__globals__}').f()",
        "'__globals__' may not be used",
    ),
    "getattribute": ("object.__getattribute__(len, '__self__')", "'__self__' may not be used"),
    "query of super": (
        "import pandas\nclass D(pandas.DataFrame):\n  def f(s): return super().query('a')\nD().f()",
        "query() of pandas runs",
    ),
    "format by name": ("getattr('{0.__globals__}', 'format')(len)", "'__globals__' may not"),
    "module": ("import random\nrandom._os", "the private attribute '_os' of 'module'"),
    "private import": ("from random import _os", "the private name '_os' may not be imported"),
    "import": ("import socket", "import of 'socket' is not allowed here"),
    "import sub": ("import xml.dom", "import of 'xml.dom' is not allowed here"),
    "import from": ("from xml import dom", "import of 'xml' is not allowed here"),
    "relative": ("from . import x", "a relative import has no package to start from"),
    "eval": ("eval('1')", "eval() may not be used"),
    "exec": ("exec('1')", "exec() may not be used"),
    "input": ("input()", "input() may not be used"),
    "__import__": ("__import__('os')", "the name '__import__' may not be used here"),
    "open": ("open('/etc/passwd')", "'/etc/passwd' is outside the workspace"),
    "open number": ("open(0)", "0 is outside the workspace"),
    "vars": ("vars()", "vars() without an argument may not be used"),
    "module dict": ("import math\nmath.__dict__", "the attribute '__dict__' may not be used here"),
    "setattr": ("class A: pass\nsetattr(A, '__class__', int)", "'__class__' may not be used"),
    "set class": ("class A: pass\nA().__class__ = int", "the attribute '__class__' may not"),
    "object setattr": ("class A: pass\nobject.__setattr__(A(), '__class__', A)", "'__class__'"),
    "attrgetter": ("import operator\noperator.attrgetter('__globals__')(len)", "'__globals__'"),
    "except star": ("try: 1\nexcept* ValueError: 2", "`except*` may not be used"),
    "private of other": ("import re\nre.compile('a')._x", "the private attribute '_x' of 'Pat"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_leads_out_is_refused(name: str) -> None:
    code, message = REFUSED[name]
    with pytest.raises(NotAllowed) as caught:
        run(code, "pandas")
    assert message in str(caught.value)


def test_no_module_hands_out_another_module() -> None:
    from types import ModuleType

    importer = Importer((), lambda name: None)
    for name in policy.DEFAULT_IMPORTS:
        module = importer.import_module(name, True)
        for key, value in vars(module).items():
            if isinstance(value, ModuleType):
                assert f"{name}.{key}" in policy.DEFAULT_IMPORTS


def test_a_type_name_that_lies_is_refused() -> None:
    code = "class Lie(str):\n  def startswith(s, *a): return False\ngetattr(len, Lie('__self__'))"
    with pytest.raises(TypeError, match="attribute name must be string"):
        run(code)


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        "for _ in iter(int, 1): pass",
        "[0 for _ in iter(int, 1)]",
        "def f(n): return f(n - 1) + f(n - 1) if n else 0\nf(40)",
        "while True: pass\nelse: pass",
    ],
)
def test_endless_loops_use_up_their_operations(loop: str) -> None:
    with pytest.raises(OperationLimit):
        run(loop)


def test_new_syntax_is_refused_until_it_is_reviewed() -> None:
    every = {name for name, kind in vars(ast).items()
             if isinstance(kind, type) and issubclass(kind, ast.AST)}  # fmt: skip
    abstract = {kind.__name__ for kind in ast.AST.__subclasses__()}
    reviewed_out = {"TryStar", "Interactive", "Expression", "FunctionType", "TypeIgnore"}
    old = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis", "Index", "ExtSlice", "Suite", "Param",
           "AugLoad", "AugStore", "AST"}  # fmt: skip
    later = {"TemplateStr", "Interpolation"}
    # Python keeps its deprecated names as `_ast_Ellipsis` and the like once they were used.
    every = {name for name in every if not name.startswith("_ast_")}
    assert every - policy.NODES - abstract - reviewed_out - old - later == set()


def test_additional_imports() -> None:
    assert run("import os\nos.getpid() > 0", "os") is True
    assert run("from xml.etree import ElementTree as E\nE.fromstring('<a/>').tag", "xml.*") == "a"
    assert run("import numpy as np\nint(np.arange(3).sum())", "numpy") == 3
    assert run("import numpy.linalg\nint(numpy.linalg.det([[1]]))", "numpy.linalg") == 1
    with pytest.raises(NotAllowed):
        run("import pandas", "numpy")
