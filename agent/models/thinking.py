"""Separates a reply from the thinking that some models write inline before it, as it streams."""

from __future__ import annotations

from agent.models.base import Reasoning, Text

TAGS = {"<think>": "</think>", "<thinking>": "</thinking>"}


def kept_back(text: str, markers: tuple[str, ...]) -> int:
    """How many last characters of `text` may be the beginning of one of `markers`."""
    longest = max((len(marker) for marker in markers), default=1) - 1
    for size in range(min(longest, len(text)), 0, -1):
        tail = text[-size:]
        if any(marker.startswith(tail) for marker in markers):
            return size
    return 0


class ThinkSplitter:
    """Feed it pieces of raw text; it returns the pieces as `Text` or `Reasoning`.

    A thinking block counts only at the start of a reply: later on, the same letters are part of
    what the model writes about (a program that handles such tags, say).
    """

    def __init__(self) -> None:
        self._held = ""
        self._closing: str | None = None
        """The tag that ends the block we are in; None outside of one."""
        self._replying = False
        """Whether the reply itself has begun: from then on all is text."""

    def feed(self, piece: str) -> list[Text | Reasoning]:
        """Take the next piece and return what is certain by now."""
        self._held += piece
        found: list[Text | Reasoning] = []
        while self._advance(found):
            pass
        return found

    def finish(self) -> list[Text | Reasoning]:
        """Return what was held back; the reply is over."""
        rest, self._held = self._held, ""
        if not rest:
            return []
        return [Reasoning(rest) if self._closing is not None else Text(rest)]

    def _advance(self, found: list[Text | Reasoning]) -> bool:
        """Settle as much of the held text as possible; whether there may be more to settle."""
        if self._replying:
            if self._held:
                found.append(Text(self._held))
                self._held = ""
            return False
        if self._closing is not None:
            return self._inside(self._closing, found)
        return self._before()

    def _before(self) -> bool:
        start = self._held.lstrip()
        for opening, closing in TAGS.items():
            if start.startswith(opening):
                self._held, self._closing = start[len(opening) :], closing
                return True
        if not any(opening.startswith(start) for opening in TAGS):
            self._replying = True
            return True
        return False

    def _inside(self, closing: str, found: list[Text | Reasoning]) -> bool:
        thought, tag, rest = self._held.partition(closing)
        if tag:
            self._held, self._closing = rest.lstrip(), None
        else:
            cut = len(thought) - kept_back(thought, (closing,))
            thought, self._held = thought[:cut], thought[cut:]
        if thought:
            found.append(Reasoning(thought))
        return bool(tag)
