"""The host's handle on the zygote: starts it, asks it for workers, and has it end them."""

from __future__ import annotations

import asyncio
import itertools
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from executors import wire
from executors.errors import ExecutorUnavailable, ProtocolError
from executors.local.channel import Channel
from executors.local.scratch import Scratch, sweep

_ROOT = Path(__file__).parents[2]
_START = (
    "import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {root!r});"
    "sys.modules.update(dict.fromkeys({without!r}));"  # which makes their imports fail
    "from executors.local.zygote import main; main({control}, {preload!r}, {without!r})"
)
_WITHOUT = ("_uuid", "ssl")
"""What asyncio and others import and do without: it is large, or loads libraries, and is of use
only where there is a network."""
_START_SECONDS = 60.0
"""Importing all data libraries on a busy machine takes some seconds."""
_KILL_SECONDS = _ANSWER_SECONDS = 5.0


class Nursery:
    """One zygote process, started on first use; when it has died, the next use starts another."""

    def __init__(self, preload: Sequence[str]) -> None:
        self._preload = tuple(preload)
        self._groups = itertools.count(1)
        self._home: asyncio.AbstractEventLoop | None = None
        """The event loop that the process belongs to, while there is one."""
        self._lock = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._channel: Channel | None = None
        self._changed = asyncio.Event()
        self._gone: set[int] = set()
        self._causes: dict[int, int] = {}
        self._scratch: Scratch | None = None

    @property
    def pid(self) -> int | None:
        """The zygote's process id, while it runs."""
        return self._process.pid if self._process is not None else None

    async def fork(self, config: dict[str, Any]) -> tuple[int, socket.socket]:
        """A new worker: the number of its group, and our end of its control socket.

        Raises:
            ExecutorUnavailable: the zygote does not start, or is at work in another event loop.
        """
        self._settle()
        group = next(self._groups)
        ours, theirs = socket.socketpair()
        with theirs:
            for attempt in range(2):  # it may have died since it was last used
                channel = await self._started()
                try:
                    await channel.send(wire.Fork(group=group, config=config), theirs.fileno())
                    return group, ours
                except ConnectionError as exc:
                    await self._stop()
                    if attempt:
                        ours.close()
                        raise ExecutorUnavailable(UNAVAILABLE) from exc
        raise AssertionError

    async def kill(self, group: int) -> None:
        """End every process of a worker and return when none is left."""
        channel = self._channel
        if channel is None or channel.closed:
            return  # a zygote that ends takes its workers with it; if it was killed, see `Worker`
        try:
            await channel.send(wire.KillGroup(group=group))
            await self._told(channel, lambda: group in self._gone)
        except (ConnectionError, TimeoutError):
            await self._stop()
        self._gone.discard(group)

    async def cause(self, group: int) -> int:
        """Which signal ended the process of that worker that died last; 0 if nobody knows."""
        channel = self._channel
        if channel is None or channel.closed:
            return 0
        self._causes.pop(group, None)  # an answer that once came too late
        try:
            await channel.send(wire.AskCause(group=group))
            await self._told(channel, lambda: group in self._causes)
        except (ConnectionError, TimeoutError):
            return 0
        return self._causes.pop(group, 0)

    async def _told(self, channel: Channel, said: Callable[[], bool]) -> None:
        """Wait until the zygote has said something, or has ended.

        Raises:
            TimeoutError: it does neither.
        """
        async with asyncio.timeout(_ANSWER_SECONDS):
            while not said() and not channel.closed:
                self._changed.clear()
                self._collect(channel)
                if not said() and not channel.closed:
                    await self._changed.wait()

    async def aclose(self) -> None:
        """End the zygote and with it all workers. Idempotent."""
        home = self._home
        if home is not None and home.is_running() and home is not asyncio.get_running_loop():
            closing = asyncio.run_coroutine_threadsafe(self.aclose(), home)
            await asyncio.wrap_future(closing)
            return
        async with self._lock:
            await self._stop()
            self._home = None

    def _settle(self) -> None:
        """Belong to the running loop, unless it is another's already."""
        here = asyncio.get_running_loop()
        if self._home is None:
            self._home, self._lock, self._changed = here, asyncio.Lock(), asyncio.Event()
        elif self._home is not here:
            raise ExecutorUnavailable(ELSEWHERE)

    def _collect(self, channel: Channel) -> None:
        while (frame := channel.take()) is not None:
            match frame:
                case wire.Gone():
                    self._gone.add(frame.group)
                case wire.Cause():
                    self._causes[frame.group] = frame.signal
                case _:
                    raise ProtocolError(f"the zygote sent {frame.type!r}")

    async def _started(self) -> Channel:
        async with self._lock:
            if self._channel is not None and not self._channel.closed:
                return self._channel
            await self._stop()
            return await self._start()

    async def _start(self) -> Channel:
        ours, theirs = socket.socketpair()
        self._scratch = scratch = Scratch("zygote-")
        code = _START.format(
            root=str(_ROOT), control=theirs.fileno(), preload=self._preload, without=_WITHOUT
        )
        environment = {
            "JOBLIB_MULTIPROCESSING": "0",  # scikit-learn tries no processes and so warns of none
            "LANG": "C.UTF-8",
            "MALLOC_ARENA_MAX": "1",  # each thread would reserve some of the address space
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(scratch.path),
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", code),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                env=environment,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
                cwd=scratch.path,
            )
        self._channel = channel = Channel(ours, self._changed.set, wire.MAX_FRAME)
        await asyncio.to_thread(sweep)  # while the zygote imports
        try:
            async with asyncio.timeout(_START_SECONDS):
                while (frame := channel.take()) is None and not channel.closed:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            frame = None
        if not isinstance(frame, wire.Warm):
            await self._stop()
            raise ExecutorUnavailable(UNAVAILABLE)
        return channel

    async def _stop(self) -> None:
        channel, self._channel = self._channel, None
        process, self._process = self._process, None
        scratch, self._scratch = self._scratch, None
        if channel is not None:
            channel.close()  # which tells it to end
        if process is not None:
            try:
                async with asyncio.timeout(_KILL_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if scratch is not None:
            await asyncio.to_thread(scratch.remove)


ELSEWHERE = (
    "This factory of executors is at work in another event loop. Use it in one `asyncio.run`, or"
    " only by `run` of the agents that share it, or make another factory."
)
UNAVAILABLE = (
    "The local interpreter could not be started."
    " Try again; if it stays so, look at the server's log."
)
