"""Files that a tool gives back: they go into the workspace, and the code gets their paths."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from executors.base import Workspace

MOST_BYTES = 64 << 20
"""Size of one file that a tool gives back."""
_LONGEST_NAME = 100
_ODD = re.compile(r"[^\w.() +-]+")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class File:
    """A file that a tool has made. In the code it is the path of a file of the workspace."""

    name: str
    """What it should be called. Only its last part counts, so it may come from anywhere."""
    data: bytes


async def deliver(result: Any, workspace: Workspace | None) -> Any:
    """The result with each `File` and each path of this machine as a path of the workspace.

    They may be in lists, tuples and dicts. Without a workspace everything stays what it is.

    Raises:
        ValueError: a file is larger than `MOST_BYTES`.
        OSError: a path that the tool gave cannot be read.
    """
    return result if workspace is None else await _delivered(result, workspace, _DEPTH)


async def _delivered(result: Any, workspace: Workspace, depth: int) -> Any:
    if isinstance(result, Path):
        return await _written(await asyncio.to_thread(_read, result), workspace)
    if isinstance(result, File):
        return await _written(result, workspace)
    if not depth:
        return result
    if type(result) in (list, tuple):
        items = [await _delivered(one, workspace, depth - 1) for one in result]
        return type(result)(items)
    if type(result) is dict:
        pairs = cast("dict[Any, Any]", result).items()
        return {key: await _delivered(value, workspace, depth - 1) for key, value in pairs}
    return result


def _read(path: Path) -> File:
    with path.open("rb") as file:
        return File(path.name, file.read(MOST_BYTES + 1))


async def _written(file: File, workspace: Workspace) -> str:
    if len(file.data) > MOST_BYTES:
        raise ValueError(f"the tool gave a file of more than {MOST_BYTES >> 20} MB: ask for less")
    taken = {one.path for one in await workspace.list()}
    path = _free(file_name(file.name), taken)
    await workspace.write(path, file.data)
    return path


def file_name(name: str) -> str:
    """A name that a file can have in the workspace, from whatever a server said."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = _ODD.sub("_", last).strip(" .")
    return plain[-_LONGEST_NAME:].lstrip(" .") or "file"


def _free(name: str, taken: set[str]) -> str:
    """`name`, or `name-2`, `name-3`, … where that would replace a file of the conversation."""
    path, number = PurePosixPath(name), 1
    while str(path) in taken:
        number += 1
        path = PurePosixPath(name).with_stem(f"{PurePosixPath(name).stem}-{number}")
    return str(path)
