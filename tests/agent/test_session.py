"""A session: one run at a time, readers that come and go, one way to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator

import pytest

from agent import CodeAgent, ScriptedModel, Session
from agent.errors import SessionBusy
from agent.events import ActionReady, CellEvent, Event, RunEnded, Steered, TextDelta
from executors.base import Notice
from executors.local.executor import LocalExecutorFactory
from tests.agent.test_code_agent import act


@pytest.fixture
async def factory() -> AsyncGenerator[LocalExecutorFactory, None]:
    made = LocalExecutorFactory()
    yield made
    await made.aclose()


def session_of(factory: LocalExecutorFactory, *replies: str, delay: float = 0.0) -> Session:
    return Session(CodeAgent([], ScriptedModel(*replies, delay=delay), executor_type=factory))


def outcome(events: list[Event]) -> str:
    assert isinstance(events[-1], RunEnded)
    return events[-1].outcome


async def test_two_readers_see_the_same(factory: LocalExecutorFactory) -> None:
    session = session_of(factory, act("final_answer(1)"))
    first = await session.start("go")
    readers = [[e async for e in session.follow(first)] for _ in range(1)]
    late = [e async for e in session.follow(0)]
    assert readers[0] == late == session.events
    assert not session.running
    await session.aclose()


async def test_a_reader_that_leaves_does_not_stop_the_run(factory: LocalExecutorFactory) -> None:
    session = session_of(factory, act("final_answer(1)"), delay=0.01)
    events = session.send("go")
    await anext(events)
    await events.aclose()
    assert session.running
    assert outcome([e async for e in session.follow(0)]) == "answer"
    await session.aclose()


async def test_a_second_run_is_refused(factory: LocalExecutorFactory) -> None:
    session = session_of(factory, act("final_answer(1)"), delay=0.05)
    await session.start("go")
    with pytest.raises(SessionBusy):
        await session.start("me too")
    await session.aclose()


async def test_the_agent_is_told_something_only_while_it_works(
    factory: LocalExecutorFactory,
) -> None:
    session = session_of(factory, act("import time\ntime.sleep(0.5)"), act("final_answer(1)"))
    assert not session.steer("Nobody reads this.")
    await session.start("go")
    async for event in session.follow(0):
        if isinstance(event, ActionReady) and event.step == 1:
            assert session.steer("Be quick.")
    told = [(e.step, e.text) for e in session.events if isinstance(e, Steered)]
    assert told == [(2, "Be quick.")]
    assert not session.steer("Too late.")
    await session.aclose()


@pytest.mark.parametrize(
    "code", ["while True: pass", "sum(range(10**11))", "import time\ntime.sleep(100)"]
)
async def test_stop_ends_a_cell_and_keeps_variables(
    factory: LocalExecutorFactory, code: str
) -> None:
    session = session_of(factory, act("x = 41"), act(code), act("final_answer(x + 1)"))
    await session.start("go")
    async for event in session.follow(0):
        if isinstance(event, ActionReady) and event.code.strip() == code.strip():
            await asyncio.sleep(0.3)
            break
    before = time.monotonic()
    await session.stop()
    took = time.monotonic() - before
    assert outcome(session.events) == "stopped"
    assert took < 1, took
    assert [e async for e in session.send("go on")][-1].answer == 42
    await session.aclose()


async def test_stop_during_a_reply(factory: LocalExecutorFactory) -> None:
    session = session_of(factory, "A very long reply. " * 200, "Second.", delay=0.02)
    await session.start("go")
    async for event in session.follow(0):
        if isinstance(event, TextDelta):
            break
    await session.stop()
    assert outcome(session.events) == "stopped"
    assert [e async for e in session.send("go on")][-1].answer == "Second."
    await session.aclose()


async def test_stop_before_the_run_began(factory: LocalExecutorFactory) -> None:
    session = session_of(factory, "Hello.")
    await session.start("go")
    await session.stop()
    assert outcome(session.events) == "stopped"
    await session.stop()
    await session.aclose()


async def test_variables_move_to_a_new_place_and_the_model_is_told(
    factory: LocalExecutorFactory,
) -> None:
    session = session_of(factory, act("x = 1\ny = object()"), "Done.", act("print(x)"), "There.")
    async for _ in session.send("go"):
        pass
    await session.use_executor(factory)
    async for _ in session.send("go on"):
        pass
    asked = session.agent.model.asked  # type: ignore[attr-defined]
    said = "(Came along: the variables x. Stayed behind: y (object).)"
    assert said in asked[2][-1].content
    assert "(The code now runs elsewhere: local.)" in asked[2][-1].content
    notices = [
        e.event.text
        for e in session.events
        if isinstance(e, CellEvent) and isinstance(e.event, Notice)
    ]
    assert notices == [said[1:-1]]
    assert asked[3][-1].content.splitlines()[1] == "1"
    await session.aclose()


async def test_stopping_again_and_again_does_not_break_off_the_first_stop(
    factory: LocalExecutorFactory,
) -> None:
    session = session_of(factory, act("x = 41"), act("while True: pass"), act("final_answer(x)"))
    await session.start("go")
    async for event in session.follow(0):
        if isinstance(event, ActionReady) and "while" in event.code:
            break
    await asyncio.sleep(0.3)

    async def stop(turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        await session.stop()

    await asyncio.gather(*map(stop, range(6)))
    assert [e.outcome for e in session.events if isinstance(e, RunEnded)] == ["stopped"]
    assert [e async for e in session.send("go on")][-1].answer == 41
    await session.aclose()


async def test_every_run_that_was_stopped_before_it_began_has_an_end(
    factory: LocalExecutorFactory,
) -> None:
    session = session_of(factory, "Hello.")
    await session.start("go")
    [_ async for _ in session.follow(0)]
    first = await session.start("go on")
    await session.stop()
    assert outcome(session.events[first:]) == "stopped"
    await session.aclose()
