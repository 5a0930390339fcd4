"""Takes away what stands before the code on each line: indentation of the block, REPL prompts."""

from __future__ import annotations

import re

_PIECE = re.compile(r"[^\n]*\n|[^\n]+")
_PROMPT = re.compile(r"(?:>>>|\.\.\.|In \[\d+\]:|[ ]+\.\.\.:)(?:[ ]|(?=\r?\n))")
_MAYBE_PROMPT = re.compile(
    r"(?:>{1,3}|[ ]*\.{0,3}|[ ]+\.\.\.:|I|In|In[ ]|In \[\d{0,6}|In \[\d{1,6}\]:?)\r?"
)
_LONGEST_INDENT = 200


class Margin:
    """Feed it code in pieces; it returns the same code from column 0 on.

    Blank lines before the code go. The indentation of the first line goes from each line. Where the
    code is the record of a REPL, only what was typed stays.
    """

    def __init__(self) -> None:
        self._indent: str | None = None
        """Of the first line; None until that is known."""
        self._record = False
        self._head = ""
        """The beginning of a line, as long as its margin is not known."""
        self._keeps: bool | None = None
        """Whether the rest of the line is code; None while its margin is not known."""

    def feed(self, text: str) -> str:
        """Take the next piece and return what is certain by now."""
        if self._indent == "" and not self._record:
            return text
        return "".join(self._read(piece[0]) for piece in _PIECE.finditer(text))

    def finish(self) -> str:
        """Return what was held back; the code is over."""
        head, self._head = self._head, ""
        if self._indent is None:
            return head.lstrip()
        return "" if self._record else self._cut(head) or ""

    def _read(self, piece: str) -> str:
        """Read one line or a part of it."""
        kept: str | None = piece if self._keeps else None
        if self._keeps is None:
            head, self._head = self._head + piece, ""
            if not self._certain(head):
                self._head = head
                return ""
            if self._indent is None:
                if not head.strip():
                    return ""
                self._measure(head[:_LONGEST_INDENT])
            kept = self._cut(head)
            self._keeps = kept is not None
        if piece.endswith("\n"):
            self._keeps = None
        return kept or ""

    def _certain(self, head: str) -> bool:
        """Whether enough of a line is there to tell its margin."""
        if head.endswith("\n") or len(head) >= _LONGEST_INDENT:
            return True
        body = head.lstrip(" \t")
        if self._indent is None:
            return body != "" and not _MAYBE_PROMPT.fullmatch(body)
        if self._record:
            return not _MAYBE_PROMPT.fullmatch(head[len(self._indent) :])
        return body != "" or len(head) >= len(self._indent)

    def _measure(self, first: str) -> None:
        body = first.lstrip(" \t")
        self._indent = first[: len(first) - len(body)]
        self._record = body.startswith((">>>", "In [")) and bool(_PROMPT.match(body))

    def _cut(self, line: str) -> str | None:
        """The line without its margin; None where it was not typed but printed."""
        blank = len(line) - len(line.lstrip(" \t"))
        line = line[min(blank, len(self._indent or "")) :]
        if not self._record:
            return line
        prompt = _PROMPT.match(line)
        return line[prompt.end() :] if prompt else None
