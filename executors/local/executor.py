"""Runs cells in a worker process of this machine; trusts nothing that the worker says."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal, Self

from executors.base import (
    CodeError,
    ExecutionEvent,
    ExecutorInfo,
    ExecutorSpec,
    FileInfo,
    FilesChanged,
    Finished,
    Notice,
    is_told,
)
from executors.errors import ExecutorUnavailable
from executors.local import lockdown
from executors.local.disk import DiskWatch
from executors.local.guard.policy import DEFAULT_IMPORTS
from executors.local.nursery import Nursery
from executors.local.process import WorkerProcess
from executors.local.run import DIFFERS, DISK_LIMIT, CellRun
from executors.local.scratch import Scratch
from executors.local.spares import Spare, Spares
from executors.local.walls import Walls, open_sentences, protections
from executors.workspace import FolderWorkspace

_MAX_CODE = 1 << 20
"""Characters of a cell."""
LOST = (
    "The last cell had to be ended by force, and variables of earlier cells went with it: look "
    "which are left before you use them."
)
_TOO_LONG = CodeError(
    name="NotAllowed",
    message=f"the cell is longer than {_MAX_CODE:,} characters",
    hint="Write large data to a file of the workspace in several cells, and read it from there.",
)


class LocalExecutor:
    """An `Executor` with a worker process and a workspace folder of its own."""

    def __init__(
        self, spec: ExecutorSpec, factory: LocalExecutorFactory, spare: Spare | None
    ) -> None:
        self._spec, self._factory = spec, factory
        self._process = None if spare is None else spare.process
        self._busy = self._stopped = False
        """Whether a run has begun, and whether it was stopped before its cell had begun."""
        self._running: CellRun | None = None
        self._rewinding: asyncio.Task[None] | None = None
        self._closed = False
        self._cells = 0
        """How many cells the worker's state held when that was last told."""
        self._untold = ""
        """What has happened to variables, where no event has said so yet."""
        self._starts: list[int | None] = []
        """For each cell that succeeded: the worker's count of cells before it, None if lost."""
        self._scratch = Scratch() if spare is None else spare.scratch
        self._folder = self._scratch.path
        self.workspace = FolderWorkspace(self._folder / "files")
        self._disk = DiskWatch(self._folder, spec.limits.workspace_bytes)
        self.info = ExecutorInfo(
            kind="local",
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            imports=tuple(sorted({*DEFAULT_IMPORTS, *spec.additional_authorized_imports})),
            limits=spec.limits,
            network=False,
            checkpoints=True,
            files="open() works inside the current folder, which is the workspace, and only there.",
            protections=protections(lockdown.supported()),
        )

    @property
    def in_use(self) -> bool:
        """Whether there may be variables or files: always, a worker starts at once."""
        return True

    async def __aenter__(self) -> Self:
        process = await self._worker()
        self.info = replace(self.info, protections=protections(process.gaps))
        self._factory.spares.want(self._spec)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the worker and remove the folder. Idempotent."""
        self._closed = True
        self._factory.forget(self)
        await self.interrupt()
        if self._process is not None:
            await asyncio.shield(self._process.kill())
        await asyncio.to_thread(self._scratch.remove)

    async def run(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        """Run one cell and yield its events, `Finished` last; see `Executor.run`.

        Raises:
            RuntimeError: a cell is running, or the executor is closed.
            ExecutorUnavailable: no worker can be started.
            ProtocolError: the worker broke the protocol; the next cell gets a new one.
        """
        if self._busy:
            raise RuntimeError("a cell is running already")
        if len(code) > _MAX_CODE:
            yield Finished(outcome="error", error=_TOO_LONG)
            return
        self._busy, self._stopped = True, False
        try:
            process = await self._worker()
            async with aclosing(self._run(process, code)) as events:
                async for event in events:
                    yield event
        finally:
            self._busy = False

    async def _run(self, process: WorkerProcess, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        self._running = running = CellRun(process, self._spec, code)
        if self._stopped:
            running.stop()
        before = process.cells
        watching = asyncio.create_task(self._disk.watch(lambda: running.stop("full")))
        untold, self._untold = self._untold, ""
        told = False
        try:
            files = await self._files()
            if untold:
                yield Notice(level="warning", text=untold)
            async with aclosing(running.events()) as events:
                async for event in events:
                    if not is_told(event):
                        continue
                    if isinstance(event, Finished):
                        watching.cancel()
                        told = True
                        self._note(event, before)
                        self._cells = _cells_of(process)
                        if event.error is not None and event.error.name == DISK_LIMIT:
                            await self._disk.settle()
                        variables = running.variables
                        if variables.changed or variables.gone:
                            yield variables
                        if changed := await self._changed(files):
                            yield FilesChanged(files=changed)
                    yield event
        finally:
            watching.cancel()
            self._running = None
            if not told:  # what else is lost shows when the cell has ended: see `_worker`
                self._untold = self._untold or untold

    async def interrupt(self) -> None:
        """End the running cell, if any, with outcome `stopped`."""
        self._stopped = True
        if self._running is not None:
            self._running.stop()

    @property
    def cells(self) -> int:
        """How many cells have succeeded."""
        return len(self._starts)

    async def rewind(self, cell: int) -> None:
        """Restore the state from before that cell; see `Executor.rewind`.

        Raises:
            ValueError: that state is no longer kept.
            RuntimeError: a cell is running.
        """
        if self._busy:
            raise RuntimeError("a cell is running")
        if cell == len(self._starts):
            return
        process = await self._worker()
        # Whoever loses patience must not leave it half done.
        self._rewinding = rewinding = asyncio.create_task(self._go_back(process, cell))
        await asyncio.shield(rewinding)

    async def _go_back(self, process: WorkerProcess, cell: int) -> None:
        target = self._starts[cell] if 0 <= cell < len(self._starts) else None
        if target is None or not await process.rewind(target):
            if not process.alive:
                self._starts = [None] * len(self._starts)
            raise ValueError(f"the state from before cell {cell} is no longer kept")
        del self._starts[cell:]
        if process.take_differs():
            self._untold = DIFFERS
        self._cells = _cells_of(process)

    async def _worker(self) -> WorkerProcess:
        """The worker, a new one where there is none, or only a dead one that had no variables.

        Waits for what is still going on with it, and notes what has been lost meanwhile.
        """
        if self._rewinding is not None:
            await asyncio.wait([self._rewinding])
        process = self._process
        if process is not None:
            await process.settled()
            if process.take_differs():
                self._untold = DIFFERS
        self._refuse_if_closed()
        if (there := _cells_of(process)) < self._cells:
            self._untold = LOST
            self._starts = [None] * len(self._starts)
        self._cells = there
        if process is not None and process.gone and process.alive and not process.cells:
            await process.kill()
        if process is None or not process.alive:
            try:
                process = self._process = await self._factory.start(self._spec, self._folder)
            except ExecutorUnavailable:
                self._refuse_if_closed()  # with its folder, which is a reason not to start
                raise
            if self._closed:
                await process.kill()
            self._refuse_if_closed()
        return process

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the executor is closed")

    def _note(self, finished: Finished, before: int) -> None:
        """Remember which state each cell started from."""
        if not finished.state_kept:
            self._starts = [None] * len(self._starts)
        elif finished.outcome == "ok":
            self._starts.append(before)

    async def _files(self) -> dict[str, tuple[int, int]]:
        found = self.workspace.glance()
        return await asyncio.to_thread(self.workspace.scan) if found is None else found

    async def _changed(self, before: dict[str, tuple[int, int]]) -> tuple[FileInfo, ...]:
        now = await self._files()
        return tuple(
            FileInfo(path=path, size=now[path][0])
            for path in sorted(now)
            if before.get(path) != now[path]
        )


def _cells_of(process: WorkerProcess | None) -> int:
    """How many cells its state holds."""
    return process.cells if process is not None and process.alive else 0


class LocalExecutorFactory:
    """Makes local executors, which share one zygote.

    Args:
        preload: modules that are imported once, so that every worker has them at once.
        require_lockdown: start no worker that the kernel does not confine in full.
        spares: how many workers to keep ready for conversations to come. The first conversation
            says of which kind.
    """

    kind: Literal["local"] = "local"

    def __init__(
        self,
        *,
        preload: Sequence[str] = (),
        require_lockdown: bool = False,
        spares: int = 0,
        _walls: Walls = Walls(),  # noqa: B008 it is frozen
    ) -> None:
        self.nursery = Nursery(preload)
        self.require_lockdown, self.walls = require_lockdown, _walls
        self.spares = Spares(partial(self.start, rehearse=True), spares)
        self._open: set[LocalExecutor] = set()
        self._closed = False

    def __call__(self, spec: ExecutorSpec) -> LocalExecutor:
        """An executor for one conversation.

        Raises:
            ExecutorUnavailable: the factory is closed.
        """
        if self._closed:
            raise ExecutorUnavailable("The app is shutting down. Try again when it is back.")
        executor = LocalExecutor(spec, self, self.spares.take(spec))
        self._open.add(executor)
        return executor

    async def start(
        self, spec: ExecutorSpec, folder: Path, *, rehearse: bool = False
    ) -> WorkerProcess:
        """A worker for such a conversation that is confined to `folder`; see `Worker.serve`.

        Raises:
            ExecutorUnavailable: it does not start, or is not confined as it has to be.
        """
        for name in ("files", "cache"):
            (folder / name).mkdir(exist_ok=True)
        process = await WorkerProcess.start(
            self.nursery, spec, folder, self.walls, rehearse=rehearse
        )
        if self.require_lockdown and process.gaps:
            await process.kill()
            raise ExecutorUnavailable(
                "Code cannot be confined well enough on this machine."
                f" {' '.join(open_sentences(process.gaps))} Run it in E2B instead."
            )
        return process

    def forget(self, executor: LocalExecutor) -> None:
        """The executor has been closed."""
        self._open.discard(executor)

    async def aclose(self) -> None:
        """Close all executors and the zygote. Idempotent."""
        self._closed = True
        for executor in list(self._open):
            await executor.aclose()
        await self.spares.aclose()
        await self.nursery.aclose()
