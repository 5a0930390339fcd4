"""Tables and lists that stand in the question."""

from __future__ import annotations

from statistics import correlation

from bench.agents.checks import Number, Words
from bench.agents.task import Task

_GRADES = ((1.7, 6), (2.3, 4), (1.0, 9), (3.3, 5))
_PLAYERS = {"Wim": (14, 40), "Xia": (9, 21), "Yan": (22, 71), "Zoe": (17, 33), "Uli": (5, 18)}
_HEIGHTS, _SPANS = (158, 171, 165, 183, 176, 190), (155, 174, 166, 180, 179, 194)


def _weighted() -> float:
    return round(sum(g * c for g, c in _GRADES) / sum(c for _, c in _GRADES), 2)


def _best_three() -> list[str]:
    return sorted(_PLAYERS, key=lambda name: -_PLAYERS[name][0] / _PLAYERS[name][1])[:3]


TASKS = (
    Task(
        id="data/weighted-mean",
        difficulty="easy",
        turns=(
            "What is the mean of these grades, weighted with the credits and rounded to two "
            f"decimals? {'; '.join(f'grade {g} with {c} credits' for g, c in _GRADES)}.",
        ),
        check=Number(1.87, within=0.0051),
        solve=_weighted,
    ),
    Task(
        id="data/hit-rate",
        difficulty="medium",
        turns=(
            "Hits and shots of each player: "
            + ", ".join(f"{name} {hits} of {shots}" for name, (hits, shots) in _PLAYERS.items())
            + ". Which three players have the highest share of hits? Give only their names, the "
            "best first.",
        ),
        check=Words(("Zoe", "Xia", "Wim"), rivals=("Yan", "Uli")),
        solve=_best_three,
    ),
    Task(
        id="data/correlation",
        difficulty="hard",
        turns=(
            f"Heights: {', '.join(map(str, _HEIGHTS))}. Arm spans: {', '.join(map(str, _SPANS))}. "
            "What is Pearson's correlation coefficient of the two, rounded to three decimals?",
        ),
        check=Number(0.977, within=0.0005),
        solve=lambda: round(correlation(_HEIGHTS, _SPANS), 3),
    ),
)
