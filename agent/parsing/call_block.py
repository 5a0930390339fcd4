"""Collects what may be a tool call until it is complete, or until it is clear that it is data."""

from __future__ import annotations

import re
from functools import cache, cached_property

from agent.parsing.calls import Call, broken_call, maybe_call, read_call
from agent.parsing.opening import Opening

_HEAD = 200
"""Characters that tell whether JSON may be a call."""
_LONGEST_END = 60


class CallBlock:
    """Feed it until `open` is false."""

    def __init__(self, opening: Opening, marker: str) -> None:
        self.marker = marker
        self.open = True
        self.gave_up = False
        """Whether it turned out to be data before it was complete."""
        self.end = ""
        self.rest = ""
        """What followed the end in the last piece."""
        self._opening = opening
        self._raw: list[str] = []
        self._head = ""
        self._tail = "\n"

    @property
    def text(self) -> str:
        """What stands between the marker and the end."""
        text = "".join(self._raw)
        return text[: len(text) - len(self.end) - len(self.rest)]

    @cached_property
    def call(self) -> Call | None:
        """The call, if it is complete and one."""
        return None if self.gave_up else read_call(self.text, self._opening.name)

    @property
    def broken(self) -> bool:
        """Whether it was meant as a call and cannot be read."""
        if self.gave_up or self.call:
            return False
        return not self._plain_json or broken_call(self.text)

    def feed(self, piece: str) -> None:
        """Take the next piece."""
        self._raw.append(piece)
        self._head = (self._head + piece)[:_HEAD]
        if self._plain_json and not maybe_call(self._head):
            self.open, self.gave_up = False, True
            return
        window = self._tail + piece
        self._tail = window[-_LONGEST_END:]
        if self._opening.end and (end := _closing(self._opening.end).search(window)):
            self.open, self.end, self.rest = False, end[0], window[end.end() :]

    def finish(self) -> None:
        """The reply is over."""
        self.open = False

    @property
    def _plain_json(self) -> bool:
        """Whether only its fields tell a call from data: nothing around it says what it is."""
        whole_reply = not self._opening.end and not self.marker
        return whole_reply or self._opening.language != ""


@cache
def _closing(end: str) -> re.Pattern[str]:
    """What closes a call: a tag anywhere, a fence on a line of its own."""
    if end[0] in "`~":
        return re.compile(rf"(?<=\n)[ \t]{{0,10}}{end}{end[0]}{{0,10}}[ \t\r]{{0,10}}\n")
    return re.compile(re.escape(end), re.IGNORECASE)
