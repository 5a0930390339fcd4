"""What code gets of earlier steps."""

from __future__ import annotations

import pytest

from agent.memory import records
from agent.memory.records import Records


def filled(*outputs: str) -> Records:
    found = Records()
    for number, output in enumerate(outputs, 1):
        assert found.begin(f"t{number}", f"c{number}") == number
        found.finish(output, "")
    return found


def numbers(found: Records, start: int, stop: int) -> list[int]:
    return [step["number"] for step in found.recall(start, stop)["steps"]]


def test_steps_are_counted_from_one() -> None:
    found = filled("a", "b", "c")
    assert found.recall(2, 3) == {
        "total": 3,
        "steps": [{"number": 2, "thought": "t2", "code": "c2", "output": "b", "error": ""}],
    }
    assert numbers(found, 0, 0) == []
    assert numbers(found, -5, 99) == [1, 2, 3]
    assert numbers(found, 7, 9) == []


def test_an_answer_to_the_code_is_bounded_but_never_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_ANSWER_CHARS", 250)
    found = filled("a" * 100, "b" * 100, "c" * 100, "d" * 900)
    assert numbers(found, 1, 5) == [1, 2]
    assert numbers(found, 3, 5) == [3]
    assert numbers(found, 4, 5) == [4]


def test_the_oldest_outputs_go_where_all_get_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_CHARS", 1_000)
    found = filled(*(["x" * 400] * 5))
    kept = [found[number].output.startswith("x") for number in range(1, 6)]
    assert kept == [False, False, False, True, True]
    assert found[1].code == "c1"
    assert sum(found[number].size for number in range(1, 6)) <= 1_000


def test_a_step_that_was_cut_off_is_there_with_what_went_wrong() -> None:
    found = filled("a")
    found.begin("t2", "c2")
    found.begin("t3", "c3")
    found.finish("b", "")
    assert [bool(found[number].error) for number in (1, 2, 3)] == [False, True, False]
    assert numbers(found, 1, 9) == [1, 2, 3]
