"""The benchmark compares what it says: every answer is right, a wrong one is told."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.__main__ import benchmarks
from bench.document import write_section
from bench.executor.latency import Measure
from bench.executor.report import conditions, report
from bench.executor.runners import Plain, Runner, runners
from bench.executor.speed import compare
from bench.executor.workloads import WORKLOADS, Workload


class Liar(Plain):
    name = "liar"

    async def run(self, cells: Sequence[str]) -> str:
        return "0"


class Slow(Plain):
    name = "slow"

    async def run(self, cells: Sequence[str]) -> str:
        began = time.perf_counter()
        answer = await super().run(cells)
        time.sleep(50 * (time.perf_counter() - began))
        return answer


def with_one_turn(workload: Workload) -> Workload:
    return Workload(name=workload.name, cells=workload.cells, answer=workload.answer, turns=1)


async def test_every_answer_is_right_in_the_local_executor_and_does_not_depend_on_turns() -> None:
    async with runners(quick=True) as (found, notes):
        twice = [Workload(name=w.name, cells=w.cells, answer=w.answer, turns=2) for w in WORKLOADS]
        comparisons, rounds = await compare(found, twice, rounds=1, deadline=0)
    assert rounds == 1
    assert notes == ["Peers were left out: this was a quick run."]
    assert [(c.name, len(c.ratios), c.wrong) for c in comparisons] == [("Sandglass", 24, {})]
    assert all(ratio > 0 for ratio in comparisons[0].ratios.values())


async def test_a_wrong_answer_and_a_slow_runner_are_told() -> None:
    workloads = [with_one_turn(w) for w in WORKLOADS[:2]]
    field: list[Runner] = [Plain(), Liar(), Slow()]
    (liar, slow), rounds = await compare(field, workloads, rounds=2, deadline=float("inf"))
    assert rounds == 2
    assert liar.ratios == {}
    assert liar.wrong == dict.fromkeys((w.name for w in workloads), "wrong answer: 0")
    assert slow.wrong == {}
    assert slow.best > 10
    assert slow.mean > 10
    text = report([slow, liar], [], aside=2.5, rounds=2, notes=[], where="here")
    assert "| liar | – | – | – | 0 of 24 |" in text
    assert "**missed**" in text
    assert "take 2.50 × as long" in text
    assert "- liar, loops: `wrong answer: 0`" in text


@pytest.mark.parametrize(
    ("value", "more", "reach", "stretch"),
    [
        (9.0, False, True, False),
        (5.0, False, True, True),
        (9.0, True, False, True),
        (None, False, False, False),
    ],
)
def test_targets(value: float | None, more: bool, reach: bool, stretch: bool) -> None:
    measure = Measure(name="m", value=value, unit="ms", reach=10, stretch=5, more_is_better=more)
    assert (measure.meets(10), measure.meets(5)) == (reach, stretch)


def test_a_busy_machine_is_named() -> None:
    assert "shared" in conditions(1_000)
    assert "shared" not in conditions(0)


def test_a_section_replaces_its_own_and_no_other(tmp_path: Path) -> None:
    document = tmp_path / "benchmarks.md"
    write_section("one", "first \\1", document)
    write_section("two", "second", document)
    write_section("one", "third \\g<0>", document)
    text = document.read_text()
    assert text.startswith("# Benchmarks\n")
    assert "first" not in text
    assert text.index("third \\g<0>") < text.index("second")


def test_every_benchmark_is_listed_with_what_it_measures() -> None:
    found = benchmarks()
    assert "executor" in found
    assert all(text.strip() for text in found.values())
