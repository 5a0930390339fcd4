"""A workspace that is a folder of this machine: nothing outside it is ever read or written."""

from __future__ import annotations

import asyncio
import itertools
import os
import stat
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path, PurePosixPath

from executors.base import FileInfo

MAX_FILES = 2_000
"""How many files are listed; further ones are there, but not shown."""
MAX_ENTRIES = 20_000
"""How many files, folders and links are looked at to find those."""
_MAX_DEPTH = 16
_GLANCE = 50
"""Entries that can be looked at without holding anything up."""


class FolderWorkspace:
    """The files under `root`. Links are not followed: the code inside may have placed them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def list(self) -> list[FileInfo]:
        """All regular files that are not hidden, sorted by path."""
        found = await asyncio.to_thread(self.scan)
        return [FileInfo(path=path, size=size) for path, (size, _) in sorted(found.items())]

    async def read(self, path: str) -> bytes:
        """The content of a file.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the path leaves the workspace.
        """
        return await asyncio.to_thread(self._read, path)

    async def write(self, path: str, data: bytes) -> None:
        """Create or replace a file, and the folders that it needs.

        Raises:
            ValueError: the path leaves the workspace.
        """
        await asyncio.to_thread(self._write, path, data)

    async def delete(self, path: str) -> None:
        """Remove a file.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: the path leaves the workspace.
        """
        with self._folder_of(path) as (folder, name):
            if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise FileNotFoundError(path)
            os.unlink(name, dir_fd=folder)

    def scan(self) -> dict[str, tuple[int, int]]:
        """Size in bytes and modification time in nanoseconds by path, of the first files found."""
        found: dict[str, tuple[int, int]] = {}
        with closing(self._entries()) as entries:
            for path, entry in itertools.islice(entries, MAX_ENTRIES):
                if len(found) >= MAX_FILES:
                    break
                if entry.is_file(follow_symlinks=False):
                    with suppress(FileNotFoundError):  # the code inside has just removed it
                        status = entry.stat(follow_symlinks=False)
                        found[path] = (status.st_size, status.st_mtime_ns)
        return found

    def glance(self) -> dict[str, tuple[int, int]] | None:
        """What `scan` gives, in an instant; None where there is too much for that."""
        with closing(self._entries()) as entries:
            few = len(list(itertools.islice(entries, _GLANCE + 1))) <= _GLANCE
        return self.scan() if few else None

    def _entries(self) -> Generator[tuple[str, os.DirEntry[str]], None, None]:
        """Everything in the workspace with its path, unless it is hidden or nested too deeply."""
        waiting = [(os.fspath(self.root), "", 0)]
        while waiting:
            folder, prefix, depth = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        if entry.name.startswith(".") or entry.name == "__pycache__":
                            continue
                        if entry.is_dir(follow_symlinks=False) and depth < _MAX_DEPTH:
                            waiting.append((entry.path, f"{prefix}{entry.name}/", depth + 1))
                        yield prefix + entry.name, entry
            except (FileNotFoundError, NotADirectoryError, PermissionError):
                continue  # the code inside has just removed, replaced or closed it

    def _read(self, path: str) -> bytes:
        with self._folder_of(path) as (folder, name):
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            try:
                descriptor = os.open(name, flags, dir_fd=folder)
            except OSError as exc:
                raise FileNotFoundError(path) from exc
            with open(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise FileNotFoundError(path)
                return file.read()

    def _write(self, path: str, data: bytes) -> None:
        with self._folder_of(path, create=True) as (folder, name):
            # A fresh file under the name: what is there may be a link or a pipe.
            temporary = f".{os.urandom(8).hex()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(temporary, flags, 0o644, dir_fd=folder)
            try:
                with open(descriptor, "wb") as file:
                    file.write(data)
                os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                os.unlink(temporary, dir_fd=folder)
                raise

    @contextmanager
    def _folder_of(
        self, path: str, *, create: bool = False
    ) -> Generator[tuple[int, str], None, None]:
        """The open folder that holds `path`, reached without following links, and the last name."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in path:
            raise ValueError(f"{path!r} is not a path inside the workspace")
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(self.root, flags)
        try:
            for part in pure.parts[:-1]:
                if create and not _exists(part, folder):
                    os.mkdir(part, 0o755, dir_fd=folder)
                try:
                    inner = os.open(part, flags, dir_fd=folder)
                except FileNotFoundError:
                    raise FileNotFoundError(path) from None
                except OSError as exc:
                    raise ValueError(f"{path!r} is not a path inside the workspace") from exc
                os.close(folder)
                folder = inner
            yield folder, pure.name
        finally:
            os.close(folder)


def _exists(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
