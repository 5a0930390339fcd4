"""Conversations whose last question builds on what came before."""

from __future__ import annotations

from datetime import date, timedelta
from math import prod

from bench.agents.checks import Number, Numbers, Word
from bench.agents.task import Task

_SCORES = {"Ava": 58, "Bo": 91, "Cy": 47, "Di": 73, "Ed": 60}
_BASKET = {"apples": 3.2, "cheese": 7.85, "bread": 2.6, "olives": 4.95}
_STOCK = {"red": 14, "blue": 9, "green": 22}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _primes(limit: int) -> list[int]:
    return [n for n in range(2, limit) if all(n % d for d in range(2, n))]


def _mean_score() -> float:
    raised = [score + 5 if score < 60 else score for score in _SCORES.values()]
    return round(sum(raised) / len(raised), 1)


def _fibonacci() -> int:
    terms = [1, 1]
    while len(terms) < 40:
        terms.append(terms[-1] + terms[-2])
    return sum(term for term in terms if term % 2 == 0)


def _weekday() -> str:
    return _WEEKDAYS[(date(2026, 2, 10) + timedelta(days=90)).weekday()]


def _marbles() -> list[int]:
    green, blue = _STOCK["green"] // 2, _STOCK["blue"] * 2
    return [max(blue, _STOCK["red"]), blue, green]


def _multiply(a: list[list[int]], b: list[list[int]]) -> list[list[int]]:
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)]
        for row in a
    ]


def _trace() -> int:
    product = _multiply([[2, 1], [0, 3]], [[1, 4], [5, 2]])
    cube = _multiply(_multiply(product, product), product)
    return cube[0][0] + cube[1][1]


TASKS = (
    Task(
        id="follow_ups/even-squares",
        difficulty="easy",
        turns=(
            "What is the sum of the squares of the numbers from 1 to 20?",
            "And if only the even numbers are squared and added up?",
        ),
        check=Number(1540),
        solve=lambda: sum(n * n for n in range(2, 21, 2)),
    ),
    Task(
        id="follow_ups/largest-primes",
        difficulty="easy",
        turns=(
            "List all prime numbers below 50.",
            "What is the product of the three largest of them?",
        ),
        check=Number(82861),
        solve=lambda: prod(_primes(50)[-3:]),
    ),
    Task(
        id="follow_ups/raised-scores",
        difficulty="medium",
        turns=(
            "These are the scores: "
            + ", ".join(f"{name} {score}" for name, score in _SCORES.items())
            + ". Who has the highest?",
            "Give everyone who has fewer than 60 points 5 points more. What is the mean of all "
            "scores now, rounded to one decimal?",
        ),
        check=Number(67.8, within=0.051),
        solve=_mean_score,
    ),
    Task(
        id="follow_ups/basket",
        difficulty="medium",
        turns=(
            "My basket: "
            + ", ".join(f"{item} {price}" for item, price in _BASKET.items())
            + ". What does it cost?",
            "I put the cheese back and take the bread twice. What does it cost now?",
            "And with a discount of 10 percent?",
        ),
        check=Number(12.015, within=0.0051),
        solve=lambda: round((3.2 + 2 * 2.6 + 4.95) * 0.9, 3),
    ),
    Task(
        id="follow_ups/even-terms",
        difficulty="medium",
        turns=(
            "The Fibonacci sequence begins with 1 and 1. Compute its first 40 terms; what is the "
            "last of them?",
            "What is the sum of those of them that are even?",
        ),
        check=Number(82790070),
        solve=_fibonacci,
    ),
    Task(
        id="follow_ups/weekday-of-that",
        difficulty="medium",
        turns=(
            "Which date is 90 days after 10 February 2026?",
            "Which day of the week is that?",
        ),
        check=Word("Monday", rivals=_WEEKDAYS[1:]),
        solve=_weekday,
    ),
    Task(
        id="follow_ups/marbles",
        difficulty="hard",
        turns=(
            "A box holds marbles: "
            + ", ".join(f"{count} {colour}" for colour, count in _STOCK.items())
            + ". How many are there?",
            "Half of the green ones are taken out, and the blue ones are doubled. How many are "
            "there now?",
            "Now add as many red ones as are needed to have as many red ones as blue ones. How "
            "many red, blue and green ones are there then? Give the three numbers in this order.",
        ),
        check=Numbers((18, 18, 11)),
        solve=_marbles,
    ),
    Task(
        id="follow_ups/matrix",
        difficulty="hard",
        turns=(
            "What is the matrix product of [[2, 1], [0, 3]] and [[1, 4], [5, 2]]?",
            "Raise that product to the third power. What is the trace of the result?",
        ),
        check=Number(6409),
        solve=_trace,
    ),
)
