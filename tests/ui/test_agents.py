"""The fold of what happens below a run: agents that the code calls, progress of tools, plans."""

from __future__ import annotations

from typing import TypeVar

import pytest

from agent.events import (
    ActionReady,
    AgentEvent,
    Event,
    ModelPreparing,
    PlanDelta,
    PlanReady,
    ReasoningDelta,
    RunEnded,
    RunStarted,
    StepStarted,
    TextDelta,
    ToolProgress,
)
from executors.base import CodeError, Finished, Notice, ToolCalled, ToolReturned
from tests.ui.logs import acting, answered, cell, printed, started
from ui.blocks import Agent, Answer, Append, Ending, Prose, Step, ToolUse
from ui.render import render
from ui.transcript import Transcript, fold

T = TypeVar("T")


def tree(transcript: Transcript, parent: str = "") -> list[object]:
    """The kinds of the blocks, each with what is inside it."""
    found: list[object] = []
    for block in transcript.blocks.values():
        if block.parent == parent:
            inside = tree(transcript, block.id)
            found.append((block.content.kind, inside) if inside else block.content.kind)
    return found


def all_of(transcript: Transcript, kind: type[T]) -> list[T]:
    return [b.content for b in transcript.blocks.values() if isinstance(b.content, kind)]


def called(call: int, name: str = "researcher", **arguments: str) -> ToolCalled:
    return ToolCalled(id=call, name=name, arguments=arguments)


def returned(call: int, name: str = "researcher", *, ok: bool = True) -> ToolReturned:
    return ToolReturned(id=call, name=name, ok=ok, preview="'It is 1.'", duration=2.5)


def inside(call: int, *events: Event, path: tuple[str, ...] = ("researcher#1",)) -> list[Event]:
    return [AgentEvent(step=1, call=call, path=path, event=event) for event in events]


def calling(*events: Event) -> list[Event]:
    """A run up to the middle of its first cell, and then these."""
    return [
        *started(),
        StepStarted(step=1, max_steps=5),
        ActionReady(step=1, thought="I ask.", code="researcher('One.')"),
        *events,
    ]


WORK: list[Event] = [*started("One."), *acting(1, "I count.", "print(1)")]


def test_an_agent_works_in_the_block_of_its_call_and_leaves_one_line() -> None:
    begun = calling(*cell(1, called(7, task="One.")), *inside(7, *WORK))
    transcript = fold(begun)
    agent = ("agent", [("step", ["thought", "code", "output"])])
    assert tree(transcript) == ["user", ("step", ["thought", "code", agent])]
    (head,) = all_of(transcript, Agent)
    assert (head.name, head.task, head.status, head.steps) == ("researcher", "One.", "running", 1)
    assert transcript.activity == "running"

    for event in [*inside(7, *answered(2, "It is **1**.")), *cell(1, returned(7))]:
        transcript.feed(event)
    (head,) = all_of(transcript, Agent)
    assert (head.status, head.steps, head.seconds, head.gist) == ("ok", 1, 2.5, "It is 1.")
    (answer,) = all_of(transcript, Answer)
    assert answer.value == "It is **1**."
    assert [step.status for step in all_of(transcript, Step)] == ["running", "done"]


def test_two_at_once_stay_apart_and_an_update_touches_one_block() -> None:
    first, second = ("researcher#1",), ("researcher#2",)
    transcript = fold(
        calling(
            *cell(1, called(1), called(2)),
            *inside(2, *started("Two."), StepStarted(step=1, max_steps=3), path=second),
            *inside(1, *started("One."), StepStarted(step=1, max_steps=3), path=first),
            *inside(1, TextDelta(step=1, text="first"), path=first),
            *inside(2, TextDelta(step=1, text="second"), path=second),
        )
    )
    assert [head.task for head in all_of(transcript, Agent)] == ["One.", "Two."]
    (grown,) = transcript.feed(*inside(1, TextDelta(step=1, text=" more"), path=first))
    assert grown == Append(grown.id, " more")
    texts = [prose.text for prose in all_of(transcript, Prose) if prose.live]
    assert texts == ["first more", "second"]
    for event in [*inside(2, *answered(1, "Two it is."), path=second), *cell(1, returned(2))]:
        transcript.feed(event)
    assert [head.status for head in all_of(transcript, Agent)] == ["running", "ok"]


