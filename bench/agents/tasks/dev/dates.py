"""Days, weekdays and times."""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta

from bench.agents.checks import Day, Number
from bench.agents.task import Task


def _monday() -> date:
    day = date(2028, 1, 1) + timedelta(days=200)
    while day.weekday() != 0:
        day += timedelta(days=1)
    return day


TASKS = (
    Task(
        id="dates/leap-years",
        difficulty="easy",
        turns=("How many leap years are there from 1950 to 2050?",),
        check=Number(25),
        solve=lambda: sum(map(isleap, range(1950, 2051))),
    ),
    Task(
        id="dates/age",
        difficulty="medium",
        turns=("How old, in full years, is someone born on 29 August 1987 on 3 July 2031?",),
        check=Number(43),
        solve=lambda: 2031 - 1987 - ((7, 3) < (8, 29)),
    ),
    Task(
        id="dates/monday-after",
        difficulty="hard",
        turns=("Which date is the first Monday that is at least 200 days after 1 January 2028?",),
        check=Day(date(2028, 7, 24)),
        solve=_monday,
    ),
)
