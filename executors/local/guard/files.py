"""`open` inside the workspace, which is the current folder.

Whoever has a file has its class: `type(file.buffer.raw)` opens files too. So the raw file is not
`io.FileIO` but a class of our own, which keeps to the workspace whoever calls it.
"""

from __future__ import annotations

import functools
import io
import linecache
import os
import sysconfig
from typing import Any, BinaryIO, cast

from executors.local.guard.errors import NotAllowed

_BUFFER = 16 * io.DEFAULT_BUFFER_SIZE


def guarded_open(  # noqa: PLR0917 as Python has them
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """Python's `open` for paths below the current folder.

    Raises:
        NotAllowed: the path leads out of it, or is a descriptor's number.
    """
    _check_mode(mode, binary_only=(encoding, errors, newline))
    if opener is not None or not closefd:
        raise NotAllowed("open() takes no opener and no descriptors here")
    raw = WorkspaceFile(file, mode.replace("t", ""))
    try:
        if buffering == 0:
            if "b" not in mode:
                raise ValueError("can't have unbuffered text I/O")
            return raw
        buffer = _buffered(raw, mode, buffering if buffering > 1 else _BUFFER)
        if "b" in mode:
            return buffer
        text = io.TextIOWrapper(buffer, encoding, errors, newline, buffering == 1)
    except BaseException:
        raw.close()
        raise
    cast("Any", text).mode = mode
    return text


def inside(file: Any) -> str:
    """The path as it was given, but without `..`, if it leads nowhere but into the workspace.

    Where another thread moves a folder while the kernel is in it, `..` leads elsewhere.

    Raises:
        NotAllowed: it leads out of it.
    """
    root = os.path.realpath(os.curdir)
    # exactly a str: a subclass could name one file here and another one to the kernel
    name = os.sep if isinstance(file, int) else str.__str__(os.fsdecode(file))
    real = os.path.realpath(name)
    if os.path.commonpath([root, real]) != root:
        raise NotAllowed(
            f"{file!r} is outside the workspace",
            hint="Use a relative path: files of the workspace are in the current folder.",
        )
    return os.path.relpath(real, root) if os.pardir in name.split(os.sep) else name


@functools.cache
def python_roots() -> tuple[str, ...]:
    """Where Python's own sources are. The first call takes in all settings of its build."""
    wanted = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple({os.path.realpath(sysconfig.get_path(name)) + os.sep for name in wanted})


def keep_sources_inside() -> None:
    """Have `linecache` read Python's own files only: who has its name can see a line of any."""
    update, roots = linecache.updatecache, python_roots()

    def update_inside(filename: str, module_globals: Any = None) -> list[str]:
        if type(filename) is not str or not os.path.realpath(filename).startswith(roots):
            return []
        return update(filename, module_globals)

    linecache.updatecache = update_inside


class WorkspaceFile(io.RawIOBase):
    """A raw file of the workspace."""

    __slots__ = ("_file",)

    def __init__(self, file: Any, mode: str = "r") -> None:
        super().__init__()
        self._file = io.FileIO(inside(file), mode)

    @property
    def name(self) -> Any:
        return self._file.name

    @property
    def mode(self) -> str:
        return self._file.mode

    def readable(self) -> bool:
        return self._file.readable()

    def writable(self) -> bool:
        return self._file.writable()

    def seekable(self) -> bool:
        return self._file.seekable()

    def readinto(self, buffer: Any, /) -> int | None:
        return self._file.readinto(buffer)

    def readall(self) -> bytes:
        return self._file.readall()

    def write(self, data: Any, /) -> int | None:
        return self._file.write(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size: int | None = None, /) -> int:
        return self._file.truncate(size)

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return False

    def close(self) -> None:
        if not self.closed:
            super().close()
            if hasattr(self, "_file"):  # it was opened
                self._file.close()


def _check_mode(mode: str, *, binary_only: tuple[str | None, str | None, str | None]) -> None:
    """Raise what Python raises for a mode that is none."""
    if type(mode) is not str:
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    if set(mode) - set("axrwb+t") or len(mode) > len(set(mode)):
        raise ValueError(f"invalid mode: {mode!r}")
    if "t" in mode and "b" in mode:
        raise ValueError("can't have text and binary mode at once")
    if len(set(mode) & set("axrw")) != 1:
        raise ValueError(
            "Must have exactly one of create/read/write/append mode and at most one plus"
        )
    for name, value in zip(("encoding", "errors", "newline"), binary_only, strict=True):
        if "b" in mode and value is not None:
            raise ValueError(f"binary mode doesn't take an {name} argument".replace("an n", "a n"))


def _buffered(raw: io.RawIOBase, mode: str, size: int) -> BinaryIO:
    if "+" in mode:
        return cast("BinaryIO", io.BufferedRandom(raw, size))
    return cast("BinaryIO", (io.BufferedReader if "r" in mode else io.BufferedWriter)(raw, size))
