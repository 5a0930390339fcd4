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
    "of a class whose metaclass has no hash": (
        "class M(type): __hash__ = None\nclass A(metaclass=M): _x = 4\nA._x",
        4,
    ),
}
FOREIGN = {
    "the streams of the cell": (
        "import contextlib\nclass C(contextlib.redirect_stdout):\n"
        "  def get(s): return s._old_targets\nC(None).get()"
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
        "import contextlib\nclass C(contextlib.redirect_stdout): pass\nclass D(C):\n"
        "  __module__ = 'contextlib'\nD(None)._old_targets"
    ),
    "behind a class that lies about its class": (
        "import contextlib\nclass C(contextlib.redirect_stdout):\n  __class__ = type\n"
        "C(None)._old_targets"
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
