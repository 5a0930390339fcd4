"""What model calls cost, from their tokens and the model's price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.models.base import Usage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """US dollars for a million tokens."""

    input: float
    output: float
    """Thinking counts as output."""
    cached: float | None = None
    """For input that the service had in its cache; None where that costs the same."""


def cost(usage: Usage, price: Price) -> float:
    """US dollars for `usage`, of one model call or of many."""
    cached = min(usage.cached_tokens, usage.input_tokens)
    dollars = (
        (usage.input_tokens - cached) * price.input
        + cached * (price.input if price.cached is None else price.cached)
        + usage.output_tokens * price.output
    )
    return dollars / _MILLION
