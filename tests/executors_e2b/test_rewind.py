"""Going back: earlier cells run again in a fresh kernel, and what happens twice is told."""

from __future__ import annotations

from typing import Any

import numpy
import pandas
import pytest

from executors.base import FileInfo, FilesChanged, Finished, Notice, ToolReturned
from executors.e2b import calls, history
from executors.e2b.calls import CallMade, CallsMade, call_key
from executors.e2b.history import History, PastCell, hindrance
from executors.e2b.kernel import Kernel
from executors.e2b.state import REWOUND
from executors.errors import ExecutorUnavailable
from tests.cells import end_of, events_of, value_of
from tests.e2b_stand_in.server import Server
from tests.executors_e2b.conftest import Make, call_tool


async def test_tools_are_not_called_again_and_answer_as_they_did(make: Make) -> None:
    asked: list[str] = []

    async def count(name: str, arguments: dict[str, Any]) -> Any:
        asked.append(name)
        return len(asked) if name == "pair" else await call_tool(name, arguments)

    async with make(call_tool=count) as executor:
        await value_of(executor, "a = [pair(1), pair(1), pair(2)]")
        await value_of(executor, "try:\n    fail('value')\nexcept ValueError as e:\n    b = str(e)")
        await value_of(executor, "a = b = 0")
        before = list(asked)
        await executor.rewind(2)
        assert asked == before
        notice, finished = await events_of(executor, "a, b")
        assert notice == Notice(text=REWOUND)
        assert isinstance(finished, Finished)
        assert (finished.value, finished.state_kept) == ("([1, 2, 3], 'bad value')", True)
        assert await value_of(executor, "pair(1)") == "5"


async def test_what_a_failed_cell_did_is_done_again(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "x = 1")
        await end_of(executor, "x = 2\nmissing")
        await value_of(executor, "y = 3")
        await executor.rewind(1)
        assert await value_of(executor, "x") == "2"


async def test_going_back_to_now_does_nothing(make: Make) -> None:
    async with make() as executor:
        await executor.rewind(0)
        await value_of(executor, "x = 1")
        await executor.rewind(1)
        assert await value_of(executor, "x") == "1"


async def test_cells_that_end_differently_leave_the_state_as_it_was(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "import os\nos.mkdir('once')\nx = 1")
        await value_of(executor, "x = 2")
        with pytest.raises(ValueError, match="did not end as they did"):
            await executor.rewind(1)
        assert await value_of(executor, "x") == "2"


