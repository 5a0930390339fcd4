"""Runs the code of one conversation in its own E2B cloud sandbox.

The sandbox is the wall: there is no guard in it, and code may import, install and reach whatever
the sandbox can. No secret of this side ever enters it; tools run here, through `bridge`. Limits of
time, output, values and calls hold as everywhere; operations are not counted, and memory is what
the sandbox has, if that is less.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from typing import Self

from executors.base import (
    CodeError,
    ExecutionEvent,
    ExecutorInfo,
    ExecutorSpec,
    Finished,
    Notice,
    Protection,
)
from executors.e2b.cell import STOPPED, CellEnd, Emit, run_cell, watch
from executors.e2b.faults import SandboxGone
from executors.e2b.fleet import Fleet
from executors.e2b.history import PastCell
from executors.e2b.home import Home
from executors.e2b.lease import Lease
from executors.e2b.packages import packages_for
from executors.e2b.recovery import Recovery
from executors.e2b.state import REPLACED, State
from executors.e2b.tasks import end
from executors.e2b.workspace import E2BWorkspace, Root
from executors.errors import ExecutorError, ExecutorUnavailable, ProtocolError

log = logging.getLogger(__name__)
Tell = Callable[[Notice], None]

TEMPLATE_PYTHON = "3.13"
"""Python of E2B's standard template, until a sandbox tells its own."""
PROTECTIONS = (
    Protection(text="The code runs in a virtual machine of its own at E2B, away from this server."),
    Protection(text="No key or secret of this server enters it; tools run here."),
    Protection(text="The machine is deleted when the conversation ends."),
)
GONE = CodeError(
    name="WorkerDied",
    message="the E2B sandbox ended while the cell ran; its variables and files are gone",
)


