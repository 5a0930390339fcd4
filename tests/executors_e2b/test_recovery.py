"""Bringing a kernel back: once begun it goes on to its end, and what is told about it is true."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from executors.base import Finished, Limits, Notice, Output
from executors.e2b import history, state
from executors.e2b.executor import E2BExecutor
from executors.e2b.kernel import Kernel
from executors.e2b.state import FRESH, PARTLY, REBUILT, REBUILT_HINT, REPLACED, RESTARTED
from executors.errors import ProtocolError
from tests.cells import end_of, events_of, value_of
from tests.executors_e2b.conftest import Make, announced, patience

IN_C = "x = 6\nsum(range(10**11))"
SPIN = "y = 2\nprint('on')\nwhile True: pass"
SOON = Limits(seconds=2)


async def follow(executor: E2BExecutor, code: str) -> None:
    async with aclosing(executor.run(code)) as stream:
        async for _ in stream:
            pass


async def cut_off_at(executor: E2BExecutor, code: str, moment: asyncio.Event) -> None:
    """Cancel the cell at that moment."""
    task = asyncio.create_task(follow(executor, code))
    await moment.wait()
    task.cancel()
    await asyncio.wait([task])


@pytest.mark.parametrize(
    ("owner", "name"), [(Kernel, "restart"), (Kernel, "boot"), (history, "run_cell")]
)
async def test_a_stop_while_python_is_brought_back_leaves_nothing_half_done(
    make: Make, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    async with make(limits=SOON) as executor:
        await value_of(executor, "x = 5")
        await value_of(executor, "y = pair(x)")
        await cut_off_at(executor, IN_C, announced(monkeypatch, owner, name))
        notice, *_, finished = await events_of(executor, "x, y, pair(1)")
        assert notice == Notice(level="warning", text=REBUILT)
        assert isinstance(finished, Finished)
        assert (finished.value, finished.state_kept) == ("(5, (5, None), (1, None))", True)


async def test_a_kernel_that_died_while_its_cell_was_cancelled_is_found_out(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "x = 5")
        code = "import os, signal\nsignal.signal(signal.SIGINT, lambda *_: os._exit(1))"
        async with aclosing(executor.run(code + "\nprint('on')\nwhile True: pass")) as stream:
            async for event in stream:
                if isinstance(event, Output):
                    break
        notice, *_, finished = await events_of(executor, "x, pair(1)")
        assert notice == Notice(level="warning", text=REBUILT)
        assert finished.value == "(5, (1, None))"


async def test_a_fault_while_python_is_brought_back_fails_no_later_cell(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> bool:
        raise ProtocolError("nonsense")

    async with make(limits=SOON) as executor:
        await value_of(executor, "x = 5")
        monkeypatch.setattr(state, "replay", broken)
        await cut_off_at(executor, IN_C, announced(monkeypatch, Kernel, "restart"))
        notice, _, finished = await events_of(executor, "1")
        assert notice == Notice(level="warning", text=REPLACED)
        assert isinstance(finished, Finished)
        assert (finished.value, finished.state_kept) == ("1", False)
        assert await value_of(executor, "2") == "2"


async def test_the_error_of_a_cell_after_a_rebuild_keeps_its_own_hint(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with make(limits=SOON) as executor:
        await value_of(executor, "number = 5")
        await cut_off_at(executor, IN_C, announced(monkeypatch, Kernel, "restart"))
        notice, finished = await events_of(executor, "numbre")
        assert notice == Notice(level="warning", text=REBUILT)
        assert finished.error
        assert finished.error.hint == "Did you mean 'number'?"


async def test_what_a_cell_did_that_was_cut_off_is_said_to_be_missing(make: Make) -> None:
    async with make(limits=SOON) as executor:
        await value_of(executor, "x = y = 1")
        with patience():
            assert (await end_of(executor, SPIN)).outcome == "timeout"
            assert await value_of(executor, "y") == "2"
        *_, notice, finished = await events_of(executor, IN_C)
        assert notice == Notice(level="warning", text=REBUILT + PARTLY)
        assert finished.error
        assert finished.error.hint == REBUILT_HINT + PARTLY
        assert await value_of(executor, "x, y") == "(1, 1)"


async def test_going_back_says_what_a_cell_did_that_was_cut_off_is_missing(make: Make) -> None:
    async with make(limits=SOON) as executor:
        await value_of(executor, "x = y = 1")
        with patience():
            await end_of(executor, SPIN)
        await value_of(executor, "x = 2")
        await value_of(executor, "x = 3")
        await executor.rewind(2)
        notice, finished = await events_of(executor, "x, y")
        assert notice == Notice(text=state.REWOUND + PARTLY)
        assert finished.value == "(2, 1)"


async def test_going_back_behind_a_first_cell_that_was_cut_off_leaves_nothing(make: Make) -> None:
    async with make(limits=SOON) as executor:
        with patience():
            await end_of(executor, SPIN)
        await value_of(executor, "x = 2")
        await executor.rewind(0)
        notice, finished = await events_of(executor, "y")
        assert notice == Notice(text=state.REWOUND + PARTLY)
        assert finished.error
        assert finished.error.name == "NameError"


async def test_variables_of_cut_off_cells_alone_are_lost(make: Make) -> None:
    async with make(limits=SOON) as executor:
        with patience():
            await end_of(executor, SPIN)
        *_, notice, finished = await events_of(executor, IN_C)
        assert notice == Notice(level="warning", text=RESTARTED)
        assert not finished.state_kept


async def test_a_first_cell_that_is_undone_is_told(make: Make) -> None:
    async with make(limits=SOON) as executor:
        *_, notice, finished = await events_of(executor, IN_C)
        assert notice == Notice(level="warning", text=FRESH)
        assert finished.error
        assert (finished.error.hint, finished.state_kept) == (REBUILT_HINT, True)