async def test_cells_that_took_long_are_not_repeated(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with make() as executor:
        await value_of(executor, "x = 1")
        await value_of(executor, "x = 2")
        monkeypatch.setattr(history, "REPLAY_SECONDS", 0.0)
        with pytest.raises(ValueError, match="took too long"):
            await executor.rewind(1)
        assert await value_of(executor, "x") == "2"


async def test_what_cells_do_to_files_is_done_again_and_told(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "with open('log', 'a') as log: print('x', file=log)")
        await value_of(executor, "x = 2")
        await executor.rewind(1)
        notice, told, finished = await events_of(executor, "1")
        assert notice == Notice(text=REWOUND)
        assert told == FilesChanged(files=(FileInfo(path="log", size=4),))
        assert finished.outcome == "ok"
        assert await executor.workspace.read("log") == b"x\nx\n"


async def test_a_new_question_to_a_tool_is_noticed_although_the_code_takes_it(make: Make) -> None:
    code = """
import os
os.makedirs("seen", exist_ok=True)
count = len(os.listdir("seen"))
open(f"seen/{count}", "w").close()
try:
    x = pair(count)
except LookupError:
    x = None
"""
    async with make() as executor:
        await value_of(executor, code)
        await value_of(executor, "y = 2")
        with pytest.raises(ValueError, match="did not end as they did"):
            await executor.rewind(1)
        assert await value_of(executor, "x, y") == "((0, None), 2)"


async def test_the_same_question_is_known_in_every_kernel(make: Make) -> None:
    """The items of a set come in another order there."""
    code = """
import pandas
names = {f"name {i}" for i in range(100)}
table = pandas.DataFrame({
    "mixed": ["a", 1, None],
    "whole": pandas.array([1, None, 3], dtype="Int64"),
    "sets": [frozenset(names), {"a": names}, None],
})
answers = len(pair(names)), len(pair({"of": [names]})), len(pair(table))
"""
    async with make() as executor:
        found = await events_of(executor, code)
        assert [event.ok for event in found if isinstance(event, ToolReturned)] == [True] * 3
        await value_of(executor, "answers = None")
        await executor.rewind(1)
        assert await value_of(executor, "answers") == "(2, 2, 2)"


async def test_cells_that_got_much_from_tools_are_not_repeated(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "REPLAY_BYTES", 10_000)
    async with make() as executor:
        await value_of(executor, "x = pair('a' * 1000)[0]")
        await value_of(executor, "x = len(pair('a' * 20_000)[0])")
        await value_of(executor, "y = 1")
        with pytest.raises(ValueError, match="got more from tools than is kept"):
            await executor.rewind(2)
        assert await value_of(executor, "x, y") == "(20000, 1)"
        await executor.rewind(1)
        assert await value_of(executor, "len(x)") == "1000"


async def test_a_kernel_that_cannot_be_made_ready_is_not_left(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Kernel) -> None:
        raise ExecutorUnavailable("broken")

    async with make() as executor:
        await value_of(executor, "x = 1")
        await value_of(executor, "x = 2")
        with monkeypatch.context() as patched:
            patched.setattr(Kernel, "boot", broken)
            with pytest.raises(ExecutorUnavailable, match="broken"):
                await executor.rewind(1)
        home = executor._home
        assert home is not None
        assert len(await home.lease.sandbox.list_code_contexts()) == 1
        assert await value_of(executor, "x") == "2"


async def test_the_state_of_a_sandbox_that_ended_is_no_longer_kept(
    stand_in: Server, make: Make
) -> None:
    async with make() as executor:
        await value_of(executor, "x = 1")
        await value_of(executor, "x = 2")
        stand_in.kill(stand_in.sandboxes()[0]["sandboxID"])
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(1)
        assert not (await end_of(executor, "x = 3")).state_kept
        await value_of(executor, "x = 4")
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(1)
        await executor.rewind(3)
        assert await value_of(executor, "x") == "3"


async def test_one_kernel_is_left(stand_in: Server, make: Make) -> None:
    async with make() as executor:
        for i in range(3):
            await value_of(executor, f"x = {i}")
        for cell in (2, 1):
            await executor.rewind(cell)
        assert await value_of(executor, "x") == "0"
        home = executor._home
        assert home is not None
        assert len(await home.lease.sandbox.list_code_contexts()) == 1


def test_the_cells_before_one_are_counted_by_those_that_succeeded() -> None:
    kept = History()
    cells = [
        PastCell(code=str(i), succeeded=ok, seconds=0, calls=())
        for i, ok in enumerate((True, False, True, False))
    ]
    for cell in cells:
        kept.add(cell)
    assert [len(kept.before(i)) for i in range(3)] == [0, 2, 4]
    with pytest.raises(ValueError, match="no longer kept"):
        kept.before(3)
    kept.forget()
    assert len(kept.before(2)) == 0
    with pytest.raises(ValueError, match="no longer kept"):
        kept.before(1)


def call_of(size: int) -> CallMade:
    return CallMade(key=call_key("pair", {"first": "a" * size}), reply=bytes(size))


def test_the_calls_of_a_cell_are_kept_up_to_a_bound() -> None:
    made = CallsMade()
    for _ in range(15):
        made.add(call_of(4 << 20))
    assert made.kept is not None
    assert {len(call.key) for call in made.kept} == {32}  # however long the arguments were
    made.add(call_of(4 << 20))
    assert made.kept is None
    made.add(call_of(1))
    assert made.kept is None


def test_the_calls_of_all_cells_are_kept_up_to_the_same_bound() -> None:
    kept = History()
    for calls_made in (40, 20, 10):
        half = tuple(call_of(1 << 20) for _ in range(calls_made))
        kept.add(PastCell(code="1", succeeded=True, calls=half))
    assert hindrance(kept.before(2)) == ""
    assert hindrance(kept.before(3)).startswith("got more from tools")
    assert kept.cells[-1].calls is None


def test_a_call_is_known_by_what_it_asks_for() -> None:
    def key(value: object) -> bytes:
        return call_key("pair", {"first": value, "second": [value]})

    assert key({"a", "b"}) == key({"b", "a"})
    assert key({"a"}) != key(["a"])
    assert key({"a", "b"}) != key({"a", "c"})
    assert call_key("a", {}) != call_key("b", {})


def test_a_table_of_equal_sets_is_the_same_question_however_it_prints() -> None:
    one, other = {0, 8}, {8, 0}
    assert str(one) != str(other)  # the hashes collide, so the first one in comes first

    def keys(items: set[int]) -> list[bytes]:
        array = numpy.array([items, None])
        held = pandas.DataFrame({"sets": array}), pandas.Series(array), array
        return [call_key("pair", {"first": value}) for value in held]

    assert keys(one) == keys(other)
    assert not {*keys(one)} & {*keys({0, 9})}
