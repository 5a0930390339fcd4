"""The host's view of one worker: start cells on it, end them, go back, and know its state."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from executors import wire
from executors.base import ExecutorSpec
from executors.errors import ExecutorUnavailable, ProtocolError
from executors.local.channel import Channel
from executors.local.gate import ForkGate
from executors.local.journal import Effect, Entry, Journal, last_frame
from executors.local.nursery import UNAVAILABLE, Nursery
from executors.local.walls import Walls

log = logging.getLogger(__name__)

_READY_SECONDS = 30.0
_REACTION_SECONDS = 5.0
"""A worker that does not react in this time is killed as a whole, and its variables with it: long,
because the whole machine may be too busy to react."""
_MOST_FORKS = 16
"""So many may be needed for one state, where repeating takes longer than the first time."""


class WorkerProcess:
    """One worker. It trusts nothing that the worker says about processes: it only counts cells.

    `changed` is set whenever there may be something new to take from a cell or from `fate`.
    """

    def __init__(
        self,
        nursery: Nursery,
        group: int,
        control: socket.socket,
        interrupts: socket.socket,
        *,
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
        self._last: Channel | None = None
        """That of the last run, also once the cell is over."""
        interrupts.setblocking(False)
        self._interrupts, self._interrupted = interrupts, 0
        self._settling: asyncio.Task[bool] | None = None
        self._sending: asyncio.Task[None] | None = None
        self._control = Channel(control, self.changed.set, wire.MAX_FRAME)
        self._run = 0
        self._fates: dict[int, wire.Back] = {}
        self._journal, self._code, self._limit = Journal(), "", wire.MAX_FRAME
        self._unforked = False
        """Whether the worker need not fork before the next cell."""
        self._differs = False

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
        interrupts, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            with theirs:
                socket.send_fds(control, [b"\0"], [theirs.fileno()])
            ready, listener = await _greeting(control)
        except BaseException as exc:
            control.close()
            interrupts.close()
            await asyncio.shield(nursery.kill(group))
            if isinstance(exc, EOFError | TimeoutError | ConnectionError | wire.MalformedFrame):
                raise ExecutorUnavailable(UNAVAILABLE) from exc
            raise
        gaps = frozenset(ready.gaps)
        return cls(nursery, group, control, interrupts, gaps=gaps, listener=listener)

    def begin(self, code: str, limit: int, *, repeated: bool = False) -> tuple[int, Channel]:
        """Start a cell: the number of its run, and the channel that its frames come from.

        Args:
            code: the cell.
            limit: bytes of its largest frame.
            repeated: whether it has been run before, and nobody has asked for it now.
        """
        self._run += 1
        self._code, self._limit = code, limit
        ours, theirs = socket.socketpair()
        self._cell = self._last = channel = Channel(ours, self.changed.set, limit)
        frame = wire.Run(run=self._run, base=self.cells, code=code)
        if self._gate is not None:
            self._gate.begin(unforked=self._unforked, again=not repeated)
        try:
            rest, descriptor = self._control.send_at_once(frame, theirs.fileno())
        except ConnectionError:  # the worker is gone: `fate` tells
            rest, descriptor = memoryview(b""), None
        if rest:  # nobody waits for it, so that nobody can leave half of it behind
            self._sending = asyncio.create_task(self._send(rest, descriptor, theirs))
        else:
            theirs.close()
        return self._run, channel

    async def _send(self, data: memoryview, descriptor: int | None, own: socket.socket) -> None:
        with own, suppress(ConnectionError):
            await self._control.send_rest(data, descriptor)

    def committed(self, done: wire.Done | None, *, may_fork: bool = True) -> None:
        """The running cell is the state now. `done`, its last frame, may have been missed.

        Raises:
            ProtocolError: it says what it may not say; `MalformedFrame` as well.
        """
        self._journal.cut(self.cells, self.cells)
        if done is not None and done.repeatable:
            self._journal.add(self.cells, self._code, done)
        self._unforked = done is not None and done.repeatable
        self.cells += 1
        if may_fork and self._cell is not None and self._gate is not None:
            self._gate.grant()
        self._cell = None

    def fate(self, run: int) -> wire.Back | None:
        """What the worker said about the end of that run, if it did.

        Raises:
            ProtocolError: it said something that it may not say.
        """
        while (frame := self._control.take()) is not None:
            match frame:
                case wire.Back():
                    self._fates = {frame.run: frame}
                case wire.Interrupted():
                    self._interrupted = frame.run
                case _:
                    raise ProtocolError(f"the worker sent {frame.type!r} as control")
        return self._fates.get(run)

    @property
    def gone(self) -> bool:
        """Whether no process of the worker listens any more."""
        return self._control.closed

    async def settled(self) -> None:
        """Wait until it is known what state there is: a run may have been left while it ended."""
        if self._settling is not None:
            await asyncio.wait([self._settling])

    async def end(self, run: int) -> bool:
        """End that run, whatever it takes. Whether the worker's state is still there.

        Goes on to its end also where nobody waits for that.
        """
        return await self._undisturbed(self._end(run))

    async def settle_dead(self, run: int) -> bool:
        """As `end`, for a run whose cell has gone by itself, or seems so: find out why as well."""
        return await self._undisturbed(self._end(run, find_cause=True))

    async def rewind(self, cells: int) -> bool:
        """Go back to the state of so many cells; whether it was still kept."""
        return await self._undisturbed(self._rewind(cells))

    async def _undisturbed(self, work: Coroutine[Any, Any, bool]) -> bool:
        self._settling = task = asyncio.create_task(work)
        return await asyncio.shield(task)

    async def _end(self, run: int, *, find_cause: bool = False) -> bool:
        if find_cause:
            self.cause = await self._nursery.cause(self._group)
        return await self._settle(await self._end_of(run), self.cells)

    async def _end_of(self, run: int) -> wire.Back | None:
        """End that run; what the worker says then. None where it says nothing."""
        try:
            async with asyncio.timeout(_REACTION_SECONDS):
                await self._interrupt(run)
                if self._last is not None:
                    self._last.close()  # what still waits to be read must not hold anybody up
                await self._control.send(wire.Kill(run=run))
                return await self._back(run)
        except (TimeoutError, ConnectionError, ProtocolError):
            return None

    async def _interrupt(self, run: int) -> None:
        """Return when the signal has been sent that ends the run: it cannot hit a later one."""
        self._interrupted = 0
        try:
            self._interrupts.send(wire.RUN_NUMBER.pack(run))
        except OSError as exc:  # nobody has read any for a long time, or it has been killed
            raise ConnectionResetError("the worker does not listen") from exc
        while self._interrupted != run:
            self.changed.clear()
            self.fate(run)
            if self._interrupted != run:
                if self.gone:
                    raise ConnectionResetError("the worker is gone")
                await self.changed.wait()
        self._fates = {}  # nobody has been asked yet

    async def _rewind(self, cells: int) -> bool:
        self._run += 1
        try:
            async with asyncio.timeout(_REACTION_SECONDS):
                least = self._journal.reach(cells)
                await self._control.send(wire.Rewind(run=self._run, cells=cells, least=least))
                back = await self._back(self._run)
        except (TimeoutError, ConnectionError, ProtocolError):
            back = None
        await self._settle(back, cells)
        return self.alive and self.cells == cells

    async def kill(self) -> None:
        """End every process of the worker and return when none is left. Idempotent."""
        if self.alive:
            self.alive = False
            self._control.close()
            self._interrupts.close()
            self.changed.set()  # for whoever waits for an answer
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

    async def _settle(self, back: wire.Back | None, wanted: int) -> bool:
        """Take over the state that the worker says it has, and repeat what is missing and can be.

        Whether it holds so many cells as `wanted` then.
        """
        if not await self._take_over(back):
            return False
        missing = self._journal.cut(self.cells, wanted)
        if self.cells < wanted:
            await self._repeat(missing)
        return self.alive and self.cells >= wanted

    async def _take_over(self, back: wire.Back | None) -> bool:
        """The state is the one that the worker says; one that says nothing is ended."""
        if back is None or not 0 <= back.cells <= self.cells + 1:
            await self.kill()
            return False
        if back.cells > self.cells:
            self.committed(None)
        elif back.cells < self.cells:
            self._unforked = False
            if self._gate is not None:
                self._gate.grant()  # an older process goes on, which has to fork first
        self._cell, self.cells = None, back.cells
        return True

    async def _repeat(self, cells: Sequence[Entry]) -> None:
        """Run these cells again. One that has to be ended is the last; see also `differs`."""
        forks = _MOST_FORKS
        for entry in cells:
            run, channel = self.begin(entry.code, self._limit, repeated=True)
            try:
                done = await last_frame(channel, self.changed, _REACTION_SECONDS)
                same = done is not None and entry.effect.is_like(Effect.of(done))
            except (ProtocolError, wire.MalformedFrame) as exc:
                log.warning("a worker broke the protocol in a cell that was repeated: %s", exc)
                await self.kill()
                return
            finally:
                channel.close()
            if done is None:
                log.warning("a cell that was repeated did not end by itself")
                if await self._take_over(await self._end_of(run)):
                    self._journal.cut(self.cells, self.cells)
                return
            if not same:
                log.warning("a cell that was repeated did something else")
                self._differs = True
            forks -= not done.repeatable
            self.committed(done, may_fork=not done.repeatable or entry is cells[-1])
            if not forks:
                return  # the rest would bring as many forks as a worker likes that lies

    def take_differs(self) -> bool:
        """Whether cells were repeated, and did something else, since this was last asked."""
        found, self._differs = self._differs, False
        return found

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
    if frame.fault:
        log.error("a worker could not be set up: %s", frame.fault)
        raise EOFError
    return frame, listener
