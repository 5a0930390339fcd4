"""What can begin in a text that is not code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What begins."""

    TEXT = auto()  # nothing; only text up to here
    WAIT = auto()  # what comes next decides
    CODE = auto()  # a block of Python
    BARE = auto()  # a fence without a language: an action only if it turns out to be Python
    INLINE = auto()  # a tag within a line: an action only if it turns out to act
    LABEL = auto()  # a line that says "Code:"
    PROGRAM = auto()  # a reply that begins as a program does
    FOREIGN = auto()  # a block of another language: part of the text
    CALL = auto()  # a tool call
    THINKING = auto()  # a block of thinking
    THOUGHT_OVER = auto()  # the end of thinking that began before the reply
    NOTHING = auto()  # a marker that means nothing here
    OVER = auto()  # the model's turn is over; what follows is invented


@dataclass(frozen=True, slots=True)
class Opening:
    """What begins in a text.

    Attributes:
        kind: what it is.
        start: where; what is before is text.
        stop: behind its marker; the content begins here.
        end: what will close it.
        name: of the tool, where the marker names it.
        language: of a fence, in lower case.
    """

    kind: Kind
    start: int
    stop: int
    end: str = "```"
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the reply the text stands."""

    at_line_start: bool = True
    at_reply_start: bool = True
    after_tick: bool = False
    """Whether a backtick comes right before: what is quoted opens nothing."""
    guesses: bool = True
    """Whether a line "Code:", or a tag in the middle of a line, may still begin code. After it once
    did not, it may not: what is read twice must not be read a third time."""
