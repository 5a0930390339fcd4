"""Where repeating does not lead to the same state, that is told, and nothing else goes with it."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from executors.base import ExecutorSpec, Finished, Notice
from executors.errors import ProtocolError
from executors.local.executor import LocalExecutorFactory
from executors.local.run import DIFFERS
from executors.local.walls import Walls
from tests.cells import BUSY, begun, end_of, events_of, value_of
from tests.executors.local.helpers import local, states, until
from tests.executors.local.repeating import (
    after_a_kill,
    counted,
    journal,
    kill_the_state,
    killed_while_repeating,
    other,
    process,
)
from tests.host_tools import Tools


@pytest.mark.parametrize("cell", [0, 2, 3])
async def test_a_cell_that_does_something_else_when_repeated_is_told(
    cell: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with local() as (executor, factory):
        await counted(executor, 4)
        other(executor, cell, f"x{cell} = 'other'")
        kill_the_state(factory)
        end = await end_of(executor, "x1")
        assert (end.outcome, end.state_kept) == ("crashed", True)
        assert end.error
        assert end.error.hint == DIFFERS
        assert "did something else" in caplog.text
        assert await value_of(executor, f"x{cell}") == "'other'"
        assert [type(event) for event in await events_of(executor, "x1, x3")] == [Finished]


async def test_going_back_to_something_else_is_told_with_the_next_cell() -> None:
    async with local() as (executor, _):
        await counted(executor, 5)
        other(executor, 2, "x2 = 'other'")
        await executor.rewind(3)
        first, *_, end = await events_of(executor, "x2")
        assert first == Notice(level="warning", text=DIFFERS)
        assert isinstance(end, Finished)
        assert end.value == "'other'"
        assert (await end_of(executor, "x3")).outcome == "error"
        assert [type(event) for event in await events_of(executor, "x0")] == [Finished]


async def test_something_else_after_a_cell_that_nobody_waited_for_is_told_with_the_next() -> None:
    async with local() as (executor, _):
        await counted(executor, 3)
        other(executor, 2, "x2 = 'other'")
        task = await begun(executor, BUSY)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        first, *_ = await events_of(executor, "x2")
        assert first == Notice(level="warning", text=DIFFERS)


@pytest.mark.parametrize("code", ["echo(1)", "display('<svg>')\nimport random\necho(2)"])
async def test_a_worker_that_asks_for_something_when_repeating_is_ended(
    code: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with local() as (executor, factory):
        await counted(executor, 4)
        other(executor, 2, code)
        kill_the_state(factory)
        end = await end_of(executor, "x1")
        assert (end.outcome, end.state_kept) == ("crashed", False)
        assert (await end_of(executor, "x1")).outcome == "error"
        assert await value_of(executor, "y = 1\ny") == "1"
        assert "broke the protocol" in caplog.text


async def test_repeating_that_does_not_end_leaves_what_came_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("executors.local.process._REACTION_SECONDS", 1.0)
    async with local() as (executor, factory):
        await counted(executor, 2)
        await until(lambda: len(states(factory)) == 3)
        await value_of(executor, "x2 = 2")
        await value_of(executor, "x3 = 3")
        other(executor, 3, "while True: pass")
        kill_the_state(factory)
        end = await end_of(executor, "x1")
        assert (end.outcome, end.state_kept) == ("crashed", False)
        assert await value_of(executor, "x0, x1") == "(0, 1)"
        assert (await end_of(executor, "x3")).outcome == "error"


async def test_a_kill_while_repeating_leaves_earlier_checkpoints() -> None:
    async with local() as (executor, factory):
        for i in range(3):
            await value_of(executor, f"old{i} = {i}")
            await until(lambda there=i + 3: len(states(factory)) == there)
        await counted(executor, 30)
        await killed_while_repeating(executor, factory, 20)
        assert await value_of(executor, "old0, old1, old2") == "(0, 1, 2)"
        assert (await end_of(executor, "x20")).outcome == "error"


async def test_what_was_noted_of_cells_that_are_gone_is_not_repeated() -> None:
    """After a second kill the state is an older one, and other cells have the same numbers."""
    async with local() as (executor, factory):
        await counted(executor, 30)
        await killed_while_repeating(executor, factory, 20)
        assert process(executor).cells == 0
        for code in ("x = 100", "x += len(echo('seven'))", "y = 1"):
            await value_of(executor, code)
        others = states(factory)[1:]
        for pid in reversed(others):
            os.kill(pid, signal.SIGKILL)
        assert not (await end_of(executor, "x")).state_kept
        assert (await end_of(executor, "x1")).outcome == "error"


async def test_repeating_that_needs_too_many_forks_ends_and_the_conversation_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("executors.local.process._MOST_FORKS", 2)
    async with local() as (executor, factory):
        await counted(executor, 6)
        for cell in range(6):
            other(executor, cell, f"x{cell} = {cell}\nfor i in range(5_000_000): pass")
        kill_the_state(factory)
        assert not (await end_of(executor, "1")).state_kept
        for _ in range(3):
            assert await value_of(executor, "x0, x1") == "(0, 1)"
        assert (await end_of(executor, "x5")).outcome == "error"


LIE = """
import struct, sys
wire = sys.modules["executors.wire"]

def send(self, frame):
    body = wire.pack(wire.Done(repeatable=True))[4:].decode()
    body = body.replace({said!r}, {lie}).encode()
    self._sock.sendall(struct.pack("!I", len(body)) + body)

sys.modules["executors.local.link"].Link.send = send
"""


@pytest.mark.parametrize("depth", [10, 900, 980, 5_000])
async def test_a_forged_last_frame_ends_the_worker(depth: int) -> None:
    """Deep lists could be read just so, and then be too deep for what looks at them."""
    factory = LocalExecutorFactory(_walls=Walls(guard=False))
    async with factory(ExecutorSpec(call_tool=Tools())) as executor:
        await value_of(executor, "x = 1")
        lie = f"'\"changed\":' + '[' * {depth} + ']' * {depth}"
        with pytest.raises(ProtocolError):
            await end_of(executor, LIE.format(said='"changed":[]', lie=lie))
        assert await value_of(executor, "2") == "2"
    await factory.aclose()


LIAR = """
import os, sys
from dataclasses import replace

cell, syscalls = sys.modules["executors.local.cell"], sys.modules["executors.local.syscalls"]
run = cell.Interpreter.run
forks = 0

def lie(self, code, link):
    return replace(run(self, code, link), repeatable=True)

def attempt():
    global forks
    try:
        child = syscalls.fork()
    except OSError:
        return
    if not child:
        os._exit(0)
    forks += 1

cell.Interpreter.run = lie
"""


@pytest.mark.parametrize("kernel", [True, False])
async def test_a_worker_that_lies_gets_no_forks_by_it(kernel: bool) -> None:
    """Neither in cells that need no fork before them, nor one for each that is repeated."""
    factory = LocalExecutorFactory(_walls=Walls(guard=False, kernel=kernel))
    async with factory(ExecutorSpec(call_tool=Tools())) as executor:
        await value_of(executor, LIAR)
        for _ in range(5):
            await value_of(executor, "attempt()")
        assert await value_of(executor, "forks") == ("0" if kernel else "5")
        if kernel:
            assert journal(executor).reach(7) == 1
            # One is admitted to whoever goes on, which may have forked already.
            assert await after_a_kill(executor, factory, "forks") in ("0", "1")
    await factory.aclose()
