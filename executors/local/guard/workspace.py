"""`os`, `os.path` and `glob` for the files of the workspace, which is the current folder."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator
from typing import Any

from executors.local.guard.errors import NotAllowed
from executors.local.guard.files import guarded_open, inside


def walk(
    top: Any,
    topdown: bool = True,
    onerror: Callable[[OSError], Any] | None = None,
    followlinks: bool = False,
) -> Iterator[tuple[str, list[str], list[str]]]:
    """`os.walk` in the workspace; the caller may change the lists, and cannot lead it out."""
    try:
        with os.scandir(plain := inside(top)) as found:
            entries = list(found)
    except OSError as exc:
        if onerror is not None:
            onerror(exc)
        return
    folders = [e.name for e in entries if e.is_dir(follow_symlinks=followlinks)]
    files = [e.name for e in entries if e.name not in folders]
    if topdown:
        yield plain, folders, files
    for name in folders:
        yield from walk(os.path.join(plain, name), topdown, onerror, followlinks)
    if not topdown:
        yield plain, folders, files


def find(
    pathname: Any,
    *,
    root_dir: Any = os.curdir,
    recursive: bool = False,
    include_hidden: bool = False,
) -> list[str]:
    """`glob.glob` in the workspace.

    Raises:
        NotAllowed: the pattern leads out of it.
    """
    root, pattern = inside(root_dir), str.__str__(os.fsdecode(pathname))
    if os.pardir in pattern.split(os.sep):
        raise NotAllowed(f"{pattern!r} may lead out of the workspace")
    inside(os.path.join(root, pattern.partition("*")[0].partition("?")[0].partition("[")[0]))
    return glob.glob(pattern, root_dir=root, recursive=recursive, include_hidden=include_hidden)


def find_one_by_one(pathname: Any, **options: Any) -> Iterator[str]:
    """`glob.iglob` in the workspace."""
    return iter(find(pathname, **options))


def _guarded(function: Callable[..., Any], *paths: str) -> Callable[..., Any]:
    """The function for paths of the workspace; `paths` are the parameters that take them."""

    def guarded(*arguments: Any, **named: Any) -> Any:
        named = {str.__str__(name): one for name, one in named.items()}  # a subclass could lie
        if any(name.endswith("dir_fd") for name in named):
            raise NotAllowed("a folder may not be named by a descriptor")
        judged = [inside(path) for path in arguments[: len(paths)]]
        rest = {name: inside(one) if name in paths else one for name, one in named.items()}
        return function(*judged, *arguments[len(paths) :], **rest)

    guarded.__name__ = guarded.__qualname__ = function.__name__
    guarded.__doc__ = function.__doc__
    return guarded


def substitutes() -> dict[str, dict[str, Any]]:
    """What stands for the real functions, by module and name; afresh for each conversation."""
    environment: dict[str, str] = {}
    path, filename = "path", "filename"
    return {
        "glob": {"glob": find, "iglob": find_one_by_one},
        "io": {"open": guarded_open},
        "os": {
            "environ": environment,
            "getenv": environment.get,
            "listdir": _guarded(os.listdir, path),
            "makedirs": _guarded(os.makedirs, "name"),
            "mkdir": _guarded(os.mkdir, path),
            "remove": _guarded(os.remove, path),
            "rename": _guarded(os.rename, "src", "dst"),
            "replace": _guarded(os.replace, "src", "dst"),
            "rmdir": _guarded(os.rmdir, path),
            "scandir": _guarded(os.scandir, path),
            "stat": _guarded(os.stat, path),
            "unlink": _guarded(os.unlink, path),
            "walk": walk,
        },
        "os.path": {
            "exists": _guarded(os.path.exists, path),
            "getatime": _guarded(os.path.getatime, filename),
            "getctime": _guarded(os.path.getctime, filename),
            "getmtime": _guarded(os.path.getmtime, filename),
            "getsize": _guarded(os.path.getsize, filename),
            "isdir": _guarded(os.path.isdir, "s"),
            "isfile": _guarded(os.path.isfile, path),
            "islink": _guarded(os.path.islink, path),
            "lexists": _guarded(os.path.lexists, path),
            "realpath": _guarded(os.path.realpath, filename),
            "samefile": _guarded(os.path.samefile, "f1", "f2"),
        },
    }
