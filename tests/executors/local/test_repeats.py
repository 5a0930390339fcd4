"""Cells that would do the same again share a checkpoint, and are repeated where it goes on."""

from __future__ import annotations

import asyncio

import pytest

from executors.base import ExecutorSpec
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from tests.cells import BUSY, end_of, value_of
from tests.executors.local.helpers import local, states, until
from tests.executors.local.repeating import (
    after_a_kill,
    journal,
    kill_the_state,
    process,
)
from tests.host_tools import Tools
from tests.programs.program import programs

BURST = (
    "import math, json\nfrom collections import Counter, defaultdict",
    "seen = defaultdict(list)\ndef point(x): return {'x': x}",
    "def note(n): seen[n % 3].append(math.sqrt(n))",
    "for n in range(20): note(n)",
    "points = [point(n) for n in range(5)]\nlines = (json.dumps({'n': n}) for n in range(9))",
    "next(lines), next(lines)",
    "letters = Counter('mississippi')\npoints[2]['x'] = letters.most_common(1)",
    "1 / 0",
    "points.append(point(note))",
)
"""Functions, a generator that has begun, an error: all that is kept between cells."""
STATE = (
    "sorted(letters), len(seen[1]), [p['x'] for p in points[:5]], next(lines), "
    "points[5]['x'] is note"
)
EXPECTED = """(['i', 'm', 'p', 's'], 7, [0, 1, [('i', 4)], 3, 4], '{"n": 2}', True)"""


async def burst(executor: LocalExecutor) -> None:
    for cell in BURST:
        await end_of(executor, cell)


async def test_cells_that_follow_at_once_share_a_checkpoint_which_a_pause_replaces() -> None:
    async with local() as (executor, factory):
        await value_of(executor, "x = 0")
        assert await value_of(executor, "x += 1\nx") == "1"
        assert journal(executor).reach(2) == 0
        await until(lambda: len(states(factory)) == 3)
        first, second, _ = states(factory)
        kill_the_state(factory)
        assert await value_of(executor, "x") == "1"
        assert {first, second} <= set(states(factory))
        assert states(factory)[-1] == second, "the checkpoint of the pause has gone on"


@pytest.mark.parametrize(
    ("cell", "outcome"),
    [
        ("letters.clear()\nwhile True: pass", "timeout"),
        (f"letters.clear()\n{BUSY}", "timeout"),
        ("letters.clear()\nmade = []\nwhile True: made.append(bytes(1 << 20))", "error"),
    ],
)
async def test_what_a_burst_made_is_there_after_a_cell_that_had_to_be_ended(
    cell: str, outcome: str
) -> None:
    async with local(seconds=1, operations=1 << 50) as (executor, _):
        await burst(executor)
        end = await end_of(executor, cell)
        assert (end.outcome, end.state_kept) == (outcome, True)
        assert await value_of(executor, "len(seen)") == "3"
        if outcome == "timeout":
            assert await value_of(executor, STATE) == EXPECTED


@pytest.mark.parametrize("round", range(3))
async def test_what_a_burst_made_is_there_after_a_kill(round: int) -> None:
    async with local() as (executor, factory):
        await burst(executor)
        for _ in range(round):
            await value_of(executor, "letters['m'] += 1")
        assert await after_a_kill(executor, factory, STATE) == EXPECTED
        assert await value_of(executor, "letters['m']") == str(1 + round)


async def test_every_state_of_a_burst_can_be_gone_back_to() -> None:
    async with local() as (executor, _):
        for i in range(40):
            await value_of(executor, f"x = {i}" if i else "x, made = 0, []")
            await value_of(executor, "made.append(x)")
        for cell in (70, 41, 40, 11, 2):
            await executor.rewind(cell)
            assert executor.cells == cell
            assert await value_of(executor, "made") == str(list(range(cell // 2)))
            await executor.rewind(cell)
        await value_of(executor, "x = 'other'")
        await value_of(executor, "made.append(x)")
        await executor.rewind(3)
        assert await value_of(executor, "x, made") == "('other', [0])"


async def test_programs_are_repeated_to_the_same_state(caplog: pytest.LogCaptureFixture) -> None:
    """All that are there, of which those that know no clock, chance, file or thread count."""
    factory, repeated = LocalExecutorFactory(), 0
    for program in programs():
        if program.libraries or program.too_new:
            continue
        async with factory(ExecutorSpec(call_tool=Tools())) as executor:
            # Together in one cell they could be too long to be repeated.
            for cell in program.cells:
                await end_of(executor, cell)
            ran = process(executor).cells
            if journal(executor).reach(ran) < ran:
                kill_the_state(factory)
                end = await end_of(executor, "BUSY = 1")
                assert end.state_kept, program.name
                assert process(executor).cells == ran + (end.outcome == "ok"), program.name
                repeated += 1
    await factory.aclose()
    assert not caplog.messages
    assert repeated > 50


async def test_a_stop_that_comes_too_late_leaves_a_cell_that_is_not_repeated() -> None:
    """Its last frame is not read, so nobody knows whether it could be."""
    async with local() as (executor, factory):
        await value_of(executor, "x = [1]")
        for turns in range(0, 40, 2):
            task = asyncio.create_task(end_of(executor, "x.append(1)"))
            for _ in range(turns):
                await asyncio.sleep(0)
            await executor.interrupt()
            assert (await task).state_kept
        length = await value_of(executor, "len(x)")
        assert await after_a_kill(executor, factory, "len(x)") == length


@pytest.mark.parametrize(("cells", "characters"), [(300, 10), (14, 90_000), (30, 30_000)])
async def test_the_worker_makes_a_checkpoint_before_the_journal_is_full(
    cells: int, characters: int
) -> None:
    async with local(seconds=1) as (executor, _):
        for i in range(cells):
            await value_of(executor, f"x = {i}  # {'.' * characters}")
        assert (await end_of(executor, BUSY)).state_kept
        assert await value_of(executor, "x") == str(cells - 1)
