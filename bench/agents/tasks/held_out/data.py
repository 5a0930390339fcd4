"""Tables and lists that stand in the question."""

from __future__ import annotations

from collections import Counter
from statistics import mean, median

from bench.agents.checks import Number, Numbers, Pairs, Word
from bench.agents.task import Task

_SALES = (132, 98, 205, 176, 88, 143, 219)
_ORDERS = (("pens", 12, 1.20), ("notebooks", 5, 3.75), ("staplers", 2, 8.90), ("paper", 7, 4.35))
_READINGS = (18.4, 21.7, 19.9, 25.3, 23.8, 17.6, 26.1, 22.2, 20.5, 24.0, 19.1, 18.8)
_BALLOTS = (
    "Ana Ben Cleo Ana Dev Ben Ana Cleo Cleo Ben Ana Cleo Dev Ana Cleo Ben Cleo Ana Ana Dev Ben"
)
_TRIPS = (
    *(("north", 31), ("east", 12), ("north", 18), ("south", 44), ("east", 27), ("south", 9)),
    *(("east", 15), ("north", 6), ("south", 21), ("east", 33), ("north", 11)),
)
_POINTS = ((1, 2.3), (2, 4.1), (3, 5.2), (4, 8.4), (5, 9.1), (6, 12.7), (7, 13.2))
_STAFF = (
    *(("Ida", "sales", 3900), ("Jon", "sales", 4200), ("Kim", "legal", 6100)),
    *(("Lea", "design", 4400), ("Max", "design", 4650), ("Nia", "legal", 5800)),
    *(("Ole", "design", 4100), ("Pia", "support", 3300), ("Quinn", "support", 3700)),
    *(("Rosa", "sales", 4550), ("Sam", "support", 3450), ("Tom", "sales", 4700)),
)
_VISITORS = (120, 95, 143, 180, 176, 88, 154, 201, 167, 132, 190, 175)


def _above_mean() -> int:
    return sum(sale > mean(_SALES) for sale in _SALES)


def _order_total() -> float:
    return round(sum(quantity * price for _, quantity, price in _ORDERS), 2)


def _spread() -> float:
    return round(max(_READINGS) - median(_READINGS), 2)


def _runner_up() -> str:
    return Counter(_BALLOTS.split()).most_common(2)[1][0]


def _by_region() -> dict[str, int]:
    totals: Counter[str] = Counter()
    for region, parcels in _TRIPS:
        totals[region] += parcels
    return dict(totals)


def _slope() -> float:
    mx, my = mean(x for x, _ in _POINTS), mean(y for _, y in _POINTS)
    return round(
        sum((x - mx) * (y - my) for x, y in _POINTS) / sum((x - mx) ** 2 for x, _ in _POINTS), 3
    )


def _best_paid() -> str:
    salaries: dict[str, list[int]] = {}
    for _, department, salary in _STAFF:
        salaries.setdefault(department, []).append(salary)
    return max((d for d in salaries if len(salaries[d]) >= 3), key=lambda d: mean(salaries[d]))


def _moving() -> list[float]:
    means = [round(mean(_VISITORS[i : i + 4]), 2) for i in range(len(_VISITORS) - 3)]
    return [min(means), max(means)]


TASKS = (
    Task(
        id="data/above-the-mean",
        difficulty="easy",
        turns=(
            f"A kiosk sold {', '.join(map(str, _SALES))} papers on the seven days of a week. On "
            "how many days did it sell more than the mean of the week?",
        ),
        check=Number(3),
        solve=_above_mean,
    ),
    Task(
        id="data/order-total",
        difficulty="easy",
        turns=(
            "What does this order cost altogether? "
            + "; ".join(f"{q} {item} at {price:.2f} each" for item, q, price in _ORDERS)
            + ".",
        ),
        check=Number(81.4, within=0.001),
        solve=_order_total,
    ),
    Task(
        id="data/maximum-over-median",
        difficulty="medium",
        turns=(
            f"These are temperatures: {', '.join(map(str, _READINGS))}. By how much is the highest "
            "above the median?",
        ),
        check=Number(5.0, within=0.001),
        solve=_spread,
    ),
    Task(
        id="data/runner-up",
        difficulty="medium",
        turns=(f"Each word is a vote: {_BALLOTS}. Who has the second most votes?",),
        check=Word("Cleo", rivals=("Ana", "Ben", "Dev")),
        solve=_runner_up,
    ),
    Task(
        id="data/sum-by-region",
        difficulty="medium",
        turns=(
            "Parcels delivered, trip by trip: "
            + ", ".join(f"{region} {parcels}" for region, parcels in _TRIPS)
            + ". How many parcels does each region have in total? Name each region with its total.",
        ),
        check=Pairs({"north": 66, "east": 87, "south": 74}),
        solve=_by_region,
    ),
    Task(
        id="data/least-squares",
        difficulty="hard",
        turns=(
            f"What is the slope of the least-squares line through the points (x, y) "
            f"{', '.join(map(str, _POINTS))}? Round it to three decimals.",
        ),
        check=Number(1.921, within=0.0005),
        solve=_slope,
    ),
    Task(
        id="data/best-paid-department",
        difficulty="hard",
        turns=(
            "Name, department, salary: "
            + "; ".join(f"{name}, {department}, {salary}" for name, department, salary in _STAFF)
            + ". Of the departments with at least three people, which has the highest mean salary? "
            "Answer with the department only.",
        ),
        check=Word("design", rivals=("sales", "legal", "support")),
        solve=_best_paid,
    ),
    Task(
        id="data/moving-average",
        difficulty="hard",
        turns=(
            f"Daily visitors: {', '.join(map(str, _VISITORS))}. Take the mean of every four "
            "consecutive days, rounded to two decimals. Give the smallest and then the largest of "
            "these means.",
        ),
        check=Numbers((134.5, 172.5), within=0.0051),
        solve=_moving,
    ),
)
