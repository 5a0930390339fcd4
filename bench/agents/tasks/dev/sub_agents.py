"""Tasks whose tools belong to sub-agents."""

from __future__ import annotations

from bench.agents.checks import Number, Word
from bench.agents.task import Helper, Task

_CALORIES = {"soup": 240, "pasta": 610, "salad": 180}
_MINUTES = {"soup": 35, "pasta": 20, "salad": 15}


def calories(dish: str) -> int:
    """Tells how many kilocalories a dish has.

    Args:
        dish: The name of the dish.

    Returns:
        Kilocalories.
    """
    return _CALORIES[dish]


def cooking_time(dish: str) -> int:
    """Tells how long a dish takes.

    Args:
        dish: The name of the dish.

    Returns:
        Minutes.
    """
    return _MINUTES[dish]


_DIETICIAN = Helper(
    name="dietician", description="Knows how many kilocalories dishes have.", tools=(calories,)
)
_COOK = Helper(name="cook", description="Knows how long dishes take.", tools=(cooking_time,))

TASKS = (
    Task(
        id="sub_agents/pasta",
        difficulty="easy",
        turns=("How many kilocalories has pasta?",),
        check=Number(610),
        solve=lambda: calories("pasta"),
        helpers=(_DIETICIAN,),
    ),
    Task(
        id="sub_agents/dinner",
        difficulty="medium",
        turns=("How many kilocalories have soup and salad together?",),
        check=Number(420),
        solve=lambda: calories("soup") + calories("salad"),
        helpers=(_DIETICIAN,),
    ),
    Task(
        id="sub_agents/quick-and-light",
        difficulty="hard",
        turns=(
            "Of soup, pasta and salad, which dish has the most kilocalories for each minute that "
            "it takes? Answer with the dish only.",
        ),
        check=Word("pasta", rivals=("soup", "salad")),
        solve=lambda: max(_CALORIES, key=lambda dish: calories(dish) / cooking_time(dish)),
        helpers=(_DIETICIAN, _COOK),
    ),
)
