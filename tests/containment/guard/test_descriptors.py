"""Descriptors: objects that read and write other objects' insides when they are asked."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

ATTACKS = {
    "the globals of a function by its class": Escape(
        "prize(type(plain).__dict__['__globals__'].__get__(plain))", "'__dict__' may not be used"
    ),
    "the globals by vars of its class": Escape(
        "prize(vars(type(plain))['__globals__'].__get__(plain))", "'__dict__' may not be used"
    ),
    "the globals by getattr of the class's dict": Escape(
        "prize(getattr(type(plain), '__di' + 'ct__')['__globals__'].__get__(plain))",
        "'__dict__' may not be used",
    ),
    "the frame of a generator by its class": Escape(
        "prize(vars(type(steps()))['gi_frame'].__get__(steps()).f_globals)",
        "may not be used",
    ),
    "the frame by the descriptor itself": Escape(
        "prize(type(steps()).gi_frame.__get__(steps()).f_globals)", "may not be used"
    ),
    "the setter of a dict": Escape(
        "class A: pass\nclass B: pass\na = A()\n"
        "vars(object)['__class__'].__set__(a, B)\ntype(a) is B",
        "'__dict__' may not be used",
    ),
    "the owner of a method": Escape(
        "class A:\n    def f(self): pass\na = A()\na.f.__self__ is a", "'__self__' may not be used"
    ),
    "the module of a builtin": Escape(
        "len.__self__.eval('1 + 1') == 2", "'__self__' may not be used"
    ),
    "the module of a builtin method": Escape(
        "import math\nmath.sqrt.__self__.pi > 3", "'__self__' may not be used"
    ),
    "the function of a method": Escape(
        "class A:\n    def f(self): pass\nprize(A().f.__func__.__globals__)", "may not be used"
    ),
    "the function of a class method": Escape(
        "class A:\n    @classmethod\n    def f(cls): pass\n"
        "prize(vars(A)['f'].__func__.__globals__)",
        "may not be used",
    ),
    "the function of a property": Escape(
        "class A:\n    @property\n    def f(self): pass\nprize(A.f.fget.__globals__)",
        "'__globals__' may not be used",
    ),
    "a property that reads what it likes": Escape(
        "class A:\n    f = property(lambda self: plain.__globals__)\nprize(A().f)",
        "'__globals__' may not be used",
    ),
    "a property over a getter": Escape(
        "import operator\nclass A:\n    f = property(operator.attrgetter('__init__.__globals__'))\n"
        "    def __init__(self): pass\nprize(A().f)",
        "'__globals__' may not be used",
    ),
    "cached_property of somebody else": Escape(
        "import asyncio, functools\nreader = functools.cached_property(lambda self: None)\n"
        "reader.attrname = '_selector'\nloop = asyncio.new_event_loop()\n"
        "found = reader.__get__(loop)\nloop.close()\nfound is not None",
        "'_selector'",
    ),
    "cached_property that writes": Escape(
        "import functools, queue\nwriter = functools.cached_property(lambda self: 5)\n"
        "writer.__set_name__(None, '_kept')\nq = queue.Queue()\n"
        "writer.__get__(q) == 5 and q.__dict__['_kept'] == 5",
        "'_kept'",
    ),
    "enum.property of somebody else": Escape(
        "import enum\nclass P(enum.property):\n    _attr_type = 'attr'\n    _cls_type = plain\n"
        "p = P()\np.name = '__globals__'\nprize(p.__get__(1))",
        "'property'",
        since=(3, 12),
    ),
    "the slot of another class": Escape(
        "class A:\n    __slots__ = ('x',)\nclass B(A):\n    def __getattribute__(self, name):\n"
        "        return 'mine'\nb = B()\nA.x.__set__(b, 5)\nA.x.__objclass__ is A",
        "'__objclass__' may not be used",
    ),
    "a partial's function": Escape(
        "import functools\nprize(functools.partial(plain).func.__globals__)",
        "'__globals__' may not be used",
    ),
    "a partialmethod of getattr": Escape(
        "import functools\nclass A:\n    read = functools.partialmethod(getattr, '__init__')\n"
        "    look = functools.partialmethod(getattr, '__class__')\n"
        "    def __init__(self): pass\nprize(A().read().__globals__)",
        "'__globals__' may not be used",
    ),
    "a hidden descriptor that is bound": Escape(
        "class A:\n    def __get__(self, owner, kind): return kind\n"
        "class B:\n    a = A()\nB.a.__base__ is object",
        "'__base__' may not be used",
    ),
    "super of another class": Escape(
        "class A: pass\nclass B(A): pass\nsuper(A, B()).__self_class__ is B",
        "'__self_class__' may not be used",
    ),
    "super's own globals": Escape(
        "class A:\n    def f(self): pass\nclass B(A):\n"
        "    def f(self): return super().f.__globals__\nprize(B().f())",
        "'__globals__' may not be used",
    ),
}
