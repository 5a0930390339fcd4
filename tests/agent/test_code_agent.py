"""The loop with a scripted model and the real local executor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import pytest

from agent import CodeAgent, ScriptedModel, tool
from agent.errors import ConfigurationError, ContextTooLong, ModelRefused, RunFailed, SessionBusy
from agent.events import (
    ActionReady,
    CellEvent,
    CodeDelta,
    RunStarted,
    StepFinished,
    StepRejected,
    StepStarted,
    TextDelta,
)
from agent.models.base import Message, ModelDelta
from agent.models.profile import PROFILES
from executors.base import ExecutorSpec, Output, ToolCalled
from executors.errors import ExecutorUnavailable
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from tests.agent.running import MakeAgent, act, collect, ended


async def test_a_task_is_solved_in_two_steps(make: MakeAgent) -> None:
    agent = make(act("x = 6 * 7\nprint('x is', x)"), act("final_answer(x)"))
    events = await collect(agent)
    end = ended(events)
    assert (end.outcome, end.answer) == ("answer", 42)
    assert isinstance(events[0], RunStarted)
    kinds = [type(e).__name__ for e in events if not isinstance(e, TextDelta | CodeDelta)]
    assert kinds.count("StepStarted") == kinds.count("StepFinished") == 2
    assert next(e.code for e in events if isinstance(e, ActionReady)).startswith("x = 6")
    printed = "".join(
        e.event.text for e in events if isinstance(e, CellEvent) and isinstance(e.event, Output)
    )
    assert printed == "x is 42\n"
    model = agent.model
    assert isinstance(model, ScriptedModel)
    assert "x is 42" in model.asked[1][-1].content


async def test_what_streams_is_what_is_ready(make: MakeAgent) -> None:
    events = await collect(make(act("final_answer(1)", "One, two.")))
    ready = next(e for e in events if isinstance(e, ActionReady))
    assert "".join(e.text for e in events if isinstance(e, TextDelta)).strip() == ready.thought
    assert "".join(e.text for e in events if isinstance(e, CodeDelta)) == ready.code


async def test_a_reply_without_code_is_the_answer(make: MakeAgent) -> None:
    events = await collect(make("Hello! What shall I compute?"))
    assert ended(events).answer == "Hello! What shall I compute?"
    assert not any(isinstance(e, ActionReady) for e in events)


async def test_variables_and_talk_live_on_between_tasks(make: MakeAgent) -> None:
    agent = make(act("x = 5\nfinal_answer(x)"), act("final_answer(x + 1)"))
    await collect(agent, "first task")
    assert ended(await collect(agent, "second task")).answer == 6
    asked = agent.model.asked[1]
    assert [m.role for m in asked[1:]] == ["user", "assistant"] * (len(asked) // 2 - 1) + ["user"]
    contents = [m.content for m in asked]
    assert any(text.endswith("\n\nfirst task") for text in contents)
    assert contents[-1] == "Observation:\nThe answer was given: 5\n\nsecond task"


async def test_an_error_is_shown_to_the_model_and_mended(make: MakeAgent) -> None:
    agent = make(act("1 / 0"), act("final_answer('mended')"))
    assert ended(await collect(agent)).answer == "mended"
    assert "ZeroDivisionError" in agent.model.asked[1][-1].content


async def test_a_syntax_error_and_a_refused_import_are_observations(make: MakeAgent) -> None:
    agent = make(act("x = = 1"), act("import subprocess"), act("final_answer(1)"))
    assert ended(await collect(agent)).answer == 1
    assert "SyntaxError" in agent.model.asked[1][-1].content
    assert "subprocess" in agent.model.asked[2][-1].content


async def test_an_empty_reply_is_repaired_without_costing_a_step(make: MakeAgent) -> None:
    events = await collect(make("", "", act("final_answer(1)"), max_steps=1))
    assert ended(events).outcome == "answer"
    assert [e.well_formed for e in events if isinstance(e, StepRejected)] == [False, False]
    assert {e.step for e in events if isinstance(e, StepStarted)} == {1}


async def test_empty_replies_cannot_go_on_for_ever(make: MakeAgent) -> None:
    events = await collect(make(*[""] * 20, max_steps=3))
    assert ended(events).outcome == "max_steps"


async def test_after_the_last_step_there_is_a_last_word(make: MakeAgent) -> None:
    agent = make(act("print(1)"), act("print(2)"), "I found 1 and 2.", max_steps=2)
    end = ended(await collect(agent))
    assert (end.outcome, end.answer) == ("max_steps", "I found 1 and 2.")
    assert "last step" in agent.model.asked[1][-1].content


async def test_a_half_character_in_a_task_spoils_nothing(make: MakeAgent) -> None:
    agent = make("Hello.")
    events = await collect(agent, "smile \ud83d")
    assert ended(events).answer == "Hello."
    assert isinstance(events[0], RunStarted)
    assert events[0].task == "smile \ufffd"
    assert isinstance(agent.model, ScriptedModel)
    assert "smile \ufffd" in agent.model.asked[0][-1].content


async def test_tools_are_functions_that_run_here(make: MakeAgent) -> None:
    secret = "not for the worker"

    @tool
    def word_length(word: str, times: int = 1) -> int:
        """Gives the length of a word.

        Args:
            word: any word
            times: how often to count it
        """
        return len(word) * times if secret else 0

    @tool
    async def fails(reason: str) -> str:
        """Always fails."""
        raise LookupError(reason)

    agent = make(
        act("try:\n    fails('no such page')\nexcept LookupError as e:\n    print('caught', e)"),
        act("final_answer(word_length('abc') + word_length('ab', times=2))"),
        tools=[word_length, fails],
    )
    events = await collect(agent)
    assert ended(events).answer == 7
    assert "caught no such page" in "".join(m.content for m in agent.model.asked[1])
    called = [
        e.event for e in events if isinstance(e, CellEvent) and isinstance(e.event, ToolCalled)
    ]
    assert [(c.name, c.arguments) for c in called][-1] == (
        "word_length",
        {"word": "ab", "times": 2},
    )
    assert "def word_length(word: str, times: int = 1) -> int" in agent.model.asked[0][0].content


async def test_a_refusing_model_ends_the_run_and_the_agent_goes_on(make: MakeAgent) -> None:
    agent = make(ModelRefused("The key was refused. Enter another one."), "Hello again.")
    end = ended(await collect(agent))
    assert (end.outcome, end.error) == ("failed", "The key was refused. Enter another one.")
    assert ended(await collect(agent)).answer == "Hello again."


async def test_a_fault_of_ours_is_a_calm_sentence(
    make: MakeAgent, caplog: pytest.LogCaptureFixture
) -> None:
    end = ended(await collect(make(ValueError("inner detail"))))
    assert end.outcome == "failed"
    assert "inner detail" not in end.error
    assert "inner detail" in caplog.text


class Forgetful:
    """A model with a window of `limit` characters, examples and system prompt aside."""

    name = "forgetful"
    profile = PROFILES["medium"]

    def __init__(self, limit: int, *replies: str) -> None:
        self._limit, self._inner = limit, ScriptedModel(*replies)
        self.base: int | None = None

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        size = sum(len(m.content) for m in messages)
        self.base = self.base or size
        if size - self.base > self._limit:
            raise ContextTooLong("The conversation does not fit.")
        async with aclosing(self._inner.stream(messages, stop=stop)) as deltas:
            async for delta in deltas:
                yield delta

    async def aclose(self) -> None: ...


async def test_a_conversation_that_is_too_long_is_shortened(make: MakeAgent) -> None:
    replies = [act(f"print('{n}' * 3000)") for n in range(4)] + [act("final_answer('made it')")]
    assert ended(await collect(make(model=Forgetful(8_000, *replies)))).answer == "made it"


async def test_one_message_that_cannot_fit_is_said_so(make: MakeAgent) -> None:
    agent = make(model=Forgetful(1_000, "hi", "hi"))
    await collect(agent, "short")
    end = ended(await collect(agent, "long " * 1_000))
    assert (end.outcome, end.error) == ("failed", "The conversation does not fit.")


async def test_a_cancelled_run_keeps_variables_and_a_whole_conversation(make: MakeAgent) -> None:
    agent = make(act("x = 1\nprint(x)"), act("x = 2\nwhile True: pass"), act("final_answer(x)"))

    async def until_running() -> None:
        async with aclosing(agent.stream("go")) as events:
            async for event in events:
                if isinstance(event, ActionReady) and "while" in event.code:
                    asyncio.get_running_loop().call_later(0.3, task.cancel)

    task = asyncio.create_task(until_running())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended(await collect(agent, "and now?")).answer == 1
    assert "stopped" in agent.model.asked[2][-1].content


async def test_usage_is_summed(make: MakeAgent) -> None:
    events = await collect(make(act("print(1)"), act("final_answer(1)")))
    steps = [e.usage for e in events if isinstance(e, StepFinished)]
    assert ended(events).usage.output_tokens == sum(u.output_tokens for u in steps) > 0


def test_a_script_runs_without_asyncio() -> None:
    replies = (act("x = {'a': (1, 2)}\nfinal_answer(x)"), act("final_answer(x['a'])"))
    with CodeAgent([], ScriptedModel(*replies)) as agent:
        assert agent.run("first") == {"a": (1, 2)}
        assert agent.run("second") == (1, 2)


def test_a_script_can_stream_and_stop() -> None:
    with CodeAgent([], ScriptedModel(act("while True: pass"), "Bye.")) as agent:
        for event in agent.run("go", stream=True):
            if isinstance(event, ActionReady):
                break
        assert agent.run("still there?") == "Bye."


async def test_run_works_inside_a_running_loop() -> None:
    with CodeAgent([], ScriptedModel("Hi.")) as agent:
        assert agent.run("hello") == "Hi."


def test_a_failed_run_raises_in_a_script() -> None:
    with (
        CodeAgent([], ScriptedModel(ModelRefused("No."))) as agent,
        pytest.raises(RunFailed, match=r"^No\.$"),
    ):
        agent.run("hello")


def test_wrong_arguments_are_said_at_once() -> None:
    @tool
    def twice(x: int) -> int:
        """Doubles."""
        return 2 * x

    with pytest.raises(ConfigurationError, match="model"):
        CodeAgent()
    with pytest.raises(ConfigurationError, match="max_steps"):
        CodeAgent([], ScriptedModel(), max_steps=0)
    with pytest.raises(ConfigurationError, match="twice"):
        CodeAgent([twice, twice], ScriptedModel())


class FirstStartFails(LocalExecutorFactory):
    """As a place that is full, and has room a moment later."""

    tried = False

    def __call__(self, spec: ExecutorSpec) -> LocalExecutor:
        tried, self.tried = self.tried, True
        if not tried:
            raise ExecutorUnavailable("There is no room.")
        return super().__call__(spec)


async def test_a_task_that_could_not_begin_is_remembered() -> None:
    factory, model = FirstStartFails(), ScriptedModel("Nine.")
    async with CodeAgent([], model, executor_type=factory) as agent:
        assert ended(await collect(agent, "Count the whales.")).error == "There is no room."
        assert ended(await collect(agent, "Try again.")).answer == "Nine."
    await factory.aclose()
    assert "Count the whales." in model.asked[0][-1].content


async def test_one_task_at_a_time(make: MakeAgent) -> None:
    agent = make(act("final_answer(1)"), "Two.")
    async with aclosing(agent.stream("one")) as events:
        await anext(events)
        with pytest.raises(SessionBusy):
            await collect(agent, "two")
        rest = [event async for event in events]
    assert ended(rest).answer == 1
    assert ended(await collect(agent, "two")).answer == "Two."
    assert "two" not in "".join(one.content for one in agent.model.asked[0])


async def test_nothing_is_taken_away_from_a_task_that_is_going_on(make: MakeAgent) -> None:
    agent = make(act("print(1)"), "Done.")
    stream = agent.stream("one")
    await anext(stream)
    with pytest.raises(SessionBusy):
        await agent.reset()
    with pytest.raises(SessionBusy):
        await agent.use_executor("local")
    assert ended([event async for event in stream]).answer == "Done."
    await agent.reset()
