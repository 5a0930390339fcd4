"""What a reply consists of while it is read, and what it is in the end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of the text outside the code."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A piece of a thinking block, which is no part of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of the code action."""

    text: str


Part = Thought | Thinking | Code


@dataclass(frozen=True, slots=True)
class Action:
    """The reply acts."""

    thought: str
    code: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply speaks to the person."""

    text: str