def test_an_agent_that_speaks_before_its_call_is_told_is_shown_once() -> None:
    """Of calls that overlap, one may be at work before the news of it has come."""
    first = [*cell(1, called(1)), *inside(2, *started("Two."), path=("researcher#2",))]
    transcript = fold(calling(*first, *cell(1, called(2), returned(2), returned(1))))
    assert [head.status for head in all_of(transcript, Agent)] == ["ok"]
    assert [tool.status for tool in all_of(transcript, ToolUse)] == ["ok"]


def test_agents_are_nested_to_any_depth() -> None:
    top, middle, deep = ("a#1",), ("a#1", "b#1"), ("a#1", "b#1", "c#1")
    act = ActionReady(step=3, thought="", code="c()")  # a step that only the middle ones are in
    transcript = fold(
        calling(
            *cell(1, called(4, "a")),
            *inside(4, *started("A"), act, *cell(3, called(5, "b")), path=top),
            *inside(5, *started("B"), act, *cell(3, called(6, "c")), path=middle),
            *inside(6, *started("C"), *acting(1, "Deep.", "print(1)"), path=deep),
        )
    )
    c = ("agent", [("step", ["thought", "code", "output"])])
    b = ("agent", [("step", ["code", c])])
    a = ("agent", [("step", ["code", b])])
    assert tree(transcript)[1] == ("step", ["thought", "code", a])
    transcript.feed(RunEnded(outcome="stopped"))
    assert [head.status for head in all_of(transcript, Agent)] == ["stopped"] * 3


@pytest.mark.parametrize(
    "end",
    [
        RunEnded(outcome="stopped"),
        RunEnded(outcome="failed", error="No luck."),
        *cell(1, Finished(outcome="timeout", error=CodeError(name="TimeLimit", message="30 s"))),
    ],
    ids=["stop", "fault", "time"],
)
def test_nothing_inside_looks_alive_when_the_caller_has_ended(end: Event) -> None:
    live = [
        *started("One."),
        PlanDelta(step=1, text="1. Loo"),
        PlanReady(step=1, plan="1. Look"),
        StepStarted(step=1, max_steps=3),
        ActionReady(step=1, thought="t", code="search()"),
        *cell(1, called(3, "search")),
    ]
    transcript = fold(calling(*cell(1, called(1)), *inside(1, *live), end))
    (head,) = all_of(transcript, Agent)
    assert head.status == "stopped"
    assert [tool.status for tool in all_of(transcript, ToolUse)] == ["stopped"]
    assert all_of(transcript, Step)[1].status == "stopped"
    assert not any(getattr(b.content, "live", False) for b in transcript.blocks.values())


def test_an_agent_that_fails_or_finds_nothing_says_so_inside() -> None:
    def after(end: RunEnded) -> tuple[str, str]:
        transcript = fold(
            calling(*cell(1, called(1)), *inside(1, *WORK, end), *cell(1, returned(1, ok=False)))
        )
        (ending,) = all_of(transcript, Ending)
        (head,) = all_of(transcript, Agent)
        assert ending.task == ""  # nothing to ask again: the manager decides
        assert head.status == "failed"
        return ending.text, head.gist

    assert after(RunEnded(outcome="failed", error="No model.")) == ("No model.", "'It is 1.'")
    nothing, _ = after(RunEnded(outcome="max_steps"))
    assert nothing == "It found no answer within its steps."


