"""How much a run may use, together with all agents that it calls."""

from __future__ import annotations

import time
from asyncio import timeout
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TypeVar

from agent.models.base import Usage

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds of one run, sub-agents included; None means no bound."""

    tokens: int | None = None
    """In and out together."""
    model_calls: int | None = None
    seconds: float | None = None
    """When they are over, what is going on is broken off, and there is no last word."""
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
    def seconds_left(self) -> float | None:
        """Of this run's own; None means no bound."""
        bound = self.budget.seconds
        return None if bound is None else bound - (time.monotonic() - self._started)

    @property
    def out_of_time(self) -> bool:
        """Whether this run's own seconds are over."""
        left = self.seconds_left
        return left is not None and left <= 0

    @property
    def spent(self) -> str:
        """What is used up, as a word or two for the model; empty while there is some of all."""
        used, bounds = self._usage, self.budget
        if bounds.tokens is not None and used.input_tokens + used.output_tokens >= bounds.tokens:
            return "tokens"
        if bounds.model_calls is not None and self._calls >= bounds.model_calls:
            return "model calls"
        if self.out_of_time:
            return "seconds"
        return self.manager.spent if self.manager is not None else ""


async def in_time(events: AsyncGenerator[T, None], account: Account) -> AsyncGenerator[T, None]:
    """Pass them on until the account's time is over; what is going on then is cancelled."""
    while True:
        over = timeout(account.seconds_left)
        try:
            async with over:
                event = await anext(events)
        except StopAsyncIteration:
            return
        except TimeoutError:
            if over.expired():
                return
            raise
        yield event
