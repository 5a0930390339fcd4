"""After each cell the host knows which variables it made, changed or removed, and what they are."""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

import pytest

from executors import wire
from executors.base import Variable, VariablesChanged
from executors.errors import ProtocolError
from executors.local.told import variables
from executors.variables import MAX_VARIABLES, Ledger
from tests.cells import end_of, events_of, value_of
from tests.executors.local.helpers import local

NOTHING = VariablesChanged()


async def changes(executor: Any, code: str) -> VariablesChanged:
    found = [e for e in await events_of(executor, code) if isinstance(e, VariablesChanged)]
    assert len(found) <= 1
    return found[0] if found else NOTHING


async def seen(executor: Any, code: str) -> dict[str, tuple[Any, ...]]:
    return {v.name: astuple(v)[1:] for v in (await changes(executor, code)).changed}


SHOWN = {
    "2 + 3": ("int", (), "5"),
    "2 ** 5000": ("int", (), "<an integer of 5,001 bits>"),
    "'long ' * 100": ("str", (500,), None),
    "[1, 'two', None, 3.5]": ("list", (4,), "[1, 'two', None, 3.5]"),
    "list(range(100))": ("list", (100,), "[0, 1, 2, 3, 4, 5, …]"),
    "(1,)": ("tuple", (1,), "(1,)"),
    "{'a': [1, [2, [3, [4]]]]}": ("dict", (1,), "{'a': [1, [2, […]]]}"),
    "{1: {2: {}}}": ("dict", (1,), "{1: {2: {}}}"),
    "__import__('collections').Counter('aab')": ("Counter", (2,), "{'a': 2, 'b': 1}"),
    "__import__('datetime').date(2024, 2, 29)": ("date", (), "datetime.date(2024, 2, 29)"),
    "__import__('fractions').Fraction(1, 3)": ("Fraction", (), "1/3"),
    "lambda a, *, b: a": ("function", (), "<lambda>(a, b)"),
}


@pytest.mark.parametrize("expression", SHOWN)
def test_values_are_shown_by_what_they_are(expression: str) -> None:
    value = eval(expression, {"__name__": "__main__"})
    changed, gone = Ledger().changes({"x": value})
    kind, shape, preview = SHOWN[expression]
    assert [(v["name"], v["kind"], tuple(v["shape"])) for v in changed] == [("x", kind, shape)]
    assert gone == []
    assert preview in (changed[0]["preview"], None)
    assert len(changed[0]["preview"]) <= 120


async def test_new_changed_and_gone() -> None:
    async with local() as (executor, _):
        assert await seen(executor, "a = 1\nb = [1, 2]\ndef f(x): return x") == {
            "a": ("int", (), "1"),
            "b": ("list", (2,), "[1, 2]"),
            "f": ("function", (), "f(x)"),
        }
        assert await changes(executor, "a + len(b)") == NOTHING
        assert await seen(executor, "b.append(3)") == {"b": ("list", (3,), "[1, 2, 3]")}
        assert await seen(executor, "b[0] = 9") == {"b": ("list", (3,), "[9, 2, 3]")}
        found = await changes(executor, "del a, f\nclass C: pass\nc = C()")
        assert found.gone == ("a", "f")
        assert [(v.name, v.kind) for v in found.changed] == [("C", "class"), ("c", "C")]
        assert await seen(executor, "c.n = 1") == {"c": ("C", (), "")}


async def test_what_is_imported_is_no_variable() -> None:
    async with local() as (executor, _):
        code = "import math, json as j\nfrom collections import Counter\nfrom math import sqrt\n"
        code += "from statistics import mean\nfrom math import pi"
        assert await seen(executor, code) == {"pi": ("float", (), "3.141592653589793")}


async def test_what_an_ended_cell_did_is_not_told() -> None:
    async with local(seconds=1.5) as (executor, _):
        assert await changes(executor, "x = 1\nsum(range(10**12))") == NOTHING
        assert await seen(executor, "y = 2") == {"y": ("int", (), "2")}
        assert (await seen(executor, "z = 3\n1 / 0")).keys() == {"z"}


async def test_going_back_goes_back_to_what_was_known() -> None:
    async with local() as (executor, _):
        await value_of(executor, "x = 1")
        await value_of(executor, "y = 2")
        await executor.rewind(1)
        assert await seen(executor, "z = 3") == {"z": ("int", (), "3")}


async def test_dataclasses_show_their_fields() -> None:
    async with local() as (executor, _):
        code = "from dataclasses import dataclass\n@dataclass(slots={slots})\nclass P:\n  x: int\n"
        code += "  y: object = None\np = P(1, P(2))"
        for slots in (True, False):
            found = await seen(executor, code.format(slots=slots))
            assert found["p"] == ("P", (), "P(x=1, y=<P>)")
        assert (await seen(executor, "p.x = 5"))["p"] == ("P", (), "P(x=5, y=<P>)")


