"""What the model sees of the conversation: turns in order, and room made when they do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from agent.models.base import Message

_SHORT = 200


class Memory:
    """The turns after the system message. User and assistant always alternate."""

    def __init__(self, start: Sequence[Message] = ()) -> None:
        """Begin with the turns of `start`, which are never shortened."""
        self._start = tuple(start)
        self._turns: list[Message] = []

    @property
    def turns(self) -> Sequence[Message]:
        """All turns so far, oldest first; the first one continues an open turn of the start."""
        start, turns = list(self._start), list(self._turns)
        if start and turns and start[-1].role == turns[0].role:
            turns[0] = Message(turns[0].role, f"{start.pop().content}\n\n{turns[0].content}")
        return (*start, *turns)

    def user(self, content: str) -> None:
        """Add what the person said or the code gave; joined to a user turn that is still open."""
        if self._turns and self._turns[-1].role == "user":
            content = f"{self._turns.pop().content}\n\n{content}"
        self._turns.append(Message("user", content))

    def assistant(self, content: str) -> None:
        """Add what the model wrote or answered."""
        if self._turns and self._turns[-1].role == "assistant":
            content = f"{self._turns.pop().content}\n\n{content}"
        self._turns.append(Message("assistant", content))

    def forget_last(self, actions: int) -> None:
        """Drop the last assistant turns, that many, each with the user turn that answers it."""
        for _ in range(actions):
            while self._turns and self._turns[-1].role == "user":
                self._turns.pop()
            if self._turns:
                self._turns.pop()

    def shorten(self) -> bool:
        """Make room: shorten the older long turns, then drop the oldest exchange.

        Returns:
            False when nothing is left that could go.
        """
        for index, turn in enumerate(self._turns[:-2]):
            if len(turn.content) > 2 * _SHORT:
                text = f"{turn.content[:_SHORT]}\n… (shortened) …\n{turn.content[-_SHORT // 2 :]}"
                self._turns[index] = Message(turn.role, text)
                return True
        if len(self._turns) > 3:
            del self._turns[:2]
            return True
        return False

    def clear(self) -> None:
        """Forget everything."""
        self._turns.clear()
