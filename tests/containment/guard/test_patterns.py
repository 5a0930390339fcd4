"""Patterns and comprehensions: syntax that reads and binds names out of sight."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ANYTHING = """
class Any(type):
    def __instancecheck__(cls, value): return True
class A(metaclass=Any):
    __match_args__ = ('__globals__',)
"""
REFUSED = "a pattern may not read the attribute '__globals__'"
COMPUTED = "__match_args__ must be a tuple of strings"

ATTACKS = {
    "names for positions that come when the pattern has begun": Escape(
        "import dataclasses\nclass M(type):\n    def __instancecheck__(cls, value):\n"
        "        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)\n"
        "        return True\n"
        "class A(metaclass=M):\n    gi_frame: int\n"
        "match steps():\n    case A(found): pass\nstr(type(found)) == \"<class 'frame'>\"",
        "accepts 0 positional sub-patterns",
    ),
    "a keyword": Escape(
        "match plain:\n    case object(__globals__=found): pass\nprize(found)", REFUSED
    ),
    "a keyword inside a pattern": Escape(
        "match [plain]:\n    case [object(__globals__={'__builtins__': found})]: pass\n"
        "found['__import__']('os').getpid() > 0",
        REFUSED,
    ),
    "a keyword under an alternative": Escape(
        "match plain:\n    case int() | object(__globals__=_): found = True\nfound", REFUSED
    ),
    "a keyword for a frame": Escape(
        "match steps():\n    case object(gi_frame=frame): pass\nprize(frame.f_globals)",
        "a pattern may not read the attribute 'gi_frame'",
    ),
    "a keyword for a private name": Escape(
        "import warnings\nmatch warnings.catch_warnings():\n"
        "    case object(_module=found): pass\nfound.sys is not None",
        "a pattern may not read the attribute '_module'",
    ),
    "a position": Escape(ANYTHING + "match plain:\n    case A(found): pass\nprize(found)", REFUSED),
    "a position inside a pattern": Escape(
        ANYTHING + "match {'f': [plain]}:\n    case {'f': [A(found)]}: pass\nprize(found)", REFUSED
    ),
    "a position of a class in a class": Escape(
        ANYTHING + "class Box: a = A\nmatch plain:\n    case Box.a(found): pass\nprize(found)",
        REFUSED,
    ),
    "a position in a function": Escape(
        ANYTHING + "def f(value):\n    match value:\n        case A(found): return prize(found)\n"
        "f(plain)",
        REFUSED,
    ),
    "a position in a class body": Escape(
        ANYTHING + "class B:\n    match plain:\n        case A(found): pass\nprize(B.found)",
        REFUSED,
    ),
    "a second position": Escape(
        ANYTHING + "plain.n = 1\nB = Any('B', (), {'__match_args__': ('n', '__globals__')})\n"
        "match plain:\n    case B(n, found): pass\nprize(found)",
        REFUSED,
    ),
    "positions that a dataclass names": Escape(
        ANYTHING + "B = Any('B', (), {'__match_args__': tuple(['__glo' + 'bals__'])})\n"
        "match plain:\n    case B(found): pass\nprize(found)",
        REFUSED,
    ),
    "positions that are computed": Escape(
        "class Any(type):\n    def __instancecheck__(cls, value): return True\n"
        "    @property\n    def __match_args__(cls): return ('__globals__',)\n"
        "class A(metaclass=Any): pass\nmatch plain:\n    case A(found): pass\nprize(found)",
        COMPUTED,
    ),
    "positions that a descriptor computes": Escape(
        "class Any(type):\n    def __instancecheck__(cls, value): return True\n"
        "class D:\n    def __get__(self, owner, kind): return ('__globals__',)\n"
        "class A(metaclass=Any):\n    __match_args__ = D()\n"
        "match plain:\n    case A(found): pass\nprize(found)",
        COMPUTED,
    ),
    "positions by __getattr__ of the metaclass": Escape(
        "class Any(type):\n    def __instancecheck__(cls, value): return True\n"
        "    def __getattr__(cls, name): return ('__globals__',)\n"
        "class A(metaclass=Any): pass\nmatch plain:\n    case A(found): pass\nprize(found)",
        COMPUTED,
    ),
    "a class that another pattern swaps": Escape(
        ANYTHING + "Evil = A\nclass A: pass\nclass Swap:\n    def __eq__(self, other):\n"
        "        global A\n        A = Evil\n        return False\n"
        "class Names: swap = Swap()\n"
        "found = None\nmatch plain:\n    case Names.swap: pass\n    case A(found): pass\n"
        "found is not None and prize(found)",
    ),
    "a class that is registered for functions": Escape(
        "import abc\nclass A(abc.ABC):\n    __match_args__ = ('__globals__',)\n"
        "A.register(type(plain))\nmatch plain:\n    case A(found): pass\nprize(found)",
        REFUSED,
    ),
    "a capture of the builtins": Escape(
        "match {'len': len}:\n    case __builtins__: pass\nTrue", "the name '__builtins__' may not"
    ),
    "a capture of what is left": Escape(
        "match {'a': 1}:\n    case {**__builtins__}: pass\nTrue", "the name '__builtins__' may not"
    ),
    "a capture of a star": Escape(
        "match [1]:\n    case [*__builtins__]: pass\nTrue", "the name '__builtins__' may not"
    ),
    "a value in a pattern": Escape(
        "class A: f = plain\nmatch plain.__globals__:\n"
        "    case A.f.__globals__: found = True\nfound",
        "'__globals__' may not be used",
    ),
    "a guard": Escape(
        "match 1:\n    case _ if prize(plain.__globals__): found = True\nfound",
        "'__globals__' may not be used",
    ),
    "a walrus in a comprehension": Escape(
        "[__builtins__ := {} for _ in [1]] == [{}]", "the name '__builtins__' may not"
    ),
    "the target of a comprehension": Escape(
        "[__builtins__ for __builtins__ in [5]] == [5]", "the name '__builtins__' may not"
    ),
    "an attribute as the target of a comprehension": Escape(
        "class A: pass\nclass B: pass\na = A()\n[0 for a.__class__ in [B]]\ntype(a) is B",
        "'__class__' may not be used",
    ),
    "the filter of a comprehension": Escape(
        "[1 for _ in [1] if prize(plain.__globals__)] == [1]", "'__globals__' may not be used"
    ),
    "the source of a comprehension": Escape(
        "'__builtins__' in [n for n in plain.__globals__]", "'__globals__' may not be used"
    ),
    "a comprehension in a class": Escape(
        "class A:\n    found = [prize(f.__globals__) for f in [plain]]\nA.found == [True]",
        "'__globals__' may not be used",
    ),
    "a nested comprehension": Escape(
        "[[f.__globals__ for f in fs] for fs in [[plain]]][0][0] is plain.__globals__",
        "'__globals__' may not be used",
    ),
    "the first iterator of a generator": Escape(
        "g = (i for i in [1])\nlen(g.gi_frame.f_locals) > 0", "'gi_frame' may not be used"
    ),
    "a default of a lambda": Escape(
        "(lambda g=plain.__globals__: prize(g))()", "'__globals__' may not be used"
    ),
    "an unpacked call": Escape(
        "(lambda **names: prize(names))(**plain.__globals__)", "'__globals__' may not be used"
    ),
    "a namespace that holds a guard of its own": Escape(
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases):\n"
        "        return {'$private': lambda value, name: value}\n"
        "import random\nclass A(metaclass=M):\n    found = random._os.getpid() > 0\nA.found",
        "the private attribute '_os'",
    ),
    "a namespace that holds a getattr of its own": Escape(
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases):\n"
        "        return {'$getattr': lambda value, name: {'k': 5}}\n"
        "import random\nclass A(metaclass=M):\n    found = random.__dict__['_os'].getpid() > 0\n"
        "A.found",
        "'__dict__' may not be used here",
    ),
    "a namespace that answers every name": Escape(
        "class Space(dict):\n    def __getitem__(self, name):\n"
        "        if name.startswith('$'):\n            return lambda value, *rest: value\n"
        "        return dict.__getitem__(self, name)\n"
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases): return Space()\n"
        "    def __new__(m, name, bases, space): return type.__new__(m, name, bases, dict(space))\n"
        "import random\nclass A(metaclass=M):\n    found = random._os.getpid() > 0\nA.found",
        "the private attribute '_os'",
    ),
    "a namespace and a comprehension in it": Escape(
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases):\n"
        "        return {'$private': lambda value, name: value}\n"
        "import random\nclass A(metaclass=M):\n"
        "    found = [random._os.getpid() > 0 for _ in [1]]\nA.found == [True]",
        "the private attribute '_os'",
    ),
}
