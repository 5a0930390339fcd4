"""A model's reply, piece by piece, becomes a thought and one code action, or a reply to the person.

The contract has two legal replies: brief reasoning and one fenced Python block (an action), or text
without a block (a reply). Small models write many variants of that; all that mean an action are
accepted. Text after the first block is invented (a guess at the observation) and is dropped.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of text outside the code."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of the code action."""

    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """The reply acts."""

    thought: str
    code: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply speaks to the person."""

    text: str


class _State(Enum):
    TEXT = auto()
    FOREIGN = auto()  # a fenced block of another language is part of the text
    FENCE = auto()
    BARE = auto()  # a fence without a language: it is an action only if it turns out to be Python
    TAG = auto()
    CLOSED = auto()


_PYTHON = {"py", "python", "python3", "tool_code", "ipython"}
_FENCE = "```"
_OPEN_TAG, _CLOSE_TAG = "<code>", "</code>"
_OPENER = re.compile(r"(?P<before>.*?)```[ \t]*(?P<language>[\w+.-]*)[ \t]*\Z", re.DOTALL)
_MAYBE_OPENER = re.compile(r"(?:```[ \t]*[\w+.-]*[ \t]*\r?|`{1,2})\Z")
# Comments and strings; an unterminated string runs to the end (triple) or to the end of its line.
_TOKEN = re.compile(
    r"""\#[^\n]*
      | (?P<triple>\"{3}|'{3})(?:\\.|(?!(?P=triple)).)*(?:(?P<end3>(?P=triple))|\Z)
      | (?P<quote>["'])(?:\\.|(?!(?P=quote))[^\n\\])*(?:(?P<end1>(?P=quote))|(?=\n)|\\?\Z)""",
    re.VERBOSE | re.DOTALL,
)


class ReplyParser:
    """Feed it a reply in pieces of any size; it gives back what can be shown so far.

    What it has given is never taken back, and any chunking of a reply gives the same text.
    """

    def __init__(self) -> None:
        self._state = _State.TEXT
        self._pending = ""  # received, not yet decided
        self._before = ""  # the part of the current line that is decided already
        self._thought: list[str] = []
        self._code: list[str] = []
        self._bare: list[str] = []  # the lines of a block without a language, its opening included
        self._quote = ""  # of the string that the first `_judged` characters of the code end in
        self._judged = 0

    @property
    def closed(self) -> bool:
        """Whether the action is complete: nothing that follows can change it."""
        return self._state is _State.CLOSED

    def feed(self, text: str) -> list[Thought | Code]:
        """Take the next piece of the reply."""
        self._pending += text
        parts: list[Thought | Code] = []
        progress = True
        while progress and not self.closed:
            match self._state:
                case _State.TEXT | _State.FOREIGN:
                    progress = self._read_text(parts)
                case _State.FENCE:
                    progress = self._read_fence(parts)
                case _State.BARE:
                    progress = self._read_bare(parts)
                case _State.TAG:
                    progress = self._read_tag(parts)
                case _State.CLOSED:
                    progress = False
        return parts

    def finish(self) -> Action | Reply:
        """The whole reply, when the stream has ended or `closed` is set."""
        match self._state:
            case _State.TEXT | _State.FOREIGN:
                self._thought.append(self._pending)
            case _State.FENCE:
                ending = not self._before and self._pending.strip().startswith(_FENCE[:1])
                self._code.append("" if ending else self._pending)
            case _State.BARE:
                self._bare.append(self._pending)
                code = "".join(self._bare[1:])
                (self._code if _parses(code) else self._thought).append(
                    code if _parses(code) else "".join(self._bare)
                )
            case _State.TAG:
                self._code.append(self._pending)
            case _State.CLOSED:
                pass
        self._pending = ""
        thought, code = "".join(self._thought).strip(), _unwrapped("".join(self._code))
        if code.strip():
            return Action(thought=thought, code=code)
        return Action(thought="", code=thought) if _is_bare_program(thought) else Reply(thought)

    def _read_text(self, parts: list[Thought | Code]) -> bool:
        line, newline, rest = self._pending.partition("\n")
        at_start = not self._before.strip()
        if self._state is _State.TEXT and at_start and line.lstrip().lower().startswith(_OPEN_TAG):
            start = line.lower().index(_OPEN_TAG) + len(_OPEN_TAG)
            self._pending = self._pending[start:]
            self._state, self._before = _State.TAG, ""
            return True
        if not newline:
            self._emit(parts, Thought, len(line) - len(_held_text(line, at_start)))
            return False
        if opener := _OPENER.match(line.rstrip("\r")):
            language, before = opener["language"].lower(), opener["before"]
            at_start = at_start and not before.strip()
            if self._state is _State.FOREIGN:
                self._state = _State.TEXT if at_start and not language else _State.FOREIGN
            elif language in _PYTHON:
                self._emit(parts, Thought, len(before))
                self._state, self._pending, self._before = _State.FENCE, rest, ""
                return True
            elif at_start and not language:
                self._state, self._pending, self._before = _State.BARE, rest, ""
                self._bare = [line + newline]
                return True
            elif at_start:
                self._state = _State.FOREIGN
        self._emit(parts, Thought, len(line) + 1)
        return True

    def _read_fence(self, parts: list[Thought | Code]) -> bool:
        line, newline, _ = self._pending.partition("\n")
        stripped = line.strip() if not self._before.strip() else "code"
        if stripped.startswith(_FENCE) and not self._in_string("".join(self._code)):
            self._state, self._pending = _State.CLOSED, ""
            return False
        if newline:
            self._emit(parts, Code, len(line) + 1)
            return True
        if not _FENCE.startswith(
            stripped[:3]
        ):  # an empty or backtick-only start may become the end
            self._emit(parts, Code, len(line))
        return False

    def _read_bare(self, parts: list[Thought | Code]) -> bool:
        line, newline, rest = self._pending.partition("\n")
        code = "".join(self._bare[1:])
        if line.strip().startswith(_FENCE) and not self._in_string(code):
            if code.strip() and _parses(code):
                self._state, self._pending = _State.CLOSED, ""
                parts.append(Code(code))
                self._code.append(code)
                return False
            if not newline:
                return False  # the rest of this line belongs to the text as well
            text = "".join(self._bare)
            if line.strip() == _FENCE:  # all else may open another block
                text, self._pending = text + line + newline, rest
            self._state, self._before = _State.TEXT, ""
            parts.append(Thought(text))
            self._thought.append(text)
            return True
        if newline:
            self._bare.append(line + newline)
            self._pending = rest
        return bool(newline)

    def _read_tag(self, parts: list[Thought | Code]) -> bool:
        end = self._pending.lower().find(_CLOSE_TAG)
        if end < 0:
            held = _suffix_that_starts(_CLOSE_TAG, self._pending)
            self._emit(parts, Code, len(self._pending) - held)
            return False
        if self._in_string("".join(self._code) + self._pending[:end]):
            self._emit(parts, Code, end + len(_CLOSE_TAG))
            return True
        self._emit(parts, Code, end)
        self._state, self._pending = _State.CLOSED, ""
        return False

    def _in_string(self, code: str) -> bool:
        """Whether `code`, which only grows, ends inside a string literal.

        Of a long string only what is new is read: a reply full of fences would take for ever.
        """
        new = code[max(0, self._judged - 2) :]
        if len(self._quote) != len('"""') or self._quote in new:
            self._quote = _open_quote(code)
        self._judged = len(code)
        return self._quote != ""

    def _emit(
        self, parts: list[Thought | Code], kind: type[Thought] | type[Code], length: int
    ) -> None:
        if not length:
            return
        text, self._pending = self._pending[:length], self._pending[length:]
        self._before = (self._before + text).rpartition("\n")[2]
        parts.append(kind(text))
        (self._thought if kind is Thought else self._code).append(text)


def _open_quote(code: str) -> str:
    """The quote of the string literal that `code` ends inside; empty where it ends in none."""
    tokens = deque(_TOKEN.finditer(code), maxlen=1)
    if not tokens or (last := tokens[0]).end() < len(code):
        return ""
    if last["triple"]:
        return last["triple"] if last["end3"] is None else ""
    return last["quote"] or "" if last["end1"] is None else ""


def _held_text(line: str, at_start: bool) -> str:
    """The end of an unfinished line that may still become the opening of a block."""
    if maybe := _MAYBE_OPENER.search(line):
        return maybe[0]
    return line if at_start and _OPEN_TAG.startswith(line.lstrip().lower()) else ""


def _suffix_that_starts(tag: str, text: str) -> int:
    """The length of the longest end of `text` that is a beginning of `tag`."""
    tail = text[-len(tag) :].lower()
    return next((len(tail) - i for i in range(len(tail)) if tag.startswith(tail[i:])), 0)


def _unwrapped(code: str) -> str:
    """Drop a fence that was written inside a `<code>` tag."""
    lines = code.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    if lines and lines[0].strip().startswith(_FENCE):
        lines.pop(0)
        while lines and not lines[-1].strip():
            lines.pop()
        if lines and lines[-1].strip() == _FENCE:
            lines.pop()
    return "\n".join(lines)


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_bare_program(text: str) -> bool:
    """Whether a reply without any block is in fact a program: Python that prints or answers."""
    return bool(re.search(r"^(?:print|final_answer)\(", text, re.MULTILINE)) and _parses(text)
