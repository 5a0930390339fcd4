"""Runs as spans, by the SDK's own exporter to memory."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from itertools import pairwise

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from agent import CodeAgent, ScriptedModel, tool
from agent.errors import ModelUnavailable
from agent.events import CellEvent, RunStarted
from agent.tracing import CONTENT
from executors.base import Limits, ToolCalled
from executors.local.executor import LocalExecutorFactory

EXPORTER = InMemorySpanExporter()
SECRET = "the cat's name"


@pytest.fixture(scope="module", autouse=True)
def _provider() -> Iterator[None]:
    """The process has one provider for good; its exporter is cleared after this module."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(EXPORTER))
    trace.set_tracer_provider(provider)
    yield
    provider.shutdown()


@pytest.fixture
async def factory() -> AsyncGenerator[LocalExecutorFactory, None]:
    EXPORTER.clear()
    made = LocalExecutorFactory()
    yield made
    await made.aclose()


def act(code: str) -> str:
    return f"I do it.\n```python\n{code}\n```"


@tool
def double(number: int) -> int:
    """Doubles a number."""
    return 2 * number


@tool
async def endless() -> None:
    """Never ends."""
    await asyncio.Event().wait()


@tool
def broken() -> int:
    """Fails."""
    raise LookupError("no")


def spans() -> Sequence[ReadableSpan]:
    return EXPORTER.get_finished_spans()


def named(name: str) -> list[ReadableSpan]:
    return [span for span in spans() if span.name == name]


def parent_of(span: ReadableSpan) -> str:
    [found] = [s.name for s in spans() if span.parent and s.context.span_id == span.parent.span_id]
    return found


async def run(agent: CodeAgent, task: str = SECRET) -> None:
    async with agent, aclosing(agent.stream(task)) as events:
        async for _ in events:
            pass


async def test_a_run_its_model_calls_and_its_tools(factory: LocalExecutorFactory) -> None:
    replies = act("x = double(21)\ntry:\n    broken()\nexcept LookupError:\n    pass"), "It is 42."
    model = ScriptedModel(*replies, name="org/model")
    await run(CodeAgent([double, broken], model, executor_type=factory, name="solver"))
    [root] = named("invoke_agent solver")
    assert root.parent is None
    assert root.kind is SpanKind.INTERNAL
    assert root.status.status_code is StatusCode.UNSET
    assert root.attributes is not None
    assert root.attributes["gen_ai.operation.name"] == "invoke_agent"
    assert root.attributes["gen_ai.agent.name"] == "solver"
    chats = named("chat org/model")
    assert len(chats) == 2
    for chat in chats:
        assert parent_of(chat) == root.name
        assert chat.kind is SpanKind.CLIENT
        assert chat.attributes is not None
        assert chat.attributes["gen_ai.operation.name"] == "chat"
        assert chat.attributes["gen_ai.request.model"] == "org/model"
        assert chat.attributes["gen_ai.usage.input_tokens"] > 0
    total = sum(chat.attributes["gen_ai.usage.output_tokens"] for chat in chats if chat.attributes)
    assert root.attributes["gen_ai.usage.output_tokens"] == total
    [good], [bad] = named("execute_tool double"), named("execute_tool broken")
    assert good.attributes is not None
    assert good.attributes["gen_ai.tool.name"] == "double"
    assert good.status.status_code is StatusCode.UNSET
    assert bad.status.status_code is StatusCode.ERROR
    assert parent_of(good) == parent_of(bad) == root.name
    # The model's span ends with its reply, before its code runs.
    assert chats[0].end_time <= good.start_time < good.end_time <= chats[1].start_time
    assert len(spans()) == 5


@pytest.mark.parametrize("asked_for", [False, True])
async def test_content_only_where_it_is_asked_for(
    factory: LocalExecutorFactory, monkeypatch: pytest.MonkeyPatch, asked_for: bool
) -> None:
    monkeypatch.setenv(CONTENT, str(asked_for).lower())
    replies = act("double(1234567)"), "Purr."
    await run(CodeAgent([double], ScriptedModel(*replies), executor_type=factory))
    said = json.dumps([dict(span.attributes or {}) for span in spans()])
    for text in (SECRET, "1234567", "2469134", "Purr."):
        assert (text in said) is asked_for


