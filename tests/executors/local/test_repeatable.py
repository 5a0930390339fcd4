"""Which cells would do the same again: those that know nothing of the outside."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from executors.base import ExecutorSpec, Parameter, ToolSpec
from executors.local.executor import LocalExecutorFactory
from executors.local.guard.imports import Importer
from executors.local.guard.modules import DETERMINISTIC, MODULES
from tests.cells import value_of
from tests.executors.local.helpers import local, states, until
from tests.executors.local.repeating import (
    after_a_kill,
    journal,
)
from tests.host_tools import Tools


@pytest.mark.parametrize(
    "cell",
    [
        "import uuid\nx = uuid.uuid4()",
        "import random\nx = random.Random().random()",
        "from time import perf_counter_ns as now\nx = now()",
        "import datetime\nx = datetime.datetime.now()",
        "import random\nrandom = random.SystemRandom().random\nx = random()",
        "with open('lines', 'a') as file: x = file.write('a')",
        "from io import open as use\nwith use('lines', 'a') as file: x = file.write('a')",
        "x = echo([1])",
        "x = hex(id([]))",
        "def f(): pass\nx = hash(f)",
        "class A: pass\nx = [str(n) for n, one in enumerate({A(), A(), A()})]",
    ],
)
async def test_what_could_come_out_otherwise_is_not_repeated(cell: str) -> None:
    async with local() as (executor, factory):
        await value_of(executor, "y = 1")
        await value_of(executor, cell)
        assert journal(executor).reach(2) == 2
        await value_of(executor, "y = 2")
        before = await value_of(executor, "x")
        # Once there is a clock it is there to stay; a look at an address is over with its cell.
        once = "id(" in cell or "hash(" in cell
        await until(lambda: len(states(factory)) == (4 if once else 5))
        assert await after_a_kill(executor, factory, "x") == before
        assert await value_of(executor, "y") == "2"
        if "lines" in cell:
            assert await value_of(executor, "open('lines').read()") == "'a'"
        tools = executor._spec.call_tool
        assert isinstance(tools, Tools)
        assert len(tools.calls) == ("echo" in cell)


@pytest.mark.parametrize(
    "given", [date(2026, 1, 2), [1, 2], {"a": 1}, b"1", (1,), "text", 1.5, None]
)
async def test_what_a_tool_gave_may_do_anything_but_plain_values(given: object) -> None:
    """A date tells the time, and a table writes files."""

    async def give(name: str, arguments: dict[str, Any]) -> object:
        return given

    factory = LocalExecutorFactory()
    async with factory(ExecutorSpec(tools=Tools.specs, call_tool=give)) as executor:
        await value_of(executor, "x = echo(1)")
        await value_of(executor, "y = x")
        plain = given is None or isinstance(given, str | float)
        assert journal(executor).reach(2) == (1 if plain else 2)
    await factory.aclose()


async def test_a_tool_may_be_named_like_what_is_noticed() -> None:
    async def opened(name: str, arguments: dict[str, Any]) -> str:
        return f"{arguments['value']} is open"

    factory = LocalExecutorFactory()
    tool = ToolSpec(name="open", description="", parameters=(Parameter(name="value"),))
    async with factory(ExecutorSpec(tools=(tool,), call_tool=opened)) as executor:
        assert await value_of(executor, "open('a door')") == "'a door is open'"
    await factory.aclose()


def test_what_counts_as_deterministic_hands_out_nothing_else() -> None:
    for name in MODULES:  # as in a worker, where what belongs to a package is there already
        import_module(name)
    importer = Importer((), lambda _: None)
    for name in sorted(DETERMINISTIC):
        assert name in MODULES
        for value in vars(importer.load(name)).values():
            if isinstance(value, ModuleType):
                assert value.__name__ in DETERMINISTIC, f"{name} has {value.__name__}"


@pytest.mark.parametrize(
    ("authorised", "name", "plain"),
    [("json", "json", True), ("json.tool", "json", False), ("*", "json", False)],
)
async def test_what_an_authorised_module_brings_along_counts_too(
    authorised: str, name: str, plain: bool
) -> None:
    async with local(authorised) as (executor, _):
        await value_of(executor, f"import {name}")
        await value_of(executor, f"import {name}.tool" if authorised == "json.tool" else "1")
        await value_of(executor, "x = 1")
        assert (journal(executor).reach(3) == 0) == plain


async def test_what_is_noticed_is_a_function_like_one_of_python() -> None:
    async with local() as (executor, _):
        code = """
class Bloom:
    hasher, key = hash, id

    def place(self, x):
        return self.hasher(x) == hash(x) and self.key(x) == id(x)

Bloom().place('a'), id.__name__, repr(hash), callable(open), [*map(hash, [1, 2])]
"""
        expected = "(True, 'id', '<built-in function hash>', True, [1, 2])"
        assert await value_of(executor, code) == expected
