"""What the person says to the agent while it works, on the page from then on."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from agent.text import well_formed
from ui.blocks import User
from ui.board import Board


class Asides:
    """The messages that wait to be read. The agent reads them in order, before its next step.

    What it has not read when its run ends, it is told with the person's next message.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._waiting: list[str] = []

    def say(self, text: str) -> None:
        """Show a message that is not read yet."""
        shown = User(text=well_formed(text), state="waiting")
        self._waiting.append(self._board.add(shown))

    def read(self, text: str) -> bool:
        """Show the oldest message of that text as read; False where none waits."""
        for block_id in self._waiting:
            match self._board.content(block_id):
                case User(text=said) if said == text:
                    self._mark(block_id, "read")
                    self._waiting.remove(block_id)
                    return True
                case _:
                    pass
        return False

    def end(self) -> None:
        """The run has ended: it does not read anything any more."""
        self._waiting = [one for one in self._waiting if self._state(one)]
        self._mark_all("late")

    def begin(self) -> None:
        """The next run has begun; it has been told what was not read, or reads it first."""
        self._mark_all("")

    def _state(self, block_id: str) -> str:
        said = self._board.content(block_id)
        return said.state if isinstance(said, User) else ""

    def _mark_all(self, state: Literal["", "late"]) -> None:
        for block_id in self._waiting:
            self._mark(block_id, state)

    def _mark(self, block_id: str, state: Literal["", "read", "late"]) -> None:
        match self._board.content(block_id):
            case User() as said:
                self._board.show(block_id, replace(said, state=state))
            case _:
                pass
