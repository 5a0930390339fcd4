"""What is told of variables after a cell."""

from __future__ import annotations

from executors.base import ExecutionEvent, Executor, ExecutorFactory, Finished, VariablesChanged
from tests.cells import end_of, events_of, value_of
from tests.conformance.harness import case, opened


def told(events: list[ExecutionEvent]) -> VariablesChanged:
    """What the cell said of variables; it comes at most once, and before the end."""
    found = [event for event in events if isinstance(event, VariablesChanged)]
    assert len(found) <= 1
    assert isinstance(events[-1], Finished)
    return found[0] if found else VariablesChanged()


async def changed(executor: Executor, code: str) -> dict[str, tuple[str, tuple[int, ...], str]]:
    found = told(await events_of(executor, code))
    return {one.name: (one.kind, one.shape, one.preview) for one in found.changed}


@case
async def variables_are_told_by_what_they_are(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        code = (
            "import math\na = 2\nb = [1, 'two']\ndef f(x, y=1): return x\nclass C: pass\n"
            "text = 'long ' * 100"
        )
        found = await changed(executor, code)
        assert found.pop("text")[:2] == ("str", (500,))
        assert found == {
            "a": ("int", (), "2"),
            "b": ("list", (2,), "[1, 'two']"),
            "f": ("function", (), "f(x, y)"),
            "C": ("class", (), ""),
        }


@case
async def only_what_a_cell_changed_is_told(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert set(await changed(executor, "a = 1\nb = [1]\nc = 3")) == {"a", "b", "c"}
        assert await changed(executor, "print(a)\na + 1") == {}
        assert await changed(executor, "b.append(2)\na = a") == {"b": ("list", (2,), "[1, 2]")}
        assert told(await events_of(executor, "del c")).gone == ("c",)


@case
async def what_a_failed_cell_did_is_told(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert await changed(executor, "kept = 'yes'\n1 / 0") == {"kept": ("str", (3,), "'yes'")}
        assert await value_of(executor, "kept") == "'yes'"


@case
async def what_an_answering_cell_did_is_told(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        assert set(await changed(executor, "found = 7\nfinal_answer(found)")) == {"found"}


@case
async def after_a_cut_off_cell_what_is_told_fits_what_is_there(factory: ExecutorFactory) -> None:
    async with opened(factory, seconds=2.0) as executor:
        names = set(await changed(executor, "first = 1"))
        cut = await end_of(executor, "second = 2\nwhile True: pass")
        assert cut.outcome == "timeout"
        names |= set(await changed(executor, "third = 3"))
        there = (await end_of(executor, "second")).outcome == "ok"
        assert names == ({"first", "second", "third"} if there else {"first", "third"})


@case
async def the_value_of_a_large_table_or_array_has_its_size(factory: ExecutorFactory) -> None:
    async with opened(factory, imports=("numpy", "pandas")) as executor:
        value = await value_of(executor, "import numpy as np\nnp.arange(300.0).reshape(100, 3)")
        assert value is not None
        assert value.endswith("\n(ndarray of 100 × 3, float64)")
        value = await value_of(executor, "import pandas as pd\npd.DataFrame({'a': range(500)})")
        assert value is not None
        assert value.endswith("[500 rows x 1 columns]")
        assert await value_of(executor, "np.array([1, 2])") == "array([1, 2])"
