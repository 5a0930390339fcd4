"""The tasks: `dev`, on which prompts may be tuned, and `held-out`, which only the figures are from.

Whoever changes prompts or the agent's loop looks at `dev` alone: neither at the texts in `held_out`
nor at what became of each of them.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from itertools import zip_longest
from typing import Literal

from bench.agents.checks import Number
from bench.agents.task import Task

TaskSet = Literal["dev", "held-out"]
WARM_UP = Task(
    id="warm-up/sum",
    difficulty="easy",
    turns=("What is 1234 + 4321?",),
    check=Number(5555),
    solve=lambda: 1234 + 4321,
)
"""Not counted: an agent does it first, so that what is slow only once is slow for nobody."""


def load(name: TaskSet) -> list[Task]:
    """The tasks of a set, one of each family in turn: so the first ones are a fair sample."""
    package = import_module(f"{__name__}.{name.replace('-', '_')}")
    modules = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    families = [import_module(f"{package.__name__}.{module}").TASKS for module in modules]
    return [task for row in zip_longest(*families) for task in row if task is not None]


def find(task_id: str) -> Task:
    """The task with that id, of any set.

    Raises:
        KeyError: there is none.
    """
    return {task.id: task for task in (WARM_UP, *load("dev"), *load("held-out"))}[task_id]
