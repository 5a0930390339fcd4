"""The campaigns of the fuzzer: each tries many cases of one kind and raises on a host's fault."""

from __future__ import annotations

import asyncio
import json
import re
import warnings
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import asdict
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from executors.base import ExecutionEvent, Executor, ExecutorSpec, Finished, Limits
from executors.errors import ProtocolError
from executors.local.executor import LocalExecutorFactory
from executors.local.guard import off
from executors.local.guard.compiler import Compiler
from executors.local.guard.errors import NotAllowed
from executors.local.walls import Walls
from tests.fuzz import targets
from tests.fuzz.fake_worker import Say, events_of
from tests.fuzz.mutants import conversation, mutant
from tests.fuzz.streams import encoded, polite, spoilt, streams
from tests.host_tools import Tools
from tests.programs.program import Outcome
from tests.programs.worker import run as run_all

Campaign = Callable[[settings], None]
Events = list[ExecutionEvent]
Tell = Callable[[Executor, str], Coroutine[Any, Any, Events]]
TellAll = Callable[[Executor, list[str]], Coroutine[Any, Any, Outcome]]
randoms = st.randoms(use_true_random=False)
ENDED = ("NotAllowed", "OperationLimit", "MemoryLimit", "TimeLimit", "WorkerDied", "RecursionError")
"""What a cell may meet with the guard and not without it, or at another moment."""
VARIES = re.compile(
    r"\b(id|hash|time\w*|random|uuid\w*|secrets|perf_counter\w*|monotonic\w*|now|today|sleep|timeout"
    r"|wait_for|getsizeof|getrefcount|weakref|dir|vars|globals|locals|[gs]etattr|hasattr|delattr"
    r"|exec|eval|open|input|format\w*|query|final_answer|traceback|stderr"
    r"|getcwd|abspath|environ|getenv|getrecursionlimit"
    r"|__(?!init__|repr__|str__|eq__|add__|call__|len__|iter__|next__|enter__|exit__)\w+__)\b"
    r"|cannot import name|'function'"
)
"""What is not the same in every process, or what the guard has its own in place of."""


def frames(how: settings, read: Callable[[bytes], object] = targets.frames) -> None:
    """Hostile bytes are frames or refused."""

    @how
    @given(streams)
    def check(data: bytes) -> None:
        read(data)

    check()


def values(how: settings, read: Callable[[bytes], object] = targets.value) -> None:
    """Hostile typed JSON is a value or refused."""
    good = encoded.map(json.dumps).map(str.encode)

    @how
    @given(good | spoilt(good))
    def check(data: bytes) -> None:
        read(data)

    check()


def worker_streams(
    how: settings, tell: Callable[[list[Say]], Coroutine[Any, Any, Events]] = events_of
) -> None:
    """Whatever a worker says, the host ends the cell or gives the worker up."""
    says = st.tuples(st.sampled_from(["cell", "cell", "cell", "control"]), streams)

    with on_one_loop() as run:

        @how
        @given(st.lists(says, max_size=4) | polite.map(lambda data: [("cell", data)]))
        def check(script: list[Say]) -> None:
            with suppress(ProtocolError):
                judge(run(tell(script)))

        check()


def guarded(source: str, filename: str) -> object:
    """The cell, compiled behind the guard."""
    return Compiler({}, {}).compile(source, filename)


def guard(how: settings, build: Callable[[str, str], object] = guarded) -> None:
    """What compiles as plain Python compiles behind the guard too, or is refused by a sentence."""

    @how
    @given(randoms)
    def check(random: Random) -> None:
        source = mutant(random)
        if compiles(off.compile_cell, source):
            with suppress(NotAllowed):
                assert compiles(build, source), "only the guard's does not"

    check()


async def told_by(executor: Executor, code: str) -> Events:
    """All events of a cell."""
    async with asyncio.timeout(100), aclosing(executor.run(code)) as events:
        return [event async for event in events]


def programs(how: settings, tell: Tell = told_by) -> None:
    """Whatever a program does in a real worker, its cell ends, and the next one answers."""
    # A busy machine has been seen to take almost two seconds for nothing.
    limits = Limits(seconds=5, operations=100_000, memory_bytes=256 << 20, file_bytes=1 << 20)
    spec = ExecutorSpec(tools=Tools.specs, call_tool=Tools(), limits=limits)

    with on_one_loop() as run:
        factory = LocalExecutorFactory()
        executor = factory(spec)
        run(executor.__aenter__())

        @how
        @given(randoms)
        def check(random: Random) -> None:
            with suppress(ProtocolError):
                judge(run(tell(executor, mutant(random))))
            after = run(tell(executor, "pass"))[-1]
            assert after.error is None, f"the next cell gave {after}"

        try:
            check()
        finally:
            run(factory.aclose())


def meanings(how: settings, tell: TellAll = run_all) -> None:
    """What the guard lets pass means what it means without the guard."""
    # A busy machine has been seen to take almost two seconds for nothing.
    limits = Limits(seconds=5, operations=200_000, memory_bytes=256 << 20, file_bytes=1 << 20)
    spec = ExecutorSpec(call_tool=Tools(), limits=limits)

    async def told(
        factory: LocalExecutorFactory, cells: list[str], tell: TellAll
    ) -> Outcome | None:
        async with factory(spec) as executor:
            outcome = await tell(executor, cells)
        errors = [cell.error or "" for cell in outcome.cells]
        odd = any(e.partition(":")[0] in ENDED or VARIES.search(e) for e in errors)
        return None if odd else outcome

    with on_one_loop() as run:
        plain = LocalExecutorFactory(_walls=Walls(guard=False))
        guarded = LocalExecutorFactory()

        @how
        @given(randoms)
        def check(random: Random) -> None:
            cells = conversation(random)
            if any(map(VARIES.search, cells)):
                return
            found = run(told(guarded, cells, tell))
            if found is None or (wanted := run(told(plain, cells, run_all))) is None:
                return
            # the order of sets differs from one zygote to the next
            assert sorted(repr(found)) == sorted(repr(wanted)), (cells, found, wanted)

        try:
            check()
        finally:
            run(guarded.aclose())
            run(plain.aclose())


CAMPAIGNS: dict[str, Campaign] = {
    f.__name__: f for f in (frames, values, worker_streams, guard, programs, meanings)
}


def judge(events: Events) -> None:
    """One `Finished`, last; and nothing that a log or a page could not take."""
    assert [isinstance(event, Finished) for event in events] == [False] * (len(events) - 1) + [True]
    for event in events:
        json.dumps(asdict(event), allow_nan=False, ensure_ascii=False).encode()


def compiles(build: Callable[[str, str], object], source: str) -> bool:
    """Whether that can compile it; Python's warnings about odd code do not matter."""
    with warnings.catch_warnings(action="ignore"):
        try:
            build(source, "<cell 1>")
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            return False
    return True


@contextmanager
def on_one_loop() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Runs coroutines on one event loop; what its callbacks let fall is a fault too."""
    dropped: list[dict[str, Any]] = []

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        result = runner.run(coroutine)
        assert not dropped, f"the event loop was left with {dropped}"
        return result

    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(lambda _, context: dropped.append(context))
        yield run
