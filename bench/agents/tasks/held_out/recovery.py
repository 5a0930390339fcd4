"""Tools that refuse, and data that is not clean: the first attempt often fails."""

from __future__ import annotations

import re
from typing import Any

from bench.agents.checks import Number, Numbers
from bench.agents.task import Task

_ENTRIES = "14, 9, n/a, 31, -, 8, ?, 27, none, 6"
_SHARES = {"ABX": 18.25, "QTR": 102.5, "ZEN": 7.75}
_CARGO = {"crate 1": "12.5 kg", "crate 2": "800 g", "crate 3": "7 kg", "crate 4": "450 g"}
_RAINFALL = {"2026/03/01": 4, "2026/03/02": 11, "2026/03/03": 0, "2026/03/04": 7}
_BROKEN = "{'tea': 3, 'milk': 12, 'bread': 5, 'eggs': 30,}"
_ROWS: list[dict[str, Any]] = [
    {"item": "rope", "quantity": 4, "price": 12.5},
    {"item": "tape", "qty": 10, "price": 1.8},
    {"item": "glue", "quantity": None, "price": 6.4},
    {"item": "wire", "qty": 6, "price": 3.25},
]


def share_price(code: str) -> float:
    """Tells the price of a share.

    Args:
        code: The code of the share.

    Returns:
        The price in euros.
    """
    if not code.isupper():
        raise ValueError(f"{code!r} is not a code: codes are written in capital letters")
    return _SHARES[code]


def score_of(player: int) -> int:
    """Tells the score of a player.

    Args:
        player: The number of the player.

    Returns:
        The points of the player.
    """
    if player % 4 == 0 or player > 25:
        raise LookupError(f"there is no player with the number {player}")
    return player * player % 17


def weight_of(crate: str) -> str:
    """Tells the weight of a crate.

    Args:
        crate: The name of the crate, such as "crate 1".

    Returns:
        The weight with its unit.
    """
    return _CARGO[crate]


def populations(towns: list[str]) -> list[int]:
    """Tells how many people live in towns.

    Args:
        towns: Names of towns.

    Returns:
        The number of people for each of the towns, in the same order.
    """
    if len(towns) > 3:
        raise ValueError("too many towns in one call: give at most 3")
    return [1000 * len(town) + sum(map(ord, town.lower())) for town in towns]


def rainfall(day: str) -> int:
    """Tells how much rain fell on a day.

    Args:
        day: The date.

    Returns:
        Millimetres.
    """
    if not re.fullmatch(r"\d{4}/\d{2}/\d{2}", day):
        raise ValueError(f"{day!r} cannot be read: write dates as YYYY/MM/DD")
    return _RAINFALL[day]


def deliveries() -> list[dict[str, Any]]:
    """Lists the lines of a delivery.

    Returns:
        For each line a dictionary with the keys "item", "quantity" and "price" (euros each).
    """
    return [dict(row) for row in _ROWS]


def measurement(number: int) -> str:
    """Gives a measurement as the instrument wrote it.

    Args:
        number: The number of the measurement, from 1 to 12.

    Returns:
        The text of the instrument.
    """
    if number % 5 == 0:
        return "ERR: sensor"
    return f"{number * 3.5 - 9:.1f} V".replace(".", ",")


_TOWNS = ("Aske", "Borum", "Calder", "Dunmore", "Ely", "Farley", "Grune")


def _known_scores() -> int:
    return sum(score_of(n) for n in range(1, 31) if n % 4 and n <= 25)


def _weight() -> float:
    kilograms = {"kg": 1.0, "g": 0.001}
    parts = (weight_of(crate).split() for crate in _CARGO)
    return round(sum(float(value) * kilograms[unit] for value, unit in parts), 3)


def _people() -> int:
    return sum(populations([town])[0] for town in _TOWNS)


def _value() -> float:
    return round(sum((r.get("quantity") or r.get("qty") or 0) * r["price"] for r in _ROWS), 2)


def _voltages() -> list[float]:
    texts = [measurement(n) for n in range(1, 13)]
    volts = [float(t.split()[0].replace(",", ".")) for t in texts if not t.startswith("ERR")]
    return [len(volts), round(sum(volts), 1)]


TASKS = (
    Task(
        id="recovery/gaps",
        difficulty="easy",
        turns=(
            f"Some of these entries are no numbers: {_ENTRIES}. Leave those out. What is the sum "
            "of the others?",
        ),
        check=Number(95),
        solve=lambda: sum(int(e) for e in _ENTRIES.split(", ") if e.isdigit()),
    ),
    Task(
        id="recovery/capital-letters",
        difficulty="easy",
        turns=("What are 4 shares of abx and 2 shares of qtr worth together?",),
        check=Number(278.0, within=0.001),
        solve=lambda: 4 * share_price("ABX") + 2 * share_price("QTR"),
        tools=(share_price,),
    ),
    Task(
        id="recovery/unknown-players",
        difficulty="medium",
        turns=(
            "Add up the scores of all players whose number is from 1 to 30. Some of these numbers "
            "belong to nobody; leave them out.",
        ),
        check=Number(142),
        solve=_known_scores,
        tools=(score_of,),
    ),
    Task(
        id="recovery/units",
        difficulty="medium",
        turns=("How many kilograms do crate 1, crate 2, crate 3 and crate 4 weigh together?",),
        check=Number(20.75, within=0.0001),
        solve=_weight,
        tools=(weight_of,),
    ),
    Task(
        id="recovery/small-calls",
        difficulty="hard",
        turns=(f"How many people live in {', '.join(_TOWNS[:-1])} and {_TOWNS[-1]} altogether?",),
        check=Number(39868),
        solve=_people,
        tools=(populations,),
    ),
    Task(
        id="recovery/date-format",
        difficulty="medium",
        turns=("How many millimetres of rain fell from 1 March 2026 to 4 March 2026 altogether?",),
        check=Number(22),
        solve=lambda: sum(rainfall(f"2026/03/0{n}") for n in range(1, 5)),
        tools=(rainfall,),
    ),
    Task(
        id="recovery/broken-json",
        difficulty="medium",
        turns=(
            "This was meant to be JSON, but it is not quite right: "
            f"{_BROKEN} What is the sum of its values?",
        ),
        check=Number(50),
        solve=lambda: sum(map(int, re.findall(r"\d+", _BROKEN))),
    ),
    Task(
        id="recovery/uneven-rows",
        difficulty="hard",
        turns=(
            "What is the delivery worth in total? Not all of its lines are well kept: some call "
            "the quantity differently, and a line without a quantity is worth nothing.",
        ),
        check=Number(87.5, within=0.001),
        solve=_value,
        tools=(deliveries,),
    ),
    Task(
        id="recovery/instrument",
        difficulty="hard",
        turns=(
            "There are measurements with the numbers 1 to 12, and some of them failed. How many "
            "did not fail, and what is the sum of their voltages? Give the count first, then the "
            "sum.",
        ),
        check=Numbers((10, 130.5), within=0.001),
        solve=_voltages,
        tools=(measurement,),
    ),
)
