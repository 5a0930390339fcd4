"""Host objects: what a tool gets is exactly of a builtin type, whatever the code's value says."""

from __future__ import annotations

from typing import Any

import pytest

from executors.local.guard import off
from executors.values import Opaque, decode
from tests.containment.guard.trial import Duel, conversation
from tests.containment.scene import run

METHODS = "\n    def __reduce__(self): raise SystemExit\n    def run(self): return 'mine'\n"

LIARS = {
    "a text": (f"class S(str):{METHODS}    def __eq__(self, o): return True\nS('a')", "a"),
    "a text with another text": ("class S(str):\n    def __str__(self): return 'b'\nS('a')", "a"),
    "a text that it formats otherwise": (
        "class S(str):\n    def __format__(self, spec): return 'b'\nS('a')",
        "a",
    ),
    "a text in other bytes": ("class S(str):\n    def encode(self, *a): return b'b'\nS('a')", "a"),
    "a number": (f"class N(int):{METHODS}    def __int__(self): return 2\nN(1)", 1),
    "a number that shows another": ("class N(int):\n    def __repr__(self): return '2'\nN(1)", 1),
    "a large number": ("class N(int):\n    def __str__(self): return '2'\nN(10**20)", 10**20),
    "a real number": ("class R(float):\n    def __repr__(self): return '2.0'\nR(1.5)", 1.5),
    "a list": ("class L(list):\n    def __iter__(self): return iter([2])\nL([1])", [1]),
    "a list without end": (
        "class L(list):\n    def __iter__(self): return iter(int, 1)\nL([1])",
        [1],
    ),
    "a tuple": ("class T(tuple):\n    def __iter__(self): return iter([2])\nT([1])", (1,)),
    "a set": ("class S(set):\n    def __iter__(self): return iter([2])\nS([1])", {1}),
    "a dict": ("class D(dict):\n    def items(self): return [('b', 2)]\nD(a=1)", {"a": 1}),
    "a dict whose keys lie": (
        "class S(str):\n    def __str__(self): return 'b'\n{S('a'): 1}",
        {"a": 1},
    ),
    "bytes": ("class B(bytes):\n    def __len__(self): return 9\nB(b'a')", b"a"),
    "a value inside others": ("class S(str): pass\n[{'k': (S('a'),)}]", [{"k": ("a",)}]),
    "a text that is a member": (
        "from enum import Enum\nclass E(str, Enum):\n    A = 'a'\nE.A",
        "a",
    ),
    "a named tuple": (
        "from collections import namedtuple\nnamedtuple('P', 'x')(1)",
        (1,),
    ),
    "a counter": ("from collections import Counter\nCounter('a')", {"a": 1}),
    "a text that is a list's": (
        "class L(list):\n    def __getitem__(self, i): return 2\n[L([1]), L()]",
        [[1], []],
    ),
    "a value that says it is a text": (
        "class A:\n    __class__ = str\n    def __repr__(self): return 'A'\nA()",
        Opaque("__main__.A", "A"),
    ),
    "a value that says it is a dict": (
        "class A:\n    __class__ = dict\n    def items(self): return 5\n"
        "    def __repr__(self): return 'A'\nA()",
        Opaque("__main__.A", "A"),
    ),
}


@pytest.mark.parametrize("name", LIARS)
async def test_a_tool_gets_plain_values(name: str, walls: Duel) -> None:
    """And so does whoever gets the answer. In plain Python both would get the code's own object."""
    code, expected = LIARS[name]
    assert not exact(plainly(code))
    before, _, last = code.rpartition("\n")
    seen: list[Any] = []

    async def keep(_: str, arguments: dict[str, Any]) -> None:
        seen.append(arguments["value"])

    async with conversation(walls[0], call_tool=keep) as executor:
        assert (await run(executor, f"{before}\ngive({last})")).error is None
        answer = await run(executor, f"{before}\nfinal_answer({last})")
    for value in (*seen, decode(answer.answer)):
        assert exact(value)
        assert value == expected


def plainly(code: str) -> Any:
    """The value that plain Python gives."""
    return off.compile_cell(code, "x").run({})


def exact(value: Any) -> bool:
    """Whether it and all that it holds are of builtin types, or what is left of other objects."""
    if type(value) is dict:
        return all(exact(part) for pair in value.items() for part in pair)
    if type(value) in (list, tuple, set):
        return all(map(exact, value))
    if type(value) is Opaque:
        return type(value.type) is type(value.text) is str
    return type(value) in (str, int, float, bytes)
