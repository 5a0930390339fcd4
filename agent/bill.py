"""What a run has used: tokens and money, its own and that of the agents it called."""

from __future__ import annotations

from agent.events import AgentEvent, Event, PlanReady, RunEnded, StepFinished
from agent.models.base import Usage
from agent.models.price import Price, cost


class Bill:
    """Feed it every event of a run, at the end the loop's own `RunEnded`.

    Args:
        price: of the run's own model; None where it is not known. Called agents may have others.
    """

    def __init__(self, price: Price | None) -> None:
        self._price = price
        self._own = self._theirs = Usage()
        self._paid: float | None = None

    def take(self, event: Event) -> None:
        """Count what the event says was used."""
        match event:
            case StepFinished(usage=usage) | PlanReady(usage=usage) | RunEnded(usage=usage):
                self._own += usage
            case AgentEvent(event=StepFinished(usage=usage) | PlanReady(usage=usage)):
                self._theirs += usage
            case AgentEvent(path=(_,), event=RunEnded(cost=float() as paid)):
                self._paid = (self._paid or 0.0) + paid  # with the agents that it called itself
            case _:
                pass

    @property
    def usage(self) -> Usage:
        """Tokens of all together."""
        return self._own + self._theirs

    @property
    def cost(self) -> float | None:
        """US dollars, as far as prices are known; None where none is."""
        if self._price is None:
            return self._paid
        return cost(self._own, self._price) + (self._paid or 0.0)
