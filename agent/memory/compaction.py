"""A conversation that is too long becomes shorter, without a model: one line for each older step.

Nothing is lost: the code's variables are still there, and `steps[n]` has every step in full. What
the person wants now is never touched, and what the person said besides goes last of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.memory.records import Records, StepRecord
from agent.messages import Kind, Turn

HEADER = (
    "(Older steps, in short. In code, steps[1].output has all that step 1 gave, steps[1].code what "
    "it ran. All variables are still there.)"
)
IN_SHORT = "In short, what came first: "
"""Begins the line that a summary is."""
_LEFT_OUT = "(Other older steps are left out here.)"
_THOUGHT, _GIST, _SAID = 90, 110, 200
"""Characters of a line for what was thought, what came of it, and what was said."""
_SHORT_LINE = 90
"""Characters of a line that has to be shorter."""
KEPT_LINES = 6
"""The newest lines, which stay as they are while older ones become shorter."""
_CUTS = (1_500, 400)
"""Characters that are left of long texts where nothing else helps."""


_Stage = Callable[[list[Turn], Records, int], list[Turn]]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """Where a task and all that followed stand: from `start` on, but for `end`."""

    start: int
    end: int


def compact(turns: Sequence[Turn], records: Records, target: int) -> list[Turn]:
    """The turns in about `target` tokens, as far as lines in place of steps and tasks can do it.

    Older steps become lines first, then older tasks; then the lines become shorter.
    """
    stages = (_steps_to_lines, _tasks_to_lines, _shorten_lines)
    return _shortened(turns, records, target, stages)


def squeeze(turns: Sequence[Turn], records: Records, target: int) -> list[Turn]:
    """The turns in about `target` tokens, or in as few as can be.

    What is long in the newest step is cut, then the oldest lines go, and in the end what the person
    said while the work went on is cut.
    """
    return _shortened(turns, records, target, (_cut_long, _drop_lines, _cut_said))


def _shortened(
    turns: Sequence[Turn], records: Records, target: int, stages: Sequence[_Stage]
) -> list[Turn]:
    found = list(turns)
    for shorter in stages:
        if size(found) > target:
            # Of what is short already, a line with its header may be longer.
            found = min(found, shorter(found, records, target), key=size)
    return found


def size(turns: Sequence[Turn]) -> int:
    """An estimate of the tokens of all of them."""
    return sum(turn.tokens for turn in turns)


def lines_of(digest: Turn) -> list[str]:
    """What a digest says, without its header."""
    return digest.content.split("\n")[1:]


def digest_of(lines: Sequence[str]) -> Turn:
    """A digest that says that; each is a line."""
    return Turn.of("digest", "\n".join([HEADER, *lines]))


# ------------------------------------------------------------------ the stages


def _steps_to_lines(turns: list[Turn], records: Records, target: int) -> list[Turn]:
    """Oldest first; the newest step stays whole."""
    while size(turns) > target:
        unit = _oldest_step(turns)
        if unit is None:
            break
        step = turns[unit.start : unit.end]
        ends_task = unit.end < len(turns) and turns[unit.end].kind == "task"
        said = [turn for turn in step if turn.kind == "said"]
        done = [turn for turn in step if turn.kind != "said"]
        answer = _answer(done, records) if ends_task else []
        lines = [step_line(records[step[0].step])]
        lines += [line for turn in done if turn not in answer for line in _lines(turn)]
        turns = _with_lines(turns, unit, lines, [*said, *answer])
    return turns


def _oldest_step(turns: Sequence[Turn]) -> _Exchange | None:
    """The first step with what follows it; None where only the newest one is left.

    It begins with its action, or with its observation where the action is forgotten.
    """
    first = {turn.step: i for i, turn in reversed(list(enumerate(turns))) if turn.step}
    actions = sorted(first.values())
    newest_task = max((i for i, turn in enumerate(turns) if turn.kind == "task"), default=0)
    if not actions or (len(actions) == 1 and actions[0] > newest_task):
        return None
    ends = [i for i, turn in enumerate(turns) if turn.kind == "task" and i > actions[0]]
    return _Exchange(actions[0], min([*actions[1:2], *ends, len(turns)]))


def _with_lines(
    turns: Sequence[Turn], unit: _Exchange, lines: Sequence[str], kept: Sequence[Turn]
) -> list[Turn]:
    """The turns with these lines, and with `kept`, in place of a unit."""
    before = list(turns[: unit.start])
    if before and before[-1].kind == "digest":
        lines = [*lines_of(before.pop()), *lines]
    return [*before, digest_of(lines), *kept, *turns[unit.end :]]


def _answer(step: Sequence[Turn], records: Records) -> list[Turn]:
    """How the last step of a task ended it, as what the model said."""
    if step[-1].kind == "reply":
        return [step[-1]]
    if step[-1].kind == "note":  # it was stopped, or broke off
        return []
    return [Turn.of("reply", _cut(records[step[0].step].output, 2 * _SAID) or "(no answer)")]


def _lines(turn: Turn) -> list[str]:
    match turn.kind:
        case "note":
            return [_told(turn)]
        case "reply":
            return [f"- you wrote: {_cut(turn.content, _SAID)}"]
        case _:
            return []


def _told(turn: Turn) -> str:
    return f"- you were told: {_cut(turn.content, _SAID)}"


def step_line(step: StepRecord) -> str:
    """A step in one line."""
    return f"steps[{step.number}]: {_cut(step.thought, _THOUGHT)} -> {_gist(step)}"


def _gist(step: StepRecord) -> str:
    if step.error:
        return "failed: " + _cut(step.error.strip().rpartition("\n")[2], _GIST)
    if not step.output:
        return "(printed nothing)"
    counted = f" ({len(step.output):,} characters)" if len(step.output) > _GIST else ""
    return _cut(step.output, _GIST) + counted


def _tasks_to_lines(turns: list[Turn], _: Records, target: int) -> list[Turn]:
    """Tasks before the newest one, oldest first; what they are in short stands at the beginning."""
    while size(turns) > target:
        tasks = [i for i, turn in enumerate(turns) if turn.kind == "task"]
        if len(tasks) < 2:
            break
        start, end = (1 if turns[0].kind == "digest" else 0), tasks[1]
        exchange = turns[start:end]
        lines = [line for turn in exchange for line in _said(turn)]
        turns = _with_lines(turns, _Exchange(start, end), lines, [])
    return turns


def _said(turn: Turn) -> list[str]:
    match turn.kind:
        case "task":
            return [f"- the person asked: {_cut(turn.content, _SAID)}"]
        case "said":
            return [_told(turn)]
        case "reply":
            return [f"- you answered: {_cut(turn.content, _SAID)}"]
        case "digest":
            return lines_of(turn)
        case _:
            return []


def _shorten_lines(turns: list[Turn], _: Records, target: int) -> list[Turn]:
    """All lines but the newest few of each digest; a summary stays as it is."""
    found = list(turns)
    for index, turn in enumerate(turns):
        if turn.kind == "digest" and size(found) > target:
            lines = lines_of(turn)
            old = [one if one.startswith(IN_SHORT) else _cut(one, _SHORT_LINE) for one in lines]
            found[index] = digest_of([*old[:-KEPT_LINES], *lines[-KEPT_LINES:]])
    return found


def _cut_long(turns: list[Turn], _: Records, target: int) -> list[Turn]:
    """Long observations, notes and replies, oldest first, ever shorter."""
    return _cut_kinds(turns, ("observation", "note", "reply"), target)


def _cut_said(turns: list[Turn], _: Records, target: int) -> list[Turn]:
    """What the person said meanwhile."""
    return _cut_kinds(turns, ("said",), target)


def _cut_kinds(turns: list[Turn], kinds: Sequence[Kind], target: int) -> list[Turn]:
    for chars in _CUTS:
        for index, turn in enumerate(turns):
            if size(turns) <= target:
                return turns
            if turn.kind in kinds and len(turn.content) > chars:
                short = Turn.of(turn.kind, _middle_cut(turn.content, chars))
                turns = [*turns[:index], replace(short, step=turn.step), *turns[index + 1 :]]
    return turns


def _drop_lines(turns: list[Turn], _: Records, target: int) -> list[Turn]:
    """The oldest lines, and a word on that in their place."""
    while size(turns) > target:
        digests = [i for i, turn in enumerate(turns) if len(lines_of(turn)) > 1]
        digests = [i for i in digests if turns[i].kind == "digest"]
        if not digests:
            break
        index = digests[0]
        lines = lines_of(turns[index])
        summary = [line for line in lines[:1] if line.startswith(IN_SHORT) and len(lines) > 2]
        kept = [*summary, _LEFT_OUT, *lines[max(len(lines) // 2 + 1, len(summary) + 2) :]]
        turns = [*turns[:index], digest_of(kept), *turns[index + 1 :]]
    return turns


# ------------------------------------------------------------------ texts


def _cut(text: str, chars: int) -> str:
    """The beginning of the text in one line."""
    line = " ".join(text[: 4 * chars].split())
    return line if len(line) <= chars else f"{line[: chars - 1]}…"


def _middle_cut(text: str, chars: int) -> str:
    head = chars * 2 // 3
    tail = chars - head
    return f"{text[:head]}\n… {len(text) - chars} characters cut …\n{text[-tail:]}"
