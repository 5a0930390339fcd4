"""Reads the code of one block up to the block's end, and mends what the way here has spoilt.

Where a string begins and ends is followed character by character: what looks like an end inside a
string is code. Each character is looked at once, however the text is cut into pieces.
"""

from __future__ import annotations

import html
import re
from enum import Enum, auto
from functools import cache

from agent.parsing.margin import Margin

OBSERVATION = "Observation:"
"""What only the host may write, at the beginning of a line."""
_TAG_END = (
    r"</(?:code|py|python\w*|ipython|execute\w*|tool_c\w+|code_interpreter|interpreter|parameter)>"
    r"|<end_(?:code|action)>|<\|\w+\|>|\[/python\]"
)
_MAYBE_TAG_END = r"<[/|]?[\w|]{0,24}|\[/?\w{0,6}"
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|nbsp|#\d{1,4}|#x[0-9a-f]{1,4});", re.IGNORECASE)
_MAYBE_ENTITY = re.compile(r"&#?\w{0,6}\Z")
_UNREADABLE = "\ufeff\u200b\u200c\u200d\u2060\u00a0"
"""Invisible characters that Python refuses outside of strings."""
_SMART = {"“": "”", "”": "”", "„": "”", "‘": "’", "’": "’"}
"""Typographic quotes: the one that opens, the one that closes."""


class _Mode(Enum):
    CODE = auto()
    COMMENT = auto()
    STRING = auto()


@cache
def _code_tokens(fence: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What matters outside of strings, and the beginnings of that at the end of a text."""
    char, count = re.escape(fence[0]), len(fence)
    end = rf"{char}{{{count}}}|{_TAG_END}"
    tokens = (
        rf"(?P<end>{end})|(?P<wait>&\#\w{{0,6}}\Z)|(?P<triple>\"{{3}}|'{{3}})|\"\"(?!\Z)|''(?!\Z)"
        rf"|(?P<quote>\"(?![\"]|\Z)|'(?!'|\Z))|(?P<smart>[{''.join(_SMART)}])"
        rf"|(?P<comment>\#)|(?P<entity>{_ENTITY.pattern})|(?P<unreadable>[{_UNREADABLE}])|(?P<line>\n)"
    )
    partial = rf"(?:{char}{{1,{count - 1}}}|{_MAYBE_TAG_END}|\"{{1,2}}|'{{1,2}}|&\#?\w{{0,6}})\Z"
    return re.compile(tokens, re.IGNORECASE), re.compile(partial, re.IGNORECASE)


_COMMENT_TOKENS = (
    re.compile(rf"(?P<end>{_TAG_END})|(?P<line>\n)", re.IGNORECASE),
    re.compile(rf"(?:{_MAYBE_TAG_END})\Z", re.IGNORECASE),
)


@cache
def _string_tokens(closing: str, smart: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    escape = r"\\(?:\r\n|\r(?!\Z)|[^\r])"
    tokens = rf"{escape}|(?P<close>{closing})"
    if len(closing) == 1:
        tokens += r"|(?P<line>\n)"
    if smart:
        tokens += "|(?P<inner>[\"'])"
    partial = r"(?:\\\r?)\Z"
    if len(closing) == 3:
        partial = rf"(?:\\\r?|{closing[0]}{{1,2}})\Z"
    return re.compile(tokens, re.DOTALL), re.compile(partial)


class CodeBlock:
    """Feed it what follows the opening of a block; it returns the code.

    Args:
        fence: what closes the block besides closing tags and an invented observation.
        mends: whether HTML entities outside of strings are mended, from the first one on.
    """

    def __init__(self, fence: str = "```", *, mends: bool = True) -> None:
        self._fence = fence
        self._mends = mends
        self._margin = Margin()
        self._mode = _Mode.CODE
        self._closing, self._smart = "", False  # of the string that we are in
        self._escaped = False
        self._entity = ""  # the beginning of an entity, of a text whose entities are mended
        self._held = ""
        self._at_line_start = True
        self.end = ""
        """What ended the block; empty while it is open."""
        self.rest = ""
        """What followed the end in the last piece."""

    @property
    def in_string(self) -> bool:
        """Whether the code so far ends inside a string."""
        return self._mode is _Mode.STRING

    def feed(self, text: str) -> str:
        """Take the next piece and return the code that is certain by now."""
        text, self._held = self._held + self._mended(text), ""
        out: list[str] = []
        while text and not self.end:
            if self._invented(text):
                break
            text = self._advance(text, out)
        code = self._margin.feed("".join(out))
        return code + self._margin.finish() if self.end else code

    def finish(self) -> str:
        """Return the code that was held back; the reply is over."""
        held, self._held = self._held + self._entity, ""
        if self._mode is not _Mode.STRING and (held[:1] == self._fence[0] or held[:2] == "</"):
            held = ""  # the beginning of the end
        return self._margin.feed(held) + self._margin.finish()

    def _invented(self, text: str) -> bool:
        """Whether to stop here, at a line's beginning, for what is or may be an observation."""
        if not self._at_line_start or self._mode is not _Mode.CODE:
            return False
        if text.startswith(OBSERVATION):
            self.end, self.rest = OBSERVATION, text[len(OBSERVATION) :]
            return True
        if OBSERVATION.startswith(text):
            self._held = text
            return True
        return False

    def _advance(self, text: str, out: list[str]) -> str:
        """Read up to and with the next token; returns what is left to read."""
        tokens, partial = self._patterns()
        found = tokens.search(text)
        if found is None:
            maybe = partial.search(text)
            cut = maybe.start() if maybe else len(text)
            out.append(text[:cut])
            self._held = text[cut:]
            self._at_line_start = self._at_line_start and cut == 0
            return ""
        out.append(text[: found.start()])
        self._at_line_start = False
        after = text[found.end() :]
        match found.lastgroup:
            case "end":
                self.end, self.rest = found[0], after
            case "wait":  # an entity, or a comment after an operator
                self._held = text[found.start() :]
            case "entity" if self._mends:
                self._escaped = True
                return self._mended(text[found.start() :])
            case kind:
                out.append(self._pass(kind, found[0]))
        return after

    def _patterns(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        match self._mode:
            case _Mode.CODE:
                return _code_tokens(self._fence)
            case _Mode.COMMENT:
                return _COMMENT_TOKENS
            case _Mode.STRING:
                return _string_tokens(self._closing, self._smart)

    def _pass(self, kind: str | None, found: str) -> str:
        """Follow where strings and comments begin and end; returns the text as Python reads it."""
        match kind:
            case "line":
                self._mode, self._at_line_start = _Mode.CODE, True
            case "comment":
                self._mode = _Mode.COMMENT
            case "triple" | "quote":
                self._mode, self._closing, self._smart = _Mode.STRING, found, False
            case "smart":
                self._mode, self._closing, self._smart = _Mode.STRING, _SMART[found], True
                return '"'
            case "close":
                self._mode = _Mode.CODE
                return '"' if self._smart else found
            case "inner":
                return "\\" + found
            case "unreadable":
                return " " if found == "\u00a0" else ""
            case _:
                pass
        return found

    def _mended(self, text: str) -> str:
        """`text` without entities, where the whole code turned out to be written with them."""
        if not self._escaped:
            return text
        text, self._entity = self._entity + text, ""
        if maybe := _MAYBE_ENTITY.search(text):
            text, self._entity = text[: maybe.start()], maybe[0]
        return _ENTITY.sub(lambda found: html.unescape(found[0]), text)
