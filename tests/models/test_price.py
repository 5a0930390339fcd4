"""From tokens to dollars."""

from __future__ import annotations

import pytest

from agent.models.base import Usage
from agent.models.price import Price, cost

M = 1_000_000


@pytest.mark.parametrize(
    ("usage", "price", "dollars"),
    [
        (Usage(), Price(input=1, output=2), 0),
        (Usage(input_tokens=M, output_tokens=M), Price(input=1, output=2), 3),
        (Usage(input_tokens=M, cached_tokens=M // 2), Price(input=1, output=2, cached=0.2), 0.6),
        (Usage(input_tokens=M, cached_tokens=M // 2), Price(input=1, output=2), 1),
        (Usage(input_tokens=M, cached_tokens=M), Price(input=1, output=2, cached=0), 0),
        (Usage(input_tokens=M, cached_tokens=2 * M), Price(input=1, output=2, cached=0.5), 0.5),
    ],
    ids=["nothing", "both", "part cached", "cache costs the same", "free cache", "odd counts"],
)
def test_cost(usage: Usage, price: Price, dollars: float) -> None:
    assert cost(usage, price) == pytest.approx(dollars)


def test_the_cost_of_many_calls_is_the_sum() -> None:
    price = Price(input=0.07, output=0.3, cached=0.02)
    one = Usage(input_tokens=900, output_tokens=50, cached_tokens=400)
    two = Usage(input_tokens=1000, output_tokens=70, cached_tokens=950)
    assert cost(one + two, price) == pytest.approx(cost(one, price) + cost(two, price))
