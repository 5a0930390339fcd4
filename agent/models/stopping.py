"""Ends a streamed reply before a stop string, also where the server does not do it itself."""

from __future__ import annotations

from collections.abc import Sequence

from agent.models.thinking import kept_back


class StopCutter:
    """Feed it pieces of a reply; it returns what comes before the first stop string.

    The end of a piece that may be the beginning of a stop string is held back until it is certain.
    """

    def __init__(self, stop: Sequence[str]) -> None:
        self._stop = tuple(text for text in stop if text)
        self._held = ""
        self.hit = False
        """Whether a stop string was met; nothing more is returned from then on."""

    def feed(self, piece: str) -> str:
        """Take the next piece and return what is certain to belong to the reply."""
        if self.hit:
            return ""
        text = self._held + piece
        places = [place for stop in self._stop if (place := text.find(stop)) >= 0]
        if places:
            self.hit = True
            self._held = ""
            return text[: min(places)]
        cut = len(text) - kept_back(text, self._stop)
        self._held = text[cut:]
        return text[:cut]

    def finish(self) -> str:
        """Return what was held back; the reply is over."""
        rest, self._held = self._held, ""
        return rest
