"""What the model sees: turns alternate, and whatever has to go, the task stays."""

from __future__ import annotations

from agent.messages import Memory

LONG = "x" * 1_000


def a_run(memory: Memory, task: str, actions: int) -> None:
    memory.task(task)
    for number in range(actions):
        memory.assistant(f"action {number} {LONG}")
        memory.user(f"observation {number} {LONG}")


def contents(memory: Memory) -> list[str]:
    return [turn.content for turn in memory.turns]


def test_shortening_to_the_end_keeps_the_task_whole() -> None:
    memory = Memory()
    a_run(memory, "first task", 2)
    memory.assistant("the answer")
    a_run(memory, f"second task {LONG} its end", 4)
    while memory.shorten():
        roles = [turn.role for turn in memory.turns]
        assert roles == (["user", "assistant"] * len(roles))[: len(roles)]
        assert f"second task {LONG} its end" in contents(memory)
    assert len(contents(memory)) == 3
    assert contents(memory)[-1].startswith("observation 3")


def test_earlier_tasks_go_before_actions_of_the_newest() -> None:
    memory = Memory()
    a_run(memory, "first", 0)
    memory.assistant("answer")
    memory.task("second")
    for _ in range(2):
        memory.assistant("act")
        memory.user("saw")
    assert memory.shorten()
    assert contents(memory) == ["second", "act", "saw", "act", "saw"]


def test_what_is_forgotten_ends_at_the_task() -> None:
    memory = Memory()
    a_run(memory, "first", 0)
    memory.assistant("answer")
    a_run(memory, "second", 1)
    memory.forget_last(5)
    assert contents(memory) == ["first", "answer", "second"]


def test_half_characters_never_reach_a_model() -> None:
    memory = Memory()
    memory.task("task \ud83d")
    memory.assistant("reply \udcff")
    memory.user("file \udcff.txt")
    for turn in memory.turns:
        turn.content.encode("utf-8")
