"""Going back: earlier cells run again in a fresh kernel, and nothing else happens twice."""

from __future__ import annotations

from typing import Any

import pytest

from executors.base import Finished, Notice
from executors.e2b import history
from executors.e2b.history import History, PastCell
from executors.e2b.state import REWOUND
from tests.e2b_stand_in.server import Server
from tests.executors_e2b.conftest import Make, call_tool, events, finish, value


async def test_tools_are_not_called_again_and_answer_as_they_did(make: Make) -> None:
    asked: list[str] = []

    async def count(name: str, arguments: dict[str, Any]) -> Any:
        asked.append(name)
        return len(asked) if name == "pair" else await call_tool(name, arguments)

    async with make(call_tool=count) as executor:
        await value(executor, "a = [pair(1), pair(1), pair(2)]")
        await value(executor, "try:\n    fail('value')\nexcept ValueError as e:\n    b = str(e)")
        await value(executor, "a = b = 0")
        before = list(asked)
        await executor.rewind(2)
        assert asked == before
        notice, finished = await events(executor, "a, b")
        assert notice == Notice(text=REWOUND)
        assert isinstance(finished, Finished)
        assert (finished.value, finished.state_kept) == ("([1, 2, 3], 'bad value')", True)
        assert await value(executor, "pair(1)") == "5"


async def test_what_a_failed_cell_did_is_done_again(make: Make) -> None:
    async with make() as executor:
        await value(executor, "x = 1")
        await finish(executor, "x = 2\nmissing")
        await value(executor, "y = 3")
        await executor.rewind(1)
        assert await value(executor, "x") == "2"


async def test_going_back_to_now_does_nothing(make: Make) -> None:
    async with make() as executor:
        await executor.rewind(0)
        await value(executor, "x = 1")
        await executor.rewind(1)
        assert await value(executor, "x") == "1"


async def test_cells_that_end_differently_leave_the_state_as_it_was(make: Make) -> None:
    async with make() as executor:
        await value(executor, "import os\nos.mkdir('once')\nx = 1")
        await value(executor, "x = 2")
        with pytest.raises(ValueError, match="did not end as they did"):
            await executor.rewind(1)
        assert await value(executor, "x") == "2"


async def test_cells_that_took_long_are_not_repeated(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with make() as executor:
        await value(executor, "x = 1")
        await value(executor, "x = 2")
        monkeypatch.setattr(history, "REPLAY_SECONDS", 0.0)
        with pytest.raises(ValueError, match="took too long"):
            await executor.rewind(1)
        assert await value(executor, "x") == "2"


async def test_the_state_of_a_sandbox_that_ended_is_no_longer_kept(
    stand_in: Server, make: Make
) -> None:
    async with make() as executor:
        await value(executor, "x = 1")
        await value(executor, "x = 2")
        stand_in.kill(stand_in.sandboxes()[0]["sandboxID"])
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(1)
        assert not (await finish(executor, "x = 3")).state_kept
        await value(executor, "x = 4")
        with pytest.raises(ValueError, match="no longer kept"):
            await executor.rewind(1)
        await executor.rewind(3)
        assert await value(executor, "x") == "3"


async def test_one_kernel_is_left(stand_in: Server, make: Make) -> None:
    async with make() as executor:
        for i in range(3):
            await value(executor, f"x = {i}")
        for cell in (2, 1):
            await executor.rewind(cell)
        assert await value(executor, "x") == "0"
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
