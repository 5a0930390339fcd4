"""What the model sees: turns alternate, whatever is added and whatever is forgotten."""

from __future__ import annotations

from agent.messages import Memory
from agent.models.base import Message
from executors.base import CodeError, Finished, Output


def act(memory: Memory, name: str) -> None:
    memory.action(name, thought=name, code=f"print({name!r})")
    cell = [Output(stream="stdout", text=f"{name} was here\n"), Finished(outcome="ok", value="7")]
    memory.observed(f"saw {name}", cell)


def contents(memory: Memory) -> list[str]:
    return [turn.content for turn in memory.turns]


def test_neighbours_of_one_role_are_one_message() -> None:
    memory = Memory([Message("assistant", "example"), Message("user", "its end")])
    memory.user("a note")
    memory.task("task")
    act(memory, "one")
    memory.user("another note")
    memory.assistant("first half")
    memory.assistant("second half")
    assert [turn.role for turn in memory.turns] == ["assistant", "user"] * 2 + ["assistant"]
    assert contents(memory) == [
        "example",
        "its end\n\na note\n\ntask",
        "one",
        "saw one\n\nanother note",
        "first half\n\nsecond half",
    ]


def test_what_is_forgotten_ends_at_the_task() -> None:
    memory = Memory()
    memory.task("first")
    memory.assistant("answer")
    memory.task("second")
    memory.user("a note")
    act(memory, "one")
    memory.forget_last(5)
    assert contents(memory) == ["first", "answer", "second\n\na note"]


def test_only_as_much_is_forgotten_as_asked() -> None:
    memory = Memory()
    memory.task("task")
    act(memory, "one")
    act(memory, "two")
    memory.assistant("a half")
    memory.assistant("and another")
    memory.forget_last(1)
    assert contents(memory) == ["task", "one", "saw one"]


def test_only_the_answer_is_forgotten_and_nothing_that_is_older_or_newer() -> None:
    memory = Memory()
    memory.task("task")
    act(memory, "one")
    act(memory, "two")
    memory.said("and quickly")
    assert memory.forget_answer()
    assert contents(memory) == ["task", "one", "saw one\n\nand quickly"]
    assert not memory.forget_answer(), "the first action gave no answer"
    memory.assistant("in words")
    assert not memory.forget_answer()
    assert contents(memory) == ["task", "one", "saw one\n\nand quickly", "in words"]


def test_a_step_is_recorded_in_full_whatever_the_model_sees() -> None:
    memory = Memory()
    memory.task("task")
    act(memory, "one")
    memory.action("two", thought="t", code="1 / 0")
    error = CodeError(name="ZeroDivisionError", message="no", traceback="line 1\nZeroDivisionError")
    memory.observed("cut", [Finished(outcome="error", error=error)])
    memory.forget_last(1)
    one, two = memory.records[1], memory.records[2]
    assert (one.thought, one.code, one.output, one.error) == (
        "one",
        "print('one')",
        "one was here\n7",
        "",
    )
    assert (two.output, two.error) == ("", "line 1\nZeroDivisionError")


def test_a_step_that_was_cut_off_is_recorded_as_that() -> None:
    memory = Memory()
    memory.task("task")
    memory.action("one", thought="t", code="while True: pass")
    assert memory.records[1].error
    assert memory.records[1].output == ""


def test_half_characters_never_reach_a_model() -> None:
    memory = Memory()
    memory.task("task \ud83d")
    memory.assistant("reply \udcff")
    memory.user("file \udcff.txt")
    for turn in memory.turns:
        turn.content.encode("utf-8")
