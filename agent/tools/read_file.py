"""Reads a file of the workspace as text: documents, tables, pages, plain text."""

from __future__ import annotations

import asyncio
from pathlib import PurePosixPath

from agent.tools.base import Tool
from agent.tools.page_text import decoded, html_to_markdown
from agent.tools.reading.process import read_document
from executors.base import Workspace

_DOCUMENTS = frozenset({".pdf", ".docx", ".xlsx", ".xlsm"})
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_OLD = {".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pdf", ".pptx": ".pdf", ".odt": ".docx"}


class ReadFileTool(Tool):
    """`read_file(path)`: PDF, Word, Excel, CSV, HTML and text as Markdown, in parts."""

    name = "read_file"
    general = True

    def __init__(
        self,
        *,
        part_chars: int = 40_000,
        most_chars: int = 2_000_000,
        most_bytes: int = 32 << 20,
        seconds: float = 30.0,
    ) -> None:
        """Set the limits.

        Args:
            part_chars: how much text one call returns.
            most_chars: how much text of a document is read at all.
            most_bytes: how large a file may be.
            seconds: that reading a document may take.
        """
        self._part_chars = part_chars
        self._most_chars = most_chars
        self._most_bytes = most_bytes
        self._seconds = seconds

    async def forward(self, path: str, workspace: Workspace, part: int = 1) -> str:
        """Read a file of the workspace as Markdown text.

        Reads PDF, Word (docx), Excel (xlsx), HTML, CSV and any other text. To calculate with a
        table, read the file in the code instead.

        Args:
            path: where it is in the workspace.
            workspace: the files; the agent hands it in.
            part: which part of a long text, from 1.

        Returns:
            The text. A long one is cut, and says at its end how to get the next part.

        Raises:
            FileNotFoundError: there is no such file; the message names those that there are.
            ValueError: it cannot be read as text, or has no such part.
        """
        data = await self._data(path, workspace)
        ending = PurePosixPath(path).suffix.lower()
        try:
            text, more = await self._text(data, ending)
        except ValueError as exc:
            raise ValueError(f"{path} cannot be read: {exc}.") from exc
        return self._part(text, more, path, part)

    async def _data(self, path: str, workspace: Workspace) -> bytes:
        files = {one.path: one.size for one in await workspace.list()}
        if files.get(path, 0) > self._most_bytes:
            raise ValueError(
                f"{path} is larger than {self._most_bytes >> 20} MB: read it in the code instead."
            )
        try:
            return await workspace.read(path)
        except FileNotFoundError as exc:
            there = ", ".join(sorted(files)[:20]) or "none"
            raise FileNotFoundError(
                f"There is no file {path!r} in the workspace. There are: {there}."
            ) from exc

    async def _text(self, data: bytes, ending: str) -> tuple[str, bool]:
        if len(data) > self._most_bytes:
            raise ValueError(f"it is larger than {self._most_bytes >> 20} MB")
        if ending in _OLD:
            raise ValueError(f"this tool reads no {ending} files; a {_OLD[ending]} would do")
        if ending in _DOCUMENTS or data.startswith(b"%PDF-"):
            reading = await read_document(
                data,
                ending if ending in _DOCUMENTS else ".pdf",
                most_chars=self._most_chars,
                seconds=self._seconds,
            )
            return reading.text, reading.more
        if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise ValueError("it is not text; open it in the code with open(path, 'rb')")
        text = decoded(data, None, html=ending in _PAGES)
        if ending in _PAGES:
            # Parsing may take a second or two: not on the event loop.
            return await asyncio.to_thread(
                html_to_markdown, text, url="", max_chars=self._most_chars
            )
        return text[: self._most_chars], len(text) > self._most_chars

    def _part(self, text: str, more: bool, path: str, part: int) -> str:
        count = max(1, -(-len(text) // self._part_chars))
        if not 1 <= part <= count:
            raise ValueError(f"{path} has {count} part{'s' * (count > 1)}, not a part {part}.")
        found = text[(part - 1) * self._part_chars : part * self._part_chars]
        if part < count:
            next_ = f"read_file({path!r}, part={part + 1})"
            return f"{found}\n\n[This is part {part} of {count}. {next_} goes on.]"
        return f"{found}\n\n[The rest is too long to be read.]" if more else found
