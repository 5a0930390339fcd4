"""Conversations whose last question builds on what came before."""

from __future__ import annotations

from bench.agents.checks import Number, Words
from bench.agents.task import Task

_AGES = {"Finn": 34, "Greta": 29, "Hugo": 51, "Inga": 46}


def _divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


TASKS = (
    Task(
        id="follow_ups/divisors",
        difficulty="easy",
        turns=("How many divisors has 360?", "What is the sum of those that are odd?"),
        check=Number(78),
        solve=lambda: sum(d for d in _divisors(360) if d % 2),
    ),
    Task(
        id="follow_ups/guests",
        difficulty="medium",
        turns=(
            "The guests: "
            + ", ".join(f"{name} is {age}" for name, age in _AGES.items())
            + ". How old are they on average?",
            "Jule, who is 40, comes as well, and Hugo leaves. Who is there now? Give only the "
            "names, from the youngest to the oldest.",
        ),
        check=Words(("Greta", "Finn", "Jule", "Inga"), rivals=("Hugo",)),
        solve=lambda: sorted(
            (_AGES | {"Jule": 40}).keys() - {"Hugo"}, key=lambda name: (_AGES | {"Jule": 40})[name]
        ),
    ),
    Task(
        id="follow_ups/powers",
        difficulty="hard",
        turns=(
            "What is 2 to the power of 100?",
            "What is the sum of its digits?",
            "Which is the smallest power of 2, above that one, whose digits have a sum that is "
            "divisible by 13? Give its exponent.",
        ),
        check=Number(111),
        solve=lambda: next(n for n in range(101, 999) if sum(map(int, str(2**n))) % 13 == 0),
    ),
)
