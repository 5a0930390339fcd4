"""A line on which every byte takes its time, as on the way to a data centre and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

Piece = tuple[float, bytes]


@asynccontextmanager
async def delayed(port: int, *, seconds: float, listen: int = 0) -> AsyncGenerator[int]:
    """A port that leads to `port`, `seconds` away in each direction; 0 listens on a free one."""
    lines: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(connect(reader, writer, port, seconds))
        lines.add(line)
        line.add_done_callback(lines.discard)

    server = await asyncio.start_server(connected, "127.0.0.1", listen)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)


async def connect(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int, seconds: float
) -> None:
    """One connection, until either side ends it."""
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.gather(carry(reader, far_writer, seconds), carry(far_reader, writer, seconds))
    except* ConnectionError:
        pass  # either side may go away at any time
    finally:
        far_writer.close()
        writer.close()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Pass on what comes, each piece that much later, while others are on their way."""
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[Piece] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, piece = await under_way.get()
            await asyncio.sleep(due - clock())
            if not piece:
                writer.close()
                return
            writer.write(piece)
            await writer.drain()

    async with asyncio.TaskGroup() as group:
        group.create_task(deliver())
        while piece := await reader.read(1 << 16):
            under_way.put_nowait((clock() + seconds, piece))
        under_way.put_nowait((clock() + seconds, b""))
