"""New syntax, and syntax in odd places: every form that can hold an expression or bind a name."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

READ = "'__globals__' may not be used"
BOUND = "the name '__builtins__' may not be used here"
PEP_695 = (3, 12)

ATTACKS = {
    "a type alias": Escape("type X = plain.__globals__\nprize(X.__value__)", READ, since=PEP_695),
    "a type alias that is lazy": Escape(
        "type X = prize(f.__globals__)\nf = plain\nX.__value__", READ, since=PEP_695
    ),
    "a type alias of a call": Escape(
        "type X = getattr(plain, '__globals__')\nprize(X.__value__)", READ, since=PEP_695
    ),
    "a type alias of that name": Escape("type __builtins__ = int\nTrue", BOUND, since=PEP_695),
    "a bound of a type variable": Escape(
        "def f[T: plain.__globals__](): pass\nprize(f.__type_params__[0].__bound__)",
        READ,
        since=PEP_695,
    ),
    "a bound of a class's type variable": Escape(
        "class A[T: plain.__globals__]: pass\nprize(A.__type_params__[0].__bound__)",
        READ,
        since=PEP_695,
    ),
    "constraints of a type variable": Escape(
        "def f[T: (plain.__globals__, int)](): pass\n"
        "prize(f.__type_params__[0].__constraints__[0])",
        READ,
        since=PEP_695,
    ),
    "a default of a type variable": Escape(
        "def f[T = plain.__globals__](): pass\nprize(f.__type_params__[0].__default__)",
        READ,
        since=(3, 13),
    ),
    "a type variable of that name": Escape(
        "def f[__builtins__](): pass\nTrue", BOUND, since=PEP_695
    ),
    "a tuple of type variables of that name": Escape(
        "def f[*__builtins__](): pass\nTrue", BOUND, since=PEP_695
    ),
    "parameters of that name": Escape("def f[**__builtins__](): pass\nTrue", BOUND, since=PEP_695),
    "a lazy alias in a prepared namespace": Escape(
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases):\n"
        "        return {'$private': lambda value, name: value,"
        " '$getattr': lambda value, name: value}\n"
        "import random\nclass A(metaclass=M):\n    type X = random._os.getpid() > 0\n"
        "A.X.__value__",
        "the private attribute '_os'",
        since=PEP_695,
    ),
    "a lazy bound in a prepared namespace": Escape(
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases):\n"
        "        return {'$private': lambda value, name: value}\n"
        "import random\nclass A(metaclass=M):\n    def f[T: random._os](self): pass\n"
        "A.f.__type_params__[0].__bound__.getpid() > 0",
        "the private attribute '_os'",
        since=PEP_695,
    ),
    "quotes in an f-string's field": Escape(
        "f'{plain.__globals__['prize'] is prize}' == 'True'", READ, since=PEP_695
    ),
    "an f-string": Escape("'prize' in f'{plain.__globals__}'", READ),
    "an f-string in a format": Escape("'prize' in f'{1:{plain.__globals__ and 1}}' or True", READ),
    "an f-string that shows itself": Escape("'prize' in f'{plain.__globals__=}'", READ),
    "a conversion": Escape("'prize' in f'{plain.__globals__!r}'", READ),
    "except*": Escape(
        "found = []\ntry:\n    raise ExceptionGroup('g', [ValueError()])\n"
        "except* ValueError as g:\n    found.append(g.__traceback__)\nTrue",
        "`except*` may not be used",
    ),
    "an annotation of a variable": Escape("x: plain.__globals__ = 1\nTrue", READ),
    "an annotation without a value": Escape("x: plain.__globals__\nTrue", READ),
    "an annotation of an argument": Escape(
        "def f(x: plain.__globals__): pass\nprize(f.__annotations__['x'])", READ
    ),
    "an annotation of what is returned": Escape(
        "def f() -> plain.__globals__: pass\nprize(f.__annotations__['return'])", READ
    ),
    "an annotation of a star": Escape(
        "def f(*a: plain.__globals__): pass\nprize(f.__annotations__['a'])", READ
    ),
    "an annotation in a class": Escape(
        "class A:\n    x: plain.__globals__\nprize(A.__annotations__['x'])", READ
    ),
    "a default": Escape("def f(g=plain.__globals__): return prize(g)\nf()", READ),
    "a default of a keyword": Escape("def f(*, g=plain.__globals__): return prize(g)\nf()", READ),
    "a slice": Escape(
        "class A:\n    def __getitem__(self, s): return s.start\nprize(A()[plain.__globals__:])",
        READ,
    ),
    "a starred index": Escape(
        "class A:\n    def __getitem__(self, s): return s\nprize(A()[*[plain.__globals__]][0])",
        READ,
    ),
    "an assertion": Escape("assert plain.__globals__\nTrue", READ),
    "a message of an assertion": Escape(
        "try:\n    assert 0, plain.__globals__\nexcept AssertionError as exc:\n"
        "    found = exc.args\nprize(found[0])",
        READ,
    ),
    "a cause": Escape(
        "try:\n    raise ValueError from plain.__globals__.get('no')\nexcept ValueError:\n"
        "    found = True\nfound",
        READ,
    ),
    "a deletion": Escape(
        "def f(): pass\nf.__kwdefaults__ = {}\ndel f.__kwdefaults__\nTrue", "may not be"
    ),
    "a walrus": Escape("(__builtins__ := {}) == {}", BOUND),
    "a walrus in a condition": Escape("found = (g := plain.__globals__) and prize(g)\nfound", READ),
    "a global statement": Escape(
        "def f():\n    global __builtins__\n    __builtins__ = {}\nTrue", BOUND
    ),
    "a nonlocal statement": Escape(
        "def f():\n    __builtins__ = 1\n    def g():\n        nonlocal __builtins__\n"
        "    return g\nf() is not None",
        BOUND,
    ),
    "an argument": Escape("(lambda __builtins__: __builtins__)(5) == 5", BOUND),
    "a star argument": Escape("(lambda *__builtins__: __builtins__)(5) == (5,)", BOUND),
    "a keyword argument": Escape("(lambda **__builtins__: __builtins__)(a=5) == {'a': 5}", BOUND),
    "a target of for": Escape("for __builtins__ in [5]: pass\nTrue", BOUND),
    "a target of with": Escape(
        "from contextlib import nullcontext\nwith nullcontext(5) as __builtins__: pass\nTrue", BOUND
    ),
    "a name of a function": Escape("def __builtins__(): pass\nTrue", BOUND),
    "a name of a class": Escape("class __builtins__: pass\nTrue", BOUND),
    "a deleted name": Escape("__builtins__ = 5\ndel __builtins__\nTrue", BOUND),
    "an augmented name": Escape("__builtins__ |= {}\n'len' in __builtins__", BOUND),
    "await": Escape("async def f(): return plain\nprize((await f()).__globals__)", READ),
    "an asynchronous loop": Escape(
        "async def f(): yield plain\nasync for g in f(): found = prize(g.__globals__)\nfound", READ
    ),
    "yield": Escape("def f(): yield plain.__globals__\nprize(next(f()))", READ),
    "yield from": Escape("def f(): yield from plain.__globals__\n'prize' in list(f())", READ),
    "a decorator": Escape(
        "found = []\n@(plain.__globals__ and found.append)\ndef f(): pass\nlen(found) == 1", READ
    ),
    "a keyword of a call": Escape("dict(g=plain.__globals__)['g'] is not None", READ),
    "a chained comparison": Escape("0 < len(plain.__globals__) < 10**9", READ),
    "a conditional": Escape("prize(plain.__globals__ if True else 0)", READ),
    "a line that is continued": Escape("prize(plain.\\\n__globals__)", READ),
    "a number before a name": Escape("prize((0) or plain.__globals__)", READ),
    "names that only the guard may write": Escape(
        "found = 'nothing'\ntry:\n    getattr(plain, '$code')\nexcept AttributeError:\n"
        "    found = plain.__globals__\nprize(found)",
        READ,
    ),
}
