"""A stretch of a reply that is held back until it is known whether it is the action."""

from __future__ import annotations

import re

from agent.parsing.code_block import OBSERVATION, CodeBlock
from agent.parsing.opening import Kind
from agent.parsing.python import acts, hopeless, is_program, parses

_PIECE = re.compile(r"[^\n]*\n|[^\n]+")
_TRIES = 5
"""Lines after which what cannot become Python is given up; the rest is judged at its end."""
_LONGEST_TRY = 2000
_LANGUAGE_LINE = re.compile(r"(?:py|python3?)\r?\n", re.IGNORECASE)


class Region:
    """Feed it until `open` is false; then `code` is the action, or else `raw` is text."""

    def __init__(self, kind: Kind, opening: str, fence: str = "```") -> None:
        self.kind = kind
        self.opening = opening
        self._raw: list[str] = []
        self._code: list[str] = []
        self._block = CodeBlock(fence, mends=False)
        self._tries = 0 if kind is Kind.INLINE else _TRIES
        self.open = True
        self.ended_by = ""
        """What closed it; empty while it is open, and where it was given up."""
        self.rest = ""
        """What followed in the last piece; what closed it is not part of that."""

    @property
    def raw(self) -> str:
        """All that was fed and belongs to the region, as it was written."""
        return "".join(self._raw)

    @property
    def code(self) -> str:
        """The code, if the region is an action; empty if not."""
        code = _LANGUAGE_LINE.sub("", "".join(self._code), count=1) if self._is_fence else self.text
        match self.kind:
            case Kind.BARE:
                accepted = parses(code)
            case Kind.PROGRAM:
                accepted = self._unfenced and is_program(code)
            case _:
                accepted = acts(code)
        return code if accepted else ""

    @property
    def text(self) -> str:
        """The code as far as it goes, whatever it is."""
        return "".join(self._code)

    @property
    def _is_fence(self) -> bool:
        return self.kind is Kind.BARE and bool(_LANGUAGE_LINE.match(self.text))

    @property
    def _unfenced(self) -> bool:
        """Whether nothing but the end of the reply closed it."""
        return (
            not self.ended_by or self.ended_by == OBSERVATION or self.ended_by[:2] in ("<|", "<e")
        )

    def feed(self, text: str) -> None:
        """Take the next piece."""
        pieces = [piece[0] for piece in _PIECE.finditer(text)]
        for at, piece in enumerate(pieces):
            self._raw.append(piece)
            self._code.append(self._block.feed(piece))
            if self._block.end:
                self._close("".join(pieces[at + 1 :]))
                return
            if self._tries and piece.endswith("\n") and self._given_up():
                self.open, self.rest = False, "".join(pieces[at + 1 :])
                self._code.clear()
                return

    def finish(self) -> None:
        """The reply is over."""
        self._code.append(self._block.finish())
        self.open = False

    def _close(self, after: str) -> None:
        self.open, self.ended_by = False, self._block.end
        self.rest = self._block.rest + after
        raw = self.raw
        self._raw = [raw[: len(raw) - len(self._block.rest) - len(self.ended_by)]]

    def _given_up(self) -> bool:
        code = self.text
        if not code.strip():
            return False
        self._tries = self._tries - 1 if len(code) < _LONGEST_TRY else 0
        return self._tries > 0 and not self._is_fence and hopeless(code)
