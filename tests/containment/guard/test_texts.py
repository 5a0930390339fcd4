"""Code from strings: text that Python, or a library on its behalf, runs."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

FIELD = """
from dataclasses import dataclass, make_dataclass
x, found, name = 0, [], 'x and found.append(1) or self.x'
"""
COMPARED = "a, b = A(), A()\na.x = b.x = 1\na == b\nlen(found) > 0"
"""A comparison runs the text of the fields' names."""
PWN = "__import__('os').getpid() > 0"

ATTACKS = {
    "eval": Escape(f'eval("{PWN}")', "eval() may not be used"),
    "exec": Escape("exec('found = True')\nfound", "exec() may not be used"),
    "compile": Escape("type(compile('1', 'x', 'eval')) is not str", "compile() may not be used"),
    "compile by a function": Escape(
        "code = compile('found = 1', 'x', 'exec')\ntype(plain)(code, {})() is None",
        "compile() may not be used",
    ),
    "eval in a list": Escape(f'[eval][0]("{PWN}")', "eval() may not be used"),
    "eval through map": Escape(f'next(map(eval, ["{PWN}"]))', "eval() may not be used"),
    "eval as a key": Escape(f'max(["{PWN}"], key=eval) == "{PWN}"', "eval() may not be used"),
    "eval as a default": Escape(
        f'def f(run=eval): return run("{PWN}")\nf()', "eval() may not be used"
    ),
    "eval as a hook of json": Escape(
        "import json\njson.loads('1', parse_int=eval) == 1", "eval() may not be used"
    ),
    "eval as a callback of re": Escape(
        "import re\nre.sub('1', lambda m: str(eval(m[0])), '1') == '1'", "eval() may not be used"
    ),
    "eval as a decorator": Escape(
        f'def text(f): return "{PWN}"\n@eval\n@text\ndef f(): pass\nf', "eval() may not be used"
    ),
    "eval as a descriptor": Escape(
        "class A:\n    run = staticmethod(eval)\nA.run('1 + 1') == 2", "eval() may not be used"
    ),
    "eval as a metaclass": Escape(
        "def run(name, bases, space): return eval(space['text'])\n"
        f'class A(metaclass=run):\n    text = "{PWN}"\nA',
        "eval() may not be used",
    ),
    "eval by the module of len": Escape(
        f'len.__self__.eval("{PWN}")', "'__self__' may not be used"
    ),
    "a field's name in a dataclass": Escape(
        f"{FIELD}class A: pass\nA.__annotations__ = {{name: int}}\n"
        f"A = dataclass(A, init=False, repr=False)\n{COMPARED}",
        "a dataclass may not be made of",
    ),
    "a field's name in make_dataclass": Escape(
        f"{FIELD}class Name(str):\n    def isidentifier(self): return True\n"
        f"    def __format__(self, spec): return name\n"
        f"A = make_dataclass('A', [(Name('x'), int)], init=False, repr=False,\n"
        f"    namespace={{'__module__': '__main__'}})\n{COMPARED}",
        "may not be used",
    ),
    "a field that is renamed": Escape(
        f"{FIELD}@dataclass(init=False, repr=False)\nclass B: x: int\n"
        "B.__dataclass_fields__['x'].name = name\n"
        f"@dataclass(init=False, repr=False)\nclass A(B): pass\n{COMPARED}",
        "a dataclass may not be made of",
    ),
    "an annotation that singledispatch reads": Escape(
        "import functools\nfound = []\n@functools.singledispatch\ndef f(x): pass\n"
        "try:\n    @f.register\n    def _(x: 'found.append(1) or int'): pass\n"
        "except TypeError:\n    pass\nfound == [1]",
    ),
    "an annotation that singledispatch reads of a wrapper": Escape(
        "import functools, json\n@functools.singledispatch\ndef f(x): pass\nfound = []\n"
        "@functools.wraps(plain)\ndef g(x): pass\n"
        "g.__annotations__ = {'x': 'found.append(1) or int'}\n"
        "try:\n    f.register(g)\nexcept TypeError:\n    pass\nfound == [1]",
    ),
    "an annotation that singledispatchmethod reads": Escape(
        "import functools\nfound = []\nclass A:\n    @functools.singledispatchmethod\n"
        "    def f(self, x): pass\n"
        "try:\n    @A.__dict__['f'].register\n    def _(self, x: 'found.append(1) or int'): pass\n"
        "except TypeError:\n    pass\nfound == [1]",
    ),
    "get_type_hints": Escape(
        "import typing\nfound = []\ndef f(x: 'found.append(1) or int'): pass\n"
        "typing.get_type_hints(f)\nfound == [1]",
        "get_type_hints",
    ),
    "get_type_hints by from": Escape(
        "from typing import get_type_hints\nfound = []\n"
        "def f(x: 'found.append(1) or int'): pass\nget_type_hints(f)\nfound == [1]",
        "get_type_hints",
    ),
    "a forward reference": Escape(
        "import typing, sys\nref = typing.Optional['found.append(1) or int'].__args__[0]\n"
        "found = []\nmore = {'type_params': ()} if sys.version_info >= (3, 12, 4) else {}\n"
        "ref._evaluate(globals(), {}, recursive_guard=frozenset(), **more)\nfound == [1]",
        "may not be used",
    ),
    "the forward reference's class": Escape(
        "import typing\ntyping.ForwardRef('int').__forward_arg__ == 'int'", "may not be used"
    ),
    "timeit": Escape(
        "import timeit\nfound = []\ntimeit.timeit('found.append(1)', number=1, "
        "globals={'found': found})\nfound == [1]",
        "not",
    ),
    "a template": Escape(
        "import string\nclass T(string.Template):\n    idpattern = '[a-z_.]+'\n"
        "class M(dict):\n    def __missing__(self, key):\n        first, *rest = key.split('.')\n"
        "        value = {'f': plain}[first]\n        for name in rest:\n"
        "            value = getattr(value, name)\n        return value\n"
        "'__builtins__' in T('${f.__globals__}').substitute(M())",
        "'__globals__' may not be used",
    ),
    "a warning about a line of a file": Escape(
        "import warnings\nfound = []\n"
        "found.append(warnings.WarningMessage('x', UserWarning, '/etc/passwd', 1))\n"
        "'root' in warnings.formatwarning('x', UserWarning, '/etc/passwd', 1)",
        "attribute",
    ),
    "ast": Escape("import ast\nast.parse('x').body is not None", "'ast'"),
    "code in a comment that an encoding hides": Escape(
        "# -*- coding: utf-7 -*-\nx = '+AG8-s'\nlen(x) == 6 and eval('True')",
        "eval() may not be used",
    ),
    "a call that a line break hides": Escape("eval\\\n('True')", "eval() may not be used"),
    "a name in other letters": Escape("ｅval('True')", "eval() may not be used"),
    "a name in mathematical letters": Escape("𝓮𝓿𝓪𝓵('True')", "eval() may not be used"),
}