def test_a_tool_shows_its_newest_line_until_it_returns() -> None:
    def told(text: str) -> ToolProgress:
        return ToolProgress(step=1, call=3, name="search", text=text)

    transcript = fold(calling(*cell(1, called(3, "search", query="q")), told("page 1")))
    (change,) = transcript.feed(told("page 2\npage 3 <b>\n\n"))
    shown = transcript.blocks[change.id].content
    assert "page 3 &lt;b&gt;" in render(shown).html
    assert "page 2" not in render(shown).html
    transcript.feed(*cell(1, returned(3, "search")))
    assert "page 3" not in render(all_of(transcript, ToolUse)[0]).html
    assert transcript.feed(told("late")) == []


def test_progress_inside_an_agent_is_at_its_own_tool() -> None:
    here, there = [*cell(1, called(1, "search"))], [*cell(1, called(2))]
    events = [
        *started("One."),
        ActionReady(step=1, thought="", code="search()"),
        *here,
        ToolProgress(step=1, call=1, name="search", text="inner"),
    ]
    transcript = fold(calling(*here, *there, *inside(2, *events)))
    assert [tool.progress for tool in all_of(transcript, ToolUse)] == ["", "inner"]


def test_a_plan_stands_before_its_step_and_a_later_one_is_new() -> None:
    transcript = fold(
        [
            *started(),
            StepStarted(step=1, max_steps=9),
            ReasoningDelta(step=1, text="Hm."),
            *(PlanDelta(step=1, text=text) for text in ("1. Lo", "ok")),
        ]
    )
    assert transcript.activity == "planning"
    assert tree(transcript) == ["user", "reasoning", "plan"]
    assert [(p.text, p.live) for p in all_of(transcript, Prose)] == [
        ("Hm.", False),
        ("1. Look", True),
    ]
    later: list[Event] = [
        PlanReady(step=1, plan="1. Look well"),
        *acting(1, "t", "c"),
        StepStarted(step=2, max_steps=9),
        *cell(2, Notice(text="A file is there.")),
        PlanDelta(step=2, text="2."),
        PlanReady(step=2, plan="2. Add"),
        *acting(2, "t", "c"),
    ]
    for event in later:
        transcript.feed(event)
    step = ("step", ["thought", "code", "output"])
    assert tree(transcript)[2:] == ["plan", step, "notice", "plan", step]
    plans = [prose for prose in all_of(transcript, Prose) if prose.kind == "plan"]
    assert [(plan.text, plan.live) for plan in plans] == [
        ("1. Look well", False),
        ("2. Add", False),
    ]
    assert [head.number for head in all_of(transcript, Step)] == [1, 2]


def test_an_empty_plan_leaves_nothing_and_one_that_broke_off_is_not_alive() -> None:
    start = [*started(), StepStarted(step=1, max_steps=9)]
    empty = fold([*start, PlanReady(step=1, plan=""), TextDelta(step=1, text="Hm")])
    assert tree(empty) == ["user", ("step", ["thought"])]
    getting = ModelPreparing(step=1, text="Loading", fraction=0.5)
    broken = fold([*start, getting, PlanDelta(step=1, text="1."), RunEnded(outcome="stopped")])
    assert tree(broken) == ["user", "plan", "ending"]
    assert not all_of(broken, Prose)[0].live


def test_calls_of_the_hosts_own_never_show() -> None:
    own = [called(1, "_steps"), returned(1, "_steps"), called(2, "look"), returned(2, "look")]
    transcript = fold(calling(*cell(1, *own)))
    assert [tool.name for tool in all_of(transcript, ToolUse)] == ["look"]


def test_output_that_comes_between_stands_where_it_was_printed() -> None:
    events = [*cell(1, called(1)), *inside(1, RunStarted(task="x", model="m", executor="local"))]
    transcript = fold(calling(*cell(1, printed("a\n")), *events, *cell(1, printed("b\n"))))
    assert tree(transcript)[1] == ("step", ["thought", "code", "output", "agent", "output"])
