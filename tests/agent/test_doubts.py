"""What can be seen to be wrong with code and answers is said once, and who insists is believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agent.doubts import Doubts, Known
from executors.base import Finished, ToolCalled
from executors.values import Opaque

CALLED = ToolCalled(id=1, name="size_of", arguments={})


def doubts(task: str = "How large are rooms 1 and 25?", **known: Any) -> Doubts:
    known.setdefault("needed", known.get("tools", ()))
    return Doubts(Known(task=task, **known))


@pytest.mark.parametrize(
    "code",
    [
        "def size_of(room):\n    return 10",
        "async def size_of(room): ...",
        "size_of = lambda room: 10  # a placeholder",
        "class size_of:\n    pass",
    ],
)
def test_a_stand_in_for_a_function_that_is_there_is_seen(code: str) -> None:
    found = doubts(tools=("size_of", "name_of"), wary=False)
    assert "defines size_of anew" in found.of_code(code)
    assert not found.of_code(code)  # who insists may


@pytest.mark.parametrize(
    "code",
    [
        "sizes = [size_of(room) for room in rooms]",
        "size_of = size_of('1')",  # it is still called
        "def sizes_of(rooms):\n    return [size_of(room) for room in rooms]",
        "class Room:\n    def size_of(self):\n        return 3",
        "not python",
        "((" * 500,
    ],
)
def test_code_that_calls_what_is_there_runs(code: str) -> None:
    assert not doubts(tools=("size_of",)).of_code(code)


NOTHING: list[Any] = [
    *("", None, [], {}, (), set(), float("nan"), "The mean is nan.", "It is None.", "Mean: None"),
    *("<generator object f at 0x7f>", "It is <function f at 0x7f>.", "<map object at 0x7f>"),
    Opaque("map", "<map object at 0x7f>"),
]
SOMETHING: list[Any] = [
    *(0, 0.0, False, "None of them is larger.", "Nancy", "no", [0], "x" * 300 + " None", "a < b"),
    *("<class 'int'>", "There are 3 NaN values.", "None found.", {"a": 1}, (0,), {0}, b"", 1j),
    *(np.zeros(0), np.array([np.nan]), pd.DataFrame({"a": [1]}), 10**5000),
]


@pytest.mark.parametrize("answer", NOTHING, ids=range(len(NOTHING)))
def test_an_answer_that_holds_nothing_is_seen(answer: object) -> None:
    found = doubts()
    assert "holds nothing" in found.of_answer(answer, ())
    assert not found.of_answer(answer, ())
    assert not doubts(typed=True).of_answer(answer, ())  # the type allows it
    assert not doubts(wary=False).of_answer(answer, ())


def test_nothing_is_an_answer_where_the_task_is_about_it() -> None:
    task = "What does print([].sort()) show, None or []?"
    assert not doubts(task).of_answer("It is None.", ())
    assert not doubts(task).of_answer([], ())


@pytest.mark.parametrize("answer", SOMETHING, ids=range(len(SOMETHING)))
def test_an_answer_that_holds_something_is_not(answer: object) -> None:
    assert not doubts().of_answer(answer, ())


def test_a_file_that_no_code_has_read_is_seen() -> None:
    found = doubts(files=("rooms.csv",))
    assert not found.of_answer("I keep it.", ("rooms.csv",))  # nothing was computed
    found.took("print(25 * 2)", ())
    assert "no code has read rooms.csv" in found.of_answer(50, ("rooms.csv",))
    for code in (
        "open('rooms.csv')",
        "import os\nprint(os.listdir())",
        "[file.read_text() for file in Path('.').iterdir()]",
        "for n in range(3): print(open(f'rooms{n}.csv').read())",
        "np.loadtxt(path)",
    ):
        found = doubts(files=("rooms.csv",))
        found.took(code, ())
        assert not found.of_answer(50, ("rooms.csv",))


@pytest.mark.parametrize(
    "code",
    [
        "sizes = {'1': 14, '25': 30}",
        "rooms = [('1', 14), ('25', 30.5)]",
        "size_of_rooms = 44",
        f"sizes = [{'9' * 400}, 8]",
    ],
)
def test_values_that_nobody_has_told_are_seen_where_nothing_was_called(code: str) -> None:
    def judged(*before: str, cell: Sequence[ToolCalled] = (), **known: Any) -> str:
        found = doubts(**{"tools": ("size_of",), **known})
        for one in (*before, code):
            found.took(one, cell)
        return found.of_answer("44 in all", ())

    assert "nothing that the code can call was called (size_of)" in judged()
    assert not judged(tools=())
    assert not judged(needed=())  # it is there for any task
    assert not judged(cell=[CALLED])
    assert not judged("print(7 * 6)")  # it may have told them
    assert not judged(fresh=False)
    assert "no code has read" in judged(files=("rooms.csv",))  # they may be from there
    assert not judged(wary=False)


@pytest.mark.parametrize(
    "code",
    [
        "rooms = [1, 25]",
        "rooms = {'first': 1, 'second': 25}",
        "rooms = [1200, 0.05, 5]",
        "rooms = 1 + 25",
        "gravity = 9.81",
        "steps = 1000",
        "seen = [0, 0, True]",
        "not python",
    ],
)
def test_values_of_the_task_and_those_to_begin_with_are_not(code: str) -> None:
    found = doubts("Rooms 1 and 25 of 1,200, and 5% more?", tools=("size_of",))
    found.took(code, ())
    assert not found.of_answer(26, ())


@pytest.mark.parametrize(
    ("task", "missing"),
    [
        ("Write the large ones into large.txt, please.", "large.txt"),
        ("Make a-b.json and save c.md", "a-b.json, c.md"),
        ("请把结果保存到large.txt", "large.txt"),
        ("Save https://example.com/rooms.csv?as=large.txt for me.", ""),
        ("Save what is in rooms.csv as it is.", ""),
        ("Write what response.json() gives.", ""),
        ("Is there a large.txt? How does README.md differ from it?", ""),
        ("Write version 3.11, i.e. the new one.", ""),
        ("Write naïve.csv and 数据.csv", ""),
        ("Which story does poem.txt tell? Explain how requirements.txt is created.", ""),
    ],
)
def test_a_file_that_was_asked_for_and_is_not_there_is_seen(task: str, missing: str) -> None:
    found = doubts(task)
    said = found.of_answer("Done.", ("my Rooms.CSV", "old/c.txt"))
    assert said.startswith(
        f"the task names {missing}, and there is no such file" if missing else ""
    )
    assert bool(said) == bool(missing)
    there = ("large.txt", "new/a-b.json", "C.md", "rooms.csv")
    assert not doubts(task).of_answer("Done.", there)
    assert not doubts(task).of_answer("Done.", None)
    mentioned = doubts(task)
    mentioned.took("os.remove('large.txt'); print('a-b.json', 'c.md', 'rooms.csv')", ())
    assert not mentioned.of_answer("Done.", ())


RIGHT = "d = {'Garda': 346, 'Como': 410}\nbest = max(d, key=d.get)\nfinal_answer((best, d[best]))"


@pytest.mark.parametrize("answer", [("Como", 410), {"Como"}, {1: "Como"}, "It is Como: 410 m."])
def test_answers_of_any_kind_are_looked_into(answer: Any) -> None:
    found = doubts("Which is deeper, Garda or Como? And how deep?")
    found.took(RIGHT, [Finished(outcome="ok", is_answer=True, answer="x")])
    assert not found.of_answer(answer, None)


def test_one_dropped_condition_is_told_in_a_run_and_the_same_answer_is_believed() -> None:
    code = "lakes = ['Garda', 'Como']\nlong = [n for n in lakes]\nfinal_answer(f'It is {1 / 3}.')"
    found = doubts("Which is deeper, Garda or Como? To two decimals, ignoring case.")
    told: list[bool] = []
    for answer in ("It is 0.3333333.", "It is 0.3333333.", "It is 0.33333334."):
        found.took(code, [Finished(outcome="ok", is_answer=True, answer=answer)])
        told.append(bool(found.of_answer(answer, None)))
    assert told == [True, False, False]


def test_what_is_said_in_words_is_not_measured_by_code_that_gave_another_answer() -> None:
    found = doubts("How many rows are there?")
    found.took("n = len(rows)\nfinal_answer(None)", [Finished(outcome="ok", is_answer=True)])
    assert found.of_answer(None, None)
    assert not found.of_answer("There are 12 rows.", None)
