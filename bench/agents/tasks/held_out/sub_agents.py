"""Tasks whose tools belong to sub-agents."""

from __future__ import annotations

from bench.agents.checks import Number, Word
from bench.agents.task import Helper, Task

_BOOKS = {"Tides": 312, "Embers": 198, "Quarry": 450, "Lanterns": 274}
_COPIES = {"Tides": 3, "Embers": 0, "Quarry": 5, "Lanterns": 2}
_FARES = {"Bergen": 89, "Turku": 64, "Gdansk": 47}
_NIGHTS = {"Bergen": 120, "Turku": 95, "Gdansk": 70}


def pages_of(title: str) -> int:
    """Tells how many pages a book has.

    Args:
        title: The title of the book.

    Returns:
        The number of pages.
    """
    return _BOOKS[title]


def copies_of(title: str) -> int:
    """Tells how many copies of a book are in the library.

    Args:
        title: The title of the book.

    Returns:
        The number of copies.
    """
    return _COPIES[title]


def fare(city: str) -> int:
    """Tells what a trip to a city costs, there and back.

    Args:
        city: The name of the city.

    Returns:
        The fare in euros.
    """
    return _FARES[city]


def night(city: str) -> int:
    """Tells what a night in a hotel costs.

    Args:
        city: The name of the city.

    Returns:
        The price in euros.
    """
    return _NIGHTS[city]


_LIBRARIAN = Helper(
    name="librarian",
    description="Knows how many pages each book has and how many copies are in the library.",
    tools=(pages_of, copies_of),
)
_CARRIER = Helper(name="carrier", description="Knows what trips to cities cost.", tools=(fare,))
_HOST = Helper(name="host", description="Knows what hotels in cities cost.", tools=(night,))

TASKS = (
    Task(
        id="sub_agents/pages",
        difficulty="easy",
        turns=("How many pages has the book Quarry?",),
        check=Number(450),
        solve=lambda: pages_of("Quarry"),
        helpers=(_LIBRARIAN,),
    ),
    Task(
        id="sub_agents/more-pages",
        difficulty="medium",
        turns=("How many pages have the books Tides and Embers together?",),
        check=Number(510),
        solve=lambda: pages_of("Tides") + pages_of("Embers"),
        helpers=(_LIBRARIAN,),
    ),
    Task(
        id="sub_agents/all-copies",
        difficulty="hard",
        turns=(
            "How many pages do all copies of Lanterns in the library have together, and all copies "
            "of Tides? Give the sum of both.",
        ),
        check=Number(1484),
        solve=lambda: sum(pages_of(title) * copies_of(title) for title in ("Lanterns", "Tides")),
        helpers=(_LIBRARIAN,),
    ),
    Task(
        id="sub_agents/fare",
        difficulty="easy",
        turns=("What does a trip to Turku cost for two people, in euros?",),
        check=Number(128),
        solve=lambda: 2 * fare("Turku"),
        helpers=(_CARRIER,),
    ),
    Task(
        id="sub_agents/trip",
        difficulty="medium",
        turns=("What do a trip to Gdansk and three nights in a hotel there cost, in euros?",),
        check=Number(257),
        solve=lambda: fare("Gdansk") + 3 * night("Gdansk"),
        helpers=(_CARRIER, _HOST),
    ),
    Task(
        id="sub_agents/cheapest-trip",
        difficulty="hard",
        turns=(
            "Which of Bergen, Turku and Gdansk is the second cheapest for a trip with two nights "
            "in a hotel? Answer with the city only.",
        ),
        check=Word("Turku", rivals=("Bergen", "Gdansk")),
        solve=lambda: sorted(_FARES, key=lambda city: fare(city) + 2 * night(city))[1],
        helpers=(_CARRIER, _HOST),
    ),
)
