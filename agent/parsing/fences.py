"""Fences: which lines open a block, and what its language makes of it."""

from __future__ import annotations

import re

from agent.parsing.opening import Kind, Opening
from agent.parsing.python import hopeless

_LONGEST_LINE = 300
"""Of a fence with its info string; a longer line opens nothing."""
_PYTHON = re.compile(
    r"\{?\.?(?:py|py3|pycon|i?python[\d.]*|ipython3|python-?(?:repl|exec|code)|python_\w+|py_code"
    r"|tool_code|code_interpreter|interpreter|jupyter)\}?",
    re.IGNORECASE,
)
_SHELL = frozenset({"bash", "sh", "shell", "zsh", "console", "powershell", "cmd", "terminal"})
_DATA = frozenset({"json", "tool_call", "tool_use", "tool", "jsonc", "json5", "tool_calls"})
_ATTRIBUTES = re.compile(
    r"(?:[ \t]*(?:\{[^`]*\}|,[^`]*)|:\S*|[ \t]+(?:\d[\d.]*|(?:title|file\w*|name|path|line\w*"
    r"|hl_lines|show\w+|copy|run|eval|echo|exec|id|cell)(?:[ \t]*=[^`]*)?))?[ \t\r]*"
)
_FENCE_LINE = re.compile(
    r"[ \t]*(?P<fence>`{3,20}|~{3,20})(?![`~])[ \t“\"]*"
    r"(?P<language>\{?[\w.+#-]*\}?)[”\"]*(?P<more>.*)\Z"
)
_FENCE_WITHIN = re.compile(
    r"(?<!`)(?P<fence>`{3,20})(?!`)[ \t]{0,20}(?P<language>\{?[\w.+#-]{0,40}\}?)[ \t\r]{0,20}\Z"
)
_MAYBE_FENCE_LINE = re.compile(r"[ \t]*(?:[`~]{1,2}|(?:`{3}|~{3}).*)")
_TICKS = re.compile(r"`{1,20}\Z")
_LONGEST_FENCE = 110


def fence_opening(line: str, *, at_line_start: bool) -> Opening | None:
    """What a whole line opens as a fence; text before one is allowed where it names Python."""
    if at_line_start and (fence := _FENCE_LINE.match(line)):
        return _by_language(fence, len(line) + 1) if _is_short(line) else None
    fence = _FENCE_WITHIN.search(line[-_LONGEST_FENCE:])
    if not fence or not _PYTHON.fullmatch(fence["language"]):
        return None
    start = len(line) - len(fence[0])
    return Opening(Kind.CODE, start, len(line) + 1, end=fence["fence"])


def held_fence(line: str, *, at_line_start: bool) -> int:
    """How many last characters of an unfinished line may become the opening of a block."""
    if at_line_start and _MAYBE_FENCE_LINE.fullmatch(line) and _is_short(line):
        return len(line)
    fence = _FENCE_WITHIN.search(line[-_LONGEST_FENCE:]) or _TICKS.search(line[-_LONGEST_FENCE:])
    return len(fence[0]) if fence else 0


def _is_short(line: str) -> bool:
    return len(line.lstrip(" \t")) <= _LONGEST_LINE


def is_shell(language: str) -> bool:
    """Whether a block of that language holds commands for a shell."""
    return language in _SHELL


def _by_language(fence: re.Match[str], behind: int) -> Opening | None:
    start = fence.start("fence")
    language, more, end = fence["language"].strip("{}.").lower(), fence["more"], fence["fence"]
    code = more.split(end)[0]
    if _PYTHON.fullmatch(fence["language"]):
        if _ATTRIBUTES.fullmatch(more):
            return Opening(Kind.CODE, start, behind, end=end)
        if more[:1] in " \t" and code.strip() and not hopeless(code.strip()):
            return Opening(Kind.CODE, start, fence.start("more") + 1, end=end)
        return None
    if end in more:
        return None
    if not language and not more.strip():
        return Opening(Kind.BARE, start, behind, end=end)
    kind = Kind.CALL if language in _DATA else Kind.FOREIGN
    return Opening(kind, start, behind, end=end, language=language)
