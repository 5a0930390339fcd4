"""What the model sees of the conversation: turns in order, and room made when they do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from agent.models.base import Message
from agent.text import well_formed

_SHORT = 200


class Memory:
    """The turns after the system message. User and assistant always alternate."""

    def __init__(self, start: Sequence[Message] = ()) -> None:
        """Begin with the turns of `start`, which are never shortened."""
        self.begin_with(start)
        self._turns: list[Message] = []
        self._task = 0  # the index of the turn that holds the newest task

    def begin_with(self, start: Sequence[Message]) -> None:
        """Put `start` in place of the first turns, for another model that wants other examples."""
        self._start = tuple(start)

    @property
    def turns(self) -> Sequence[Message]:
        """All turns so far, oldest first; the first one continues an open turn of the start."""
        start, turns = list(self._start), list(self._turns)
        if start and turns and start[-1].role == turns[0].role:
            turns[0] = Message(turns[0].role, f"{start.pop().content}\n\n{turns[0].content}")
        return (*start, *turns)

    def task(self, content: str) -> None:
        """Add what the person wants. This turn is never shortened or dropped while it is newest."""
        self.user(content)
        self._task = len(self._turns) - 1

    def user(self, content: str) -> None:
        """Add what the code gave, or a note; joined to a user turn that is still open."""
        content = well_formed(content)
        if self._turns and self._turns[-1].role == "user":
            content = f"{self._turns.pop().content}\n\n{content}"
        self._turns.append(Message("user", content))

    def assistant(self, content: str) -> None:
        """Add what the model wrote or answered."""
        content = well_formed(content)
        if self._turns and self._turns[-1].role == "assistant":
            content = f"{self._turns.pop().content}\n\n{content}"
        self._turns.append(Message("assistant", content))

    def forget_last(self, actions: int) -> None:
        """Drop the last assistant turns, that many, each with the user turn that answers it.

        It never goes back beyond the newest task.
        """
        for _ in range(actions):
            while len(self._turns) > self._task + 1 and self._turns[-1].role == "user":
                self._turns.pop()
            if len(self._turns) > self._task + 1:
                self._turns.pop()

    def shorten(self) -> bool:
        """Make room: shorten the older long turns, then drop the oldest exchange.

        Returns:
            False when nothing is left that could go.
        """
        for index, turn in enumerate(self._turns[:-2]):
            if index != self._task and len(turn.content) > 2 * _SHORT:
                text = f"{turn.content[:_SHORT]}\n… (shortened) …\n{turn.content[-_SHORT // 2 :]}"
                self._turns[index] = Message(turn.role, text)
                return True
        if self._task >= 2:  # an exchange of an earlier task
            del self._turns[:2]
            self._task -= 2
            return True
        oldest = self._task + 1  # an action of this task, and what it gave
        if len(self._turns) > oldest + 2:
            del self._turns[oldest : oldest + 2]
            return True
        return False

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()
        self._task = 0
