"""Processes that are followed step by step."""

from __future__ import annotations

from bench.agents.checks import Number
from bench.agents.task import Task


def _bounces() -> int:
    height, bounces = 10.0, 0
    while height >= 0.5:
        height, bounces = height * 0.7, bounces + 1
    return bounces


def _tank() -> int:
    litres, hours = 0.0, 0
    while litres < 900:
        litres, hours = (litres + 60) * 0.97, hours + 1
    return hours


def _ant() -> int:
    black: set[tuple[int, int]] = set()
    x, y, dx, dy = 0, 0, 0, 1
    for _ in range(300):
        dx, dy = (-dy, dx) if (x, y) in black else (dy, -dx)
        black ^= {(x, y)}
        x, y = x + dx, y + dy
    return len(black)


TASKS = (
    Task(
        id="simulation/bounces",
        difficulty="easy",
        turns=(
            "A ball falls from a height of 10 metres. After each bounce it rises to 70 percent of "
            "the height before. After which bounce does it rise to less than 0.5 metres for the "
            "first time?",
        ),
        check=Number(9),
        solve=_bounces,
    ),
    Task(
        id="simulation/tank",
        difficulty="medium",
        turns=(
            "Each hour 60 litres are poured into an empty tank, and at the end of the hour it "
            "loses 3 percent of what is in it. After how many hours does it hold at least 900 "
            "litres?",
        ),
        check=Number(21),
        solve=_tank,
    ),
    Task(
        id="simulation/ant",
        difficulty="hard",
        turns=(
            "An ant stands on a white square of an endless board that is white all over, and looks "
            "up. On a white square it turns right, on a black one left; then the square changes "
            "its colour, and the ant goes one square ahead. How many squares are black after 300 "
            "such moves?",
        ),
        check=Number(48),
        solve=_ant,
    ),
)
