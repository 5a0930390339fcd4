"""Starts the process that reads a document, and ends it whatever happens."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

_ROOT = str(Path(__file__).parents[3])
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from agent.tools.reading.child import main; "
    "main(sys.argv[2], *map(int, sys.argv[3:]))"
)
_CPU_SECONDS = 20
_MEMORY_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a document as Markdown."""

    text: str
    more: bool
    """Whether it goes on after that."""


async def read_document(data: bytes, kind: str, *, most_chars: int, seconds: float) -> Reading:
    """Read a document in a process of its own.

    Args:
        data: the file.
        kind: its ending, one of `agent.tools.reading.child.READERS`.
        most_chars: how much text is read.
        seconds: that it may take.

    Raises:
        ValueError: it cannot be read; the message says why.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-c",
        _START,
        *map(str, (_ROOT, kind, most_chars, _CPU_SECONDS, _MEMORY_BYTES)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(seconds):
            answer = await _answer(process, data, limit=8 * most_chars + 1_000)
    except TimeoutError as exc:
        raise ValueError(f"it takes longer than {seconds:g} seconds to read") from exc
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    return _reading(answer)


def _environment() -> dict[str, str]:
    """Nothing of this process; Windows needs its folder, and numpy takes memory for each thread."""
    needed = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return needed | {"OPENBLAS_NUM_THREADS": "1"}


async def _answer(process: asyncio.subprocess.Process, data: bytes, limit: int) -> bytes:
    """What it writes; characters take up to 6 bytes in JSON, so more than `limit` is no answer."""
    if process.stdin is None or process.stdout is None:
        raise AssertionError("both are pipes")
    feeding = asyncio.create_task(_feed(process.stdin, data))
    try:
        found = bytearray()
        while chunk := await process.stdout.read(1 << 16):
            found += chunk
            if len(found) > limit:
                return b""
        return bytes(found)
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])


async def _feed(stdin: asyncio.StreamWriter, data: bytes) -> None:
    stdin.write(data)
    stdin.close()
    try:
        await stdin.wait_closed()
    except (BrokenPipeError, ConnectionResetError):
        return  # it has ended before it had read all; what it wrote says why


def _reading(answer: bytes) -> Reading:
    if not answer:
        raise ValueError("it needs too much time or memory to read")
    found = cast("dict[str, Any]", json.loads(answer))
    if "error" in found:
        raise ValueError(str(found["error"]))
    return Reading(str(found["text"]), bool(found["more"]))
