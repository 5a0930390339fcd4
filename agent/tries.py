"""Second tries: independent actions for one step, each from the same state, and which one to keep.

A small model is often right in one of three tries, and answers that are wrong seldom agree. So an
answer that it computed is computed once more, in other words; where the two differ, again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from agent.answers import plain
from agent.attempt import Attempt
from executors.base import JSON, Executor
from executors.values import decode, preview

SecondTries = int | Literal["auto", "off"]
"""How many more tries an answer may get; `auto` leaves it to the model's profile."""

TEMPERATURE = 0.7
"""Of every try after the first."""
_FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"\w+")
_CLOSE = 1e-6


def most(asked: SecondTries, by_profile: int) -> int:
    """How many more tries there may be."""
    match asked:
        case "auto":
            return by_profile
        case "off":
            return 0
        case _:
            return asked


def wants_another(tries: Sequence[Attempt], executor: Executor, task: str) -> bool:
    """Whether the step should be tried once more.

    Only what is an answer, or failed, is tried again, and only where nothing but variables has
    changed and the state from before is at hand.
    """
    if not executor.info.checkpoints or not all(one.done for one in tries):
        return False
    if any(one.touched or not one.finished.state_kept for one in tries):
        return False
    if tries[0].finished.error is not None:
        return all(one.finished.error is not None for one in tries)
    return tries[0].finished.is_answer and kept(tries, task) is None


def kept(tries: Sequence[Attempt], task: str) -> Attempt | None:
    """The newest try that gives the same answer as another one; None if no two agree."""
    answers = [one for one in tries if one.done and one.finished.is_answer]
    for one in reversed(answers):
        if any(_agree(one, other, task) for other in answers if other is not one):
            return one
    return None


def best(tries: Sequence[Attempt], task: str) -> Attempt:
    """The one that others agree with, or else the first that gave an answer, or else that ran."""
    if agreed := kept(tries, task):
        return agreed
    done = [one for one in tries if one.done]
    answered = [one for one in done if one.finished.is_answer]
    ran = [one for one in done if one.finished.error is None]
    return (*answered, *ran, *tries)[0]


def _agree(one: Attempt, other: Attempt, task: str) -> bool:
    return same(one.finished.answer, other.finished.answer, task)


def same(one: JSON, other: JSON, task: str) -> bool:
    """Whether two answers say the same.

    Sentences do if they give the same figures, those of the task aside; without figures, if they
    have the same words.
    """
    a, b = plain(decode(one)), plain(decode(other))
    if type(a) in (int, float) and type(b) in (int, float):
        return math.isclose(a, b, rel_tol=_CLOSE)
    if not isinstance(a, str) and not isinstance(b, str):
        return one == other
    texts = [preview(value, 10_000) if not isinstance(value, str) else value for value in (a, b)]
    figures = [_figures(text) - _figures(task) for text in texts]
    if figures[0] or figures[1]:
        return figures[0] == figures[1]
    asked = set(_words(task))
    told = [_words(text) for text in texts]
    named = [[word for word in words if word in asked] for words in told]
    return told[0] == told[1] or named[0] == named[1] != []


def _figures(text: str) -> set[float]:
    return {float(found.replace(",", "")) for found in _FIGURE.findall(text)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
