"""What a code agent is made of, so that more of the same kind can be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    returns: str = "Any"
    """What its answers are, as an annotation."""
    tools: Mapping[str, Tool] = field(default_factory=dict[str, Tool])
    """By name; managed agents among them."""
    tool_specs: Sequence[ToolSpec] = ()
    """The same tools as the code sees them."""
    imports: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    max_steps: int = 10
    instructions: str = ""
    second_tries: SecondTries = "auto"
    planning_interval: int | None = None
    answer_checks: Sequence[AnswerCheck] = ()
    before_action: Sequence[ActionHook] = ()
    before_plan: Sequence[PlanHook] = ()
    step_callbacks: Sequence[StepCallback] = ()
    approve_call: ApprovalHook | None = None
    budget: Budget = field(default_factory=Budget)
