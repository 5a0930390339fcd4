"""A look at files: their names and sizes, and how the first ones begin where they are text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping

from executors.base import ExecutionEvent, FilesChanged, Workspace

log = logging.getLogger(__name__)

_GLANCES = 3
"""Files whose beginning is shown."""
_NAMES = 20
"""Files that are named; more are counted."""
_GLANCE_BYTES = 2_000
_GLANCE_LINES = 4
_GLANCE_CHARS = 120
"""Of a text file's beginning: bytes that are looked at, lines, and characters of a line."""
_READ_BYTES, _SECONDS = 100_000, 5.0
"""A larger file is not read for the sake of its beginning, and none for longer."""


def listed(files: Mapping[str, bytes]) -> str:
    """The files, a line each, the first few of them with how they begin."""
    glances = [glance(name, data) for name, data in list(files.items())[:_GLANCES]]
    named = [_size(name, data) for name, data in list(files.items())[_GLANCES:_NAMES]]
    more = len(files) - _NAMES
    return "\n".join([*glances, *named, *([f"- and {more} more"] if more > 0 else [])])


def glance(name: str, data: bytes) -> str:
    """One file: its size and, where it is text, how it begins."""
    line = _size(name, data)
    try:
        lines = data[:_GLANCE_BYTES].decode(errors="strict").splitlines()
    except UnicodeDecodeError as exc:
        if not (data[:_GLANCE_BYTES] and exc.start > _GLANCE_BYTES - 4):  # cut inside a character
            return line
        lines = data[: exc.start].decode().splitlines()
    begins = [one[:_GLANCE_CHARS] for one in lines[:_GLANCE_LINES]]
    if not begins or not all(one.replace("\t", " ").isprintable() for one in begins):
        return line
    more = len(lines) > _GLANCE_LINES or len(data) > _GLANCE_BYTES
    return "\n  ".join([f"{line} begins:", *begins, *(["…"] if more else [])])


async def written(workspace: Workspace, cell: Iterable[ExecutionEvent]) -> Mapping[str, bytes]:
    """The first files that a cell has written, by path, but for large ones."""
    found: dict[str, bytes] = {}
    files = [one for event in cell if isinstance(event, FilesChanged) for one in event.files]
    try:
        async with asyncio.timeout(_SECONDS):
            for file in files[:_GLANCES]:
                if file.size > _READ_BYTES:
                    continue
                try:
                    found[file.path] = await workspace.read(file.path)
                except Exception as exc:  # noqa: BLE001 a look is no reason to fail
                    log.info("%s is not shown: %s", file.path, exc)
    except TimeoutError:
        log.info("files take over %g s to be read: %d of them are shown", _SECONDS, len(found))
    return found


def _size(name: str, data: bytes) -> str:
    return f"- {name!r} ({len(data):,} bytes)"
