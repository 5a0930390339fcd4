"""A network line between the browser and the app that a test can take down for a while."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.executors_e2b.cable import Cable


class Line(Cable):
    """Carries bytes both ways; while it is down, every connection breaks at once."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self._down = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        serving = asyncio.start_server(self.connect, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(60)
        self.url = "http://127.0.0.1:{1}".format(*self._server.sockets[0].getsockname())

    def end(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(60)
        self._loop.close()

    async def _end(self) -> None:
        self._down = True
        self._server.close()
        self.cut()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=5)
        await asyncio.sleep(0.1)  # the transports close after their tasks

    def take_down(self) -> None:
        self._down = True
        self._loop.call_soon_threadsafe(self.cut)

    def bring_up(self) -> None:
        self._down = False

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        await super().connect(reader, writer)


@contextmanager
def line_to(url: str) -> Iterator[Line]:
    line = Line(url)
    line.start()
    try:
        yield line
    finally:
        line.end()
