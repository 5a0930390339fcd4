"""A long conversation becomes short: in which order, what stays, and that turns still alternate."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.memory.compaction import HEADER, compact, size, squeeze
from agent.messages import Memory
from executors.base import CodeError, Finished, Output

LONG = "word " * 200


def act(memory: Memory, thought: str, output: str = LONG) -> None:
    memory.action(f"{thought}\n```python\n{LONG}\n```", thought=thought, code=LONG)
    events = [Output(stream="stdout", text=output), Finished(outcome="ok")]
    memory.observed(f"Observation:\n{output}", events)


def shortened(memory: Memory, target: int) -> list[str]:
    """The messages after compaction, which alternate."""
    memory.parts = compact(memory.parts, memory.records, target)
    memory.parts = squeeze(memory.parts, memory.records, target)
    turns = memory.turns
    assert [turn.role for turn in turns] == (["user", "assistant"] * len(turns))[: len(turns)]
    return [turn.content for turn in turns]


def test_older_steps_become_a_line_each_and_the_newest_stays_whole() -> None:
    memory = Memory()
    memory.task("the task")
    for number in range(1, 6):
        act(memory, f"thought {number}", f"found {number}\n{LONG}")
    found = shortened(memory, 700)
    assert len(found) == 3
    assert found[0].startswith("the task\n\n" + HEADER)
    lines = found[0].split("\n")
    assert [line.partition(":")[0] for line in lines if line.startswith("steps[")] == [
        f"steps[{number}]" for number in range(1, 5)
    ]
    assert "thought 2 -> found 2 word" in found[0]
    assert "characters)" in found[0]
    assert found[-1].endswith(f"found 5\n{LONG}")


def test_no_more_goes_than_has_to() -> None:
    memory = Memory()
    memory.task("the task")
    for number in range(1, 6):
        act(memory, f"thought {number}")
    found = shortened(memory, size(memory.parts) - 10)
    assert "steps[1]: thought 1" in found[0]
    assert "steps[2]" not in found[0].replace(HEADER, "")
    assert len(found) == 1 + 2 * 4


def test_a_failure_says_its_last_line() -> None:
    memory = Memory()
    memory.task("the task")
    memory.action("a", thought="divide", code="1 / 0")
    error = CodeError(name="E", message="", traceback="Traceback\n  1 / 0\nZeroDivisionError: no")
    memory.observed(LONG, [Finished(outcome="error", error=error)])
    act(memory, "then")
    assert "steps[1]: divide -> failed: ZeroDivisionError: no" in shortened(memory, 500)[0]


def test_the_answer_of_an_earlier_task_is_what_the_model_said() -> None:
    memory = Memory()
    memory.task("first task")
    act(memory, "one")
    memory.action("two", thought="two", code="final_answer(5)")
    answered = Finished(outcome="ok", is_answer=True, answer="It is 5.")
    memory.observed(f"{LONG}\nThe answer was given: It is 5.", [answered])
    memory.task("second task")
    act(memory, "three")
    found = shortened(memory, 600)
    assert found[0].startswith("first task")
    assert found[1] == "The answer was given: It is 5."
    assert found[2] == "second task"


def test_a_reply_to_an_earlier_task_stays_as_it_is() -> None:
    memory = Memory()
    memory.task("first task")
    act(memory, "one")
    memory.assistant("The reply.")
    memory.task("second task")
    assert shortened(memory, 100)[1:] == ["The reply.", "second task"]


def test_a_stopped_task_has_no_answer() -> None:
    memory = Memory()
    memory.task("first task")
    act(memory, "one")
    memory.user("(The person stopped the work here.)")
    memory.task("second task")
    (only,) = shortened(memory, 150)
    assert "you were told: (The person stopped the work here.)" in only
    assert only.endswith("second task")


def test_then_earlier_tasks_become_lines() -> None:
    memory = Memory()
    for number in range(1, 5):
        memory.task(f"task {number} {LONG}")
        act(memory, f"thought {number}")
        memory.assistant(f"reply {number} {LONG}")
    memory.task("the newest")
    (only,) = shortened(memory, 600)
    for number in range(1, 5):
        assert f"- the person asked: task {number}" in only
        assert f"- you answered: reply {number}" in only
        assert f"steps[{number}]: thought {number}" in only
    assert only.endswith("the newest")


def test_what_the_person_wants_now_is_never_touched() -> None:
    memory = Memory()
    wanted = f"this {LONG * 5} and its end"
    memory.task("before")
    memory.assistant("reply")
    memory.task(wanted)
    for number in range(30):
        act(memory, f"thought {number}")
    found = shortened(memory, 0)
    (task,) = [text for text in found if wanted in text]
    assert "older steps are left out" in task
    assert "characters cut" in found[-1]


def test_a_step_whose_action_is_forgotten_becomes_a_line_too() -> None:
    memory = Memory()
    memory.task("the task")
    memory.action("again", thought="again", code="again()")
    memory.forget_last(1)
    memory.observed(f"Observation:\n{LONG}", [Output(stream="stdout", text="seen")])
    act(memory, "then")
    found = shortened(memory, 550)
    assert "steps[1]: again -> seen" in found[0]
    assert found[0].count(LONG) == 0


TURNS = st.lists(
    st.sampled_from(["task", "act", "note", "said", "reply", "broken off", "forget"]), max_size=40
)


@given(TURNS, st.integers(0, 3_000))
def test_any_conversation_alternates_and_keeps_its_newest_task(turns: list[str], room: int) -> None:
    memory = Memory()
    memory.task("task 0")
    newest = "task 0"
    for number, turn in enumerate(turns, 1):
        match turn:
            case "task":
                newest = f"task {number}"
                memory.task(newest)
            case "act":
                act(memory, f"thought {number}")
            case "note":
                memory.user(f"note {number} {LONG}")
            case "said":
                memory.said(f"said {number} {LONG}")
            case "reply":
                memory.assistant(f"reply {number} {LONG}")
            case "broken off":
                memory.action("cut off", thought="t", code="c")
            case _:
                memory.forget_last(1)
    before = size(memory.parts)
    found = shortened(memory, room)
    assert any(newest in text for text in found)
    assert size(memory.parts) <= max(before, room)


def test_what_the_person_said_meanwhile_stays_whole_while_anything_else_can_go() -> None:
    memory = Memory()
    memory.task("the task")
    said = f"But only {LONG * 2} until 1999."
    act(memory, "thought 1")
    memory.said(said)
    for number in range(2, 9):
        act(memory, f"thought {number}", LONG * 4)
    found = "\n".join(shortened(memory, 1_300))
    assert found.count(said) == 1
    assert found.index("steps[1]: thought 1") < found.index(said)
    assert found.index(said) < found.index("steps[2]: thought 2")
    assert "characters cut" in found  # of the newest observation, which went first


def test_what_the_person_said_is_cut_where_nothing_else_is_left() -> None:
    memory = Memory()
    memory.task("the task")
    act(memory, "thought 1", "short")
    memory.said(f"But only {LONG * 9} until 1999.")
    act(memory, "thought 2", "short")
    found = "\n".join(shortened(memory, 0))
    assert "But only word" in found
    assert "until 1999." in found
    assert "characters cut" in found


def test_what_was_said_in_an_earlier_task_becomes_a_line_with_it() -> None:
    memory = Memory()
    memory.task(f"first task {LONG}")
    act(memory, "one")
    memory.said(f"Only until 1999. {LONG}")
    act(memory, "two")
    memory.assistant(f"The reply. {LONG}")
    memory.task("second task")
    (only,) = shortened(memory, 300)
    assert "- you were told: Only until 1999. word" in only
    assert "- you answered: The reply. word" in only