async def test_each_try_of_a_step_is_a_call_of_its_own(factory: LocalExecutorFactory) -> None:
    model = ScriptedModel(*[act(f"final_answer({n})") for n in (1, 22, 1)], name="m")
    await run(CodeAgent([], model, executor_type=factory, second_tries=2))
    chats = named("chat m")
    assert len(chats) == 3
    used = [(chat.attributes or {})["gen_ai.usage.output_tokens"] for chat in chats]
    assert used[1] == -(-len(act("final_answer(22)")) // 4)
    [root] = named("invoke_agent")
    assert sum(used) == (root.attributes or {})["gen_ai.usage.output_tokens"]
    for before, after in pairwise(chats):
        assert before.end_time <= after.start_time


async def test_a_fault_of_the_model(factory: LocalExecutorFactory) -> None:
    model = ScriptedModel(ModelUnavailable("It is down."), name="m")
    await run(CodeAgent(model=model, executor_type=factory))
    [root], [chat] = named("invoke_agent"), named("chat m")
    for span in (root, chat):
        assert span.status.status_code is StatusCode.ERROR
        assert (span.attributes or {})["error.type"] == "failed"


async def test_an_abandoned_run_leaves_no_span_open(factory: LocalExecutorFactory) -> None:
    agent = CodeAgent(model=ScriptedModel("Hello there, friend."), executor_type=factory)
    stream = agent.stream("hi")
    while isinstance(await anext(stream), RunStarted):
        pass
    assert spans() == ()
    await stream.aclose()
    [root] = named("invoke_agent")
    assert (root.attributes or {})["error.type"] == "cancelled"
    await agent.aclose()


async def test_called_agents_are_below_the_call(factory: LocalExecutorFactory) -> None:
    inner = CodeAgent(
        [double],
        ScriptedModel(*[act("final_answer(double(4))")] * 2, name="inner-model"),
        executor_type=factory,
        name="helper",
        description="Doubles.",
    )
    boss = ScriptedModel(act("final_answer([helper('four'), helper('four')])"), name="boss-model")
    await run(CodeAgent(model=boss, executor_type=factory, managed_agents=[inner], name="boss"))
    await inner.aclose()
    below = named("invoke_agent helper")
    assert [parent_of(span) for span in below] == ["execute_tool helper"] * 2
    assert {parent_of(span) for span in named("execute_tool helper")} == {"invoke_agent boss"}
    assert {parent_of(span) for span in named("chat inner-model")} == {"invoke_agent helper"}
    assert {parent_of(span) for span in named("execute_tool double")} == {"invoke_agent helper"}
    assert len({span.context.trace_id for span in spans()}) == 1


WITHOUT = """
import sys
sys.modules["opentelemetry"] = None  # as if it were not installed
from agent import CodeAgent, ScriptedModel
with_tools = CodeAgent(model=ScriptedModel("Hello."))
print(with_tools.run("hi"))
"""


def test_without_the_package_nothing_is_missing() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("Hello.", 0), done.stderr


async def test_a_call_that_its_cell_did_not_wait_for_ends_with_the_cell(
    factory: LocalExecutorFactory,
) -> None:
    model = ScriptedModel(act("endless()"), act("final_answer(double(4))"))
    agent = CodeAgent([endless, double], model, executor_type=factory, limits=Limits(calls=1))
    async with aclosing(agent.stream("hi")) as events:
        async for event in events:
            if isinstance(event, CellEvent) and isinstance(event.event, ToolCalled):
                await agent._place._executor.interrupt()
    await agent.aclose()
    [cut] = named("execute_tool endless")
    [good] = named("execute_tool double")
    assert (cut.attributes or {})["error.type"] == "cancelled"
    assert cut.end_time <= good.start_time