class E2BExecutor:
    """An `Executor` whose sandbox starts with the first cell and ends with the conversation."""

    def __init__(
        self, spec: ExecutorSpec, fleet: Fleet, on_close: Callable[[E2BExecutor], None]
    ) -> None:
        self._spec, self._fleet, self._on_close = spec, fleet, on_close
        self._packages = packages_for(spec.additional_authorized_imports)
        self._home: Home | None = None
        self._opening: asyncio.Task[Lease] | None = None
        self._getting_ready = asyncio.Lock()
        self._cell: asyncio.Task[Finished] | None = None
        self._stop = asyncio.Event()
        self._in_cell = False
        """Whether the kernel has a cell."""
        self._state = State(spec)
        self._recovery = Recovery(self._state)
        self._closed = False
        self._workspace = E2BWorkspace(
            current=lambda: self._home.root if self._home else None,
            start=self._root,
            in_cell=lambda: self._in_cell,
            file_bytes=spec.limits.file_bytes,
        )

    @property
    def info(self) -> ExecutorInfo:
        """What the code can count on."""
        return ExecutorInfo(
            kind="e2b",
            python=self._home.kernel.hello.python if self._home else TEMPLATE_PYTHON,
            imports=("*",),
            limits=self._spec.limits,
            network=self._fleet.offer.internet,
            files="Files are read and written in the current folder, which the person can see.",
            protections=PROTECTIONS,
        )

    @property
    def workspace(self) -> E2BWorkspace:
        """The files of this conversation."""
        return self._workspace

    @property
    def in_use(self) -> bool:
        """Whether there is a sandbox."""
        return self._home is not None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop the cell, if any, and kill the sandbox. Idempotent."""
        self._closed = True
        await end(self._cell)
        await self._recovery.cancel()
        if opening := self._opening:  # a start that was cut off goes on for the next cell
            await end(opening)
            if not opening.cancelled() and not opening.exception():
                await opening.result().close()
        await self._move_out()
        self._on_close(self)

    async def run(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        """Run one cell; see `Executor.run`.

        Raises:
            ExecutorUnavailable: no sandbox can be started; the message says what to do.
            RuntimeError: a cell is running, or the executor is closed.
        """
        self._check_open()
        if self._cell:
            raise RuntimeError("a cell is running")
        self._stop.clear()
        events: asyncio.Queue[ExecutionEvent | None] = asyncio.Queue()
        cell = self._cell = asyncio.create_task(self._finish(code, events.put_nowait))
        cell.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
            if cell.cancelled():  # by closing the executor
                yield Finished(outcome="stopped", error=STOPPED, state_kept=False)
            else:
                yield cell.result()
        finally:
            await end(cell)
            self._cell = None

    async def interrupt(self) -> None:
        """End the running cell, if any, with outcome `stopped`."""
        self._stop.set()

    @property
    def cells(self) -> int:
        """How many cells have succeeded."""
        return self._state.succeeded

    async def rewind(self, cell: int) -> None:
        """Make the state from before that cell again, by running those before it again.

        Raises:
            ValueError: the cells before it are gone, cannot be repeated, or came to another end
                this time. The variables are what they were; files may have changed.
            ExecutorUnavailable: the service cannot be reached.
            RuntimeError: a cell is running.
        """
        if self._cell:
            raise RuntimeError("a cell is running")
        if self._state.can_be(cell):
            return
        async with self._getting_ready:
            if self._home:
                await self._recover(self._home)
            if self._home is None:
                raise ValueError(f"the state from before cell {cell} is no longer kept")
            old = self._home
            with old.lease.in_use():
                self._home = await self._state.rewind(old, cell)
                await old.kernel.remove()

    async def _finish(self, code: str, emit: Emit) -> Finished:
        """The whole cell, from getting ready to its one `Finished`."""
        began = time.monotonic()
        finished = await self._attempt(code, emit)
        return replace(self._state.mark(finished), duration=time.monotonic() - began)

    async def _attempt(self, code: str, emit: Emit) -> Finished:
        preparing = asyncio.create_task(self._ready(emit))
        try:
            if await watch(preparing, self._stop, None) == "stopped":
                return Finished(outcome="stopped", error=STOPPED)
        finally:
            if not preparing.done():
                await end(preparing)
            self._state.begin()
        home = preparing.result()
        if failed := {p: why for p, why in home.failed.items() if p in self._packages.values()}:
            # told once: from now on, in this sandbox and in the next, the code does without them
            self._packages = {n: p for n, p in self._packages.items() if p not in failed}
            return Finished(outcome="error", error=packages_error(failed))
        return await self._run_in(home, code, emit)

    async def _run_in(self, home: Home, code: str, emit: Emit) -> Finished:
        """Run the code, then bring the kernel back where the cell was cut off."""
        finished = Finished(outcome="crashed", error=GONE)
        self._in_cell = True
        try:
            with home.lease.in_use():
                result = await self._run_whole(home, code, emit)
                finished = result.finished
                await self._recovery.done()
            self._state.tell(emit)
        except (SandboxGone, ProtocolError) as exc:
            log.warning("an E2B sandbox was lost: %s", exc)
            self._state.lose()
            await self._move_out()
            return finished
        finally:
            self._in_cell = False
        try:
            if changed := await home.root.changed():
                emit(changed)
        except ExecutorError as exc:  # the cell has ended well; the next one meets the fault
            log.warning("the files of an E2B sandbox could not be listed: %s", exc)
        return finished

    async def _run_whole(self, home: Home, code: str, emit: Emit) -> CellEnd:
        """Run the code; where it was cut off, recovery has begun."""
        began = time.monotonic()
        try:
            result = await run_cell(
                code,
                kernel=home.kernel,
                files=home.lease.sandbox.files,
                spec=self._spec,
                stop=self._stop,
                emit=emit,
            )
        except (SandboxGone, ProtocolError):
            raise
        except BaseException:
            self._recovery.begin(home, PastCell(code=code, succeeded=False, whole=False))
            raise
        outcome = result.finished.outcome
        cell = PastCell(code=code, succeeded=outcome == "ok", calls=result.calls)
        if result.settled and outcome != "crashed":
            self._state.ran(replace(cell, seconds=time.monotonic() - began))
        else:
            self._recovery.begin(home, replace(cell, calls=(), whole=False))
        return result

    async def _ready(self, tell: Tell) -> Home:
        """A sandbox that is ready for a cell: the one there is, or a new one."""
        async with self._getting_ready:
            if self._home and not self._in_cell:
                await self._recover(self._home)
            self._state.tell(tell)
            if self._home is None:
                self._home = await self._move_in(tell)
            return self._home

    async def _recover(self, home: Home) -> None:
        """Bring back what the last cell left, and find out whether the sandbox still lives."""
        try:
            await self._recovery.done()
            await home.lease.renew()
        except SandboxGone as exc:
            log.info("an E2B sandbox is replaced: %s", exc)
            self._state.lose(REPLACED)
            await self._move_out()

    async def _move_in(self, tell: Tell) -> Home:
        """Start a sandbox and make it ready. A start that is cut off is taken up by the next."""
        tell(Notice(text="Starting an E2B sandbox…"))
        try:
            return await self._open(tell)
        except SandboxGone as exc:  # as one may that was started for a cell that was stopped
            log.info("an E2B sandbox ended before its first cell: %s", exc)
        try:
            return await self._open(tell)
        except SandboxGone as exc:
            raise ExecutorUnavailable(
                "The E2B sandbox ended while it was starting. Try again, or switch to the local "
                "executor."
            ) from exc

    async def _open(self, tell: Tell) -> Home:
        """Start a sandbox, or take up a start, and make it ready; closing ends it on the way."""
        self._check_open()
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._opening = asyncio.create_task(self._fleet.start(tell))
        opening = self._opening
        await asyncio.wait([opening])
        try:
            self._check_open()
            home = await Home.furnish(opening.result(), self._spec, self._packages, tell)
            if self._closed:
                await home.lease.close()
            self._check_open()
            return home
        finally:
            self._opening = None

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("the executor is closed")

    async def _move_out(self) -> None:
        """Let the sandbox go, if there is one."""
        home, self._home = self._home, None
        if home:
            await home.lease.close()

    async def _root(self) -> Root:
        """The files of a sandbox, started for them if there is none."""
        return (await self._ready(self._state.say)).root


def packages_error(failed: Mapping[str, str]) -> CodeError:
    """Tells which packages are missing, once."""
    names = ", ".join(failed)
    return CodeError(
        name="PackageNotInstalled",
        message=f"Could not install {names} in the sandbox, so this cell did not run.",
        traceback="\n".join(f"{name}: {why}" for name, why in failed.items()),
        hint=f"Run the cell again without {names}, or with another package.",
    )
