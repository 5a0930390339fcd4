"""The figures of a run: each agent alone, and the two side by side on the same tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, median

from bench.agents.attempt import Attempt, Failure, failure
from bench.agents.config import AgentName
from bench.agents.stats import Pair, difference, ratio
from bench.agents.task import Task

Measure = Callable[[Attempt], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One task and what either agent made of it."""

    task: Task
    ours: Attempt
    theirs: Attempt

    def of(self, agent: AgentName) -> Attempt:
        """The attempt of that agent."""
        return self.ours if agent == "ours" else self.theirs

    def solved(self, agent: AgentName) -> bool:
        """Whether that agent solved it."""
        return failure(self.task, self.of(agent)) is None

    @property
    def pair(self) -> Pair:
        """Who solved it."""
        return self.solved("ours"), self.solved("smolagents")


class Side:
    """One agent's figures."""

    def __init__(self, tried: Sequence[Tried], agent: AgentName) -> None:
        self.attempts = [one.of(agent) for one in tried]
        failures = [failure(one.task, one.of(agent)) for one in tried]
        self._solved = [a for a, why in zip(self.attempts, failures, strict=True) if why is None]
        self.failures: Counter[Failure] = Counter(why for why in failures if why is not None)

    @property
    def solved(self) -> int:
        """How many tasks."""
        return len(self._solved)

    @property
    def unusable(self) -> float:
        """The share of model calls whose reply could not be used, well formed or not."""
        return sum(a.unusable for a in self.attempts) / max(1, sum(a.steps for a in self.attempts))

    @property
    def malformed(self) -> float:
        """The share of model calls whose reply was not well formed."""
        bad = sum(a.unusable - a.challenged for a in self.attempts)
        return bad / max(1, sum(a.steps for a in self.attempts))

    def over_all(self, measure: Measure) -> float:
        """The mean of a figure over all attempts."""
        return mean(map(measure, self.attempts))

    def over_solved(self, measure: Measure) -> float | None:
        """The mean of a figure over the solved tasks, if any."""
        return mean(map(measure, self._solved)) if self._solved else None


def both_solved(tried: Sequence[Tried]) -> list[Tried]:
    """The tasks that both agents solved."""
    return [one for one in tried if one.pair == (True, True)]


def medians(tried: Sequence[Tried], measure: Measure) -> tuple[float, float] | None:
    """The median of a figure for either agent, ours first; None without tasks."""
    if not tried:
        return None
    return median(measure(one.ours) for one in tried), median(measure(one.theirs) for one in tried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure and what was aimed at."""

    name: str
    value: float | None
    """None where it cannot be told, as no task gives it."""
    reach: float
    unit: str
    more_is_better: bool = False

    @property
    def met(self) -> bool:
        """Whether the figure is as good as what was aimed at."""
        if self.value is None:
            return False
        return self.value >= self.reach if self.more_is_better else self.value <= self.reach


def targets(tried: Sequence[Tried]) -> list[Target]:
    """What was aimed at, and what came out."""
    pairs = [one.pair for one in tried]
    ours, theirs = Side(tried, "ours"), Side(tried, "smolagents")
    tokens = medians(both_solved(tried), lambda a: a.tokens)
    seconds = ours.over_all(_seconds) / theirs.over_all(_seconds)
    return [
        Target(
            name="solved tasks, ratio",
            value=ratio(pairs),
            reach=1.25,
            unit=" ×",
            more_is_better=True,
        ),
        Target(
            name="solved tasks, difference",
            value=100 * difference(pairs),
            reach=12,
            unit=" points",
            more_is_better=True,
        ),
        Target(
            name="tokens in and out for a task that both solved, ratio of the medians",
            value=tokens and tokens[0] / tokens[1],
            reach=0.4,
            unit=" ×",
        ),
        Target(
            name="seconds for a task, solved or not, ratio of the means",
            value=seconds,
            reach=0.5,
            unit=" ×",
        ),
        Target(
            name="our replies that were not well formed",
            value=100 * ours.malformed,
            reach=2,
            unit=" %",
        ),
    ]


def _seconds(attempt: Attempt) -> float:
    return attempt.seconds
