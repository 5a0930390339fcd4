"""Runs a download client in a child process: watched, and ended when it stalls or we stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

TICK = 0.5
"""Seconds between two looks at the progress."""
STALL = 90.0
"""Seconds without a new byte after which a client is ended."""


class ClientFailed(Exception):
    """A download client ended without success, or was ended because nothing came any more."""


async def run(
    command: Sequence[str], *, measure: Callable[[], int], environment: Mapping[str, str]
) -> AsyncGenerator[int, None]:
    """Run `command`; yield the bytes that `measure` sees, twice a second, until it has succeeded.

    Closing the generator ends the child.

    Raises:
        ClientFailed: with the last words of the client.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    said = asyncio.create_task(process.communicate())
    loop = asyncio.get_running_loop()
    size, grew = -1, loop.time()
    try:
        while not said.done():
            await asyncio.wait({said}, timeout=TICK)
            now = measure()
            if now != size:
                size, grew = now, loop.time()
                yield size
            elif loop.time() - grew > STALL:
                raise ClientFailed(f"nothing came for {STALL:.0f} seconds")
        _, errors = said.result()
        if process.returncode:
            raise ClientFailed(errors.decode("utf-8", "replace").strip()[-1000:])
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        await asyncio.wait({said})


def size_of(folder: Path) -> int:
    """The bytes of all files below `folder`, which may change meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total
