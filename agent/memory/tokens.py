"""How many tokens a text is, without a tokenizer: an estimate that servers' own figures correct."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.models.base import Message, Usage
from agent.models.profile import Profile

_PIECES = re.compile(
    r"(?P<word>[A-Za-z]+)|(?P<free> (?=[^\s\d]))|(?P<space>\s+)|(?P<mark>[^\w\s]+)|(?P<single>\w)"
)
"""A space is a part of the word that follows it, but not of a number."""
_CHARS_PER_TOKEN = 4
_MESSAGE = 6
"""What frames a message costs: its role and its ends."""
_IMAGE = 1_000
"""About what services count for an image; their own figures correct it."""
_ENOUGH = 200
"""Below that an estimate says too little about a model."""
_LOWEST, _HIGHEST = 0.6, 4.0
"""Bounds of what a server's figures can correct."""
_FORGETS = 0.1
"""How much of a lower figure is believed at once; a higher one is believed in full."""
_REPLY = 4_096
"""Kept free for the reply of a model whose longest one is not known."""


def estimate(text: str) -> int:
    """About how many tokens, rather too many: digits count one each, as many tokenizers have it."""
    count = 0
    for piece in _PIECES.finditer(text):
        length = piece.end() - piece.start()
        match piece.lastgroup:
            case "word":
                count += 1 + length // 9
            case "free":
                pass
            case "space":
                count += 1 + length // 16
            case "mark":
                count += (length + 1) // 2
            case _:
                count += 1
    return count


def estimate_all(messages: Sequence[Message]) -> int:
    """The same for messages, with what frames them."""
    return sum(
        estimate(message.content) + _MESSAGE + _IMAGE * len(message.images) for message in messages
    )


def counted(reported: Usage, messages: Sequence[Message], pieces: int) -> Usage:
    """What a call has used: the server's figures, or about that where it gave none.

    Args:
        reported: by the server.
        messages: that it was asked.
        pieces: in which the reply came, a token each with most servers.
    """
    if reported != Usage():
        return reported
    asked = sum(len(message.content) for message in messages)
    return Usage(input_tokens=asked // _CHARS_PER_TOKEN, output_tokens=pieces)


class TokenMeter:
    """What estimates are worth for each model, and how large its window has turned out to be."""

    def __init__(self) -> None:
        self._ratios: dict[str, float] = {}
        self._limits: dict[str, int] = {}

    def learn(self, model: str, messages: Sequence[Message], usage: Usage) -> None:
        """Compare the estimate with what the server has counted, where it has."""
        estimated = estimate_all(messages)
        if estimated < _ENOUGH or not usage.input_tokens:
            return
        found = min(max(usage.input_tokens / estimated, _LOWEST), _HIGHEST)
        known = self._ratios.get(model, found)
        self._ratios[model] = max(found, known + _FORGETS * (found - known))

    def overflowed(self, model: str, messages: Sequence[Message]) -> None:
        """The model has refused these messages: they were too long."""
        self._limits[model] = estimate_all(messages) * 9 // 10

    def room(self, model: str, profile: Profile) -> int | None:
        """What messages to it may be, as an estimate; None where nothing is known."""
        room = self._limits.get(model)
        if profile.context_tokens is None:
            return room
        window = profile.context_tokens
        reply = min(profile.max_output_tokens or _REPLY, window // 2)
        tokens = window - reply - window // 32
        known = int(tokens / self._ratios.get(model, 1.0))
        return known if room is None else min(room, known)
