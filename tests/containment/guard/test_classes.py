"""Classes, metaclasses and decorators: code that runs while a class is made, and what it sees."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ATTACKS = {
    "a name of the class body": Escape(
        "class A:\n    __builtins__ = {}\nA.__builtins__ == {}",
        "the name '__builtins__' may not be used here",
    ),
    "the builtins read in a class body": Escape(
        "class A:\n    found = __builtins__\nA.found['__import__']('os').getpid() > 0",
        "the name '__builtins__' may not be used here",
    ),
    "a base in a keyword": Escape(
        "class A(metaclass=type(().__class__.__base__)): pass\n"
        "len(A.__base__.__subclasses__()) > 0",
        "may not be used",
    ),
    "a keyword of a class": Escape(
        "class A:\n    def __init_subclass__(cls, found): cls.found = found\n"
        "class B(A, found=plain.__globals__): pass\nprize(B.found)",
        "'__globals__' may not be used",
    ),
    "__getattribute__ that climbs": Escape(
        "class A:\n    def __getattribute__(self, name):\n"
        "        return object.__getattribute__(plain, name)\nprize(A().__globals__)",
        "may not be used",
    ),
    "__getattr__ that hands on names": Escape(
        "class A:\n    def __getattr__(self, name): return getattr(plain, name)\n"
        "prize(A().__globals__)",
        "'__globals__' may not be used",
    ),
    "__getattr__ of a metaclass": Escape(
        "class M(type):\n    def __getattr__(cls, name): return getattr(plain, name)\n"
        "class A(metaclass=M): pass\nprize(A.__globals__)",
        "'__globals__' may not be used",
    ),
    "a module with __getattr__": Escape(
        "def __getattr__(name): return plain\n__getattr__('x') is plain",
        "the name '__getattr__' may not be used here",
    ),
    "the body of a class that is exported": Escape(
        "class A: pass\nlen(A.__subclasses__()) == 0", "'__subclasses__' may not be used"
    ),
    "the reducer of a class": Escape(
        "class A: pass\nA().__reduce_ex__(2)[0].__globals__ is not None",
        "may not be used",
    ),
    "a class that is put under another": Escape(
        "class A: pass\nclass B: pass\nclass C(A): pass\nC.__bases__ = (B,)\nC.__base__ is B",
        "'__bases__' may not be used",
    ),
    "the base of a class": Escape(
        "class A: pass\nA.__base__ is object", "'__base__' may not be used"
    ),
    "a metaclass whose instances are everything": Escape(
        "class M(type):\n    def __instancecheck__(cls, value): return True\n"
        "class A(metaclass=M):\n    __match_args__ = ('__globals__',)\n"
        "match plain:\n    case A(found): pass\nprize(found)",
        "a pattern may not read the attribute '__globals__'",
    ),
    "a namespace that a metaclass prepares": Escape(
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases):\n"
        "        return {'__match_args__': ('__globals__',)}\n"
        "    def __instancecheck__(cls, value): return True\n"
        "class A(metaclass=M): pass\n"
        "match plain:\n    case A(found): pass\nprize(found)",
        "a pattern may not read the attribute '__globals__'",
    ),
    "a namespace that a metaclass reads": Escape(
        "class M(type):\n    def __new__(m, name, bases, space):\n"
        "        return super().__new__(m, name, bases, space)\n"
        "class A(metaclass=M):\n    def f(self): return __class__\n"
        "A().f().f.__globals__ is plain.__globals__",
        "may not be used",
    ),
    "the mro of a metaclass": Escape(
        "class M(type):\n    def mro(cls): return [cls, *type.mro(cls)[1:]]\n"
        "class A(metaclass=M): pass\nlen(A.mro()[-1].__subclasses__()) > 0",
        "'__subclasses__' may not be used",
    ),
    "a metaclass that makes a function of the base": Escape(
        "class M(type):\n    def __call__(cls, *a): return cls.__init__.__globals__\n"
        "class A(metaclass=M):\n    def __init__(self): pass\nprize(A())",
        "'__globals__' may not be used",
    ),
    "three-argument type with a hook": Escape(
        "A = type('A', (), {'__getattr__': lambda self, name: plain})\nprize(A().x.__globals__)",
        "'__globals__' may not be used",
    ),
    "three-argument type that is read by a pattern": Escape(
        "A = type('M', (type,), {'__instancecheck__': lambda c, v: True})(\n"
        "    'A', (), {'__match_args__': ('__globals__',)})\n"
        "match plain:\n    case A(found): pass\nprize(found)",
        "a pattern may not read the attribute '__globals__'",
    ),
    "the constructor of functions": Escape(
        "f = type(plain)(plain.__code__, {})\nf.__globals__ == {}",
        "may not be used",
    ),
    "a decorator that looks into what it decorates": Escape(
        "def look(f): return f.__globals__\n@look\ndef f(): pass\nprize(f)",
        "'__globals__' may not be used",
    ),
    "a decorator that is an expression": Escape(
        "found = []\n@(lambda f: found.append(f.__globals__) or f)\ndef f(): pass\nprize(found[0])",
        "'__globals__' may not be used",
    ),
    "a decorator by its name": Escape(
        "@(lambda c: getattr(c.f, '__globals__'))\nclass A:\n    f = plain\nprize(A)",
        "'__globals__' may not be used",
    ),
    "a decorator of a class": Escape(
        "def look(c): return c.__init__.__globals__\n@look\nclass A:\n"
        "    def __init__(self): pass\nprize(A)",
        "'__globals__' may not be used",
    ),
    "a decorator that is refused text": Escape(
        "found = []\n@(lambda f: found.append(eval('1 + 1')))\ndef f(): pass\nfound == [2]",
        "eval() may not be used",
    ),
    "wraps with names of its own": Escape(
        "import functools\nclass A: pass\na = A()\n"
        "functools.wraps(plain, assigned=('__globals__',), updated=())(a)\n"
        "prize(vars(a)['__globals__'])",
        "update_wrapper may not copy '__globals__'",
    ),
    "update_wrapper with names of its own": Escape(
        "import functools\nclass A: pass\na = A()\n"
        "functools.update_wrapper(a, plain, ('__globals__',), ())\n"
        "prize(vars(a)['__globals__'])",
        "update_wrapper may not copy '__globals__'",
    ),
    "update_wrapper into a setter": Escape(
        "import functools\nfound = []\nclass A:\n"
        "    def __setattr__(self, name, value): found.append(value)\n"
        "functools.update_wrapper(A(), plain, ('__globals__',), ())\nprize(found[0])",
        "update_wrapper may not copy '__globals__'",
    ),
    "update_wrapper that updates": Escape(
        "import functools\nclass A: pass\na = A()\nvars(a)['__globals__'] = kept = {}\n"
        "functools.update_wrapper(a, plain, (), ('__globals__',))\nprize(kept)",
        "update_wrapper may not copy '__globals__'",
    ),
    "update_wrapper that gives a library class away": Escape(
        "import functools, json\nclass A: __module__ = '__main__'\n"
        "functools.update_wrapper(json.JSONEncoder, A, ('__module__',), ())\n"
        "json.JSONEncoder.__module__ == '__main__'",
        "update_wrapper may not",
    ),
    "the original behind a wrapper": Escape(
        "import functools\n@functools.lru_cache\ndef f(): pass\nprize(f.__wrapped__.__globals__)",
        "may not be used",
    ),
}
