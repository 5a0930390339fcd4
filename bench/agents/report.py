"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version

from bench.agents.attempt import FAILURES, Attempt
from bench.agents.config import IMPORTS, Config
from bench.agents.stats import bootstrap, difference, mcnemar, ratio, wilson
from bench.agents.summary import Measure, Side, Target, Tried, both_solved, medians, targets
from bench.agents.tasks import TaskSet

_NEAR = 3600.0
"""Seconds between two attempts that met about the same machine."""
_NONE = "–"


def report(tried: Sequence[Tried], *, name: TaskSet, left: int, config: Config, where: str) -> str:
    """The whole section of one run.

    Args:
        tried: the tasks that both agents have tried.
        name: the set that they are of.
        left: how many more tasks the set has.
        config: the conditions.
        where: the machine, in words.
    """
    sides = Side(tried, "ours"), Side(tried, "smolagents")
    parts = [
        "## Two agents, the same tasks",
        where,
        _method(config),
        _sets(tried, name, left),
        _overview(tried, *sides),
        _paired(tried),
        "### Targets",
        _targets(targets(tried)),
        "### Families",
        _groups(tried),
        "### Why tasks were not solved",
        _failures(*sides),
        _notes(tried),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _method(config: Config) -> str:
    return (
        f"`make bench-agents` gives the same tasks to Sandglass and to smolagents "
        f"{version('smolagents')}, whose `CodeAgent` has its default prompts and settings. Both "
        f"ask the same server ({config.model}), in turns and each in a slot of its own, after a "
        f"task that does not count: temperature {config.temperature:g}, at most "
        f"{config.max_tokens:,} tokens a reply, {config.steps} steps for each thing that the "
        f"person says, {config.task_seconds:g} seconds a task. (Sandglass raises the temperature "
        "after a model has repeated itself; that is a part of the agent.) Both get the same tools "
        f"with the same descriptions, and may import the same modules: {', '.join(IMPORTS)} and "
        "what Sandglass allows of the standard library. smolagents gets `open()` as well, as its "
        "interpreter could not read files otherwise. It runs code without walls, so it has a "
        "process and a folder of its own, without our environment. Tokens are the server's count."
    )


def _sets(tried: Sequence[Tried], name: TaskSet, left: int) -> str:
    which = (
        f"These are the {len(tried)} held-out tasks: prompts are tuned on others (`dev`), never on "
        "these, so what became of each single one is not listed here."
        if name == "held-out"
        else f"These are {len(tried)} tasks of the set that prompts are tuned on, not the figures "
        "to quote."
    )
    missing = f" **{left} more of the set were not tried by both.**" if left else ""
    return (
        f"{which}{missing} Each answer is checked exactly, by the same rules for both: a sentence "
        "is as good as a bare value, and the last new figure counts. Sandglass also sends back "
        "replies that are well formed: repeated examples, functions that are there already, "
        "figures that no code has computed, actions that are not allowed."
    )


def _overview(tried: Sequence[Tried], ours: Side, theirs: Side) -> str:
    rows = [
        _row("solved", ours, theirs, lambda side: _rate(side.solved, len(tried))),
        _means("steps", ours, theirs, lambda a: a.steps, ".1f"),
        _means("tokens in", ours, theirs, lambda a: a.input_tokens, ",.0f"),
        _means("tokens out", ours, theirs, lambda a: a.output_tokens, ",.0f"),
        _means("seconds", ours, theirs, lambda a: a.seconds, ".1f"),
        _row("replies that could not be used", ours, theirs, lambda s: f"{s.unusable:.1%}"),
        _row("replies that were not well formed", ours, theirs, lambda s: f"{s.malformed:.1%}"),
    ]
    both = both_solved(tried)
    for what, measure in _MEASURES.items():
        if found := medians(both, measure):
            line = f"{what}, median of the {len(both)} that both solved"
            rows.append((line, *(f"{value:,.0f}" for value in found)))
    return _table(("", "Sandglass", "smolagents"), rows)


_MEASURES: dict[str, Measure] = {
    "tokens in and out": lambda attempt: attempt.tokens,
    "seconds": lambda attempt: attempt.seconds,
}


def _rate(solved: int, tried: int) -> str:
    low, high = wilson(solved, tried)
    return f"{solved} of {tried} ({solved / tried:.0%}; {low:.0%} to {high:.0%})"


def _row(name: str, ours: Side, theirs: Side, text: Callable[[Side], str]) -> tuple[str, str, str]:
    return name, text(ours), text(theirs)


def _means(
    name: str, ours: Side, theirs: Side, measure: Measure, form: str
) -> tuple[str, str, str]:
    def text(side: Side) -> str:
        solved = side.over_solved(measure)
        of_solved = _NONE if solved is None else format(solved, form)
        return f"{side.over_all(measure):{form}} ({of_solved})"

    return f"{name} a task, mean (of the solved ones)", text(ours), text(theirs)


def _paired(tried: Sequence[Tried]) -> str:
    pairs = [one.pair for one in tried]
    low, high = bootstrap(pairs, difference)
    least, most = bootstrap(pairs, ratio)
    return (
        f"Paired, task by task: Sandglass solves {100 * difference(pairs):+.0f} percentage points "
        f"more (95 % interval {100 * low:+.0f} to {100 * high:+.0f}), {ratio(pairs):.2f} times as "
        f"many ({least:.2f} to {most:.2f}). {pairs.count((True, False))} tasks were solved by "
        f"Sandglass alone, {pairs.count((False, True))} by smolagents alone, "
        f"{pairs.count((True, True))} by both and {pairs.count((False, False))} by neither; "
        f"p = {mcnemar(pairs):.3f} (McNemar's exact test). The intervals come from drawing the "
        "tasks again, the ones of the rates above are Wilson's."
    )


def _targets(found: Sequence[Target]) -> str:
    rows = [
        (
            one.name,
            _NONE if one.value is None else f"{one.value:.3g}{one.unit}",
            f"{'≥' if one.more_is_better else '≤'} {one.reach:g}{one.unit}",
            _NONE if one.value is None else "yes" if one.met else "**missed**",
        )
        for one in found
    ]
    return _table(("What", "Measured", "Target", "Met?"), rows)


def _groups(tried: Sequence[Tried]) -> str:
    families = sorted({one.task.family for one in tried})
    groups = [(name, [one for one in tried if one.task.family == name]) for name in families]
    groups += [
        (f"all {level} ones", [one for one in tried if one.task.difficulty == level])
        for level in ("easy", "medium", "hard")
    ]
    rows = [
        (name.replace("_", " "), str(len(some)), *(str(_solved(some, who)) for who in (0, 1)))
        for name, some in groups
        if some
    ]
    return _table(("Family", "Tasks", "Sandglass", "smolagents"), rows)


def _solved(tried: Sequence[Tried], who: int) -> int:
    return sum(one.pair[who] for one in tried)


def _failures(ours: Side, theirs: Side) -> str:
    rows = [(why, str(ours.failures[why]), str(theirs.failures[why])) for why in FAILURES]
    return _table(("", "Sandglass", "smolagents"), rows)


def _notes(tried: Sequence[Tried]) -> str:
    apart = sum(not _near(one.ours, one.theirs) for one in tried)
    if not apart:
        return ""
    return (
        f"**{apart} of the tasks were tried by the two more than an hour apart**, so their seconds "
        "may have met different loads of the machine."
    )


def _near(one: Attempt, other: Attempt) -> bool:
    return abs(one.began - other.began) < _NEAR


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
