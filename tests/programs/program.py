"""The programs of this folder, and what running one gives, so that two ways to run can be compared.

A program is a file; a line `# %%` starts a new cell, and a first line `# needs Python 3.12` keeps
it from older ones. Each runs in a workspace folder of its own, which is empty at first.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
LIBRARIES = {
    "arrays": ("numpy",),
    "pictures": ("PIL",),
    "plots": ("numpy", "matplotlib"),
    "tables": ("numpy", "pandas"),
}
"""What the programs of a topic need besides Python."""

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_NEEDS = re.compile(r"# needs Python 3\.(\d+)\n")


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the folder; `name` is `topic/file`."""

    name: str
    source: str

    @property
    def cells(self) -> list[str]:
        return re.split(r"^# %%.*\n", self.source, flags=re.MULTILINE)

    @property
    def libraries(self) -> tuple[str, ...]:
        return LIBRARIES.get(self.name.partition("/")[0], ())

    @property
    def too_new(self) -> bool:
        """Whether this Python is older than the program's syntax."""
        needs = _NEEDS.match(self.source)
        return needs is not None and sys.version_info < (3, int(needs[1]))


@dataclass(frozen=True, slots=True)
class Result:
    """What one cell gave."""

    stdout: str
    value: str | None
    """The repr of the last expression's value; None where there is none."""
    error: str | None = None
    """The exception's type and message."""
    line: int | None = None
    """The line of the cell that raised it."""
    pictures: tuple[str, ...] = ()
    """The hashes of the PNG files that it showed."""

    def __post_init__(self) -> None:
        for name in ("stdout", "value", "error"):
            text = getattr(self, name)
            object.__setattr__(self, name, text and _ADDRESS.sub("0x…", text))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a whole program gave: its cells' results, and the files in its workspace with hashes."""

    cells: list[Result]
    files: dict[str, str]


def programs() -> list[Program]:
    """All programs of the folder."""
    paths = sorted(HERE.glob("*/*.py"))
    names = [path.relative_to(HERE).with_suffix("").as_posix() for path in paths]
    return [Program(n, p.read_text(encoding="utf-8")) for n, p in zip(names, paths, strict=True)]


def fingerprint(data: bytes) -> str:
    """A short hash of a file's content."""
    return sha256(data).hexdigest()[:16]
