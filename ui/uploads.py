"""Files that people add to a message: taken in by parts, bounded, and held until it is sent.

They come over the page's own connection, tied to the tab's secret. Gradio's way in, which would
take files from anybody and keep them in a folder, is closed.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_FILE_BYTES = 25_000_000
MAX_FILES = 10
MAX_HELD_BYTES = 500_000_000
"""Of all visitors together, files that wait for a message."""
_NAME_BYTES = 200


class Refused(ValueError):
    """A file cannot be taken; the message is for the person."""


@dataclass(slots=True)
class Shelf:
    """What all visitors' files may take up together, in bytes."""

    room: int = MAX_HELD_BYTES


class Tray:
    """The files that one visitor has added to the next message."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._files: dict[str, bytearray] = {}
        self._sizes: dict[str, int] = {}

    def listed(self) -> list[dict[str, str | int]]:
        """Name and size of each file that is here whole."""
        return [{"name": name, "size": len(data)} for name, data in self._whole()]

    def take(self, name: str, size: int, offset: int, part: str) -> None:
        """Take the next part of a file, in base64. One with the same name is replaced.

        Raises:
            Refused: it is too large or one too many, or parts are missing.
        """
        name = _plain(name)
        if offset == 0:
            self._admit(name, size)
        data = self._files.get(name)
        try:
            if data is None or offset != len(data):
                raise Refused(f"{name} did not arrive whole. Please add it again.")
            data += base64.b64decode(part, validate=True)
            if len(data) > self._sizes[name]:
                raise Refused(f"{name} changed while it was sent. Please add it again.")
        except ValueError as exc:  # one that can never be whole takes no room
            self.remove(name)
            if isinstance(exc, Refused):
                raise
            raise Refused(f"{name} could not be read. Please add it again.") from exc

    def remove(self, name: str) -> None:
        """Give a file up, if it is here."""
        if self._files.pop(name, None) is not None:
            self._shelf.room += self._sizes.pop(name)

    def give(self) -> dict[str, bytes]:
        """Hand out all files that are here whole; the tray is empty then."""
        found = {name: bytes(data) for name, data in self._whole()}
        for name in list(self._files):
            self.remove(name)
        return found

    def put_back(self, files: Mapping[str, bytes]) -> None:
        """Have these again, as far as there is room: the message that they were for did not go."""
        for name, data in files.items():
            if name not in self._files and len(data) <= self._shelf.room:
                self._shelf.room -= len(data)
                self._files[name], self._sizes[name] = bytearray(data), len(data)

    def _whole(self) -> list[tuple[str, bytearray]]:
        return [(n, data) for n, data in self._files.items() if len(data) == self._sizes[n]]

    def _admit(self, name: str, size: int) -> None:
        if not 0 <= size <= MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1_000_000
            raise Refused(f"{name} is larger than {limit} MB. Please add a smaller file.")
        for other in [one for one in self._files if len(self._files[one]) < self._sizes[one]]:
            self.remove(other)  # its sender has given up: files come one after the other
        if len(self._files.keys() - {name}) >= MAX_FILES:
            raise Refused(f"At most {MAX_FILES} files go with one message.")
        if size > self._shelf.room + self._sizes.get(name, 0):
            raise Refused("The server cannot take more files right now. Please try again later.")
        self.remove(name)
        self._shelf.room -= size
        self._files[name], self._sizes[name] = bytearray(), size


def _plain(name: str) -> str:
    """The file's own name, without folders and without what no file system likes."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*')
    kept = kept.strip().lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) >= 10:
        stem, ending = kept, ""
    while len(f"{stem}.{ending}".encode("utf-8", "replace")) > _NAME_BYTES:
        stem = stem[:-1]
    return (f"{stem}.{ending}" if ending else stem) or "file"


class NoUploads:
    """Refuses every upload to Gradio before any of it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        # By its last part: a server may stand behind any root path.
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/upload"):
            refusal = PlainTextResponse("This page takes files in its own way.", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)
