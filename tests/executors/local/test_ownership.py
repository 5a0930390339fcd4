"""Private names are the code's own on its own classes, but for what a library keeps there."""

from __future__ import annotations

import pytest

from executors.local.guard.errors import NotAllowed
from tests.executors.local.test_guard import run

OWN = {
    "of a plain class": ("class A:\n  def __init__(s): s._x = 1\nA()._x", 1),
    "beside the library's": (
        "import json\nclass A(json.JSONEncoder):\n  def __init__(s): s._x = 2\nA()._x",
        2,
    ),
    "of an enum": (
        "from enum import Enum\nclass E(Enum):\n  A = 1\n  def up(s): s._n = 3; return s._n\n"
        "E.A.up()",
        3,
    ),
    "of several classes in turn": (
        "class A:\n  def __init__(s, n): s._n = n\n  def get(s): return s._n + s._n\n"
        "class B(A): pass\nsum(k(n).get() for n in range(3) for k in (A, B))",
        12,
    ),
    "of an exception, an abstract class and a generic one": (
        "import abc, typing\nclass E(Exception):\n  def __init__(s): s._a = 1; s._b = 2\n"
        "class F(abc.ABC):\n  def get(s): s._a = s._b = 3; return s._a\n"
        "class G(typing.Generic[typing.TypeVar('T')]):\n  _a = 4\nE()._a, F().get(), G()._a",
        (1, 3, 4),
    ),
    "of the class itself": (
        "class A:\n  _n = 0\n  @classmethod\n  def up(c): c._n += 1; return c._n\n"
        "  @staticmethod\n  def of(a): return a._n, a._n\n"
        "class B(A): pass\nA.up(), B.up(), B.of(A), A.of(A())",
        (1, 2, (1, 1), (1, 1)),
    ),
    "behind super": (
        "class A:\n  def _up(s): return 1\n  @classmethod\n  def _of(c): return c.__name__\n"
        "class B(A):\n  def _up(s): return super()._up() + 1\n"
        "  @classmethod\n  def _of(c): return super()._of()\nB()._up(), B._of()",
        (2, "B"),
    ),
    "of a parameter that is bound anew": (
        "class A:\n  def f(s, o):\n    s._x = 1\n    s = o\n    s._x = 2\n    return s._x\n"
        "a, b = A(), A()\na.f(b), a._x, b._x",
        (2, 1, 2),
    ),
    "in what is inside a method": (
        "class A:\n  def f(s):\n    s._x, s._y = 1, 2\n    return [s._x + n for n in (s._y,)],"
        " (lambda: s._y)(), sum(s._x for _ in 'ab')\nA().f()",
        ([3], 2, 2),
    ),
    "in a generator and a coroutine": (
        "import asyncio\nclass A:\n  _x = 5\n  def g(s):\n    for _ in 'ab': yield s._x\n"
        "  async def c(s):\n    while True: return s._x\nlist(A().g()), asyncio.run(A().c())",
        ([5, 5], 5),
    ),
    "deleted": (
        "class A:\n  def f(s):\n    s._x = 1\n    del s._x\n    return hasattr(s, '_x')\nA().f()",
        False,
    ),
    "of a class whose metaclass has no hash": (
        "class M(type): __hash__ = None\nclass A(metaclass=M): _x = 4\nA._x",
        4,
    ),
}
FOREIGN = {
    "the loop of a queue": (
        "import asyncio\nclass C(asyncio.Queue):\n  def loop(s): return s._get_loop()\nC().loop()"
    ),
    "a method that runs text": (
        "import typing\nF = type(typing.List['x'].__args__[0])\nclass G(F, _root=True): pass\n"
        "G('().__class__')._evaluate({}, {}, recursive_guard=frozenset())"
    ),
    "a method of the metaclass that reads any module": (
        "from enum import Enum\nclass E(Enum): pass\n"
        "E._convert_('X', 'os', lambda name: name == 'sys')"
    ),
    "under a class that lies about its module": (
        "import asyncio\nclass C(asyncio.Queue): pass\nclass D(C):\n  __module__ = 'asyncio'\n"
        "D()._get_loop"
    ),
    "of a receiver that is bound anew": (
        "import queue\nclass A:\n  def f(s):\n    s._a = s._qsize = 1\n"
        "    s = queue.Queue()\n    return s._qsize\nA().f(); A().f()"
    ),
    "of a receiver that is bound anew further in": (
        "import queue\nclass A:\n  def f(s):\n    s._a = s._qsize = 1\n"
        "    def g():\n      nonlocal s\n      s = queue.Queue()\n"
        "    g()\n    return s._qsize\nA().f()"
    ),
    "under the name of a class of the library": (
        "import difflib\nclass SequenceMatcher(difflib.SequenceMatcher):\n"
        "  def f(s): return s.__chain_b\nSequenceMatcher().f()"
    ),
    "of another receiver": (
        "import re\nclass A:\n  _x = _y = 1\n  def f(s): return s._x, s._y\n"
        "A().f(); A.f(re.compile('a'))"
    ),
    "where another class has been proven": (
        "import queue\nclass A: _qsize = 1\nclass C(queue.Queue): pass\n"
        "def f(o): return o._qsize\nf(A()); f(C())"
    ),
    "of a class that equals another": (
        "import queue\nclass M(type):\n  def __eq__(c, o): return True\n"
        "  def __hash__(c): return hash(A)\nclass A: _qsize = 1\n"
        "class C(queue.Queue, metaclass=M): pass\n"
        "def f(o): return o._qsize\nf(A()); f(C())"
    ),
    "behind a super of the code's own": (
        "import queue\nclass S(super): pass\nclass C(queue.Queue): pass\nS(C, C())._qsize"
    ),
    "behind a class that lies about its class": (
        "import asyncio\nclass C(asyncio.Queue): __class__ = type\nC()._get_loop"
    ),
}


@pytest.mark.parametrize("case", OWN)
def test_private_names_of_own_classes_are_free(case: str) -> None:
    code, expected = OWN[case]
    assert run(code) == expected


@pytest.mark.parametrize("case", FOREIGN)
def test_private_names_of_the_library_are_not(case: str) -> None:
    with pytest.raises(NotAllowed, match="the private attribute"):
        run(FOREIGN[case])
