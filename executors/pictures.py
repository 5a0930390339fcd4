"""A picture as data, and as what Pillow makes of it where code may use that.

Standard library only; its text also runs inside cloud sandboxes.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast


@dataclass(frozen=True, slots=True, repr=False)
class Image:
    """A picture as an undecoded file. A cell that ends with it shows it."""

    mime: str
    data: bytes

    def __repr__(self) -> str:
        return f"<picture {self.mime}, {len(self.data):,} bytes>"

    def _repr_png_(self) -> bytes | None:
        return self.data if self.mime == "image/png" else None

    def _repr_jpeg_(self) -> bytes | None:
        return self.data if self.mime == "image/jpeg" else None


def opened(value: Any) -> Any:
    """The value with its pictures, in lists, tuples and dicts too, as Pillow's where it has them.

    Not for the host: a picture that code has made may be made to harm what reads it.
    """
    if type(value) is Image:
        return _opened(value)
    if type(value) in (list, tuple):
        return type(value)(map(opened, value))
    if type(value) is dict:
        return {key: opened(one) for key, one in cast("dict[Any, Any]", value).items()}
    return value


def _opened(picture: Image) -> Any:
    try:
        pillow: Any = import_module("PIL.Image")
        return pillow.open(io.BytesIO(picture.data))
    except (ImportError, OSError):  # not installed, or a format that it does not know
        return picture
