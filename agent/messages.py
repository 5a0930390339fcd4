"""What the model sees of the conversation: turns in order, which compaction may shorten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from agent.memory.records import Records
from agent.memory.tokens import TokenMeter, estimate
from agent.memory.variables import VariableTable
from agent.models.base import Message
from agent.models.images import IMAGE_TOKENS, Image
from agent.observation import in_full
from agent.text import well_formed
from executors.base import ExecutionEvent

Kind = Literal["task", "action", "observation", "reply", "note", "said", "digest"]
_FIXED = ("task", "digest")


@dataclass(frozen=True, slots=True)
class Turn:
    """A piece of the conversation. Neighbours of one role become one message."""

    kind: Kind
    content: str
    tokens: int
    """An estimate."""
    step: int = 0
    """The number of the step, for an action and its observation."""
    images: tuple[Image, ...] = ()
    """What came with a task, for a model that can look at it."""

    @classmethod
    def of(cls, kind: Kind, content: str, step: int = 0, images: tuple[Image, ...] = ()) -> Turn:
        """A turn with text that every request can take."""
        content = well_formed(content)
        tokens = estimate(content) + IMAGE_TOKENS * len(images)
        return cls(kind, content, tokens, step, images)

    @property
    def role(self) -> Literal["user", "assistant"]:
        """Who speaks."""
        return "assistant" if self.kind in ("action", "reply") else "user"


class Memory:
    """The conversation after the system message. User and assistant always alternate."""

    def __init__(self, start: Sequence[Message] = ()) -> None:
        """Begin with the turns of `start`, which are never shortened."""
        self.begin_with(start)
        self.parts: list[Turn] = []
        """All turns, oldest first, not joined yet."""
        self.records = Records()
        """Every action with all that it gave, whatever becomes of its turns."""
        self.variables = VariableTable()
        self.meter = TokenMeter()

    def begin_with(self, start: Sequence[Message]) -> None:
        """Put `start` in place of the first turns, for another model that wants other examples."""
        self._start = tuple(start)

    @property
    def turns(self) -> Sequence[Message]:
        """All messages so far, oldest first; the first one continues an open turn of the start."""
        parts = [*self._start, *(Message(t.role, t.content, t.images) for t in self.parts)]
        joined = [list(same) for _, same in groupby(parts, key=lambda part: part.role)]
        return [_join(same) for same in joined]

    @property
    def compacted(self) -> bool:
        """Whether some of it is only there in short."""
        return any(turn.kind == "digest" for turn in self.parts)

    def task(self, content: str, images: tuple[Image, ...] = ()) -> None:
        """Add what the person wants. This turn is never shortened or dropped while it is newest."""
        self.parts.append(Turn.of("task", content, images=images))

    def user(self, content: str) -> None:
        """Add a note."""
        self.parts.append(Turn.of("note", content))

    def said(self, content: str) -> None:
        """Add what the person says besides."""
        self.parts.append(Turn.of("said", content))

    def assistant(self, content: str) -> None:
        """Add what the model wrote that is not an action."""
        self.parts.append(Turn.of("reply", content))

    def action(self, content: str, *, thought: str, code: str) -> None:
        """Add an action; unless `observed` follows, it was cut off."""
        number = self.records.begin(well_formed(thought), well_formed(code))
        self.parts.append(Turn.of("action", content, number))

    def observed(
        self,
        content: str,
        cell: Sequence[ExecutionEvent],
        there: Sequence[ExecutionEvent] | None = None,
    ) -> None:
        """Add what came of the newest action, from the events of its cell.

        Args:
            content: what the model reads.
            cell: what happened.
            there: of the cell that made the variables, if that was another one.
        """
        output, error = in_full(cell)
        self.records.finish(well_formed(output), well_formed(error))
        self.variables.take(cell if there is None else there)
        self.parts.append(Turn.of("observation", content, len(self.records)))

    def forget_last(self, actions: int) -> None:
        """Drop the last actions, so many of them, each with all that followed it.

        It never goes back beyond the newest task, nor to what is only there in short, and what the
        person said meanwhile stays. What came of actions that were dropped before goes as well.
        """
        for _ in range(actions):
            fixed = max((i for i, turn in enumerate(self.parts) if turn.kind in _FIXED), default=-1)
            acted = [i for i in range(fixed + 1, len(self.parts)) if self.parts[i].kind == "action"]
            if acted:
                dropped = self.parts[acted[-1] :]
                self.parts[acted[-1] :] = [turn for turn in dropped if turn.kind == "said"]
        known = {turn.step for turn in self.parts if turn.kind == "action"}
        fixed = max((i for i, turn in enumerate(self.parts) if turn.kind in _FIXED), default=-1)
        self.parts[fixed + 1 :] = [
            turn
            for turn in self.parts[fixed + 1 :]
            if turn.kind != "observation" or turn.step in known
        ]

    def forget_answer(self) -> bool:
        """Drop the newest action and what came of it, if the model has not spoken since.

        Whether that was so. What the person said meanwhile stays.
        """
        newest = len(self.records)
        last = next((turn for turn in reversed(self.parts) if turn.role == "assistant"), None)
        if last is None or (last.kind, last.step) != ("action", newest):
            return False
        self.parts[:] = [turn for turn in self.parts if turn.step != newest]
        return True

    def clear(self) -> None:
        """Forget everything but what is known of models."""
        self.parts.clear()
        self.records.clear()
        self.variables.clear()


def _join(same: Sequence[Message]) -> Message:
    """Neighbours of one role as one message."""
    images = tuple(image for message in same for image in message.images)
    return Message(same[0].role, "\n\n".join(message.content for message in same), images)
