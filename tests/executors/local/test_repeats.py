"""Cells that would do the same again share a checkpoint, and are repeated where it goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from executors.base import ExecutorSpec, Finished, Notice, Parameter, ToolSpec
from executors.errors import ProtocolError
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from executors.local.gate import ForkGate
from executors.local.guard.imports import Importer
from executors.local.guard.modules import DETERMINISTIC, MODULES
from executors.local.journal import Effect, Journal
from executors.local.process import WorkerProcess
from executors.local.run import DIFFERS
from executors.local.walls import Walls
from executors.wire import Done
from tests.cells import BUSY, begun, end_of, events_of, value_of
from tests.executors.local.helpers import local, states, until
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


def journal(executor: LocalExecutor) -> Journal:
    return process(executor)._journal


def process(executor: LocalExecutor) -> WorkerProcess:
    assert executor._process is not None
    return executor._process


def kill_the_state(factory: LocalExecutorFactory) -> None:
    os.kill(states(factory)[-1], signal.SIGKILL)


async def after_a_kill(
    executor: LocalExecutor, factory: LocalExecutorFactory, code: str
) -> str | None:
    """The value of a cell after the process with the state was killed, which no cell may notice."""
    kill_the_state(factory)
    end = await end_of(executor, code)
    if end.outcome == "crashed":  # it was on its way to the one that was killed
        assert end.state_kept
        end = await end_of(executor, code)
    return end.value


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


@pytest.mark.parametrize(
    "cell",
    [
        "import uuid\nx = uuid.uuid4()",
        "import random\nx = random.Random().random()",
        "from time import perf_counter_ns as now\nx = now()",
        "import datetime\nx = datetime.datetime.now()",
        "import random\nrandom = random.SystemRandom().random\nx = random()",
        "with open('lines', 'a') as file: x = file.write('a')",
        "from io import open as use\nwith use('lines', 'a') as file: x = file.write('a')",
        "x = echo([1])",
        "x = hex(id([]))",
        "def f(): pass\nx = hash(f)",
        "class A: pass\nx = [str(n) for n, one in enumerate({A(), A(), A()})]",
    ],
)
async def test_what_could_come_out_otherwise_is_not_repeated(cell: str) -> None:
    async with local() as (executor, factory):
        await value_of(executor, "y = 1")
        await value_of(executor, cell)
        assert journal(executor).reach(2) == 2
        await value_of(executor, "y = 2")
        before = await value_of(executor, "x")
        # Once there is a clock it is there to stay; a look at an address is over with its cell.
        once = "id(" in cell or "hash(" in cell
        await until(lambda: len(states(factory)) == (4 if once else 5))
        assert await after_a_kill(executor, factory, "x") == before
        assert await value_of(executor, "y") == "2"
        if "lines" in cell:
            assert await value_of(executor, "open('lines').read()") == "'a'"
        tools = executor._spec.call_tool
        assert isinstance(tools, Tools)
        assert len(tools.calls) == ("echo" in cell)


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


@pytest.mark.parametrize(
    "given", [date(2026, 1, 2), [1, 2], {"a": 1}, b"1", (1,), "text", 1.5, None]
)
async def test_what_a_tool_gave_may_do_anything_but_plain_values(given: object) -> None:
    """A date tells the time, and a table writes files."""

    async def give(name: str, arguments: dict[str, Any]) -> object:
        return given

    factory = LocalExecutorFactory()
    async with factory(ExecutorSpec(tools=Tools.specs, call_tool=give)) as executor:
        await value_of(executor, "x = echo(1)")
        await value_of(executor, "y = x")
        plain = given is None or isinstance(given, str | float)
        assert journal(executor).reach(2) == (1 if plain else 2)
    await factory.aclose()


async def test_a_tool_may_be_named_like_what_is_noticed() -> None:
    async def opened(name: str, arguments: dict[str, Any]) -> str:
        return f"{arguments['value']} is open"

    factory = LocalExecutorFactory()
    tool = ToolSpec(name="open", description="", parameters=(Parameter(name="value"),))
    async with factory(ExecutorSpec(tools=(tool,), call_tool=opened)) as executor:
        assert await value_of(executor, "open('a door')") == "'a door is open'"
    await factory.aclose()


def other(executor: LocalExecutor, cell: int, code: str) -> None:
    """Have another cell repeated in place of that one."""
    entries = journal(executor)._entries
    entries[cell] = entries[cell]._replace(code=code)


async def counted(executor: LocalExecutor, cells: int) -> None:
    for i in range(cells):
        await value_of(executor, f"x{i} = {i}")


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


async def test_which_variables_are_told_of_may_depend_on_the_time_there_was() -> None:
    one = {"name": "x", "kind": "int", "shape": [], "preview": "1"}
    two = {"name": "y", "kind": "int", "shape": [], "preview": "2"}
    both = Effect.of(Done(changed=[one, two]))
    assert both.is_like(Effect.of(Done(changed=[one])))
    assert both.is_like(Effect.of(Done()))
    assert not both.is_like(Effect.of(Done(changed=[one, two | {"preview": "3"}])))


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
        for i in range(60):
            await value_of(executor, f"for x in range(8_000): pass\ny = {i}")
        kill_the_state(factory)
        task = asyncio.create_task(end_of(executor, "1"))
        before = states(factory)
        while states(factory) == before and not task.done():
            await asyncio.sleep(0)
        kill_the_state(factory)
        await task
        await end_of(executor, "1")
        assert await value_of(executor, "old0, old1") == "(0, 1)"


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


def test_repeated_cells_admit_no_fork_of_their_own() -> None:
    """Each cell that somebody asks for admits one more, where the worker has to go on elsewhere."""
    admitted = [
        (True, True, [True, False]),
        (True, False, [False]),
        (False, True, [True, True, False]),
    ]
    for unforked, again, expected in admitted:
        gate = object.__new__(ForkGate)
        gate._granted, gate._again, gate._last = True, False, 0
        gate._is_over, gate._closed = (lambda: False), True
        gate.begin(unforked=unforked, again=again)
        assert [gate._admits(process) for process in range(1, len(expected) + 1)] == expected


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


def test_what_counts_as_deterministic_hands_out_nothing_else() -> None:
    for name in MODULES:  # as in a worker, where what belongs to a package is there already
        import_module(name)
    importer = Importer((), lambda _: None)
    for name in sorted(DETERMINISTIC):
        assert name in MODULES
        for value in vars(importer.load(name)).values():
            if isinstance(value, ModuleType):
                assert value.__name__ in DETERMINISTIC, f"{name} has {value.__name__}"


@pytest.mark.parametrize(
    ("authorised", "name", "plain"),
    [("json", "json", True), ("json.tool", "json", False), ("*", "json", False)],
)
async def test_what_an_authorised_module_brings_along_counts_too(
    authorised: str, name: str, plain: bool
) -> None:
    async with local(authorised) as (executor, _):
        await value_of(executor, f"import {name}")
        await value_of(executor, f"import {name}.tool" if authorised == "json.tool" else "1")
        await value_of(executor, "x = 1")
        assert (journal(executor).reach(3) == 0) == plain


def test_the_journal_is_bounded_and_knows_where_it_is_whole() -> None:
    journal = Journal()
    for cells in (0, 1, 2, 5, 6):
        journal.add(cells, f"x = {cells}", Done(value="<object at 0x7f00>"))
    assert [journal.reach(cells) for cells in (0, 2, 3, 5, 6, 7, 9)] == [0, 0, 0, 5, 5, 5, 9]
    assert journal.cut(1, 7) == []
    assert journal.reach(7) == 7
    journal.add(1, "x = 1", Done(value="<object at 0x7f00>"))
    journal.add(2, "x = 2", Done())
    assert [entry.code for entry in journal.cut(1, 3)] == ["x = 1", "x = 2"]
    for cells in range(1, 1000):
        journal.add(cells, "y", Done())
    assert journal.reach(1000) == 1000 - 256
    journal.add(1000, "y" * (9 << 20), Done())
    assert journal.reach(1001) == 1001


@pytest.mark.parametrize(("cells", "characters"), [(300, 10), (14, 90_000), (30, 30_000)])
async def test_the_worker_makes_a_checkpoint_before_the_journal_is_full(
    cells: int, characters: int
) -> None:
    async with local(seconds=1) as (executor, _):
        for i in range(cells):
            await value_of(executor, f"x = {i}  # {'.' * characters}")
        assert (await end_of(executor, BUSY)).state_kept
        assert await value_of(executor, "x") == str(cells - 1)


async def test_what_was_noted_of_cells_that_are_gone_is_not_repeated() -> None:
    """After a second kill the state is an older one, and other cells have the same numbers."""
    async with local() as (executor, factory):
        await counted(executor, 30)
        other(executor, 20, "import time\nwhile True: pass")
        kill_the_state(factory)
        task = asyncio.create_task(end_of(executor, "1"))
        there = states(factory)
        await until(lambda: len(states(factory)) > len(there) or task.done())
        kill_the_state(factory)
        await task
        cells = process(executor).cells
        assert all(noted < cells for noted in journal(executor)._entries)


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


def test_a_number_is_noted_once() -> None:
    journal = Journal()
    for _ in range(3):
        journal.cut(0, 0)
        journal.add(0, "x", Done())
    assert journal._characters == journal._entries[0].size


async def test_what_is_noticed_is_a_function_like_one_of_python() -> None:
    async with local() as (executor, _):
        code = """
class Bloom:
    hasher, key = hash, id

    def place(self, x):
        return self.hasher(x) == hash(x) and self.key(x) == id(x)

Bloom().place('a'), id.__name__, repr(hash), callable(open), [*map(hash, [1, 2])]
"""
        expected = "(True, 'id', '<built-in function hash>', True, [1, 2])"
        assert await value_of(executor, code) == expected


def test_addresses_in_memory_do_not_count_as_another_outcome() -> None:
    journal = Journal()
    journal.add(0, "f", Done(value="<function f at 0x7f3a>"))
    (entry,) = journal.cut(0, 1)
    assert entry.effect.is_like(Effect.of(Done(value="<function f at 0x55aa>")))
    assert not entry.effect.is_like(Effect.of(Done(value="<function g at 0x7f3a>")))
    assert not entry.effect.is_like(Effect.of(Done(value="<function f at 0x7f3a>", gone=["x"])))
