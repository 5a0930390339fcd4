"""Results and exceptions whose own methods hang, lie, raise or flood while they are shown."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from executors.base import Limits
from executors.local.guard import off
from tests.containment.guard.trial import Duel, conversation
from tests.containment.scene import run

LIAR = """
class S(str):
    def __len__(self): return 3
    def __getitem__(self, index): return self
"""


def shows(body: str, before: str = "", method: str = "__repr__") -> str:
    """Code whose value runs `body` where it is shown."""
    return f"{before}\nclass A:\n    def {method}(self): {body}\nA()"


def raises(body: str, before: str = "", method: str = "__str__") -> str:
    """Code that raises an exception which runs `body` where it is described."""
    return f"{before}\nclass E(Exception):\n    def {method}(self): {body}\nraise E"


SPIN = "return [0 for _ in iter(int, 1)]"
FLOOD = "'x' * 20_000_000"

SHOWN = {
    "hangs": (shows(SPIN), "OperationLimit"),
    "raises": (shows("1 / 0"), "ZeroDivisionError"),
    "exits": (shows("raise SystemExit(3)"), "SystemExit: 3"),
    "interrupts": (shows("raise KeyboardInterrupt"), "KeyboardInterrupt"),
    "raises what is no Exception": (
        shows("raise B('b')", "class B(BaseException): pass"),
        "B: b",
    ),
    "is no text": (shows("return 5"), "TypeError: __repr__ returned non-string"),
    "recurses": (shows("return repr(self)"), "RecursionError"),
    "floods": (shows(f"return {FLOOD}"), "… (20,000,000 characters)"),
    "floods and says that it is short": (
        shows(f"return S({FLOOD})", LIAR),
        "… (20,000,000 characters)",
    ),
    "hangs as a dict's key": (
        "class K:\n    __hash__ = lambda self: 1\n"
        f"    def __eq__(self, other): {SPIN}\n{{K(): 1, K(): 2}}",
        "OperationLimit",
    ),
    "hangs in a list": (f"class A:\n    def __repr__(self): {SPIN}\n[A()]", "OperationLimit"),
    "hangs as a table": (shows(SPIN, method="_repr_html_"), "OperationLimit"),
    "raises as a table": (shows("1 / 0", method="_repr_html_"), "ZeroDivisionError"),
}
RAISED = {
    "raises": (raises("1 / 0"), "E: <its message raised ZeroDivisionError>"),
    "exits": (raises("raise SystemExit"), "E: <describing this exception raised SystemExit>"),
    "hangs": (raises(SPIN), "E: <describing this exception raised OperationLimit>"),
    "is no text": (raises("return 5"), "E: <its message raised TypeError>"),
    "floods": (f"raise ValueError({FLOOD})", "characters cut …"),
    "floods and says that it is short": (
        raises(f"return S({FLOOD})", LIAR),
        "characters cut …",
    ),
    "has a message that is none": (
        "e = SyntaxError('x')\ne.msg = 5\nraise e",
        "SyntaxError: <describing this exception raised TypeError>",
    ),
    "has a line that is none": (
        "e = SyntaxError('x')\ne.lineno = 'abc'\nraise e",
        "SyntaxError: <describing this exception raised ValueError>",
    ),
    "has a name that lies": (
        "class S(str):\n    def __hash__(self): 1 / 0\nraise NameError('x', name=S('q'))",
        "NameError: <describing this exception raised ZeroDivisionError>",
    ),
    "is about an object that lists its names for ever": (
        f"class A:\n    def __dir__(self): {SPIN}\nA().missing",
        "AttributeError: <describing this exception raised OperationLimit>",
    ),
    "is about a key that cannot be shown": (
        "class K:\n    def __repr__(self): raise SystemExit\nraise KeyError(K())",
        "KeyError: <describing this exception raised SystemExit>",
    ),
    "has notes without end": (
        "class L(list):\n    def __iter__(self):\n        while True: yield 'x'\n"
        "e = ValueError('x')\ne.__notes__ = L(['a'])\nraise e",
        "ValueError: <describing this exception raised",
    ),
    "is nested deeply": (
        "e = ValueError('0')\nfor i in range(2000): e = ExceptionGroup('g', [e])\nraise e",
        "ExceptionGroup: <describing this exception raised RecursionError>",
    ),
    "is its own cause": (
        "a, b = ValueError('a'), ValueError('b')\na.__cause__, b.__cause__ = b, a\nraise a",
        "ValueError: a",
    ),
}
ANSWERS = {
    "hangs": (f"class A:\n    def __repr__(self): {SPIN}\nfinal_answer(A())", "OperationLimit"),
    "exits": (
        "class A:\n    def __repr__(self): raise SystemExit(4)\nfinal_answer(A())",
        "SystemExit: 4",
    ),
    "is huge": ("final_answer('x' * 60_000_000)", "ValueError: the value is too large"),
    "is huge and says that it is not": (
        "class B(bytes):\n    def __len__(self): return 0\nfinal_answer(B(60_000_000))",
        "ValueError: the value is too large",
    ),
    "holds itself": ("y = []\ny.append(y)\nfinal_answer(y)", "ValueError: the value is nested"),
    "is nested deeply": (
        "y = []\nfor _ in range(1000): y = [y]\nfinal_answer(y)",
        "ValueError: the value is nested",
    ),
    "raises for its time zone": (
        "from datetime import datetime, tzinfo\nclass Z(tzinfo):\n"
        "    key = property(lambda self: 1 / 0)\n    def utcoffset(self, day): return None\n"
        "final_answer(datetime(2020, 1, 1, tzinfo=Z()))",
        "ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("name", SHOWN)
async def test_a_value_that_is_shown(name: str, walls: Duel) -> None:
    assert naive(SHOWN[name][0]) != ""
    await ends_and_says(*SHOWN[name], walls)


@pytest.mark.parametrize("name", RAISED)
async def test_an_exception_that_is_described(name: str, walls: Duel) -> None:
    await ends_and_says(*RAISED[name], walls)


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_that_is_encoded(name: str, walls: Duel) -> None:
    await ends_and_says(*ANSWERS[name], walls)


async def test_a_table_that_floods_is_told_of_in_a_line(walls: Duel) -> None:
    code = shows(f"return S({FLOOD})", LIAR, "_repr_html_")
    async with conversation(walls[0], call_bytes=1 << 20) as executor:
        events = [event async for event in executor.run(code)]
        assert "too large to be shown" in str(events[0])
        assert sum(len(str(event)) for event in events) < 10_000


async def ends_and_says(code: str, says: str, walls: Duel) -> None:
    """The cell ends by itself and says that; earlier cells' variables are there."""
    async with conversation(walls[0]) as executor:
        await run(executor, "x = 1")
        end = await run(executor, code)
        assert end.state_kept
        assert end.outcome in ("ok", "error")
        said = f"{end.error.name}: {end.error.message}" if end.error else str(end.value)
        assert says in said
        assert len(said) < 2 * Limits().value_chars
        assert (await run(executor, "x")).value == "1"


def naive(code: str) -> str:
    """What befalls a host that just shows the value; empty where it gets a decent text."""
    left = 20_000

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise TimeoutError("for ever")
        return count

    tracing = sys.gettrace()
    sys.settrace(count)
    try:
        value = off.compile_cell(code, "x").run({})
        text = repr(value) + str(getattr(value, "_repr_html_", str)())
    except BaseException as exc:  # that is what befalls it
        return f"it gets a {type(exc).__name__}"
    finally:
        sys.settrace(tracing)
    return "it is flooded" if str.__len__(text) > Limits().value_chars else ""
