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
from executors.e2b.cell import STOPPED, Emit, run_cell, watch
from executors.e2b.faults import SandboxGone
from executors.e2b.fleet import Fleet
from executors.e2b.history import PastCell
from executors.e2b.home import Home
from executors.e2b.lease import Lease
from executors.e2b.packages import packages_for
from executors.e2b.state import REPLACED, State
from executors.e2b.tasks import end
from executors.e2b.workspace import E2BWorkspace, Root
from executors.errors import ExecutorError, ExecutorUnavailable, ProtocolError

log = logging.getLogger(__name__)

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
        self._settling: asyncio.Task[None] | None = None
        self._unsettled = False
        """Whether a cell was cut off and its kernel not brought back yet."""
        self._state = State(spec)
        self._closed = False
        self._workspace = E2BWorkspace(
            current=lambda: self._home.root if self._home else None,
            start=self._root,
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
        await end(self._cell, self._settling)
        if self._opening:  # a start that was cut off goes on for the next cell
            await end(self._opening)
            if not self._opening.cancelled() and not self._opening.exception():
                await self._opening.result().close()
            self._opening = None
        await self._move_out()
        self._on_close(self)

    async def run(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        """Run one cell; see `Executor.run`.

        Raises:
            ExecutorUnavailable: no sandbox can be started; the message says what to do.
            RuntimeError: a cell is running, or the executor is closed.
        """
        if self._cell or self._closed:
            raise RuntimeError("the executor is closed" if self._closed else "a cell is running")
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
            if home := self._home:
                home.lease.busy = False
            if home and self._unsettled and not self._closed:
                self._settling = asyncio.create_task(self._settle(home))

    async def interrupt(self) -> None:
        """End the running cell, if any, with outcome `stopped`."""
        self._stop.set()

    async def rewind(self, cell: int) -> None:
        """Make the state from before that cell again, by running those before it again.

        Raises:
            ValueError: the cells before it are gone, took too long to be repeated, or came to
                another end this time. The state is what it was.
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
            self._home = await self._state.rewind(self._home, cell)

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
        home = preparing.result()
        if failed := {p: why for p, why in home.failed.items() if p in self._packages.values()}:
            # told once: from now on, in this sandbox and in the next, the code does without them
            self._packages = {n: p for n, p in self._packages.items() if p not in failed}
            return Finished(outcome="error", error=packages_error(failed))
        return await self._run_in(home, code, emit)

    async def _run_in(self, home: Home, code: str, emit: Emit) -> Finished:
        """Run the code, then bring the kernel back where the cell was cut off."""
        home.lease.busy = self._unsettled = True
        began = time.monotonic()
        finished = Finished(outcome="crashed", error=GONE)
        try:
            result = await run_cell(
                code,
                kernel=home.kernel,
                files=home.lease.sandbox.files,
                spec=self._spec,
                stop=self._stop,
                emit=emit,
            )
            finished = result.finished
            if finished.outcome in ("ok", "error"):
                seconds, succeeded = time.monotonic() - began, finished.outcome == "ok"
                self._state.ran(
                    PastCell(code=code, succeeded=succeeded, seconds=seconds, calls=result.calls)
                )
            if not result.settled:
                await self._settle(home)
            elif finished.outcome == "crashed":
                await home.kernel.revive()
                await self._state.restore(home)
            self._unsettled = False
            self._state.tell(emit)
        except (SandboxGone, ProtocolError) as exc:
            log.warning("an E2B sandbox was lost: %s", exc)
            await self._move_out()
            self._state.lose()
            return finished
        try:
            if changed := await home.root.changed():
                emit(changed)
        except ExecutorError as exc:  # the cell has ended well; the next one meets the fault
            log.warning("the files of an E2B sandbox could not be listed: %s", exc)
        return finished

    async def _settle(self, home: Home) -> None:
        """Bring the kernel back after a cell was cut off.

        Raises:
            SandboxGone: that cannot be done.
        """
        if not await home.kernel.settle():
            await self._state.restore(home)
        self._unsettled = False

    async def _ready(self, emit: Emit) -> Home:
        """A sandbox that is ready for a cell: the one there is, or a new one."""
        async with self._getting_ready:
            if self._home and not self._home.lease.busy:
                await self._recover(self._home)
            self._state.tell(emit)
            if self._home is None:
                self._home = await self._move_in(emit)
            return self._home

    async def _recover(self, home: Home) -> None:
        """Bring back what the last cell left, and find out whether the sandbox still lives."""
        try:
            if self._settling:
                await asyncio.shield(self._settling)
                self._settling = None
            if self._unsettled:
                await self._settle(home)
            await home.lease.renew()
        except SandboxGone as exc:
            log.info("an E2B sandbox is replaced: %s", exc)
            await self._move_out()
            self._state.lose(REPLACED)

    async def _move_in(self, emit: Emit) -> Home:
        """Start a sandbox and make it ready. A start that is cut off is taken up by the next."""
        emit(Notice(text="Starting an E2B sandbox…"))
        if self._opening is None or (self._opening.done() and self._opening.exception()):
            self._opening = asyncio.create_task(self._fleet.start(emit))
        opening = self._opening
        await asyncio.wait([opening])
        self._opening = None
        try:
            return await Home.furnish(opening.result(), self._spec, self._packages, emit)
        except SandboxGone as exc:
            raise ExecutorUnavailable(
                "The E2B sandbox ended while it was starting. Try again, or switch to the local "
                "executor."
            ) from exc

    async def _move_out(self) -> None:
        """Let the sandbox go, if there is one."""
        home, self._home = self._home, None
        self._settling, self._unsettled = None, False
        if home:
            await home.lease.close()

    async def _root(self) -> Root:
        """The files of a sandbox, started for them if there is none."""
        return (await self._ready(lambda _: None)).root


def packages_error(failed: Mapping[str, str]) -> CodeError:
    """Tells which packages are missing, once."""
    names = ", ".join(failed)
    return CodeError(
        name="PackageNotInstalled",
        message=f"Could not install {names} in the sandbox, so this cell did not run.",
        traceback="\n".join(f"{name}: {why}" for name, why in failed.items()),
        hint=f"Run the cell again without {names}, or with another package.",
    )
