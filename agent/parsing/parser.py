"""The state machine of a reply: text, thinking, a call, a block that acts, a block that may act."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import replace
from enum import Enum, auto

from agent.models.thinking import kept_back
from agent.parsing import faults
from agent.parsing.call_block import CallBlock
from agent.parsing.code_block import OBSERVATION, CodeBlock
from agent.parsing.opening import Kind, Opening, Place
from agent.parsing.openings import find
from agent.parsing.parts import Action, Code, Part, Reply, Thinking, Thought
from agent.parsing.python import unfinished
from agent.parsing.region import Region

_SLICE = 1024
"""Characters that are looked at together: what is copied at each step stays small."""
_LONGEST_GAP = 200
"""How much blank may follow a label."""
_LONGEST_FENCE = 300
_INVISIBLE = str.maketrans("", "", "\ufeff\u200b\u2060")
_INDENT = re.compile(r"[ \t\ufeff\u200b\u2060]*")


class _State(Enum):
    TEXT = auto()
    THINKING = auto()
    FOREIGN = auto()  # a block that is part of the text
    CALL = auto()
    LABEL = auto()  # a line that says "Code:"
    REGION = auto()  # a block, or a program without one, that is judged when it is complete
    CODE = auto()
    CLOSED = auto()


class ReplyParser:
    """Feed it a reply in pieces of any size; it gives back what can be shown so far.

    What it has given is never taken back, and any chunking of a reply gives the same text. One
    exception: text before a lone `</think>` turns out to have been thinking.
    """

    def __init__(self) -> None:
        self._state = _State.TEXT
        self._input: deque[str] = deque()
        self._pending = ""  # received, not yet decided
        self._parts: list[Part] = []  # what the current call gives
        self._thought: list[str] = []
        self._spoken = False  # whether that is more than blanks
        self._thinking: list[str] = []
        self._code: list[str] = []
        self._place = Place()
        self._opening = Opening(Kind.TEXT, 0, 0)  # of what we are in
        self._marker = ""  # its words
        self._block = CodeBlock()
        self._region = Region(Kind.BARE, "")
        self._call = CallBlock(self._opening, "")
        self._reopens = False  # whether a fence with a language inside a foreign block counts
        self._complete = False  # whether the end of the action has come
        self._fault = ""

    @property
    def closed(self) -> bool:
        """Whether the reply is complete: nothing that follows can change it."""
        return self._state is _State.CLOSED

    @property
    def thinking(self) -> str:
        """What stood in thinking blocks."""
        return "".join(self._thinking).strip()

    @property
    def fault(self) -> str:
        """Why the finished reply cannot be used, as a sentence for the model; empty if it can."""
        return self._fault

    def feed(self, text: str) -> list[Part]:
        """Take the next piece of the reply."""
        self._parts = []
        self._input.extend(_slices(text))
        self._read()
        return self._parts

    def finish(self) -> Action | Reply:
        """The whole reply, when the stream has ended or `closed` is set."""
        while self._end():
            self._read()
        thought, code = "".join(self._thought).strip(), "".join(self._code)
        if code.strip():
            self._fault = "" if self._complete or not unfinished(code) else faults.UNFINISHED
            return Action(thought=thought, code=code)
        if faults.only_shell(thought):
            self._fault = faults.SHELL
        elif not thought and self._thinking:
            self._fault = self._fault or faults.ONLY_THINKING
        return Reply(thought)

    # ------------------------------------------------------------------ reading

    def _read(self) -> None:
        """Read all that can be decided."""
        while self._input and not self.closed:
            self._pending += self._input.popleft()
            while not self.closed and self._step():
                pass

    def _step(self) -> bool:
        """Read on in the current state; whether there may be more to read."""
        if not self._pending:
            return False
        match self._state:
            case _State.TEXT:
                return self._read_text()
            case _State.THINKING:
                return self._read_thinking()
            case _State.FOREIGN:
                return self._read_foreign()
            case _State.CALL:
                return self._read_call()
            case _State.LABEL:
                return self._read_label()
            case _State.REGION:
                return self._read_region()
            case _State.CODE:
                return self._read_code()
            case _State.CLOSED:
                return False

    def _end(self) -> bool:
        """The stream is over: settle what was held back; whether that is to be read again."""
        match self._state:
            case _State.TEXT:
                self._pending += "\n"
                while self._state is _State.TEXT and self._step():
                    pass
                if self._state is not _State.TEXT:
                    while not self.closed and self._step():
                        pass
                    return True
                self._say(self._take())
            case _State.FOREIGN:
                self._say(self._take())
            case _State.THINKING:
                self._think(self._take())
            case _State.CALL:
                self._call.finish()
                self._settle_call()
                return True
            case _State.LABEL:
                self._state, self._place = _State.TEXT, replace(self._place, guesses=False)
                self._again(self._marker + self._take())
                return True
            case _State.REGION:
                self._region.finish()
                self._judge()
                return True
            case _State.CODE:
                self._write(self._block.finish())
                self._fault = "" if self._has_code() else faults.EMPTY_BLOCK
                self._state = _State.CLOSED
            case _State.CLOSED:
                pass
        return False

    def _read_text(self) -> bool:
        if self._place.at_line_start:
            self._pending = _INDENT.sub(_visible, self._pending, count=1)
        if not self._pending:
            return False
        found = find(self._pending, self._place)
        before, self._marker = self._pending[: found.start], self._pending[found.start : found.stop]
        if found.kind is Kind.WAIT:
            self._pending = self._pending[found.start :]
            self._say(before)
            return False
        self._pending = self._pending[found.stop :]
        self._say(before)
        self._enter(found)
        return True

    def _enter(self, found: Opening) -> None:
        """Go on after the marker of what was found."""
        self._opening = found
        match found.kind:
            case Kind.CODE:
                self._state, self._block = _State.CODE, CodeBlock(found.end)
            case Kind.BARE | Kind.INLINE | Kind.PROGRAM:
                self._state = _State.REGION
                self._region = Region(found.kind, self._marker, found.end)
            case Kind.LABEL:
                self._state = _State.LABEL
            case Kind.FOREIGN:
                self._say(self._marker)
                self._state, self._reopens = _State.FOREIGN, False
            case Kind.CALL:
                self._state, self._call = _State.CALL, CallBlock(found, self._marker)
            case Kind.THINKING:
                self._state = _State.THINKING
            case Kind.THOUGHT_OVER:
                self._thinking += self._thought
                self._thought.clear()
                self._spoken = False
                self._place = Place()
            case Kind.NOTHING:
                self._place = replace(self._place, at_line_start=True)
            case Kind.OVER:
                invented = self._marker.startswith(OBSERVATION) and not self._spoken
                self._fault = faults.INVENTED if invented else self._fault
                self._state = _State.CLOSED
            case _:
                self._say(self._marker)

    def _read_thinking(self) -> bool:
        end, pending = self._opening.end.lower(), self._take()
        at = pending.lower().find(end)
        if at < 0:
            cut = len(pending) - kept_back(pending.lower(), (end,))
            self._think(pending[:cut])
            self._pending = pending[cut:]
            return False
        self._think(pending[:at])
        self._pending = pending[at + len(end) :]
        self._state = _State.TEXT
        self._place = Place(at_reply_start=not self._spoken)
        return True

    def _read_foreign(self) -> bool:
        line, newline, rest = self._pending.partition("\n")
        fence, stripped = self._opening.end, line.strip()
        fits = self._place.at_line_start and len(line) < _LONGEST_FENCE
        if not newline and fits and stripped[:1] == fence[0]:
            return False
        if fits and stripped.startswith(fence):
            if not stripped.strip(fence[0]):
                self._state = _State.TEXT
            elif self._reopens:
                self._state = _State.TEXT
                return True
        self._pending = rest
        self._say(line + newline)
        return newline != ""

    # ------------------------------------------------------------------ calls

    def _read_call(self) -> bool:
        self._call.feed(self._take())
        if self._call.open:
            return False
        self._settle_call()
        return True

    def _settle_call(self) -> None:
        """What may be a call is complete: it is the action, or it is text."""
        block = self._call
        if call := block.call:
            self._say(call.thought)
            self._write(call.code)
            self._complete, self._state = True, _State.CLOSED
            return
        self._fault = faults.BAD_CALL if block.broken else self._fault
        self._say(block.marker)
        self._place = replace(self._place, at_reply_start=False)
        foreign = block.gave_up and self._opening.language
        self._state, self._reopens = (_State.FOREIGN if foreign else _State.TEXT), False
        if block.gave_up or not self._opening.end:
            self._again(block.text)
        else:
            self._say(block.text + block.end)
            self._again(block.rest)

    # ------------------------------------------------------------------ code

    def _read_label(self) -> bool:
        """What follows a line "Code:" is a block, or the code itself."""
        begun = self._pending[:_LONGEST_GAP].lstrip()
        if not begun and len(self._pending) < _LONGEST_GAP:
            return False
        if begun[:1] in tuple("`~<[{"):
            self._state = _State.TEXT
            self._place = replace(self._place, at_line_start=True)
        else:
            self._state, self._region = _State.REGION, Region(Kind.LABEL, self._marker)
        return True

    def _read_region(self) -> bool:
        self._region.feed(self._take())
        if self._region.open:
            return False
        self._judge()
        return True

    def _judge(self) -> None:
        """The region is complete: it is the action, or it is text."""
        region = self._region
        if code := region.code:
            self._write(code)
            self._complete, self._state = True, _State.CLOSED
            return
        self._state = _State.TEXT
        self._place = replace(self._place, at_reply_start=False)
        match region.kind:
            case Kind.BARE:
                self._say(region.opening + region.raw)
                self._state, self._reopens = _State.FOREIGN, True
                self._again(region.ended_by + region.rest)
            case Kind.INLINE if region.ended_by.startswith("</"):
                self._say(region.opening + region.raw + region.ended_by)
                self._again(region.rest)
            case _:
                self._say(region.opening)
                self._place = replace(self._place, guesses=False)
                self._again(region.raw + region.ended_by + region.rest)

    def _read_code(self) -> bool:
        self._write(self._block.feed(self._take()))
        if not (end := self._block.end):
            return False
        if self._has_code():
            self._complete, self._state = True, _State.CLOSED
            return False
        self._fault = faults.EMPTY_BLOCK
        self._state = _State.TEXT
        self._place = replace(self._place, at_line_start=True, at_reply_start=False)
        fenced = self._marker.lstrip()[:1] in ("`", "~")
        swallowed = end.startswith("</") or (fenced and end == self._opening.end)
        self._again(self._block.rest if swallowed else end + self._block.rest)
        return True

    # ------------------------------------------------------------------ giving

    def _take(self) -> str:
        pending, self._pending = self._pending, ""
        return pending

    def _again(self, text: str) -> None:
        """Put `text` before what is still to be read."""
        self._input.extendleft(reversed(_slices(text + self._take())))

    def _say(self, text: str) -> None:
        if not text:
            return
        self._parts.append(Thought(text))
        self._thought.append(text)
        self._spoken = self._spoken or not text.isspace()
        _, newline, line = text.rpartition("\n")
        self._place = replace(
            self._place,
            at_line_start=not line.strip() and (newline != "" or self._place.at_line_start),
            at_reply_start=self._place.at_reply_start and not text.strip(),
            after_tick=text.endswith("`"),
        )

    def _think(self, text: str) -> None:
        if text:
            self._parts.append(Thinking(text))
            self._thinking.append(text)

    def _write(self, text: str) -> None:
        if text:
            self._parts.append(Code(text))
            self._code.append(text)

    def _has_code(self) -> bool:
        return any(not text.isspace() for text in self._code)


def _visible(found: re.Match[str]) -> str:
    return found[0].translate(_INVISIBLE)


def _slices(text: str) -> list[str]:
    return [text[at : at + _SLICE] for at in range(0, len(text), _SLICE)]
