"""Notices when a model goes round in circles: the same words over and over, to no end."""

from __future__ import annotations

_LONGEST = 600
"""Characters of the longest circle that is noticed."""
_SHORTEST = 20
"""Shorter ones may be meant: a row of zeros, a line of dashes, cells of a table."""
_ROUNDS = 4
_LEAST = 300
"""Characters of all rounds together."""
_EVERY = 100
"""Characters between two looks."""


class Repetition:
    """Feed it a text in pieces of any size; `found` is set once it ends in a circle."""

    def __init__(self) -> None:
        self.found = False
        self._tail = ""
        self._unseen = 0

    def feed(self, text: str) -> None:
        """Take the next piece. A look costs as much for any length of the whole."""
        self._tail = (self._tail + text)[-_LONGEST * _ROUNDS :]
        self._unseen += len(text)
        if self._unseen >= _EVERY:
            self._unseen = 0
            self.found = self.found or _circles(self._tail)


def _circles(text: str) -> bool:
    """Whether the end of `text` is the same piece over and over, and that piece is not a short one.

    Of all pieces that would do, the shortest counts.
    """
    mark, start = text[-_SHORTEST:], len(text) - _SHORTEST
    before = text.rfind(mark, 0, len(text) - 1)
    while before >= 0 and (length := start - before) <= _LONGEST:
        rounds = max(_ROUNDS, -(-_LEAST // length))
        if text.endswith(text[-length:] * rounds):
            return length >= _SHORTEST
        before = text.rfind(mark, 0, before + _SHORTEST - 1)
    return False
