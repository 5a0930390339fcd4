"""Our agent at a task, as the app makes it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from agent.code_agent import CodeAgent
from agent.events import AgentEvent, CellEvent, Event, RunEnded, StepRejected
from agent.models.base import Done, Message, Model, ModelDelta, Reasoning, Text
from agent.tools.base import Tool, tool
from bench.agents.attempt import LONGEST_ANSWER, LONGEST_ERROR, Attempt, Ended
from bench.agents.config import IMPORTS, Config
from bench.agents.reading import text_of
from bench.agents.served import Served
from bench.agents.task import Task, ToolFunction
from executors.base import ExecutorFactory, Finished
from executors.values import decode


class Metered:
    """A model that counts into an attempt.

    A reply that is cut off has no count from the server: its tokens are the pieces that came, and
    those of its question are asked for afterwards. One that never began counts as nothing.
    """

    def __init__(self, model: Model, attempt: Attempt) -> None:
        self._model, self._attempt = model, attempt
        self.name, self.profile = model.name, model.profile
        self.uncounted: list[Sequence[Message]] = []

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        stop: Sequence[str] = (),
        temperature: float | None = None,
    ) -> AsyncGenerator[ModelDelta, None]:
        """Stream one reply; see `agent.models.base.Model.stream`."""
        self._attempt.steps += 1
        pieces, done = 0, False
        source = self._model.stream(messages, stop=stop, temperature=temperature)
        try:
            async with aclosing(source) as deltas:
                async for delta in deltas:
                    pieces += isinstance(delta, Text | Reasoning)
                    if isinstance(delta, Done):
                        done = True
                        self._attempt.input_tokens += delta.usage.input_tokens
                        self._attempt.output_tokens += delta.usage.output_tokens
                    yield delta
        finally:
            if pieces and not done:
                self._attempt.output_tokens += pieces
                self.uncounted.append(tuple(messages))

    async def aclose(self) -> None:
        """The model belongs to whoever made it."""


async def attempt_ours(
    task: Task, config: Config, served: Served, executors: ExecutorFactory
) -> Attempt:
    """Give the task to a new agent; whatever happens becomes an attempt."""
    attempt = Attempt()
    model = Metered(served.model, attempt)
    await served.address()
    started = time.monotonic()
    helpers = [
        CodeAgent(
            _tools(one.tools),
            model,
            additional_authorized_imports=IMPORTS,
            max_steps=config.steps,
            name=one.name,
            description=one.description,
        )
        for one in task.helpers
    ]
    agent = CodeAgent(
        _tools(task.tools),
        model,
        additional_authorized_imports=IMPORTS,
        executor_type=executors,
        max_steps=config.steps,
        managed_agents=helpers,
    )
    limit = asyncio.timeout(config.task_seconds)
    async with agent:
        try:
            async with limit:
                await _converse(agent, task, attempt)
        except TimeoutError:
            if not limit.expired():
                raise
            attempt.ended = "timeout"
        attempt.seconds = time.monotonic() - started
        await _collect(agent, task, attempt)
    for messages in model.uncounted:
        attempt.input_tokens += await served.count(messages)
    return attempt


def _tools(functions: Sequence[ToolFunction]) -> list[Tool]:
    return [tool(function) for function in functions]


async def _converse(agent: CodeAgent, task: Task, attempt: Attempt) -> None:
    files = {name: text.encode() for name, text in task.files.items()}
    for turn in task.turns:
        async with aclosing(agent.stream(turn, files)) as events:
            async for event in events:
                _note(event, attempt)
        files = {}
        if attempt.ended == "crash":
            return


def _note(event: Event, attempt: Attempt) -> None:
    match event:
        case StepRejected():
            _reject(event, attempt)
            attempt.last_step = "fine" if event.well_formed else "unusable"
        case AgentEvent(event=StepRejected() as rejected):
            _reject(rejected, attempt)
        case CellEvent(event=Finished(error=error)):
            attempt.last_step = "error" if error else "fine"
            attempt.error = f"{error.name}: {error.message}"[:LONGEST_ERROR] if error else ""
        case RunEnded(outcome=outcome, answer=answer, error=error):
            attempt.ended = _ENDED.get(outcome, "crash")
            attempt.answer = text_of(decode(answer))[:LONGEST_ANSWER]
            attempt.error = error or attempt.error
        case _:
            pass


def _reject(rejected: StepRejected, attempt: Attempt) -> None:
    attempt.unusable += 1
    attempt.challenged += rejected.well_formed


_ENDED: Mapping[str, Ended] = {"answer": "answer", "max_steps": "steps", "over_budget": "steps"}


async def _collect(agent: CodeAgent, task: Task, attempt: Attempt) -> None:
    if agent.workspace is None:
        return
    there = {file.path for file in await agent.workspace.list()}
    for name in there.intersection(task.outputs):
        text = (await agent.workspace.read(name)).decode(errors="replace")
        attempt.files[name] = text[:LONGEST_ANSWER]
