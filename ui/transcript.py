"""Folds the events of a conversation into blocks, and says with each event which blocks changed.

Pure: no Gradio, no HTML, no clock. The same events always give the same blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, assert_never

from agent.events import Event, RunEnded, RunStarted, Steered
from executors.base import FileInfo
from ui.asides import Asides
from ui.blocks import Activity, Block, Change, Ending, Remark, User
from ui.board import Board
from ui.run import RunFold


class Transcript:
    """The blocks of one conversation in the order of the page. Feed it every event, once."""

    def __init__(self) -> None:
        self._board = Board()
        self._run = RunFold(self._board, activity="idle")
        self._asides = Asides(self._board)
        self._task = ""
        self._asked = False

    @property
    def activity(self) -> Activity:
        """What the agent does now."""
        return self._run.activity

    @property
    def blocks(self) -> dict[str, Block]:
        """All blocks by id, in order; a parent comes before its children."""
        return self._board.blocks

    def ask(self, task: str, *, files: Sequence[FileInfo] = ()) -> list[Change]:
        """Show the person's message at once; the run that follows does not repeat it."""
        self._asked, self._task = True, task
        self._run = RunFold(self._board)
        self._board.add(User(text=task, files=tuple(files)))
        return self._board.take()

    def steer(self, text: str) -> list[Change]:
        """Show at once what the person says to the agent that is working."""
        self._asides.say(text)
        return self._board.take()

    def remark(self, text: str, *, level: Literal["info", "warning"] = "info") -> list[Change]:
        """Add a sentence of the page itself."""
        self._board.add(Remark(text=text, level=level))
        return self._board.take()

    def abandon(self, text: str) -> list[Change]:
        """End what is going on with a sentence, because the run could not start or go on."""
        return self.feed(RunEnded(outcome="failed", error=text))

    def feed(self, event: Event) -> list[Change]:
        """Take in one event and return what changed, in order."""
        match event:
            case RunStarted():
                self._start(event)
            case Steered():
                self._read(event.text)
            case RunEnded():
                self._end(event)
            case _:
                self._run.feed(event)
        return self._board.take()

    def _start(self, event: RunStarted) -> None:
        if not self._asked:
            self._board.add(User(text=event.task, files=event.files))
        self._asked, self._task = False, event.task
        self._run = RunFold(self._board)
        self._asides.begin()

    def _read(self, text: str) -> None:
        if not self._asides.read(text):  # it was not said on this page
            self._run.give_way()
            self._board.add(User(text=text, state="read"))

    def _end(self, event: RunEnded) -> None:
        run, self._asked = self._run, False
        run.end(event)
        self._asides.end()
        if event.outcome != "answer":
            text = _ending(event, run.steps, kept=run.kept)
            self._board.add(Ending(text=text, failed=event.outcome == "failed", task=self._task))


def fold(events: Iterable[Event]) -> Transcript:
    """The transcript of a whole log."""
    transcript = Transcript()
    for event in events:
        transcript.feed(event)
    return transcript


def _ending(event: RunEnded, steps: int, *, kept: bool) -> str:
    match event.outcome:
        case "stopped":
            if kept:
                return "Stopped. Variables of finished steps are kept."
            return "Stopped. The conversation is kept: send a message to go on from it."
        case "max_steps":
            return (
                f"The agent reached its limit of {steps} steps without finishing. "
                "Send “go on” to let it continue, or try again with a more specific task."
            )
        case "over_budget":
            return (
                "The agent has used all that it may use for one task without finishing. "
                "Send “go on” to let it continue, or try again with a more specific task."
            )
        case "failed":
            return event.error or "The run could not be completed. Please try again."
        case "answer":
            return ""
        case _:
            assert_never(event.outcome)
