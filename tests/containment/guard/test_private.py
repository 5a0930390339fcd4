"""Private attributes: the guard asks once per class and method, and what changes in between."""

from __future__ import annotations

from tests.containment.guard.trial import Escape
from tests.containment.guard.trial import test_the_guard_holds as test_the_guard_holds

OWN = """
import queue
q = queue.Queue()
class A:
    def __init__(self): self._qsize = lambda: -1
    def first(self): return self._qsize() + self._qsize()
a = A()
a.first()
"""
"""A class of one's own that has what a queue has, so that the guard has seen it."""
REFUSED = "the private attribute '_qsize' of 'Queue' may not be used"

ATTACKS = {
    "a receiver that a closure swaps": Escape(
        OWN + "def f(self):\n    def swap():\n        nonlocal self\n        self = q\n"
        "    x = self._qsize()\n    swap()\n    return self._qsize() == 0\n"
        "class B(A):\n    def f(self):\n        def swap():\n            nonlocal self\n"
        "            self = q\n        x = self._qsize()\n        swap()\n"
        "        return self._qsize() == 0\nB().f()",
        REFUSED,
    ),
    "a receiver that a walrus swaps": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize()\n"
        "        [self := q for _ in [1]]\n        return self._qsize() == 0\nB().f()",
        REFUSED,
    ),
    "a receiver that a loop swaps": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize()\n"
        "        for self in [q]: x = self._qsize()\n        return x == 0\nB().f()",
        REFUSED,
    ),
    "a receiver that a pattern swaps": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize()\n"
        "        match q:\n            case self: pass\n        return self._qsize() == 0\nB().f()",
        REFUSED,
    ),
    "a receiver that a mapping's rest swaps": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize()\n"
        "        match [q, 1]:\n            case [self, *_]: pass\n"
        "        return self._qsize() == 0\nB().f()",
        REFUSED,
    ),
    "a receiver that with swaps": Escape(
        OWN + "from contextlib import nullcontext\nclass B(A):\n    def f(self):\n"
        "        x = self._qsize()\n        with nullcontext(q) as self: pass\n"
        "        return self._qsize() == 0\nB().f()",
        REFUSED,
    ),
    "a receiver that a handler swaps": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize()\n"
        "        E = type('E', (Exception,), {})\n        try:\n            raise E\n"
        "        except E as self:\n            return self._f.__globals__ is None\n"
        "E = None\nplain._f = 1\nprize(plain.__globals__)",
        "'__globals__' may not be used",
    ),
    "a receiver that an import swaps": Escape(
        "class B:\n    def __init__(self): self._os = 1\n    def f(self):\n        x = self._os\n"
        "        import random as self\n        return self._os.getpid() > 0\nB().f()",
        "the private attribute '_os' of 'module'",
    ),
    "a method that is called on something else": Escape(OWN + "A.first(q) == 0", REFUSED),
    "a method that is bound to something else": Escape(OWN + "A.first.__get__(q)() == 0", REFUSED),
    "a method in a generator": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize()\n"
        "        self = yield x\n        yield self._qsize()\n"
        "g = B().f()\nnext(g)\ng.send(q) == 0",
        REFUSED,
    ),
    "a variable that was somebody else before": Escape(
        OWN + "def f(x): return x._qsize()\nf(a)\nf(a)\nf(q) == 0", REFUSED
    ),
    "a class that equals every other": Escape(
        OWN + "class M(type):\n    def __eq__(c, other): return True\n    __hash__ = None\n"
        "class B(metaclass=M):\n    def __init__(self): self._qsize = lambda: -1\n"
        "def f(x): return x._qsize()\nf(B())\nf(q) == 0",
        REFUSED,
    ),
    "a class that hides what it inherits from": Escape(
        "import asyncio\nclass M(type):\n    def mro(cls): return [cls, object]\n"
        "loop = asyncio.new_event_loop()\nkind = type(loop)\n"
        "class A(kind): _selector = 5\nfound = A._selector == 5\nloop.close()\n"
        "found and loop._selector is None",
        "'_selector'",
    ),
    "a class that says it is one's own": Escape(
        OWN + "class B(queue.Queue):\n    __module__ = '__main__'\n"
        "    def f(self): return self._qsize() == 0\nB().f()",
        "'_qsize' of 'B'",
    ),
    "an instance that says it is of one's own class": Escape(
        OWN + "class B(queue.Queue):\n    __class__ = A\n"
        "    def f(self): return self._qsize() == 0\nB().f()",
        "'_qsize' of 'B'",
    ),
    "super": Escape(
        OWN + "class B(queue.Queue):\n    def f(self): return super()._qsize() == 0\nB().f()",
        "may not be used",
    ),
    "a class method": Escape(
        OWN + "class B(queue.Queue):\n    @classmethod\n"
        "    def f(cls): return callable(cls._qsize) and callable(cls._qsize)\nB.f()",
        "'_qsize' of 'B'",
    ),
    "a comprehension in a namespace that answers every name": Escape(
        "class Space(dict):\n    def __missing__(self, name):\n"
        "        if name.startswith('$'):\n            return lambda value, *rest: value\n"
        "        raise KeyError(name)\n"
        "class M(type):\n    @classmethod\n    def __prepare__(m, name, bases): return Space()\n"
        "    def __new__(m, name, bases, space): return type.__new__(m, name, bases, dict(space))\n"
        "import random\nclass A(metaclass=M):\n"
        "    found = [r._os.getpid() > 0 for r in [random] for _ in [1]]\nA.found == [True]",
        "the private attribute '_os'",
    ),
    "a seen class in a prepared namespace": Escape(
        "import random\nfakes = {f'$seen_{i}': type(random) for i in range(50)}\n"
        "class M(type):\n    @classmethod\n"
        "    def __prepare__(m, name, bases): return dict(fakes)\n"
        "    def __new__(m, name, bases, space):\n"
        "        return type.__new__(m, name, bases, {'f': space['f']})\n"
        "class A(metaclass=M):\n    f = [m._os.getpid() > 0 for m in [random]]\nA.f == [True]",
        "the private attribute '_os'",
    ),
    "a lambda in a class": Escape(
        OWN + "class B:\n    f = lambda self: self._qsize() + self._qsize()\nB.f(q) == 0", REFUSED
    ),
    "a lambda in a class that loops": Escape(
        OWN + "class B:\n    f = lambda self: [self._qsize() for _ in [1]]\nB.f(q) == [0]", REFUSED
    ),
    "a default in a class": Escape(
        OWN + "class B:\n    def f(self, n=q._qsize()): return n == 0\nB().f()", REFUSED
    ),
    "a function in a method": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize() + self._qsize()\n"
        "        def g(self): return self._qsize()\n        return g(q) == 0\nB().f()",
        REFUSED,
    ),
    "a class in a method": Escape(
        OWN + "class B(A):\n    def f(self):\n        x = self._qsize() + self._qsize()\n"
        "        class C:\n            self = q\n            n = self._qsize()\n"
        "        return C.n == 0\nB().f()",
        REFUSED,
    ),
    "a starred receiver": Escape(
        OWN + "class B(A):\n    def f(*self):\n        x = self[0]\n"
        "        return [s._qsize() for s in self][-1] == 0\nB().f(q)",
        REFUSED,
    ),
    "a private name that a subclass gives the library": Escape(
        "import contextlib\nkept = []\nclass R(contextlib.redirect_stdout):\n"
        "    _stream, _old_targets, _new_target = 'path', kept, []\n"
        "    def __init__(self): pass\n    def __exit__(self, *a): pass\n"
        "with R(): pass\nlen(kept[0]) > 0",
        "has no attribute '_before'",
    ),
    "a mangled name under the library's class name": Escape(
        "import random\nplain._Random__kept = 5\nclass Random(random.Random):\n"
        "    def f(self, other): return other.__kept == 5\nRandom().f(plain)",
        "__kept' of 'function'",
    ),
}
