"""Folds the events of a conversation into blocks, and says with each event which blocks changed.

Pure: no Gradio, no HTML, no clock. The same events always give the same blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, assert_never

from agent.events import (
    ActionReady,
    AgentEvent,
    CellEvent,
    CodeDelta,
    Event,
    ModelPreparing,
    ModelSwitched,
    PlanDelta,
    PlanReady,
    ReasoningDelta,
    RunEnded,
    RunStarted,
    Steered,
    StepFinished,
    StepRejected,
    StepStarted,
    TextDelta,
    ToolProgress,
    TryChosen,
    TryStarted,
)
from executors.base import FileInfo, Finished
from ui.blocks import Answer, Block, Change, Ending, Remark, User
from ui.board import Board
from ui.step import StepFold

Activity = Literal["idle", "starting", "preparing", "thinking", "writing", "running"]


class Transcript:
    """The blocks of one conversation in the order of the page. Feed it every event, once."""

    def __init__(self) -> None:
        self.activity: Activity = "idle"
        self._board = Board()
        self._step: StepFold | None = None
        self._steps = 0
        self._task = ""
        self._asked = False
        self._kept = False
        """Whether the newest cell of this run has told that variables are kept."""

    @property
    def blocks(self) -> dict[str, Block]:
        """All blocks by id, in order; a parent comes before its children."""
        return self._board.blocks

    def ask(self, task: str, *, files: Sequence[FileInfo] = ()) -> list[Change]:
        """Show the person's message at once; the run that follows does not repeat it."""
        self._asked, self._task, self._kept = True, task, False
        self.activity = "starting"
        self._board.add(User(text=task, files=tuple(files)))
        return self._board.take()

    def remark(self, text: str, *, level: Literal["info", "warning"] = "info") -> list[Change]:
        """Add a sentence of the page itself."""
        self._board.add(Remark(text=text, level=level))
        return self._board.take()

    def abandon(self, text: str) -> list[Change]:
        """End what is going on with a sentence, because the run could not start or go on."""
        return self.feed(RunEnded(outcome="failed", error=text))

    def feed(self, event: Event) -> list[Change]:  # noqa: C901, PLR0912 - one arm a kind of event
        """Take in one event and return what changed, in order."""
        match event:
            case RunStarted():
                self._start(event)
            case StepStarted():
                self._enter(event.step)
            case ModelPreparing() | ModelSwitched():
                self._approach(event)
            case ReasoningDelta():
                self.activity = "thinking"
                self._enter(event.step).write("reasoning", event.text)
            case TextDelta():
                self.activity = "thinking"
                self._enter(event.step).write("thought", event.text)
            case CodeDelta():
                self.activity = "writing"
                self._enter(event.step).write_code(event.text)
            case ActionReady():
                self.activity = "running"
                self._kept = False
                self._enter(event.step).act(event)
            case CellEvent():
                self._run(event)
            case PlanDelta() | PlanReady() | Steered() | ToolProgress() | AgentEvent():
                pass
            case TryStarted() | TryChosen():
                pass
            case StepRejected():
                self.activity = "thinking"
                self._enter(event.step).reject(event.reason)
            case StepFinished():
                self._enter(event.step).settle("done", event.duration)
            case RunEnded():
                self._end(event)
            case _:
                assert_never(event)
        return self._board.take()

    def _start(self, event: RunStarted) -> None:
        if not self._asked:
            self._board.add(User(text=event.task, files=event.files))
        self._asked, self._task = False, event.task
        self._step, self._steps = None, 0
        self._kept = False
        self.activity = "starting"

    def _approach(self, event: ModelPreparing | ModelSwitched) -> None:
        """What comes before a model's first word."""
        step = self._enter(event.step)
        if isinstance(event, ModelSwitched):
            step.switch(event.model, event.reason)
        else:
            self.activity = "preparing"
            step.prepare(event.text, event.fraction)

    def _run(self, event: CellEvent) -> None:
        self.activity = "running"
        if isinstance(event.event, Finished):
            self.activity = "thinking"
            self._kept = event.event.state_kept
        self._enter(event.step).run(event.event)

    def _enter(self, number: int) -> StepFold:
        """The step of that number: the one going on (it may be tried again), or a new one."""
        if self._step is None or self._steps != number:
            self._step, self._steps = StepFold(self._board, number), number
            if self.activity == "starting":
                self.activity = "thinking"
        return self._step

    def _end(self, event: RunEnded) -> None:
        answered = event.outcome == "answer" or event.answer is not None
        steps = self._steps
        if self._step is not None and not self._step.end(
            stopped=event.outcome != "answer", answered=answered
        ):
            steps -= 1  # nothing of it is on the page
        self._step, self._asked = None, False
        self.activity = "idle"
        if answered:
            tokens = event.usage.input_tokens + event.usage.output_tokens
            answer = Answer(value=event.answer, steps=steps, seconds=event.duration, tokens=tokens)
            self._board.add(answer)
        if event.outcome != "answer":
            text = _ending(event, self._steps, kept=self._kept)
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
        case "failed":
            return event.error or "The run could not be completed. Please try again."
        case "answer":
            return ""
        case _:
            assert_never(event.outcome)
