"""Folds the run of one agent, and of those that its code calls, into blocks; each inside the call.

Nothing here knows how deep it is: an agent that was called is a run inside the block of its call.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, assert_never

from agent.events import (
    ActionReady,
    AgentEvent,
    AnswerRefused,
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
from executors.base import JSON, Finished
from executors.values import preview
from ui.blocks import Activity, Agent, Answer, Ending, Prose, User
from ui.board import Board
from ui.gist import GIST_CHARS, gist
from ui.step import StepFold

StepEvent = (
    StepStarted
    | ModelPreparing
    | ModelSwitched
    | PlanDelta
    | PlanReady
    | TextDelta
    | ReasoningDelta
    | CodeDelta
    | ActionReady
    | CellEvent
    | ToolProgress
    | AgentEvent
    | TryStarted
    | TryChosen
    | StepRejected
    | AnswerRefused
    | StepFinished
)
"""What happens between the two ends of a run."""

_MARKS = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*|`([^`]*)`|^#+\s+", re.MULTILINE)


class RunFold:
    """The plans and steps of a run, inside the block `parent` or at the top level."""

    def __init__(self, board: Board, parent: str = "", *, activity: Activity = "starting") -> None:
        self.activity = activity
        self.steps = 0
        """The number of the newest step."""
        self.kept = False
        """Whether the newest cell has told that variables are kept."""
        self._board, self._parent = board, parent
        self._step: StepFold | None = None
        self._plan = ""
        self._agents: dict[str, AgentFold] = {}

    def feed(self, event: StepEvent) -> None:  # noqa: C901, PLR0912 - one arm a kind of event
        """Take in one event."""
        match event:
            case StepStarted():
                self._enter(event.step)
            case ModelPreparing():
                self.activity = "preparing"
                self._enter(event.step).prepare(event.text, event.fraction)
            case ModelSwitched():
                self._enter(event.step).switch(event.model, event.reason)
            case PlanDelta():
                self.activity = "planning"
                self._write_plan(event.text)
            case PlanReady():
                self.activity = "thinking"
                self._finish_plan(event.plan)
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
                self.activity, self.kept = "running", False
                self._enter(event.step).act(event)
            case CellEvent():
                self._run(event)
            case ToolProgress():
                self._enter(event.step).progress(event.call, event.text)
            case AgentEvent():
                self._relay(event)
            case TryStarted():
                self.activity = "thinking"
                self._enter(event.step).retry(event.number)
            case TryChosen():
                self._enter(event.step).choose(event.number, agreed=event.agreed)
            case StepRejected():
                self.activity = "thinking"
                self._enter(event.step).reject(event.reason)
            case AnswerRefused():
                self.activity = "thinking"
                self._enter(event.step).refuse(event.reason)
            case StepFinished():
                self._enter(event.step).settle("done", event.duration)
            case _:
                assert_never(event)

    def give_way(self) -> None:
        """Let what is added next stand before the step that has just begun."""
        if self._step is not None and not self._step.acted:
            self._step.withdraw()
            self._step = None
            self.steps -= 1

    def abandon(self) -> None:
        """Show as stopped whatever is still going on, in the agents that were called as well."""
        self._part()
        self._close(stopped=True, answered=False)
        self.activity = "idle"

    def end(self, event: RunEnded) -> None:
        """Close what is open and show the answer, if there is one."""
        answered = event.outcome == "answer" or event.answer is not None
        self._part()
        self._close(stopped=event.outcome != "answer", answered=answered)
        self.activity = "idle"
        if answered:
            tokens = event.usage.input_tokens + event.usage.output_tokens
            shown = Answer(
                value=event.answer,
                steps=self.steps,
                seconds=event.duration,
                tokens=tokens,
                cost=event.cost,
            )
            self._board.add(shown, self._parent)

    def _enter(self, number: int) -> StepFold:
        """The step of that number: the one going on (it may be tried again), or a new one."""
        if self._step is None or self.steps != number:
            self._step, self.steps = StepFold(self._board, number, self._parent), number
            if self.activity == "starting":
                self.activity = "thinking"
        return self._step

    def _close(self, *, stopped: bool, answered: bool) -> None:
        """Settle the plan and the step that are open; a step without anything in it goes."""
        self._settle_plan()
        step, self._step = self._step, None
        if step is not None and not step.end(stopped=stopped, answered=answered):
            self.steps -= 1

    def _run(self, event: CellEvent) -> None:
        self.activity = "running"
        if isinstance(event.event, Finished):
            self.activity = "thinking"
            self.kept = event.event.state_kept
            self._part()
        self._enter(event.step).run(event.event)

    def _write_plan(self, text: str) -> None:
        self.give_way()
        if self._plan:
            self._board.grow(self._plan, text)
        else:
            self._plan = self._board.add(Prose(kind="plan", text=text), self._parent)

    def _finish_plan(self, plan: str) -> None:
        self.give_way()
        if plan:
            shown = Prose(kind="plan", text=plan, live=False)
            self._board.show(self._plan, shown, self._parent)
        else:
            self._board.drop(self._plan)
        self._plan = ""

    def _settle_plan(self) -> None:
        match self._board.content(self._plan):
            case Prose() as plan:
                self._board.show(self._plan, replace(plan, live=False))
            case _:
                pass
        self._plan = ""

    def _relay(self, event: AgentEvent) -> None:
        """Pass on what happens in an agent to its fold, which may pass it on in turn."""
        called, *deeper = event.path
        if called not in self._agents:
            # The event's step is of the outermost agent; here it is the one that is going on.
            step = self._step or self._enter(event.step)
            block_id = step.agent(event.call, called.rpartition("#")[0])
            self._agents[called] = AgentFold(self._board, block_id)
        agent = self._agents[called]
        agent.feed(replace(event, path=tuple(deeper)) if deeper else event.event)

    def _part(self) -> None:
        """No agent that was called is at work any more."""
        for agent in self._agents.values():
            agent.abandon()
        self._agents.clear()


class AgentFold:
    """The run of an agent that was called, inside the block of its call."""

    def __init__(self, board: Board, block_id: str) -> None:
        self._board, self._id = board, block_id
        self._run = RunFold(board, block_id)

    def feed(self, event: Event) -> None:
        """Take in one event of this agent, or of one that it has called."""
        match event:
            case RunStarted():
                self._show(task=event.task)
            case Steered():
                self._board.add(User(text=event.text, state="read"), self._id)
            case RunEnded():
                self._end(event)
            case _:
                self._run.feed(event)
        self._show(activity=self._run.activity, steps=self._run.steps)

    def abandon(self) -> None:
        """Show as stopped whatever is still going on inside. The head is the caller's."""
        self._run.abandon()

    def _end(self, event: RunEnded) -> None:
        self._run.end(event)
        line = event.error
        if event.outcome == "answer" or event.answer is not None:
            line = _beginning(event.answer)
        elif event.outcome == "max_steps":
            line = "It found no answer within its steps."
        elif event.outcome == "over_budget":
            line = "It found no answer with what it may use."
        if line and event.answer is None and event.outcome != "answer":
            failed = event.outcome == "failed"
            self._board.add(Ending(text=line, failed=failed, task=""), self._id)
        self._show(gist=gist(line), seconds=event.duration)

    def _show(self, **changes: Any) -> None:
        match self._board.content(self._id):
            case Agent() as head if (changed := replace(head, **changes)) != head:
                self._board.show(self._id, changed)
            case _:
                pass


def _beginning(answer: JSON) -> str:
    """The answer's first words, without the marks of Markdown that are most common."""
    if not isinstance(answer, str):
        return preview(answer, GIST_CHARS)
    return _MARKS.sub(lambda found: found[1] or found[2] or "", answer)
