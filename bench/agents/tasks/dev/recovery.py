"""Tools that refuse, and data that is not clean: the first attempt often fails."""

from __future__ import annotations

from bench.agents.checks import Number
from bench.agents.task import Task

_PRICES = "$4.50, 3.20, free, $12, 0.80"
_HOURS = {"Mon": "7h 30m", "Tue": "8h", "Wed": "45m", "Thu": "6h 15m", "Fri": "off"}


def square_metres(room: str) -> float:
    """Tells the size of a room.

    Args:
        room: The number of the room.

    Returns:
        Square metres.
    """
    if len(room) != 3 or not room.isdigit():
        raise ValueError(f"{room!r} is no room: rooms have three digits, such as '007'")
    return 12.0 + int(room) * 1.5


def working_time(day: str) -> str:
    """Tells how long somebody worked on a day.

    Args:
        day: The first three letters of the day, such as "Mon".

    Returns:
        The time as it was written down.
    """
    return _HOURS[day]


def _minutes() -> int:
    units = {"h": 60, "m": 1}
    words = [word for day in _HOURS for word in working_time(day).split() if word != "off"]
    return sum(int(word[:-1]) * units[word[-1]] for word in words)


TASKS = (
    Task(
        id="recovery/prices",
        difficulty="easy",
        turns=(f"What do these cost together, in dollars? {_PRICES}",),
        check=Number(20.5, within=0.001),
        solve=lambda: 4.5 + 3.2 + 12 + 0.8,
    ),
    Task(
        id="recovery/rooms",
        difficulty="medium",
        turns=("How many square metres have the rooms 4, 11 and 25 together?",),
        check=Number(96.0, within=0.001),
        solve=lambda: sum(square_metres(f"{room:03}") for room in (4, 11, 25)),
        tools=(square_metres,),
    ),
    Task(
        id="recovery/hours",
        difficulty="hard",
        turns=("How many minutes were worked from Monday to Friday altogether?",),
        check=Number(1350),
        solve=_minutes,
        tools=(working_time,),
    ),
)
