"""Days, weekdays and times."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bench.agents.checks import Day, Number, Word
from bench.agents.task import Task

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _weekday() -> str:
    return _WEEKDAYS[date(2031, 5, 17).weekday()]


def _days() -> int:
    return (date(2025, 11, 3) - date(2025, 2, 14)).days


def _thousand() -> date:
    return date(2024, 3, 15) + timedelta(days=1000)


def _fridays() -> int:
    return sum(date(y, m, 13).weekday() == 4 for y in range(2020, 2030) for m in range(1, 13))


def _last_sunday() -> date:
    return max(day for n in range(1, 32) if (day := date(2027, 10, n)).weekday() == 6)


def _minutes() -> int:
    return int((datetime(2025, 3, 3, 5, 12) - datetime(2025, 3, 1, 22, 47)).total_seconds() // 60)


def _working_days() -> int:
    days = (date(2026, 4, 1) + timedelta(days=n) for n in range(91))
    return sum(
        day.weekday() < 5 and day not in (date(2026, 5, 1), date(2026, 5, 25)) for day in days
    )


def _bill() -> date:
    day = date(2025, 1, 10)
    while day.weekday() != 5:
        day += timedelta(days=45)
    return day


TASKS = (
    Task(
        id="dates/weekday",
        difficulty="easy",
        turns=("Which day of the week is 17 May 2031?",),
        check=Word("Saturday", rivals=tuple(day for day in _WEEKDAYS if day != "Saturday")),
        solve=_weekday,
    ),
    Task(
        id="dates/days-between",
        difficulty="easy",
        turns=("How many days is it from 14 February 2025 to 3 November 2025?",),
        check=Number(262),
        solve=_days,
    ),
    Task(
        id="dates/thousand-days",
        difficulty="easy",
        turns=("Which date is 1000 days after 15 March 2024?",),
        check=Day(date(2026, 12, 10)),
        solve=_thousand,
    ),
    Task(
        id="dates/friday-the-thirteenth",
        difficulty="medium",
        turns=(
            "How many times does the 13th of a month fall on a Friday from January 2020 to "
            "December 2029?",
        ),
        check=Number(16),
        solve=_fridays,
    ),
    Task(
        id="dates/last-sunday",
        difficulty="medium",
        turns=("On which date is the last Sunday of October 2027?",),
        check=Day(date(2027, 10, 31)),
        solve=_last_sunday,
    ),
    Task(
        id="dates/minutes-between",
        difficulty="medium",
        turns=(
            "A ferry leaves on 1 March 2025 at 22:47 and arrives on 3 March 2025 at 05:12, in the "
            "same time zone. How many minutes does the crossing take?",
        ),
        check=Number(1825),
        solve=_minutes,
    ),
    Task(
        id="dates/working-days",
        difficulty="hard",
        turns=(
            "How many working days (Monday to Friday) are there from 1 April 2026 to 30 June 2026, "
            "both included, if 1 May 2026 and 25 May 2026 are holidays?",
        ),
        check=Number(63),
        solve=_working_days,
    ),
    Task(
        id="dates/first-saturday-bill",
        difficulty="hard",
        turns=(
            "A bill is due on 10 January 2025 and then every 45 days. Which is the first due date "
            "that is a Saturday?",
        ),
        check=Day(date(2025, 8, 23)),
        solve=_bill,
    ),
)
