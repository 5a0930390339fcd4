"""What the model sees of the conversation: turns in order, and room made when they do not fit."""

from __future__ import annotations

from collections.abc import Sequence

from agent.models.base import Message

_SHORT = 200


class Memory:
    """The turns after the system message. User and assistant always alternate."""

    def __init__(self) -> None:
        self._turns: list[Message] = []

    @property
    def turns(self) -> Sequence[Message]:
        """All turns so far, oldest first."""
        return tuple(self._turns)

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

    def forget(self, content: str) -> None:
        """Drop every assistant turn with that content, and the user turn that answers it."""
        kept: list[Message] = []
        skip = False
        for turn in self._turns:
            if skip := (turn == Message("assistant", content) or (skip and turn.role == "user")):
                continue
            kept.append(turn)
        self._turns = kept

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
