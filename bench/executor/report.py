"""The figures as Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.executor.latency import Measure
from bench.executor.speed import Comparison
from bench.executor.workloads import WORKLOADS

_REACH, _STRETCH = 1.15, 1.0
_WORST_REACH, _WORST_STRETCH = 2.0, 1.5


def conditions(load: float) -> str:
    """Where and when, and whether the machine had other work."""
    cores = os.cpu_count() or 1
    build = f"{platform.python_implementation()} {platform.python_version()}"
    text = (
        f"{build}, {platform.system()} {platform.machine()}, {cores} cores, "
        f"{datetime.now(UTC):%Y-%m-%d}."
    )
    if load > 0.3 * cores:
        text += (
            f" **The machine was shared**: its load average was {load:.1f} when the run began, so "
            "times are longer than they need be, and the ratios swing."
        )
    return text


def report(
    comparisons: Sequence[Comparison],
    measures: Sequence[Measure],
    *,
    aside: float,
    rounds: int,
    notes: Sequence[str],
    where: str,
) -> str:
    """The whole section of one run. `aside`: the ratio of `workloads.CHECKPOINTED`."""
    ours = comparisons[0]
    parts = [
        "## Where code runs",
        where,
        "`python -m bench.executor` runs each workload with one after the other, "
        f"{rounds} times over, and takes the median ratio of its time to that of plain `exec` in "
        "the same interpreter, just before: 1 is as fast as Python, 2 takes twice as long. The "
        "means are over the workloads that came out right. `Shortest` compares the shortest times "
        "instead, which other programs disturb less. Workloads take plain `exec` about "
        "30 ms; for smolagents both do a tenth of the work. Sandglass runs each in a new "
        "conversation, on the worker that the app keeps ready for it, which has run an empty cell.",
        _speeds(comparisons),
        *notes,
        "### Targets",
        _targets(ours, measures),
        "A cell's checkpoint is made when the cell before it has ended; a cell that follows at "
        "once waits for it. Short cells that follow at once share one, where they would do the "
        "same again if they were repeated: the code has made no class, and knows no clock, "
        "chance, file, thread or library. **Where each needs its own, short cells cost more:** "
        "twelve cells in a row, once the first has imported `time` as well, take "
        f"{aside:.2f} × as long as plain Python. That workload is not among those of the table. "
        "The idle worker has run nothing yet; a spare has run an empty cell, and costs about 2 MB "
        "more.",
        "### Each workload",
        _workloads(comparisons),
        *_failures(comparisons),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _speeds(comparisons: Sequence[Comparison]) -> str:
    rows = [(c.name, *_means(c), f"{len(c.ratios)} of {len(WORKLOADS)}") for c in comparisons]
    return _table(("", "Geometric mean", "Shortest", "Worst", "Right"), rows)


def _means(one: Comparison) -> tuple[str, str, str]:
    if not one.ratios:
        return ("–", "–", "–")
    name, ratio = one.worst
    return (f"{one.mean:.2f} ×", f"{one.best:.2f} ×", f"{ratio:.1f} × ({name})")


def _targets(ours: Comparison, measures: Sequence[Measure]) -> str:
    ratios = [
        Measure(
            name="geometric mean, whole stack with its operation cap",
            value=ours.mean,
            unit="×",
            reach=_REACH,
            stretch=_STRETCH,
        ),
        Measure(
            name=f"worst workload ({ours.worst[0]})",
            value=ours.worst[1],
            unit="×",
            reach=_WORST_REACH,
            stretch=_WORST_STRETCH,
        ),
    ]
    rows = [
        (
            m.name,
            "not readable here" if m.value is None else f"{_number(m.value)} {m.unit}",
            f"{'≥' if m.more_is_better else '≤'} {m.reach:g}",
            f"{m.stretch:g}",
            _verdict(m),
        )
        for m in (*ratios, *measures)
    ]
    return _table(("What", "Measured", "Target", "Stretch", "Met?"), rows)


def _verdict(measure: Measure) -> str:
    if measure.value is None:
        return "–"
    if measure.meets(measure.stretch):
        return "yes, the stretch too"
    return "yes" if measure.meets(measure.reach) else "**missed**"


def _workloads(comparisons: Sequence[Comparison]) -> str:
    rows = [
        (w.name, *(f"{c.ratios[w.name]:.2f}" if w.name in c.ratios else "✗" for c in comparisons))
        for w in WORKLOADS
    ]
    return _table(("Workload", *(c.name for c in comparisons)), rows)


def _failures(comparisons: Sequence[Comparison]) -> list[str]:
    lines = [
        f"- {c.name}, {workload}: {_plain(text)}"
        for c in comparisons
        for workload, text in c.wrong.items()
    ]
    return ["What did not come out right (✗):", "\n".join(lines)] if lines else []


def _plain(text: str) -> str:
    line = " ".join(text.split()).replace("`", "'")
    return f"`{line if len(line) <= 150 else line[:60] + ' … ' + line[-87:]}`"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
