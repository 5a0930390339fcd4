"""What the host takes in from a worker at once is bounded, whatever the worker does."""

from __future__ import annotations

import asyncio
import socket
import threading

from executors import wire
from executors.local.channel import Channel


async def test_a_flood_does_not_keep_the_loop() -> None:
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
            async with asyncio.timeout(60):
                assert not await asyncio.to_thread(lambda: False)
                assert not channel.ends_with(wire.Done)
    finally:
        stop.set()
        channel.close()
        theirs.close()
        flooding.join()


async def test_large_frames_do_not_pile_up() -> None:
    """Of a hundred frames of 4 MB that nobody takes, few are taken in; then all of them are."""
    ours, theirs = socket.socketpair()
    frame = wire.pack(wire.Wrote(stream="stdout", text="x" * (4 << 20)))
    flooding = threading.Thread(target=lambda: [theirs.sendall(frame) for _ in range(100)])
    changed = asyncio.Event()
    channel = Channel(ours, changed.set, 8 << 20)
    flooding.start()
    try:
        async with asyncio.timeout(250):
            while channel.reading:
                changed.clear()
                await changed.wait()
            taken = 0
            while taken < 100:
                while channel.take() is not None:
                    taken += 1
                    assert taken > 20 or flooding.is_alive(), "it was all taken in"
                changed.clear()
                if taken < 100:
                    await changed.wait()
    finally:
        channel.close()
        theirs.close()
        flooding.join()
