"""Everything that a run tells the outside world, as typed data.

The page, the log, the export and the API are all folds of the same list of events. Each event is
frozen, has a unique `type`, and is plain JSON.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from agent.models.base import Usage
from executors.base import JSON, ExecutionEvent, FileInfo

RunOutcome = Literal["answer", "max_steps", "over_budget", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """The first event of every run: the person's message, and who works on it where."""

    type: Literal["run_started"] = "run_started"
    task: str
    model: str
    executor: str
    files: tuple[FileInfo, ...] = ()
    """What the person added to the message, in the workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step begins: one model call and, if it acts, one cell. Steps count from 1 in each run."""

    type: Literal["step_started"] = "step_started"
    step: int
    max_steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPreparing:
    """The model is not ready yet (download, start). Replaces the one before it."""

    type: Literal["model_preparing"] = "model_preparing"
    step: int
    text: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSwitched:
    """Another model than the one of `RunStarted` is asked for the reply of this step."""

    type: Literal["model_switched"] = "model_switched"
    step: int
    model: str
    reason: str
    """Why; a sentence for the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """The next piece of the thought, or of a reply to the person. Transient."""

    type: Literal["text_delta"] = "text_delta"
    step: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningDelta:
    """The next piece of a reasoning model's own thinking. Transient."""

    type: Literal["reasoning_delta"] = "reasoning_delta"
    step: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDelta:
    """The next piece of the code as it is written. Transient."""

    type: Literal["code_delta"] = "code_delta"
    step: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionReady:
    """The reply is complete and acts. Supersedes the deltas of its step."""

    type: Literal["action_ready"] = "action_ready"
    step: int
    thought: str
    code: str
    reasoning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEvent:
    """What the executor tells about the cell of this step."""

    type: Literal["cell_event"] = "cell_event"
    step: int
    event: ExecutionEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDelta:
    """The next piece of a plan. Transient."""

    type: Literal["plan_delta"] = "plan_delta"
    step: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReady:
    """The plan that the next steps follow. Supersedes the deltas, and the plan before it."""

    type: Literal["plan_ready"] = "plan_ready"
    step: int
    plan: str
    """Markdown."""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steered:
    """The person wrote something while the agent was working; it is read from this step on."""

    type: Literal["steered"] = "steered"
    step: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolProgress:
    """A line that a tool tells while it works."""

    type: Literal["tool_progress"] = "tool_progress"
    step: int
    call: int
    """The `id` of its `ToolCalled`."""
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent:
    """What happens in an agent that this agent's code has called."""

    type: Literal["agent_event"] = "agent_event"
    step: int
    """Of this agent, not of the one called."""
    call: int
    """The `id` of the `ToolCalled` of the last agent on the path, in the agent before it."""
    path: tuple[str, ...]
    """From the agent called to the one where it happens, each with the number of its call in this
    run: `("manager#1", "researcher#2")`."""
    event: Event
    """Never an `AgentEvent`. Its steps are those of the agent at the end of the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryStarted:
    """The step is tried once more from the same state: deltas, an action and a cell follow."""

    type: Literal["try_started"] = "try_started"
    step: int
    number: int
    """From 2."""
    usage: Usage = field(default_factory=Usage)
    """Of the try before it; the step's own counts it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryChosen:
    """Which try of this step counts; its variables are the ones that are there now."""

    type: Literal["try_chosen"] = "try_chosen"
    step: int
    number: int
    """From 1."""
    agreed: bool
    """Whether another try gave the same answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRejected:
    """The reply could not be used; the model is told why and tries again. Supersedes the deltas."""

    type: Literal["step_rejected"] = "step_rejected"
    step: int
    reason: str
    well_formed: bool = False
    """Whether it kept to the contract, and only what it says was not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRefused:
    """The answer of a step goes back to the model; the run goes on. It follows `StepFinished`."""

    type: Literal["answer_refused"] = "answer_refused"
    step: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished:
    """The step is over."""

    type: Literal["step_finished"] = "step_finished"
    step: int
    duration: float
    """Seconds, model and cell together."""
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """The last event of every run. A text answer supersedes the text deltas of the last step."""

    type: Literal["run_ended"] = "run_ended"
    outcome: RunOutcome
    answer: JSON = None
    """Typed JSON; a str is Markdown. Set for `answer`, and where one is known for
    `max_steps` and `over_budget`."""
    error: str = ""
    """For `failed`: one calm sentence for the person."""
    duration: float = 0.0
    usage: Usage = field(default_factory=Usage)
    """With what called agents used."""
    cost: float | None = None
    """US dollars, as far as prices are known."""


Event = (
    RunStarted
    | StepStarted
    | ModelPreparing
    | PlanDelta
    | PlanReady
    | Steered
    | ModelSwitched
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
    | StepFinished
    | AnswerRefused
    | RunEnded
)
