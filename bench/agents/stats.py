"""What paired successes and failures say, and how surely."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import comb, sqrt

_Z = 1.959964
"""Of a 95 % interval."""
_SAMPLES = 10_000
_SEED = 7

Pair = tuple[bool, bool]
"""Whether our agent solved a task, and whether the other one did."""


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a rate, after Wilson."""
    rate, z2 = successes / trials, _Z * _Z
    centre = (rate + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z * sqrt(rate * (1 - rate) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, centre - half), min(1.0, centre + half)


def mcnemar(pairs: Sequence[Pair]) -> float:
    """How likely tasks that only one of the two solves are split as unevenly by chance alone.

    The exact, two-sided test.
    """
    ours, theirs = (pairs.count(one) for one in ((True, False), (False, True)))
    tail = sum(comb(ours + theirs, k) for k in range(min(ours, theirs) + 1))
    return min(1.0, 2 * tail / 2 ** (ours + theirs))


def difference(pairs: Sequence[Pair]) -> float:
    """By how much our rate is above theirs, from -1 to 1."""
    return sum(ours - theirs for ours, theirs in pairs) / len(pairs)


def ratio(pairs: Sequence[Pair]) -> float:
    """How many times as many tasks we solve; infinite where they solve none."""
    solved = sum(theirs for _, theirs in pairs)
    return sum(ours for ours, _ in pairs) / solved if solved else float("inf")


def bootstrap(
    pairs: Sequence[Pair], statistic: Callable[[Sequence[Pair]], float]
) -> tuple[float, float]:
    """The 95 % interval of a figure of paired results, by drawing tasks again; always the same."""
    draw = random.Random(_SEED)
    values = sorted(statistic(draw.choices(pairs, k=len(pairs))) for _ in range(_SAMPLES))
    return values[round(0.025 * _SAMPLES)], values[round(0.975 * _SAMPLES) - 1]