TRAPS = """
class Trap:
    def trap(self, *_, **__):
        while True: pass
    __repr__ = __str__ = __len__ = __iter__ = __getattr__ = __hash__ = __eq__ = __bool__ = trap
    __getattribute__ = __format__ = __instancecheck__ = __index__ = trap
class Meta(type):
    def trap(cls, *_): raise BaseException("asked")
    __repr__ = __getattribute__ = __len__ = __iter__ = __instancecheck__ = __subclasscheck__ = trap
class Held(Trap, metaclass=Meta): pass
class Text(str):
    __len__ = __getitem__ = __repr__ = Trap.trap
trap, text, nested = Trap(), Text("x"), [Trap(), {1: Trap()}]
"""


async def test_the_codes_own_methods_are_not_run() -> None:
    async with local() as (executor, _):
        found = await seen(executor, TRAPS)
        assert found["trap"] == ("Trap", (), "")
        assert found["text"] == ("Text", (), "")
        assert found["nested"] == ("list", (2,), "[<Trap>, {1: <Trap>}]")
        assert found["Held"] == ("class", (), "")


async def test_a_library_whose_parts_were_replaced_is_not_asked_twice() -> None:
    async with local("pandas") as (executor, _):
        code = "import pandas as pd\npd.DataFrame.shape = property(lambda s: 1 / 0)\n"
        found = await seen(executor, code + "d = pd.DataFrame({'x': [1]})\ny = 1")
        assert found == {"d": ("DataFrame", (), ""), "y": ("int", (), "1")}


async def test_known_libraries() -> None:
    async with local("numpy", "pandas", "PIL", "matplotlib") as (executor, _):
        found = await seen(
            executor,
            "import numpy as np, pandas as pd\nfrom PIL import Image\n"
            "import matplotlib.pyplot as plt\n"
            "a = np.arange(6.0).reshape(2, 3)\nempty = np.zeros((0, 2))\nn = np.float64(1.5)\n"
            "s = pd.Series([1, 2])\nd = pd.DataFrame({'x': [1, 2], 'y': ['a', 'b']})\n"
            "nothing = pd.DataFrame()\ni = Image.new('RGB', (4, 3))\nfig, ax = plt.subplots()",
        )
        assert {name: found[name] for name in "asdi"} == {
            "a": ("ndarray", (2, 3), "float64 [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]"),
            "s": ("Series", (2,), "int64 [1, 2]"),
            "d": ("DataFrame", (2, 2), "columns ['x', 'y']"),
            "i": ("Image", (4, 3), "RGB"),
        }
        assert found["fig"] == ("Figure", (), "1 axes")
        assert found["n"] == ("float64", (), "")
        assert await changes(executor, "a.sum(), d.describe(), s + 1;") == NOTHING
        assert await seen(executor, "a[1, 1] = 7")
        assert await seen(executor, "d['z'] = 0\nd.loc[0, 'x'] = 5")
        assert (await seen(executor, "s.iloc[0] = 9"))["s"][2] == "int64 [9, 2]"


def test_only_so_many_are_looked_at() -> None:
    names: dict[str, Any] = {f"n{i}": [i] for i in range(10_000)}
    ledger = Ledger()
    changed, _ = ledger.changes(names)
    assert len(changed) == MAX_VARIABLES
    assert ledger.changes(names) == ([], [])


LIES: dict[str, dict[str, Any]] = {
    "no object": {"changed": [1]},
    "unknown field": {"changed": [{"name": "x", "kind": "", "shape": [], "preview": "", "y": 1}]},
    "wrong type": {"changed": [{"name": 1, "kind": "", "shape": [], "preview": ""}]},
    "negative": {"changed": [{"name": "x", "kind": "", "shape": [-1], "preview": ""}]},
    "no number": {"changed": [{"name": "x", "kind": "", "shape": [True], "preview": ""}]},
    "too many": {"gone": ["x"] * (MAX_VARIABLES + 1)},
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_about_variables_are_refused(lie: str) -> None:
    with pytest.raises((ProtocolError, wire.MalformedFrame)):
        variables(wire.Done(**LIES[lie]))


def test_what_the_host_takes_over_is_bounded_and_printable() -> None:
    told = {"name": "x" * 500, "kind": "\ud800", "shape": [2], "preview": "y" * 5000}
    (variable,) = variables(wire.Done(changed=[told], gone=[])).changed
    assert variable == Variable(name="x" * 100, kind="?", shape=(2,), preview="y" * 200)


async def test_an_end_is_the_last_event_still() -> None:
    async with local() as (executor, _):
        events = await events_of(executor, "x = 1\nopen('a.txt', 'w').close()\nprint(x)\nx")
        kinds = [e.type for e in events]
        assert kinds == ["output", "variables_changed", "files_changed", "finished"]
        assert (await end_of(executor, "x")).value == "1"


async def test_an_array_that_claims_more_than_there_can_be_costs_nothing() -> None:
    async with local("numpy", preload=("numpy",)) as (executor, _):
        code = "import numpy as np\nx = 1\na = np.broadcast_to(np.int8(0), (1 << 60,))"
        assert (await end_of(executor, code)).outcome == "ok"
        assert await value_of(executor, "x") == "1"
