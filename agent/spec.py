"""What a code agent is made of, so that more of the same kind can be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.answers import AnswerType
from agent.budget import Budget
from agent.checks import AnswerCheck
from agent.hooks import ActionHook, ApprovalHook, PlanHook, StepCallback
from agent.tools.base import Tool
from agent.tries import SecondTries
from executors.base import Limits, ToolSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpec:
    """Everything but the model, the memory and the place where the code runs."""

    name: str = ""
    description: str = ""
    answer_type: AnswerType | None = None
    """What its answers must be; None for anything."""
    tools: Mapping[str, Tool] = field(default_factory=dict[str, Tool])
    """By name; managed agents among them."""
    tool_specs: Sequence[ToolSpec] = ()
    """The same tools as the code sees them."""
    imports: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    max_steps: int = 10
    instructions: str = ""
    called: bool = False
    """Whether the code of another agent calls it, so that its answers are values."""
    second_tries: SecondTries = "auto"
    planning_interval: int | None = None
    answer_checks: Sequence[AnswerCheck] = ()
    before_action: Sequence[ActionHook] = ()
    before_plan: Sequence[PlanHook] = ()
    step_callbacks: Sequence[StepCallback] = ()
    approve_call: ApprovalHook | None = None
    budget: Budget = field(default_factory=Budget)

    @property
    def demanding(self) -> bool:
        """Whether answers are checked, so that one which nobody has checked is none."""
        return self.answer_type is not None or bool(self.answer_checks)
