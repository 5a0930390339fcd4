"""How much a run may use, together with all agents that it calls."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from agent.models.base import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds of one run, sub-agents included; None means no bound."""

    tokens: int | None = None
    """In and out together."""
    model_calls: int | None = None
    seconds: float | None = None
    tool_cost: float | None = None
    """Sum of the `cost` of all tool calls."""


@dataclass(slots=True)
class Account:
    """What one run has used of its budget; what a sub-agent uses is charged to its manager too."""

    budget: Budget
    manager: Account | None = None
    _usage: Usage = field(default_factory=Usage)
    _calls: int = 0
    _paid: float = 0.0
    _started: float = field(default_factory=time.monotonic)

    def charge(self, usage: Usage) -> None:
        """Count one model call."""
        self._usage += usage
        self._calls += 1
        if self.manager is not None:
            self.manager.charge(usage)

    def pay(self, cost: float) -> None:
        """Count one tool call.

        Raises:
            RuntimeError: it would cost more than is left. Nothing is counted then.
        """
        bound = self.budget.tool_cost
        if bound is not None and self._paid + cost > bound:
            raise RuntimeError("the budget for tools is used up: go on without this tool")
        if self.manager is not None:
            self.manager.pay(cost)
        self._paid += cost

    @property
    def spent(self) -> str:
        """What is used up, as a word or two for the model; empty while there is some of all."""
        used, bounds = self._usage, self.budget
        if bounds.tokens is not None and used.input_tokens + used.output_tokens >= bounds.tokens:
            return "tokens"
        if bounds.model_calls is not None and self._calls >= bounds.model_calls:
            return "model calls"
        if bounds.seconds is not None and time.monotonic() - self._started >= bounds.seconds:
            return "seconds"
        return self.manager.spent if self.manager is not None else ""
