"""What the host takes in from a worker at once is bounded, whatever the worker does."""

from __future__ import annotations

import asyncio
import socket
import threading

from executors import wire
from executors.local.channel import Channel


async def test_a_flood_does_not_keep_the_loop(monkeypatch) -> None:
    ours, theirs = socket.socketpair()
    frame = wire.pack(wire.Wrote(stream="stdout", text="x"))
    stop = threading.Event()

    def flood() -> None:
        try:
            while not stop.is_set():
                theirs.sendall(frame * 2_000)
        except OSError:
            pass  # the host has let go

    flooding = threading.Thread(target=flood)
    channel = Channel(ours, lambda: None, 1 << 20)
    flooding.start()
    try:
        for _ in range(5):
            async with asyncio.timeout(5):
                assert not await asyncio.to_thread(lambda: False)
                assert not channel.ends_with(wire.Done)
    finally:
        stop.set()
        channel.close()
        theirs.close()
        flooding.join()
