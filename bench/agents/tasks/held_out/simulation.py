"""Processes that are followed step by step."""

from __future__ import annotations

from bench.agents.checks import Number
from bench.agents.task import Task

_MOVES = "NNEESWNNNEESSSSWWWWNNEESWWSSSENNNEEEEN"
_ARRIVALS = ((0, 7), (2, 4), (3, 9), (5, 2), (6, 8), (11, 5), (12, 6), (20, 3))


def _savings() -> int:
    balance, years = 1000.0, 0
    while balance <= 2000:
        balance, years = balance * 1.035, years + 1
    return years


def _bacteria() -> int:
    return 7 * 2 ** (5 * 60 // 20)


def _collatz() -> int:
    n, steps = 871, 0
    while n != 1:
        n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
    return steps


def _generator() -> int:
    x = 17
    for _ in range(500):
        x = (73 * x + 29) % 1009
    return x


def _circle() -> int:
    people, position = list(range(1, 42)), 0
    while len(people) > 1:
        position = (position + 4) % len(people)
        people.pop(position)
    return people[0]


def _robot() -> int:
    x = _MOVES.count("E") - _MOVES.count("W")
    y = _MOVES.count("N") - _MOVES.count("S")
    return abs(x) + abs(y)


def _automaton() -> int:
    cells = {0}
    for _ in range(20):
        spread = range(min(cells) - 1, max(cells) + 2)
        cells = {c for c in spread if (c - 1 in cells) ^ (c in cells or c + 1 in cells)}
    return len(cells)


def _counters() -> int:
    free = [0, 0]
    for arrival, service in _ARRIVALS:
        first = free.index(min(free))
        free[first] = max(free[first], arrival) + service
    return max(free)


TASKS = (
    Task(
        id="simulation/savings",
        difficulty="easy",
        turns=(
            "1000 euros earn 3.5 percent interest a year, which is added to them. After how many "
            "full years are there more than 2000 euros?",
        ),
        check=Number(21),
        solve=_savings,
    ),
    Task(
        id="simulation/bacteria",
        difficulty="easy",
        turns=(
            "A culture starts with 7 bacteria and doubles every 20 minutes. How many are there "
            "after 5 hours?",
        ),
        check=Number(229376),
        solve=_bacteria,
    ),
    Task(
        id="simulation/halve-or-triple",
        difficulty="medium",
        turns=(
            "Start with 871. An even number is halved; an odd number is multiplied by 3, and 1 is "
            "added. How many such steps does it take to get to 1?",
        ),
        check=Number(178),
        solve=_collatz,
    ),
    Task(
        id="simulation/generator",
        difficulty="medium",
        turns=(
            "Let x be 17. Replace x by the remainder of 73 * x + 29 divided by 1009, and do this "
            "500 times. What is x then?",
        ),
        check=Number(731),
        solve=_generator,
    ),
    Task(
        id="simulation/circle",
        difficulty="hard",
        turns=(
            "41 people, numbered from 1, stand in a circle. Counting starts at person 1, and every "
            "fifth person leaves (the first to leave is person 5); it goes on around the circle "
            "until one person is left. Which number has the last person?",
        ),
        check=Number(21),
        solve=_circle,
    ),
    Task(
        id="simulation/robot",
        difficulty="medium",
        turns=(
            "A robot goes one metre north (N), east (E), south (S) or west (W) with each letter: "
            f"{_MOVES}. How many metres must it go at least, along these directions, to get back "
            "to where it started?",
        ),
        check=Number(6),
        solve=_robot,
    ),
    Task(
        id="simulation/automaton",
        difficulty="hard",
        turns=(
            "In a row of cells without an end one cell is on and all others are off. In each step "
            "every cell is computed anew from the step before. It is on if exactly one of these "
            "two statements is true: its left neighbour was on; the cell itself or its right "
            "neighbour was on, or both of them. How many cells are on after 20 steps?",
        ),
        check=Number(21),
        solve=_automaton,
    ),
    Task(
        id="simulation/two-counters",
        difficulty="hard",
        turns=(
            "A shop has two counters. Customers come in this order, as (minute of arrival, minutes "
            f"of service): {', '.join(map(str, _ARRIVALS))}. Each goes to the counter that is free "
            "first and waits there if need be. In which minute is the last of them served to the "
            "end?",
        ),
        check=Number(23),
        solve=_counters,
    ),
)
