"""Tasks that take several tool calls, each building on what another gave."""

from __future__ import annotations

from typing import Any

from bench.agents.checks import Number, Word
from bench.agents.task import Task

_DEPTHS = {"Garda": 346, "Como": 410, "Bled": 30, "Ohrid": 288}
_PARTS = {
    "bike": ["frame", "wheel", "wheel", "chain"],
    "frame": ["tube", "tube", "tube"],
    "wheel": ["rim", "tyre"],
}


def depth_of(lake: str) -> int:
    """Tells how deep a lake is.

    Args:
        lake: The name of the lake.

    Returns:
        The depth in metres.
    """
    return _DEPTHS[lake]


def flights(start: str) -> list[dict[str, Any]]:
    """Lists the flights from a city.

    Args:
        start: The name of the city.

    Returns:
        For each flight a dictionary with the keys "to" (the city) and "price" (in euros).
    """
    prices = {
        "Riga": {"Vilnius": 60, "Prague": 140},
        "Vilnius": {"Prague": 55, "Split": 190},
        "Prague": {"Split": 80},
    }
    return [{"to": city, "price": price} for city, price in prices.get(start, {}).items()]


def parts_of(thing: str) -> list[str]:
    """Lists the parts of a thing.

    Args:
        thing: The name of the thing.

    Returns:
        The names of its parts; an empty list if it has none.
    """
    return list(_PARTS.get(thing, []))


def _basic_parts(thing: str) -> int:
    return sum(map(_basic_parts, parts_of(thing))) or 1


def _cheapest(start: str) -> int:
    if start == "Split":
        return 0
    return min((f["price"] + _cheapest(f["to"]) for f in flights(start)), default=10**9)


TASKS = (
    Task(
        id="tools/deepest-lake",
        difficulty="easy",
        turns=("Which is the deepest of the lakes Garda, Como, Bled and Ohrid? Only its name.",),
        check=Word("Como", rivals=("Garda", "Bled", "Ohrid")),
        solve=lambda: max(_DEPTHS, key=depth_of),
        tools=(depth_of,),
    ),
    Task(
        id="tools/cheapest-flights",
        difficulty="medium",
        turns=(
            "What does the cheapest way to fly from Riga to Split cost? It may have several "
            "flights.",
        ),
        check=Number(195),
        solve=lambda: _cheapest("Riga"),
        tools=(flights,),
    ),
    Task(
        id="tools/basic-parts",
        difficulty="hard",
        turns=(
            "A part may have parts of its own. Of how many parts that have no parts themselves "
            "does a bike consist?",
        ),
        check=Number(8),
        solve=lambda: _basic_parts("bike"),
        tools=(parts_of,),
    ),
)
