"""A network cable between the SDK and the stand-in that a test can cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit


class Cable:
    """Carries bytes both ways. What is connected when it is cut is lost; new connections work."""

    def __init__(self, target: str) -> None:
        self._host, self._port = urlsplit(target).hostname, urlsplit(target).port
        self._ends: set[asyncio.StreamWriter] = set()
        self.url = ""

    def cut(self) -> None:
        for end in self._ends:
            end.transport.abort()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._ends |= {writer, far_writer}
        await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))
        self._ends -= {writer, far_writer}


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # cut, or closed by the other side
    finally:
        writer.close()


@asynccontextmanager
async def cable_to(url: str) -> AsyncIterator[Cable]:
    cable = Cable(url)
    server = await asyncio.start_server(cable.connect, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    cable.url = f"http://{host}:{port}"
    try:
        yield cable
    finally:
        server.close()
        cable.cut()
