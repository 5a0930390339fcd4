"""The files of a conversation in its sandbox, seen from the host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import PurePosixPath

from executors.base import FileInfo, FilesChanged
from executors.e2b.faults import sdk_faults
from executors.e2b.sdk import USER, Entry, Files

DEPTH = 10
"""Folders in folders that are listed."""
MAX_FILES = 2_000

Stamp = tuple[int, datetime]


class Root:
    """The workspace folder of one sandbox, and what was in it when we last looked."""

    def __init__(self, files: Files, path: str) -> None:
        self.files, self.path = files, path
        self._known: dict[str, Stamp] = {}

    async def scan(self) -> dict[str, Stamp]:
        """Every visible file with its size and time of change; none if code removed the folder."""
        try:
            with sdk_faults():
                entries = await self.files.list(self.path, DEPTH, user=USER)
        except FileNotFoundError:
            return {}
        found: dict[str, Stamp] = {}
        for entry in entries[:MAX_FILES]:
            full = PurePosixPath(entry.path)
            if not full.is_relative_to(self.path):  # what a sandbox sends may be made up
                continue
            path = full.relative_to(self.path)
            hidden = any(part.startswith(".") or part == "__pycache__" for part in path.parts)
            if entry.type.value == "file" and entry.symlink_target is None and not hidden:
                found[str(path)] = stamp(entry)
        return found

    async def changed(self) -> FilesChanged | None:
        """What is new or different since the last look."""
        found = await self.scan()
        files = tuple(
            FileInfo(path=path, size=size)
            for path, (size, moment) in found.items()
            if self._known.get(path) != (size, moment)
        )
        self._known = found
        return FilesChanged(files=files) if files else None

    async def know(self, path: str) -> None:
        """Count a file that the person wrote as seen."""
        with sdk_faults():
            entry = await self.files.get_info(f"{self.path}/{path}", user=USER)
        self._known[path] = stamp(entry)


class E2BWorkspace:
    """Reads and writes files of the sandbox; writing starts one if there is none yet."""

    def __init__(
        self,
        *,
        current: Callable[[], Root | None],
        start: Callable[[], Awaitable[Root]],
        in_cell: Callable[[], bool],
        file_bytes: int,
    ) -> None:
        self._current, self._start, self._file_bytes = current, start, file_bytes
        self._in_cell = in_cell

    async def list(self) -> list[FileInfo]:
        """Every visible file; empty while there is no sandbox."""
        if (root := self._current()) is None:
            return []
        found = await root.scan()
        return [FileInfo(path=path, size=size) for path, (size, _) in sorted(found.items())]

    async def read(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the path leaves the workspace, or the file is over the limit.
        """
        inside = relative(path)
        if (root := self._current()) is None:
            raise FileNotFoundError(path)
        full = f"{root.path}/{inside}"
        if (await self._existing(root, full, path)).size > self._file_bytes:
            raise ValueError(f"{path} is larger than {self._file_bytes >> 20} MB")
        with sdk_faults():
            return bytes(await root.files.read(full, "bytes", user=USER))

    async def write(self, path: str, data: bytes) -> None:
        """Create or replace a file, with the folders above it.

        Raises:
            ValueError: the path leaves the workspace, or the data is over the limit.
            ExecutorUnavailable: no sandbox can be started.
        """
        inside = relative(path)
        if len(data) > self._file_bytes:
            raise ValueError(f"{path} is larger than {self._file_bytes >> 20} MB")
        root = await self._start()
        with sdk_faults():
            await root.files.write(f"{root.path}/{inside}", data, user=USER)
        if not self._in_cell():  # what a tool writes for a cell is the cell's
            await root.know(inside)

    async def delete(self, path: str) -> None:
        """Remove a file.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the path leaves the workspace.
        """
        inside = relative(path)
        if (root := self._current()) is None:
            raise FileNotFoundError(path)
        full = f"{root.path}/{inside}"
        await self._existing(root, full, path)
        with sdk_faults():
            await root.files.remove(full, user=USER)

    async def _existing(self, root: Root, full: str, path: str) -> Entry:
        with sdk_faults():
            entry = await root.files.get_info(full, user=USER)
        if entry.type.value != "file":
            raise FileNotFoundError(path)
        return entry


def stamp(entry: Entry) -> Stamp:
    """What changes when the file does."""
    return entry.size, entry.modified_time


def relative(path: str) -> str:
    """The path in its plain form.

    Raises:
        ValueError: it is empty, absolute, or leaves the workspace.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
        raise ValueError(f"{path!r} is not a path inside the workspace")
    return "/".join(parts)
