"""Tasks that take several tool calls, each building on what another gave."""

from __future__ import annotations

from typing import Any

from bench.agents.checks import Number, Word
from bench.agents.task import Task

_TEMPERATURES = {"Oslo": 4.5, "Lima": 19.0, "Cairo": 28.5, "Perth": 31.0, "Quito": 14.5}
_PRICES = {"lamp": 42.0, "desk": 180.0, "chair": 75.5, "shelf": 96.0}
_RATES = {"USD": 1.25, "CHF": 0.95, "JPY": 160.0}
_ORDERS = {"Meyer": [411, 418, 423], "Okafor": [402, 409, 430, 431]}
_AMOUNTS = {402: 18.5, 409: 77.0, 411: 120.25, 418: 34.5, 423: 61.0, 430: 49.75, 431: 9.25}
_TOLLS = {"A-B": 4, "A-C": 7, "B-D": 9, "C-D": 5, "B-C": 1, "D-E": 6, "C-E": 13}
_BOSSES = {"Uma": "Gil", "Gil": "Pat", "Pat": "Hoa", "Hoa": "Eli", "Eli": "", "Ron": "Pat"}
_STOCK = {"bolts": 40, "nuts": 210, "washers": 15, "screws": 95, "hooks": 8}
_MINIMA = {"bolts": 100, "nuts": 150, "washers": 60, "screws": 95, "hooks": 50}
_PIECES = {"bolts": 0.2, "nuts": 0.05, "washers": 0.02, "screws": 0.1, "hooks": 0.75}


def temperature(city: str) -> float:
    """Tells today's temperature.

    Args:
        city: The name of the city.

    Returns:
        Degrees Celsius.
    """
    return _TEMPERATURES[city]


def price_in_euros(item: str) -> float:
    """Tells what an item costs.

    Args:
        item: The name of the item, in lower case.

    Returns:
        The price in euros.
    """
    return _PRICES[item]


def exchange_rate(currency: str) -> float:
    """Tells how much of a currency one euro is worth.

    Args:
        currency: Its three-letter code.

    Returns:
        Units of the currency for one euro.
    """
    return _RATES[currency]


def orders_of(customer: str) -> list[int]:
    """Lists the orders of a customer.

    Args:
        customer: The family name.

    Returns:
        The numbers of the orders.
    """
    return _ORDERS[customer]


def order_amount(number: int) -> float:
    """Tells the amount of an order.

    Args:
        number: The number of the order.

    Returns:
        The amount in euros.
    """
    return _AMOUNTS[number]


def toll(leg: str) -> int:
    """Tells the toll of a leg of a route.

    Args:
        leg: Two places with a hyphen between them, such as "A-B".

    Returns:
        The toll in euros.
    """
    return _TOLLS[leg]


def boss_of(person: str) -> str:
    """Tells who a person reports to.

    Args:
        person: The first name.

    Returns:
        The first name of the boss; empty for the head of the company.
    """
    return _BOSSES[person]


def members(page: int) -> list[dict[str, Any]]:
    """Lists the members of a club, page by page.

    Args:
        page: The number of the page, from 1.

    Returns:
        For each member a dictionary with the keys "name" and "age"; an empty list after the last
        page.
    """
    ages = [34, 51, 27, 63, 45, 38, 70, 22, 59, 41, 33, 66, 29, 54, 48, 36, 61]
    rows = [{"name": f"member {i}", "age": age} for i, age in enumerate(ages, 1)]
    return rows[5 * (page - 1) : 5 * page]


def stock_items() -> list[str]:
    """Lists the items of the store.

    Returns:
        The names of the items.
    """
    return list(_STOCK)


def stock_of(item: str) -> dict[str, Any]:
    """Tells about an item of the store.

    Args:
        item: The name of the item.

    Returns:
        A dictionary with the keys "in_stock" (pieces that are there), "minimum" (pieces that should
        be there) and "price" (euros for one piece).
    """
    return {"in_stock": _STOCK[item], "minimum": _MINIMA[item], "price": _PIECES[item]}


def _cheapest() -> str:
    routes = ("A-B-D-E", "A-C-D-E", "A-B-C-E", "A-B-C-D-E")
    return min(
        routes, key=lambda r: sum(toll(f"{a}-{b}") for a, b in zip(r[::2], r[2::2], strict=False))
    )


def _levels() -> int:
    count, person = 0, "Uma"
    while person := boss_of(person):
        count += 1
    return count


def _oldest_half() -> int:
    ages, page = [], 1
    while rows := members(page):
        ages += [row["age"] for row in rows]
        page += 1
    return sum(age > 50 for age in ages)


def _refill() -> float:
    rows = [stock_of(item) for item in stock_items()]
    return round(sum(max(0, r["minimum"] - r["in_stock"]) * r["price"] for r in rows), 2)


TASKS = (
    Task(
        id="tools/warmer-by",
        difficulty="easy",
        turns=("By how many degrees is it warmer in Cairo than in Oslo today?",),
        check=Number(24.0, within=0.001),
        solve=lambda: temperature("Cairo") - temperature("Oslo"),
        tools=(temperature,),
    ),
    Task(
        id="tools/price-in-francs",
        difficulty="easy",
        turns=("What do a desk and two chairs cost together in Swiss francs (CHF)?",),
        check=Number(314.45, within=0.0051),
        solve=lambda: (price_in_euros("desk") + 2 * price_in_euros("chair")) * exchange_rate("CHF"),
        tools=(price_in_euros, exchange_rate),
    ),
    Task(
        id="tools/customer-total",
        difficulty="medium",
        turns=("What is the total amount of all orders of the customer Okafor?",),
        check=Number(154.5, within=0.001),
        solve=lambda: sum(order_amount(number) for number in orders_of("Okafor")),
        tools=(orders_of, order_amount),
    ),
    Task(
        id="tools/second-coldest",
        difficulty="medium",
        turns=(
            "Which of the cities Oslo, Lima, Cairo, Perth and Quito is the second coldest today? "
            "Answer with the city only.",
        ),
        check=Word("Quito", rivals=("Oslo", "Lima", "Cairo", "Perth")),
        solve=lambda: sorted(_TEMPERATURES, key=temperature)[1],
        tools=(temperature,),
    ),
    Task(
        id="tools/cheapest-route",
        difficulty="hard",
        turns=(
            "The toll of a route is the sum of the tolls of its legs; the route A-B-D has the legs "
            "A-B and B-D. Which of these routes has the lowest toll: A-B-D-E, A-C-D-E, A-B-C-E or "
            "A-B-C-D-E? Answer with the route only.",
        ),
        check=Word("A-B-C-D-E", rivals=("A-B-D-E", "A-C-D-E", "A-B-C-E")),
        solve=_cheapest,
        tools=(toll,),
    ),
    Task(
        id="tools/bosses-above",
        difficulty="hard",
        turns=(
            "How many bosses does Uma have above her, up to and including the head of the company?",
        ),
        check=Number(4),
        solve=_levels,
        tools=(boss_of,),
    ),
    Task(
        id="tools/pages",
        difficulty="hard",
        turns=("How many members of the club are older than 50? Look at all pages.",),
        check=Number(7),
        solve=_oldest_half,
        tools=(members,),
    ),
    Task(
        id="tools/refill",
        difficulty="hard",
        turns=(
            "For each item of the store of which there are fewer pieces than the minimum, we buy "
            "as many as are missing. What does that cost in total, in euros?",
        ),
        check=Number(44.4, within=0.0051),
        solve=_refill,
        tools=(stock_items, stock_of),
    ),
)
