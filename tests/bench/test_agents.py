"""The tasks can be solved, answers are judged by the rules, and the report says what came out."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.agents.attempt import Attempt, Failure, failure
from bench.agents.checks import Answer, Check, Day, Number, Numbers, Pairs, Word, Words, Written
from bench.agents.config import Config
from bench.agents.reading import dates, figures, text_of
from bench.agents.report import report
from bench.agents.stats import bootstrap, difference, mcnemar, ratio, wilson
from bench.agents.summary import Tried, targets
from bench.agents.task import Task
from bench.agents.tasks import find, load
from tests.needs import needs_smolagents

DEV, HELD_OUT = load("dev"), load("held-out")
ALL = [*DEV, *HELD_OUT]
FAMILIES = {
    *("data", "text", "dates", "simulation", "tools", "recovery", "follow_ups", "files"),
    "sub_agents",
}
CONFIG = Config(model="scripted", task_seconds=30)


# ------------------------------------------------------------------ tasks


@pytest.mark.parametrize("task", ALL, ids=[task.id for task in ALL])
def test_the_reference_solution_is_what_the_check_accepts(
    task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in task.files.items():
        (tmp_path / name).write_text(text)
    answer = text_of(task.solve())
    files = {name: (tmp_path / name).read_text() for name in task.outputs}
    assert task.check(Answer(text=answer, asked=task.asked, files=files))
    assert not task.check(Answer(text="I do not know.", asked=task.asked))


@pytest.mark.parametrize("task", ALL, ids=[task.id for task in ALL])
def test_repeating_the_question_solves_nothing(task: Task) -> None:
    assert not task.check(Answer(text=task.asked, asked=task.asked))


@pytest.mark.parametrize("task", ALL, ids=[task.id for task in ALL])
def test_what_is_asked_for_does_not_stand_in_the_question(task: Task) -> None:
    match task.check:
        case Number(value) | Numbers((*_, value)):
            assert value not in figures(task.asked)
        case Day(value):
            assert {value} not in dates(task.asked)
        case Word(value, rivals):
            assert rivals or value.lower() not in task.asked.lower()
        case Words() | Pairs() | Written():
            pass
        case check:
            pytest.fail(f"no rule for {check}")


def test_the_sets_are_as_large_as_they_say_and_share_nothing() -> None:
    ids = [task.id for task in ALL]
    assert len(set(ids)) == len(ids)
    assert len({task.asked for task in ALL}) == len(ids)
    assert sum(not task.helpers for task in HELD_OUT) >= 60
    for tasks, least in ((DEV, 3), (HELD_OUT, 6)):
        for family in FAMILIES:
            levels = [task.difficulty for task in tasks if task.family == family]
            assert len(levels) >= least
            assert set(levels) == {"easy", "medium", "hard"}
    assert {task.family for task in HELD_OUT[:9]} == FAMILIES


# ------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "True"),
        (1.5, "1.5"),
        ({"a": 1, "b": [2, 3]}, "a: 1, b: 2, 3"),
        ((date(2026, 1, 2), datetime(2026, 1, 2), datetime(2026, 1, 2, 3)), None),
        ([np.int64(5), np.float64(0.5)], "5, 0.5"),
        (np.array([[1, 2], [3, 4]]), "1, 2, 3, 4"),
        (pd.Series([1, 2], index=["x", "y"]), "x: 1, y: 2"),
        (pd.Timestamp("2026-01-02"), "2026-01-02"),
    ],
)
def test_values_are_read_as_a_person_would(value: Any, text: str | None) -> None:
    assert text_of(value) == (
        text or ("2026-01-02, 2026-01-02, 2026-01-02T03:00:00" if value else "")
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from 3 to 7.", [3, 7]),
        ("**1,234.50** €, −4 and 1e3", [1234.5, -4, 1000]),
        ("10-20, Q3 and item7", [10, 20]),
        ("on 2026-01-05 at 14:30, and on 5 March 2026: 12", [12]),
        ("1,2,3", [1, 2, 3]),
    ],
)
def test_figures(text: str, found: list[float]) -> None:
    assert figures(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "5 March 2026",
        "March 5th, 2026",
        "5. 05.03.2026",
        "Thu, Mar 5, 2026",
        "3/5/2026",
    ],
)
def test_dates(text: str) -> None:
    assert date(2026, 3, 5) in dates(text)[-1]


ASKED = "Of the 50 numbers, since 2 May 2025: Ana, Ben or Cleo?"
RIGHT: list[tuple[Check, str]] = [
    (Number(12), "12"),
    (Number(12), "There are **12**, of 50."),
    (Number(12), "7, 8 and 9 make 12 of the 50."),
    (Number(1234.5, within=0.01), "It is 1,234.50 €."),
    (Number(12), "12.0"),
    (Numbers((1200.0, 7.0)), "They are 1,200 and 7."),
    (Numbers((3.0, 1.0), ordered=False), "{1, 3}"),
    (Pairs({"north": 3, "south": 14}), "south: 14, north: 3"),
    (Pairs({"north": 3, "south": 14}), "The north has 3 of 50; the South has **14**."),
    (Word("Ana", rivals=("Ben", "Cleo")), "It is ana."),
    (Word("half past two", spellings=("14:30",)), "At 14:30."),
    (Words(("c", "a", "b")), "In order: C, A, B"),
    (Words(("a", "b"), ordered=False), "b and a"),
    (Day(date(2025, 8, 9)), "From 2 May 2025 on, it is August 9, 2025."),
    (Day(date(2025, 8, 9)), "2025-08-09"),
]
WRONG: list[tuple[Check, str]] = [
    (Number(12), ""),
    (Number(12), "12 or 13"),
    (Number(12), "-12"),
    (Number(12), "120"),
    (Number(12.5, within=0.01), "12.52"),
    (Number(12), "item12"),
    (Numbers((3.0, 1.0)), "1, 3"),
    (Numbers((3.0, 1.0)), "1"),
    (Numbers((3.0, 1.0)), "3, 1, 4"),
    (Pairs({"north": 3, "south": 14}), "north: 14, south: 3"),
    (Pairs({"north": 3, "south": 14}), "north: 3"),
    (Word("Ana", rivals=("Ben", "Cleo")), "Ana or Ben"),
    (Word("Ana"), "Anabel"),
    (Words(("c", "a", "b")), "A, C, B"),
    (Words(("a", "b"), rivals=("c",)), "c, a, b"),
    (Day(date(2025, 8, 9)), "2025-08-10"),
    (Day(date(2025, 8, 9)), "9 August"),
    (Written("a.txt", ("x",)), "x"),
]


@pytest.mark.parametrize(("check", "text"), RIGHT)
def test_right_answers(check: Check, text: str) -> None:
    assert check(Answer(text=text, asked=ASKED))


@pytest.mark.parametrize(("check", "text"), WRONG)
def test_wrong_answers(check: Check, text: str) -> None:
    assert not check(Answer(text=text, asked=ASKED))


def test_a_written_file_is_read_line_by_line() -> None:
    check = Written("a.txt", ("x", "y 1"))
    assert check(Answer(text="Done.", files={"a.txt": "x \n\ny 1"}))
    assert not check(Answer(text="Done.", files={"a.txt": "y 1\nx"}))


# ------------------------------------------------------------------ figures


def test_intervals_and_tests_agree_with_the_literature() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 20)[0] == 0
    pairs = [(True, False)] * 10 + [(False, True)] * 2 + [(True, True)] * 8
    assert mcnemar(pairs) == pytest.approx(0.03857, abs=1e-5)
    assert mcnemar([(True, True)] * 5) == 1
    assert difference(pairs) == pytest.approx(0.4)
    assert ratio(pairs) == pytest.approx(1.8)
    assert ratio([(True, False)]) == float("inf")
    low, high = bootstrap(pairs, difference)
    assert 0.05 <= low < 0.4 < high <= 0.75
    assert bootstrap([(True, False)] * 3, difference) == (1, 1)


@pytest.mark.parametrize(
    ("attempt", "why"),
    [
        (Attempt(ended="answer", answer="25"), None),
        (Attempt(ended="steps", answer="It is 25.", last_step="error"), None),
        (Attempt(ended="answer", answer="26"), "wrong answer"),
        (Attempt(ended="answer"), "no answer"),
        (Attempt(ended="steps", answer="?"), "no answer"),
        (Attempt(ended="steps", last_step="unusable"), "format failure"),
        (Attempt(ended="steps", last_step="error"), "code error at the end"),
        (Attempt(ended="timeout", answer="25"), "timeout"),
        (Attempt(ended="crash", answer="25"), "crash"),
    ],
)
def test_failures(attempt: Attempt, why: Failure | None) -> None:
    assert failure(find("dates/leap-years"), attempt) == why


def tried(
    task: str, our_answer: str, their_answer: str, unusable: int = 0, challenged: int = 0
) -> Tried:
    cheap = {"steps": 2, "input_tokens": 900, "output_tokens": 100, "seconds": 5.0, "began": 0.0}
    dear = {"steps": 4, "input_tokens": 8000, "output_tokens": 400, "seconds": 40.0}
    return Tried(
        task=find(task),
        ours=Attempt(
            ended="answer", answer=our_answer, unusable=unusable, challenged=challenged, **cheap
        ),
        theirs=Attempt(ended="answer", answer=their_answer, **dear),
    )


@needs_smolagents
def test_the_report_says_what_was_met_and_what_was_missed() -> None:
    found = [
        tried("dates/leap-years", "25", "25"),
        tried("dates/age", "43", "44"),
        tried("text/letter-s", "12", "12", 2, 1),
    ]
    assert [one.met for one in targets(found)] == [True, True, True, True, False]
    text = report(found, name="dev", left=24, config=CONFIG, where="Here.")
    assert "| solved | 2 of 3 (67%; 21% to 94%) | 1 of 3 (33%; 6% to 79%) |" in text
    assert "| tokens in a task, mean (of the solved ones) | 900 (900) | 8,000 (8,000) |" in text
    assert "| solved tasks, difference | 33.3 points | ≥ 12 points | yes |" in text
    assert "| our replies that were not well formed | 16.7 % | ≤ 2 % | **missed** |" in text
    assert "| replies that could not be used | 33.3% | 0.0% |" in text
    assert "| replies that were not well formed | 16.7% | 0.0% |" in text
    assert "| dates | 2 | 2 | 1 |" in text
    assert "| wrong answer | 1 | 2 |" in text
    assert "**24 more of the set were not tried by both.**" in text
    assert "more than an hour apart" in text


@needs_smolagents
def test_nobody_solving_anything_is_a_report_as_well() -> None:
    found = [tried("dates/age", "1", "2")]
    text = report(found, name="held-out", left=0, config=CONFIG, where="Here.")
    assert "| tokens in and out for a task that both solved, ratio of the medians | – |" in text
