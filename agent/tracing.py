"""Runs as OpenTelemetry spans by its GenAI conventions: a fold of the events, like the page.

Without the package `opentelemetry`, or without a tracer that records, nothing is done at all.
What people and models wrote stays out, unless OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT
is `true`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from agent.events import (
    ActionReady,
    AgentEvent,
    CellEvent,
    CodeDelta,
    Event,
    ModelPreparing,
    ModelSwitched,
    PlanDelta,
    PlanReady,
    ReasoningDelta,
    RunEnded,
    RunStarted,
    Steered,
    StepFinished,
    StepRejected,
    StepStarted,
    TextDelta,
    TryStarted,
)
from agent.models.base import Usage
from executors.base import ExecutionEvent, Finished, ToolCalled, ToolReturned

try:
    from opentelemetry import trace
except ImportError:  # the optional dependency: pip install "sandglass[otel]"
    trace = None

if TYPE_CHECKING:
    from opentelemetry.trace import Span

CONTENT = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


async def traced(events: AsyncGenerator[Event, None], *, agent: str) -> AsyncGenerator[Event, None]:
    """Pass on the events of a run, and record them as spans where somebody listens.

    Args:
        events: of one whole run; closed at the end.
        agent: its name; may be empty.
    """
    root = None if trace is None else _start(f"invoke_agent {agent}".rstrip(), "invoke_agent")
    spans = _Spans(root, agent) if root is not None and root.is_recording() else None
    try:
        async with aclosing(events):
            async for event in events:
                if spans is not None:
                    spans.feed(event)
                yield event
    finally:
        if spans is not None:
            spans.close("cancelled")


class _Spans:
    """The spans of one run. Feed it every event; close it."""

    def __init__(self, root: Span, agent: str) -> None:
        self._root, self._agent = root, agent
        self._model = ""
        self._chat: Span | None = None
        self._chat_end: int | None = None
        self._idle_since: int | None = None
        """When the step got ready for its model call; None once that has begun."""
        self._told = Usage()
        """What earlier tries of the step have used."""
        self._tools: dict[int, tuple[str, Span]] = {}
        self._agents: dict[str, _Spans] = {}
        self._open = True

    def feed(self, event: Event) -> None:
        """Begin or end what this event begins or ends."""
        match event:
            case RunStarted():
                self._started(event)
            case StepStarted() | Steered():
                self._idle_since = time.time_ns()
            case TryStarted():
                self._replied()
                self._count(event.usage)
                self._told += event.usage
                self._idle_since = time.time_ns()
            case (
                ModelPreparing()
                | ModelSwitched()
                | PlanDelta()
                | TextDelta()
                | ReasoningDelta()
                | CodeDelta()
            ):
                self._ask(event)
            case ActionReady():
                self._replied()
            case StepRejected():
                self._replied()
                self._idle_since = time.time_ns()  # it may be asked again within the step
            case PlanReady() | StepFinished():
                self._replied()
                self._count(event.usage - self._told)
                self._told = Usage()
                self._idle_since = time.time_ns() if isinstance(event, PlanReady) else None
            case CellEvent(event=inner):
                self._cell(inner)
            case AgentEvent():
                self._inside(event)
            case RunEnded():
                self._ended(event)
            case _:
                pass

    def _cell(self, event: ExecutionEvent) -> None:
        match event:
            case ToolCalled():
                self._call(event)
            case ToolReturned():
                self._returned(event)
            case Finished():
                self._cut_off()
            case _ if self._idle_since is not None:
                self._idle_since = time.time_ns()  # files arrived before the model call
            case _:
                pass

    def close(self, error: str = "") -> None:
        """End every span; those that are open have the error."""
        if not self._open:
            return
        self._open = False
        for inner in self._agents.values():
            inner.close(error or "cancelled")
        self._cut_off()
        if self._chat is not None:
            _end(self._chat, "" if self._chat_end else error, at=self._chat_end)
        _end(self._root, error)

    def _started(self, event: RunStarted) -> None:
        self._model = event.model
        self._root.set_attribute("gen_ai.request.model", event.model)
        if self._agent:
            self._root.set_attribute("gen_ai.agent.name", self._agent)
        _say(self._root, "gen_ai.input.messages", _message("user", event.task))

    def _ask(self, event: Event | None = None) -> None:
        """The model call of this step has begun, if it had not."""
        if self._idle_since is None:
            return
        self._count(Usage())  # a call whose reply was taken back
        self._chat = _start(
            f"chat {self._model}", "chat", parent=self._root, at=self._idle_since, client=True
        )
        self._chat.set_attribute("gen_ai.request.model", self._model)
        self._chat_end, self._idle_since = None, None
        if isinstance(event, ModelSwitched):
            self._chat.set_attribute("gen_ai.response.model", event.model)

    def _replied(self) -> None:
        """The reply is complete; its tokens may be told later."""
        if self._chat is None:
            self._ask()  # an empty reply: it began and ended with this event
        self._chat_end = self._chat_end or time.time_ns()

    def _count(self, usage: Usage) -> None:
        """End the model call with its tokens."""
        if self._chat is None:
            return
        if usage != Usage():
            self._chat.set_attributes(_tokens(usage))
        _end(self._chat, at=self._chat_end)
        self._chat, self._chat_end = None, None

    def _call(self, called: ToolCalled) -> None:
        span = _start(f"execute_tool {called.name}", "execute_tool", parent=self._root)
        span.set_attribute("gen_ai.tool.name", called.name)
        span.set_attribute("gen_ai.tool.type", "function")
        span.set_attribute("gen_ai.tool.call.id", str(called.id))
        _say(span, "gen_ai.tool.call.arguments", called.arguments)
        self._tools[called.id] = (called.name, span)

    def _returned(self, returned: ToolReturned) -> None:
        _, span = self._tools.pop(returned.id, ("", None))
        if span is not None:
            _say(span, "gen_ai.tool.call.result", returned.preview)
            _end(span, "" if returned.ok else "tool_error")

    def _cut_off(self) -> None:
        """What the cell did not wait for; the next cell counts its calls from 1 again."""
        for _, span in self._tools.values():
            _end(span, "cancelled")
        self._tools.clear()

    def _inside(self, event: AgentEvent) -> None:
        """An agent that this one called, or one further down."""
        first, *rest = event.path
        if first not in self._agents:
            name = first.partition("#")[0]
            span = _start(f"invoke_agent {name}", "invoke_agent", parent=self._caller(event, name))
            self._agents[first] = _Spans(span, name)
        inner = self._agents[first]
        if rest:
            inner.feed(AgentEvent(step=event.step, call=-1, path=tuple(rest), event=event.event))
        else:
            inner.feed(event.event)

    def _caller(self, event: AgentEvent, name: str) -> Span:
        """The span of the call that the agent answers."""
        if event.call in self._tools:
            return self._tools[event.call][1]
        # Further down the number of the call is not told: the newest call of that name.
        calls = [span for called, span in self._tools.values() if called == name]
        return calls[-1] if calls else self._root

    def _ended(self, event: RunEnded) -> None:
        if event.outcome == "failed" and self._chat is None:
            self._ask()  # it failed before its first word
        self._root.set_attributes(_tokens(event.usage))
        if event.answer is not None:
            _say(self._root, "gen_ai.output.messages", _message("assistant", event.answer))
        self.close(event.outcome if event.outcome in ("failed", "stopped") else "")


def _start(
    name: str,
    operation: str,
    *,
    parent: Span | None = None,
    at: int | None = None,
    client: bool = False,
) -> Span:
    """A span that is never made the current one: a generator may be closed by another task."""
    if trace is None:
        raise RuntimeError("spans need the package opentelemetry")
    return trace.get_tracer("sandglass").start_span(
        name,
        context=None if parent is None else trace.set_span_in_context(parent),
        kind=trace.SpanKind.CLIENT if client else trace.SpanKind.INTERNAL,
        attributes={"gen_ai.operation.name": operation},
        start_time=at,
    )


def _end(span: Span, error: str = "", *, at: int | None = None) -> None:
    if error and trace is not None:
        span.set_attribute("error.type", error)
        span.set_status(trace.StatusCode.ERROR)
    span.end(end_time=at)


def _tokens(usage: Usage) -> dict[str, int]:
    return {
        "gen_ai.usage.input_tokens": usage.input_tokens,
        "gen_ai.usage.output_tokens": usage.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens,
    }


def _say(span: Span, name: str, content: Any) -> None:
    """Record content, where the operator wants it."""
    if os.environ.get(CONTENT, "").lower() == "true":
        span.set_attribute(name, json.dumps(content, ensure_ascii=False))


def _message(role: str, content: Any) -> list[dict[str, Any]]:
    return [{"role": role, "parts": [{"type": "text", "content": content}]}]
