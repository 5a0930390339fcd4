"""Runs every workload with every runner, in turn, and takes the medians of ratios to plain Python.

Runner after runner does the same workload, round after round: what else the machine does then hits
all alike, and a ratio compares two runs that were moments apart.
"""

from __future__ import annotations

import gc
import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import geometric_mean, median
from typing import NamedTuple

from bench.executor.runners import Runner, WorkloadFailed
from bench.executor.workloads import Workload

_FEWER = 10
"""So many times fewer repetitions for slow runners, and for plain Python next to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What one runner did, next to the first one."""

    name: str
    ratios: dict[str, float]
    """The median ratio of times by workload, of those it got right; above 1 is slower."""
    best: float
    """Geometric mean of ratios of the shortest times, which other programs disturb less."""
    wrong: dict[str, str]
    """What went wrong by workload."""

    @property
    def mean(self) -> float:
        """Geometric mean of the ratios, of which there must be one."""
        return geometric_mean(self.ratios.values())

    @property
    def worst(self) -> tuple[str, float]:
        """The workload with the largest ratio."""
        return max(self.ratios.items(), key=lambda pair: pair[1])


class _Pair(NamedTuple):
    """Seconds of one run, and of plain Python's just before."""

    spent: float
    plain: float


async def compare(
    runners: Sequence[Runner],
    workloads: Sequence[Workload],
    *,
    rounds: int,
    deadline: float = math.inf,
) -> tuple[list[Comparison], int]:
    """Compare all runners with the first one; also how many rounds there was time for.

    No round but the first begins after `deadline`, a time on `time.monotonic`.
    """
    baseline, *others = runners
    pairs: dict[tuple[str, str], list[_Pair]] = defaultdict(list)
    wrong: dict[tuple[str, str], str] = {}
    done = 0
    for workload in workloads:  # imports and caches
        await _timed(baseline, workload, 1)
    while done < rounds and (not done or time.monotonic() < deadline):
        for workload in workloads:
            few = max(1, workload.turns // _FEWER)
            plain = {
                turns: await _timed(baseline, workload, turns) for turns in (few, workload.turns)
            }
            for runner in others:
                turns = few if runner.slow else workload.turns
                try:
                    spent = await _timed(runner, workload, turns)
                    pairs[runner.name, workload.name].append(_Pair(spent, plain[turns]))
                except WorkloadFailed as exc:
                    wrong[runner.name, workload.name] = str(exc)
        done += 1
    return [_comparison(runner.name, pairs, wrong) for runner in others], done


def _comparison(
    name: str,
    pairs: Mapping[tuple[str, str], Sequence[_Pair]],
    wrong: Mapping[tuple[str, str], str],
) -> Comparison:
    own = {workload: found for (runner, workload), found in pairs.items() if runner == name}
    shortest = [min(p.spent for p in found) / min(p.plain for p in found) for found in own.values()]
    return Comparison(
        name=name,
        ratios={w: median(p.spent / p.plain for p in found) for w, found in own.items()},
        best=geometric_mean(shortest) if shortest else 0.0,
        wrong={workload: text for (runner, workload), text in wrong.items() if runner == name},
    )


async def _timed(runner: Runner, workload: Workload, turns: int) -> float:
    """Seconds for one workload.

    Raises:
        WorkloadFailed: it failed, or its answer is wrong.
    """
    await runner.fresh()
    cells = workload.sources(turns)
    gc.collect()
    started = time.perf_counter()
    found = await runner.run(cells)
    spent = time.perf_counter() - started
    if found != repr(workload.answer):
        raise WorkloadFailed(f"wrong answer: {found:.100}")
    return spent
