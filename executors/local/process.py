"""The host's view of one worker: start cells on it, end them, go back, and know its state."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

from executors import wire
from executors.base import ExecutorSpec
from executors.errors import ExecutorUnavailable, ProtocolError
from executors.local.channel import Channel
from executors.local.gate import ForkGate
from executors.local.nursery import UNAVAILABLE, Nursery
from executors.local.walls import Walls

_READY_SECONDS = 10.0
_REACTION_SECONDS = 2.0
"""A worker that does not react in this time is killed as a whole, and its variables with it."""


class WorkerProcess:
    """One worker. It trusts nothing that the worker says about processes: it only counts cells.

    `changed` is set whenever there may be something new to take from a cell or from `fate`.
    """

    def __init__(
        self,
        nursery: Nursery,
        group: int,
        control: socket.socket,
        gaps: frozenset[str],
        listener: int | None,
    ) -> None:
        self.changed = asyncio.Event()
        self.cells = 0
        """How many cells the worker's state holds."""
        self.alive = True
        self.gaps = gaps
        """What the kernel does not keep it from; see `lockdown`."""
        self.cause = 0
        """The signal that ended the last cell that did not end by itself; 0 if nobody knows."""
        self._nursery, self._group = nursery, group
        self._gate = None if listener is None else ForkGate(listener, self._is_over)
        self._cell: Channel | None = None
        self._control = Channel(control, self.changed.set, wire.MAX_FRAME)
        self._run = 0
        self._fates: dict[int, wire.Back] = {}

    @classmethod
    async def start(
        cls,
        nursery: Nursery,
        spec: ExecutorSpec,
        folder: Path,
        walls: Walls,
        *,
        rehearse: bool,
    ) -> WorkerProcess:
        """Fork a worker, and wait until it is confined to `files` and `cache` in `folder`.

        Raises:
            ExecutorUnavailable: no worker can be forked.
        """
        config: dict[str, Any] = {
            "tools": [asdict(tool) for tool in spec.tools],
            "imports": list(spec.additional_authorized_imports),
            "limits": asdict(spec.limits),
            "folder": str(folder / "files"),
            "cache": str(folder / "cache"),
            "walls": asdict(walls),
            "rehearse": rehearse,
        }
        group, control = await nursery.fork(config)
        try:
            ready, listener = await _greeting(control)
        except BaseException as exc:
            control.close()
            await asyncio.shield(nursery.kill(group))
            if isinstance(exc, EOFError | TimeoutError | wire.MalformedFrame):
                raise ExecutorUnavailable(UNAVAILABLE) from exc
            raise
        return cls(nursery, group, control, frozenset(ready.gaps), listener)

    async def begin(self, code: str, limit: int) -> tuple[int, Channel]:
        """Start a cell: the number of its run, and the channel that its frames come from."""
        self._run += 1
        ours, theirs = socket.socketpair()
        self._cell = channel = Channel(ours, self.changed.set, limit)
        frame = wire.Run(run=self._run, base=self.cells, code=code)
        if self._gate is not None:
            self._gate.begin()
        with theirs:
            try:
                await self._control.send(frame, theirs.fileno())
            except ConnectionError:
                pass  # the worker is gone: `fate` tells
            except BaseException:
                channel.close()
                raise
        return self._run, channel

    def committed(self) -> None:
        """The running cell has said that it is the state now."""
        self.cells += 1
        if self._cell is not None and self._gate is not None:
            self._gate.grant()
        self._cell = None

    def fate(self, run: int) -> wire.Back | None:
        """What the worker said about the end of that run, if it did.

        Raises:
            ProtocolError: it said something that it may not say.
        """
        while (frame := self._control.take()) is not None:
            if not isinstance(frame, wire.Back):
                raise ProtocolError(f"the worker sent {frame.type!r} as control")
            self._fates = {frame.run: frame}
        return self._fates.get(run)

    @property
    def gone(self) -> bool:
        """Whether no process of the worker listens any more."""
        return self._control.closed

    async def end(self, run: int) -> bool:
        """End that run, whatever it takes. Whether the worker's state is still there."""
        try:
            async with asyncio.timeout(_REACTION_SECONDS):
                await self._nursery.end_cell(self._group)
                await self._control.send(wire.Kill(run=run))
                back = await self._back(run)
        except (TimeoutError, ConnectionError, ProtocolError):
            back = None
        return await self._settle(back)

    async def rewind(self, cells: int) -> bool:
        """Go back to the state of so many cells; whether it was still kept."""
        self._run += 1
        try:
            async with asyncio.timeout(_REACTION_SECONDS):
                await self._control.send(wire.Rewind(run=self._run, cells=cells))
                back = await self._back(self._run)
        except (TimeoutError, ConnectionError, ProtocolError):
            back = None
        await self._settle(back)
        return self.alive and self.cells == cells

    async def settle_dead(self, run: int) -> bool:
        """The run's cell has gone by itself, or seems so: find out why, and what is left."""
        self.cause = await self._nursery.cause(self._group)
        return await self.end(run)

    async def kill(self) -> None:
        """End every process of the worker and return when none is left. Idempotent."""
        if self.alive:
            self.alive = False
            self._control.close()
            if self._gate is not None:
                self._gate.close()
            await self._nursery.kill(self._group)

    async def _back(self, run: int) -> wire.Back | None:
        """What the worker says about `run`; None when it is gone."""
        while True:
            self.changed.clear()
            if (back := self.fate(run)) is not None or self.gone:
                return back
            await self.changed.wait()

    async def _settle(self, back: wire.Back | None) -> bool:
        """Take over the state that the worker says it has, or end a worker that says nothing."""
        if back is None or not 0 <= back.cells <= self.cells + 1:
            await self.kill()
            return False
        kept = back.cells >= self.cells
        if back.cells > self.cells:
            self.committed()
        elif back.cells < self.cells and self._gate is not None:
            self._gate.grant()  # an older process goes on, which has to fork before the next cell
        self._cell, self.cells = None, back.cells
        return kept

    def _is_over(self) -> bool:
        """Whether the running cell has sent its last frame; said once for each cell."""
        if self._cell is None or not self._cell.ends_with(wire.Done):
            return False
        self._cell = None
        return True


async def _greeting(control: socket.socket) -> tuple[wire.Ready, int | None]:
    """What a new worker says of itself, and its listener. No code has run in it yet.

    Raises:
        EOFError: it has ended.
        TimeoutError: it says nothing.
        MalformedFrame: it is not a greeting.
    """
    loop = asyncio.get_running_loop()
    spoken = asyncio.Event()
    loop.add_reader(control, spoken.set)
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await spoken.wait()
    finally:
        loop.remove_reader(control)
    frame, listener = wire.receive(control)
    if not isinstance(frame, wire.Ready):
        raise wire.MalformedFrame(f"a new worker sent {frame.type!r}")
    return frame, listener
