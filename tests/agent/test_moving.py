"""From one executor to another: what is data or source comes along, and the rest is named."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.moving import Baggage, pack, report, unpack
from agent.place import Place
from executors.base import (
    Executor,
    ExecutorFactory,
    ExecutorSpec,
    Finished,
    Limits,
    Notice,
    Output,
    VariablesChanged,
)
from executors.e2b.factory import E2BExecutorFactory
from executors.errors import ExecutorUnavailable
from executors.local.executor import LocalExecutorFactory
from tests.e2b_stand_in.server import Server

CELLS = (
    "import math, json as j\nfrom collections import Counter\nrates = {1: 2.5, 'b': (1, {2})}",
    "def area(r, unit='cm'):\n    return f'{math.pi * r ** 2:.1f} {unit}'\n"
    "class Point:\n    def __init__(self, x): self.x = x\np = Point(3); double = lambda n: 2 * n",
    "import datetime\nday = datetime.date(2024, 2, 29); big = 2 ** 100; names = ['é', None]",
    "def area2(r): return area(r) + ' squared'\nmissing_name",
    "open('notes.txt', 'w').write('kept')\ncounts = Counter('aab')",
)
LOOK = (
    "[rates[1], rates['b'], area(2), area2(1), Point(4).x, double(4), day.isoformat(), big,"
    " names, j.dumps(1), open('notes.txt').read()]"
)
SEEN = (
    "[2.5, (1, {2}), '12.6 cm', '3.1 cm squared', 4, 8, '2024-02-29', "
    f"{2**100}, ['é', None], '1', 'kept']"
)


@pytest.fixture
async def places(stand_in: Server) -> AsyncIterator[dict[str, ExecutorFactory]]:
    made: dict[str, ExecutorFactory] = {
        "local": LocalExecutorFactory(),
        "e2b": E2BExecutorFactory(
            api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
        ),
    }
    yield made
    for factory in made.values():
        await factory.aclose()
    assert stand_in.sandboxes() == []


async def no_tool(name: str, arguments: dict[str, Any]) -> Any:
    raise LookupError(name)


def spec(**changes: Any) -> ExecutorSpec:
    return ExecutorSpec(call_tool=no_tool, limits=Limits(seconds=20), **changes)


async def run(executor: Executor, code: str) -> Finished:
    end = [event async for event in executor.run(code)][-1]
    assert isinstance(end, Finished)
    return end


async def notices(executor: Executor, baggage: Baggage) -> list[str]:
    told = [event async for event in unpack(executor, baggage)]
    found = [event for event in told if not isinstance(event, VariablesChanged)]
    assert all(isinstance(event, Notice) for event in found)
    return [event.text for event in found if isinstance(event, Notice)]


@pytest.mark.parametrize(
    ("here", "there"), [("local", "e2b"), ("e2b", "local"), ("local", "local")]
)
async def test_variables_definitions_and_files_come_along(
    places: dict[str, ExecutorFactory], here: str, there: str
) -> None:
    async with places[here](spec()) as old:
        for code in CELLS:
            await run(old, code)
        baggage = await pack(old)
    assert baggage.left == {"p": "Point", "counts": "Counter"}
    async with places[there](spec()) as new:
        told = await notices(new, baggage)
        assert (await run(new, LOOK)).value == SEEN
        assert (await run(new, "p")).error
        assert [file.path for file in await new.workspace.list()] == ["notes.txt"]
    assert told[-1].startswith("Came along: the variables rates, day, big, names, ")
    assert "the files notes.txt. Stayed behind: p (Point), counts (Counter)." in told[-1]


async def test_what_is_not_allowed_there_is_named(places: dict[str, ExecutorFactory]) -> None:
    async with places["e2b"](spec()) as old:
        await run(old, "import socket\nx = 1\ns = socket.socket()")
        baggage = await pack(old)
        await run(old, "s.close()")
    async with places["local"](spec()) as new:
        (told,) = await notices(new, baggage)
        assert (await run(new, "x")).value == "1"
    assert told == (
        "Came along: the variables x. Stayed behind: s (socket), "
        "import socket (import of 'socket' is not allowed here)."
    )


async def test_data_of_the_libraries_comes_along(places: dict[str, ExecutorFactory]) -> None:
    allowed = spec(additional_authorized_imports=("numpy", "pandas"))
    code = "import numpy as np, pandas as pd\na = np.arange(4.0)\nt = pd.DataFrame({'n': [1, 2]})"
    async with places["local"](allowed) as old, places["e2b"](spec()) as new:
        await run(old, code)
        async for _ in unpack(new, await pack(old)):
            pass
        look = "float(a.sum()), int(t['n'].sum()), type(t) is pd.DataFrame, type(a) is np.ndarray"
        assert (await run(new, look)).value == "(6.0, 3, True, True)"


async def test_what_is_too_large_stays_and_the_rest_comes(
    places: dict[str, ExecutorFactory],
) -> None:
    async with places["local"](spec()) as old, places["local"](spec()) as new:
        await run(old, "huge = 'x' * 20_000_000\nsmall = 7")
        baggage = await pack(old)
        assert baggage.left == {"huge": "str"}
        async for _ in unpack(new, baggage):
            pass
        assert (await run(new, "small")).value == "7"


async def test_the_last_definition_counts_and_data_of_the_same_name_wins(
    places: dict[str, ExecutorFactory],
) -> None:
    async with places["local"](spec()) as old, places["local"](spec()) as new:
        for code in (
            "def f(): return 1",
            "def g(): return f()\ndef f(): return 2",
            "def h(): pass",
        ):
            await run(old, code)
        await run(old, "import math, json\nmath = 5\nh = 3\ndel g\nclass M: pass\nM = M()")
        baggage = await pack(old)
        assert list(baggage.definitions) == ["def f(): return 2", "import math, json"]
        assert baggage.left == {"M": "M"}
        async for _ in unpack(new, baggage):
            pass
        assert (await run(new, "f(), h, math, json.dumps(1)")).value == "(2, 3, 5, '1')"


@pytest.mark.parametrize(
    "lie",
    [
        "final_answer(1)",
        "final_answer({'definitions': [1], 'variables': {}, 'left': {}})",
        "final_answer({'definitions': [], 'variables': {'a b': '1'}, 'left': {}})",
        "final_answer({'definitions': [], 'variables': {'a': 1}, 'left': {}})",
        "raise ValueError",
    ],
)
async def test_a_side_that_lies_brings_nothing(
    places: dict[str, ExecutorFactory], lie: str
) -> None:
    async with places["local"](spec()) as old:
        await run(old, f"x = 1\ndef _carry_out(): {lie}")
        baggage = await pack(old)
    assert baggage == Baggage(left={"all variables": "they could not be read"})


async def test_what_could_not_be_delivered_is_kept_for_the_next_place(
    places: dict[str, ExecutorFactory],
) -> None:
    place = Place(places["local"], tools=(), call_tool=no_tool, imports=(), limits=Limits())
    await run(await place.executor(), "x = 5")
    await place.move(E2BExecutorFactory(api_key="wrong", api_url="http://127.0.0.1:1"))
    with pytest.raises(ExecutorUnavailable):
        async for _ in place.arrive():
            pass
    await place.move(places["local"])
    told = [event.text async for event in place.arrive() if isinstance(event, Notice)]
    assert told == ["Came along: the variables x."]
    assert (await run(await place.executor(), "x")).value == "5"
    assert [notice async for notice in place.arrive()] == []
    await place.aclose()


async def test_nothing_gets_past_the_guard_in_a_parcel(places: dict[str, ExecutorFactory]) -> None:
    forged = {
        "$budget": '{"$type": "range", "items": [1, 1099511627776, 1]}',
        "__builtins__": "{}",
        "_hidden": "1",
        "class": "1",
    }
    limited = ExecutorSpec(call_tool=no_tool, limits=Limits(seconds=20, operations=1_000))
    async with places["local"](limited) as executor:
        for name, text in forged.items():
            await executor.workspace.write("p.json", json.dumps({name: text}).encode())
            end = await run(executor, "_carry_in('p.json')")
            assert end.error
            assert end.error.message == "these are not all names of variables"
        assert (await run(executor, "for i in range(5_000): pass")).error
        assert (await run(executor, "len('abc')")).value == "3"


async def test_what_a_place_cannot_hold_does_not_keep_the_rest(
    places: dict[str, ExecutorFactory],
) -> None:
    async with places["local"](spec()) as old, places["e2b"](spec()) as new:
        await run(old, "x = 1\nopen('a\\\\b.txt', 'w').write('1')\nopen('c.txt', 'w').write('2')")
        told = await notices(new, await pack(old))
        assert [file.path for file in await new.workspace.list()] == ["c.txt"]
        assert (await run(new, "x")).value == "1"
    assert "the files c.txt" in told[-1]
    assert "Stayed behind: a\\b.txt" in told[-1]


async def test_a_package_that_cannot_be_installed_is_told_and_the_variables_come(
    places: dict[str, ExecutorFactory],
) -> None:
    wants = spec(additional_authorized_imports=("no_such_package_here",))
    async with places["local"](spec()) as old, places["e2b"](wants) as new:
        await run(old, "x = 1")
        told = await notices(new, await pack(old))
        assert (await run(new, "x")).value == "1"
    assert any("Could not install no_such_package_here" in text for text in told)
    assert told[-1] == "Came along: the variables x."


async def test_a_sandbox_goes_back_to_what_came_along(places: dict[str, ExecutorFactory]) -> None:
    async with places["local"](spec()) as old, places["e2b"](spec()) as new:
        await run(old, "x = 1")
        await notices(new, await pack(old))
        before = 2  # the cells that brought it
        await run(new, "x = 2")
        await new.rewind(before)
        assert (await run(new, "x")).value == "1"


async def test_what_definitions_print_and_call_is_seen(places: dict[str, ExecutorFactory]) -> None:
    async with places["local"](spec()) as old, places["local"](spec()) as new:
        await run(old, "class Loud:\n    print('made')")
        found = [event async for event in unpack(new, await pack(old))]
    assert [event.text for event in found if isinstance(event, Output)] == ["made\n"]


async def test_leaving_a_place_that_was_never_used_starts_nothing(stand_in: Server) -> None:
    factory = E2BExecutorFactory(
        api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
    )
    place = Place(factory, tools=(), call_tool=no_tool, imports=(), limits=Limits())
    await place.executor()
    before = stand_in.record.read_text().count("templateID")
    await place.move("local")
    assert stand_in.record.read_text().count("templateID") == before
    assert [event async for event in place.arrive()] == []
    await place.aclose()
    await factory.aclose()


def test_long_lists_are_counted() -> None:
    said = report([f"v{i}" for i in range(9)], 1, [], {"m": "why " * 100})
    assert said.startswith(
        "Came along: the variables v0, v1, v2, v3, v4, v5 and 3 more, 1 import or definition. "
        "Stayed behind: m (why why"
    )
    assert len(said) < 300
    assert report([], 0, [], {}) == "Nothing came along."
