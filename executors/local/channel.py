"""The host's end of a socket: frames come in without blocking the event loop."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable

from executors import wire
from executors.errors import ProtocolError

_CHUNK = 256 << 10
_LOOKS = 8
"""Chunks that are taken in at once."""
_HIGH_WATER = 256
_MOST_BYTES = 32 << 20
"""So many frames may wait before reading pauses, or so many bytes of them: whoever floods waits."""


class Channel:
    """Frames of one socket in `frames`; `wake` is called whenever something changed.

    `closed` says that the other side sends no more. A broken stream counts as closed, and `take`
    raises once what came before it has been taken.
    """

    def __init__(self, sock: socket.socket, wake: Callable[[], None], limit: int) -> None:
        sock.setblocking(False)
        self._sock, self._wake = sock, wake
        self._descriptor = sock.fileno()  # asyncio would spell out a socket just to look it up
        self._parser = wire.Parser(limit)
        self._frames: deque[wire.Frame] = deque()
        self._error: wire.MalformedFrame | None = None
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        """Bytes that have come since no frame waited."""
        self.reading = False
        """Whether more is taken in as it comes."""
        self._sending = asyncio.Lock()
        self._awaited: asyncio.Future[None] | None = None
        """Done when there is room to send."""
        self.closed = False
        self._resume()

    def take(self) -> wire.Frame | None:
        """The next frame, if one is here.

        Raises:
            ProtocolError: the stream is broken at this point.
        """
        if self._frames:
            frame = self._frames.popleft()
            if not self._frames:
                self._waiting = 0
            if not self.reading and not self._is_full(_HIGH_WATER // 2):
                self._resume()
            return frame
        if self._error is not None:
            raise ProtocolError(f"the worker broke the protocol: {self._error}")
        return None

    def ends_with(self, kind: type[wire.Frame]) -> bool:
        """Whether the last frame that waits, here or on its way, is of that kind.

        It looks at what one socket can hold, no more: a worker that floods it must not keep
        everybody waiting.
        """
        for _ in range(_LOOKS):
            if self.closed or not self._read():
                break
        return bool(self._frames) and isinstance(self._frames[-1], kind)

    async def send(
        self, frame: wire.Frame, descriptor: int | None = None, *, seconds: float | None = None
    ) -> None:
        """Send a frame, with a descriptor if given.

        Raises:
            ConnectionError: nobody is there to read it.
            TimeoutError: it has not been read in so many `seconds`.
        """
        rest, descriptor = self.send_at_once(frame, descriptor)
        if rest:
            async with asyncio.timeout(seconds):
                await self.send_rest(rest, descriptor)

    def send_at_once(
        self, frame: wire.Frame, descriptor: int | None
    ) -> tuple[memoryview, int | None]:
        """Send what goes at once, with a descriptor; what is left for `send_rest`, to come next.

        Raises:
            ConnectionError: nobody is there to read it.
        """
        if self.closed:
            raise ConnectionResetError("the channel is closed")
        data = memoryview(wire.pack(frame))
        sent = 0 if self._sending.locked() else self._send_some(data, descriptor)
        return data[sent:], None if sent else descriptor

    async def send_rest(self, data: memoryview, descriptor: int | None) -> None:
        """Send bytes of a frame, with a descriptor if given. Cancelled, it may leave half of it.

        Raises:
            ConnectionError: nobody is there to read it.
        """
        async with self._sending:
            while data:
                if self.closed:
                    raise ConnectionResetError("the channel is closed")
                sent = self._send_some(data, descriptor)
                if sent:
                    data, descriptor = data[sent:], None
                if data:
                    await self._room()

    def _send_some(self, data: memoryview, descriptor: int | None) -> int:
        """Send what goes at once; how many bytes."""
        try:
            if descriptor is not None:
                return socket.send_fds(self._sock, [data], [descriptor])
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    async def _room(self) -> None:
        """Wait until more can be sent.

        Raises:
            ConnectionError: the channel is closed meanwhile.
        """
        self._awaited = room = self._loop.create_future()
        self._loop.add_writer(self._descriptor, _resolve, room)
        try:
            await room
        finally:
            self._awaited = None
            if self._sock.fileno() >= 0:
                self._loop.remove_writer(self._descriptor)

    def close(self) -> None:
        """Let go of the socket. Idempotent."""
        self._pause()
        self.closed = True
        if self._sock.fileno() >= 0:
            # The loop would keep it, and refuse the next socket that has the same number.
            self._loop.remove_writer(self._descriptor)
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(ConnectionResetError("the channel is closed"))
        self._sock.close()

    def _resume(self) -> None:
        if not self.closed:
            self._loop.add_reader(self._descriptor, self._read)
            self.reading = True

    def _is_full(self, frames: int) -> bool:
        """Whether more wait than so many, or more bytes than there is room for."""
        return len(self._frames) > frames or (bool(self._frames) and self._waiting > _MOST_BYTES)

    def _pause(self) -> None:
        if self.reading:
            self._loop.remove_reader(self._descriptor)
            self.reading = False

    def _read(self) -> bool:
        """Take in what is there; whether there was anything."""
        try:
            data = self._sock.recv(_CHUNK)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b""
        if data:
            self._waiting += len(data)
            try:
                self._frames.extend(self._parser.feed(data))
            except wire.MalformedFrame as exc:
                self._error = exc
        if not data or self._error is not None:
            self._pause()
            self.closed = True
        elif self._is_full(_HIGH_WATER):
            self._pause()
        self._wake()
        return True


def _resolve(awaited: asyncio.Future[None]) -> None:
    if not awaited.done():
        awaited.set_result(None)
