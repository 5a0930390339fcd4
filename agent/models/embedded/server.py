"""llama.cpp's server as a child process of ours: started, found dead, ended with us."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from agent.errors import ModelUnavailable

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("serve.py")
START_SECONDS = 180.0
END_SECONDS = 3.0
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "TEMP")
"""All that the child sees of our environment: no key, no token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What the server is started with."""

    path: str
    context: int = 8192
    """Tokens of one conversation."""
    slots: int = 1
    """Replies written at the same time."""
    generation_threads: int = 1
    prompt_threads: int = 1
    gpu_layers: int = 0
    cache_mib: int = 512
    """Memory for the prompts of conversations that are not being answered."""


class Server:
    """A running server. A pipe is its lifeline: it ends with us, even if we are killed."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, key: str) -> None:
        self._process = process
        self.url = url
        self.key = key

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def ended(self, within: float) -> bool:
        """Whether it ends by itself within so many seconds; a dying process takes a moment."""
        try:
            await asyncio.to_thread(self._process.wait, within)
        except subprocess.TimeoutExpired:
            return False
        return True

    async def aclose(self) -> None:
        """End the process and let go of it. Idempotent."""
        await asyncio.to_thread(_end, self._process)


async def start(settings: ServerSettings) -> Server:
    """Start a server and return it when it listens.

    Raises:
        agent.errors.ModelUnavailable: it did not start; the log has its last words.
    """
    key = secrets.token_urlsafe(32)
    with tempfile.TemporaryFile() as errors:
        process = _spawn(errors)
        try:
            url = await _first_word(process, {**asdict(settings), "api_key": key})
        except (TimeoutError, OSError, ValueError) as exc:
            ended = await asyncio.to_thread(_discard, process)
            log.error("the embedded model did not start (%r): %s", exc, _tail(errors))
            raise ModelUnavailable(_did_not_start(ended)) from exc
        except asyncio.CancelledError:
            await asyncio.shield(asyncio.to_thread(_discard, process))
            raise
        return Server(process, url, key)


def _spawn(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # Threads that wait must not burn the cores that the page and the code need.
    environment["OMP_WAIT_POLICY"] = "PASSIVE"
    return subprocess.Popen(
        # -P: the folder of the script is no place to import from.
        [sys.executable, "-P", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        start_new_session=True,  # a Ctrl+C in the terminal is ours to handle
    )


async def _first_word(process: subprocess.Popen[bytes], settings: dict[str, object]) -> str:
    """Send the settings and wait for the address."""
    assert process.stdin is not None  # noqa: S101  # both are pipes: see _spawn
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(json.dumps(settings).encode() + b"\n")
    process.stdin.flush()
    async with asyncio.timeout(START_SECONDS):
        line = await asyncio.to_thread(process.stdout.readline)
    return str(json.loads(line)["url"])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the lifeline and wait; kill what does not end by itself."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _discard(process: subprocess.Popen[bytes]) -> int | None:
    """Get rid of a process that did not start; return its exit code if it ended by itself."""
    try:
        code = process.wait(0.5)
    except subprocess.TimeoutExpired:
        code = None
        # Before closing the pipes: a thread of ours may still be reading from one.
        process.kill()
    _end(process)
    return code


def _tail(errors: IO[bytes]) -> str:
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - 2000))
    return errors.read().decode("utf-8", "replace")


def _did_not_start(returncode: int | None) -> str:
    if returncode == -9:
        return (
            "The embedded model was ended while it was loading, most likely because the machine "
            "has too little free memory. It needs about 2 GB; free some, or choose another model."
        )
    return (
        "The embedded model could not be started. The log has the details; if this goes on, check "
        "that its model file is a GGUF file that llama.cpp can read, or choose another model."
    )
