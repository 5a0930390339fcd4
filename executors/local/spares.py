"""Workers that are there before anybody asks, so that the next conversation has one at once.

A spare is confined and configured like any other worker, in a folder of its own, and has run
nothing but an empty cell. So it holds about 2 MB more than a worker that waits for its first cell.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from executors.base import ExecutorSpec
from executors.errors import ExecutorUnavailable
from executors.local.process import WorkerProcess
from executors.local.scratch import Scratch

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 0.1
"""After so long a new spare is started: the conversation that took the last one goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """A worker and the folder that it is confined to."""

    spec: ExecutorSpec
    scratch: Scratch
    process: WorkerProcess

    def fits(self, spec: ExecutorSpec) -> bool:
        """Whether a conversation with that spec can have it; what its tools do does not matter."""
        return (
            self.spec.limits == spec.limits
            and tuple(self.spec.tools) == tuple(spec.tools)
            and self.spec.additional_authorized_imports == spec.additional_authorized_imports
        )


class Spares:
    """Up to `count` spares, of the kind that was wanted last.

    Args:
        start: starts a worker in a folder.
        count: how many are kept.
    """

    def __init__(
        self, start: Callable[[ExecutorSpec, Path], Awaitable[WorkerProcess]], count: int
    ) -> None:
        self._start, self._count = start, count
        self._ready: list[Spare] = []
        self._filling: asyncio.Task[None] | None = None
        self._wanted: ExecutorSpec | None = None

    @property
    def ready(self) -> int:
        """How many there are."""
        return len(self._ready)

    async def filled(self) -> None:
        """Wait until all that are wanted are there."""
        if self._filling is not None:
            await asyncio.wait([self._filling])

    def take(self, spec: ExecutorSpec) -> Spare | None:
        """One that fits, which is the caller's from now on."""
        found = next((spare for spare in self._ready if spare.fits(spec)), None)
        if found is not None:
            self._ready.remove(found)
        return found

    def want(self, spec: ExecutorSpec) -> None:
        """Have spares of that kind soon, in place of any others."""
        self._wanted = spec
        if self._count and (self._filling is None or self._filling.done()):
            self._filling = asyncio.create_task(self._fill(), name="spare workers")

    async def aclose(self) -> None:
        """End all spares, and make no more. Idempotent."""
        self._count = 0
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.wait([self._filling])
        while self._ready:
            await _end(self._ready.pop())

    async def _fill(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        while (spec := self._wanted) is not None:
            if misfit := next((spare for spare in self._ready if not spare.fits(spec)), None):
                self._ready.remove(misfit)
                await asyncio.shield(_end(misfit))
            elif len(self._ready) >= self._count:
                return
            else:
                await self._add(spec)

    async def _add(self, spec: ExecutorSpec) -> None:
        scratch = Scratch()
        try:
            process = await self._start(spec, scratch.path)
        except BaseException as exc:
            scratch.remove()
            if not isinstance(exc, ExecutorUnavailable):
                raise
            log.warning("no spare worker could be started: %s", exc)
            self._wanted = None
        else:
            self._ready.append(Spare(spec=spec, scratch=scratch, process=process))


async def _end(spare: Spare) -> None:
    await spare.process.kill()
    await asyncio.to_thread(spare.scratch.remove)
