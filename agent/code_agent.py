"""An agent that acts by writing Python: its conversation, and the place where its code runs."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any, Self

from agent import prompting
from agent.answers import AnswerType
from agent.bill import Bill
from agent.blocking import NOTHING, BlockingRuns
from agent.budget import Account, Budget
from agent.calls import HostCalls
from agent.checks import AnswerCheck
from agent.conditions import cells
from agent.doubts import Doubts, Known
from agent.errors import AgentError, ConfigurationError, SessionBusy
from agent.events import Event, RunEnded, RunStarted
from agent.examples import examples
from agent.hooks import ActionHook, ApprovalHook, PlanHook, StepCallback
from agent.loop import Loop, system_message
from agent.managed import ManagedAgent
from agent.memory.records import RECALL_SPEC, with_recall
from agent.messages import Memory
from agent.models.base import Message, Model
from agent.models.images import images_in
from agent.place import Place
from agent.spec import AgentSpec
from agent.text import well_formed
from agent.tools.base import Tool, check_names
from agent.tools.foreign import SmolagentsTool, as_tool
from agent.tracing import traced
from agent.tries import SecondTries
from executors.base import FINAL_ANSWER, ExecutorFactory, FileInfo, Limits, Workspace
from executors.errors import ExecutorError
from executors.factory import ExecutorKind

log = logging.getLogger(__name__)

_TROUBLE = (
    "Something went wrong inside the app. Your conversation is kept: please try again. "
    "The server's log has the details."
)


class CodeAgent(BlockingRuns):
    """An agent that acts by writing Python.

    Variables live on between steps and between tasks of the same agent. Use `run` in scripts and
    `stream` in async code; one task at a time.

    Args:
        tools: what the code can call as functions; they run here, never where the code runs. Tools
            of smolagents are taken as they are.
        model: any `agent.models.base.Model`.
        additional_authorized_imports: modules that the code may import besides the harmless part of
            the standard library: `numpy`, `pkg.sub`, `pkg.*`. In E2B they are installed.
        executor_type: `local`, `e2b`, or a factory that others share. An agent closes what it made.
            Not given it means local or, for a managed agent, where its manager's code runs.
        max_steps: how many model calls one task may take before a last word.
        limits: what one cell may use.
        instructions: more text for the system prompt.
        managed_agents: agents with a name and a description, which the code calls as functions.
        name: what a manager's code calls this agent.
        description: what it is for, for its manager.
        answer_type: what its answers must be, such as `int`, `list[str]` or a dataclass, for which
            code gives a dict; others are sent back.
        planning_interval: make a plan before the first step and again after that many steps.
        second_tries: how often an answer may be computed once more, from the same state, to see
            whether it holds; `auto` does so with small models, `off` never.
        final_answer_checks: each gets an answer and may send it back; see `agent.checks`.
        before_action: each sees an action before it runs and may change or forbid it; see
            `agent.hooks`.
        before_plan: each sees a plan before it is followed and may replace it.
        step_callbacks: each is told of every finished step.
        approve_call: is asked about each call of a tool whose `approval` is `always`.
        budget: what one task may use, all managed agents included.

    Raises:
        ConfigurationError: two tools share a name, a number is below 1, or a managed agent cannot
            be called.
    """

    def __init__(
        self,
        tools: Sequence[Tool | SmolagentsTool] = (),
        model: Model | None = None,
        *,
        additional_authorized_imports: Sequence[str] = (),
        executor_type: ExecutorKind | ExecutorFactory | None = None,
        max_steps: int = 10,
        limits: Limits | None = None,
        instructions: str = "",
        managed_agents: Sequence[CodeAgent] = (),
        name: str = "",
        description: str = "",
        answer_type: Any = None,
        planning_interval: int | None = None,
        second_tries: SecondTries = "auto",
        final_answer_checks: Sequence[AnswerCheck] = (),
        before_action: Sequence[ActionHook] = (),
        before_plan: Sequence[PlanHook] = (),
        step_callbacks: Sequence[StepCallback] = (),
        approve_call: ApprovalHook | None = None,
        budget: Budget | None = None,
    ) -> None:
        if model is None:
            raise ConfigurationError("A CodeAgent needs a model, for example model=HfApiModel().")
        for text, number in (("max_steps", max_steps), ("planning_interval", planning_interval)):
            if number is not None and number < 1:
                raise ConfigurationError(f"{text} must be at least 1, not {number}.")
        named = _named([*map(as_tool, tools), *map(ManagedAgent, managed_agents)])
        spec = AgentSpec(
            name=name,
            description=description,
            answer_type=None if answer_type is None else AnswerType(answer_type),
            tools=named,
            tool_specs=[tool.spec for tool in named.values()],
            imports=tuple(additional_authorized_imports),
            limits=limits or Limits(),
            max_steps=max_steps,
            instructions=instructions,
            planning_interval=planning_interval,
            second_tries=second_tries,
            answer_checks=tuple(final_answer_checks),
            before_action=tuple(before_action),
            before_plan=tuple(before_plan),
            step_callbacks=tuple(step_callbacks),
            approve_call=approve_call,
            budget=budget or Budget(),
        )
        self._has_own_place = executor_type is not None
        self._managed = tuple(managed_agents)
        self._begin(spec, model, executor_type or "local", manager=None)

    def _begin(
        self,
        spec: AgentSpec,
        model: Model,
        executors: ExecutorKind | ExecutorFactory,
        *,
        manager: Account | None,
    ) -> None:
        self.spec, self.model = spec, model
        self._manager = manager
        self._memory = Memory()
        self._calls = HostCalls(spec.tools, spec.approve_call)
        self._place = Place(
            executors,
            tools=(*spec.tool_specs, RECALL_SPEC),
            call_tool=with_recall(self._calls, self._memory.records),
            imports=spec.imports,
            limits=spec.limits,
        )
        self._inbox: deque[str] = deque()
        self._working = False

    def another(self, *, manager: Account, executors: ExecutorFactory) -> CodeAgent:
        """A new agent like this one, with its own memory and variables, to be closed by itself.

        Args:
            manager: the account of the run that calls it.
            executors: where its code runs if this one was made without a place of its own.
        """
        agent = object.__new__(CodeAgent)
        agent._has_own_place, agent._managed = False, ()
        shared = self._place.factory if self._has_own_place else executors
        agent._begin(replace(self.spec, called=True), self.model, shared, manager=manager)
        return agent

    # ------------------------------------------------------------------ one task

    def stream(
        self,
        task: str,
        files: Mapping[str, bytes] = NOTHING,
        *,
        additional_args: Mapping[str, Any] = NOTHING,
    ) -> AsyncGenerator[Event, None]:
        """Work on `task`; yields what happens as it happens, `RunEnded` last.

        Faults of the model or of the place where code runs end the run with outcome `failed` and a
        sentence for the person. Closing the generator, or cancelling its task, stops at once; the
        variables of earlier cells are kept.

        Args:
            task: what the person wants.
            files: go into the workspace first, by name.
            additional_args: become variables of the code first, by name; typed JSON must carry
                them, see `executors.values`.

        Raises:
            SessionBusy: another task is going on.
        """
        events = self._stream(task, files, additional_args)
        # A managed agent's events are part of its manager's.
        return events if self._manager else traced(events, agent=self.spec.name)

    async def _stream(
        self, task: str, files: Mapping[str, bytes], additional_args: Mapping[str, Any]
    ) -> AsyncGenerator[Event, None]:
        self._refuse_while_working()
        started = time.monotonic()
        task, bill = well_formed(task), Bill(self.model.profile.price)
        wary = self.model.profile.guesses
        tables = {name: cells(name, data) if wary else () for name, data in files.items()}
        began = self._take_up(task, files, additional_args)
        self._working = True
        del files, additional_args  # the place has them until they arrive; a run may take long
        end: RunEnded | None = None
        try:
            yield began
            async with aclosing(self._work(task, tables)) as events:
                async for event in events:
                    bill.take(event)
                    if isinstance(event, RunEnded):
                        end = event
                    else:
                        yield event
        except (AgentError, ExecutorError) as exc:
            log.info("run failed: %s", exc)
            end = RunEnded(outcome="failed", error=str(exc))
        except Exception:
            log.exception("a fault in the agent ended the run")
            end = RunEnded(outcome="failed", error=_TROUBLE)
        finally:
            self._remember_end(end)
            self._working = False
        if end is None:
            raise RuntimeError("the loop ended without RunEnded")
        yield RunEnded(
            outcome=end.outcome,
            answer=end.answer,
            error=end.error,
            duration=time.monotonic() - started,
            usage=bill.usage,
            cost=bill.cost,
        )

    def _take_up(
        self, task: str, files: Mapping[str, bytes], values: Mapping[str, Any]
    ) -> RunStarted:
        """Keep the task and what came with it: also one that cannot begin is part of the talk."""
        added = tuple(FileInfo(path=name, size=len(data)) for name, data in files.items())
        profile = self.model.profile
        self._place.add(files, values)
        self._memory.begin_with(examples(profile, called=self.spec.called))
        images = images_in(files) if profile.vision else ()
        asked = prompting.task_text(task, files, self.spec.tool_specs, profile)
        self._memory.task(asked, images)
        return RunStarted(task=task, model=self.model.name, executor=self._place.kind, files=added)

    def _refuse_while_working(self) -> None:
        if self._working:
            raise SessionBusy("This agent is at work on another task. Let that end, or close it.")

    async def _work(
        self, task: str, tables: Mapping[str, Collection[str]]
    ) -> AsyncGenerator[Event, None]:
        self._calls.begin()
        known = Known(
            task=task,
            files=() if self.model.profile.vision else tables,  # it sees what it is shown
            tables=tables,
            tools=self.spec.tools,
            needed=[name for name, tool in self.spec.tools.items() if not tool.general],
            fresh=not len(self._memory.records),
            typed=self.spec.answer_type is not None,
            wary=self.model.profile.guesses,
        )
        loop = Loop(
            self.spec,
            model=self.model,
            memory=self._memory,
            place=self._place,
            calls=self._calls,
            account=Account(self.spec.budget, self._manager),
            inbox=self._inbox,
            doubts=Doubts(known),
        )
        async with aclosing(loop.run(task)) as events:
            async for event in events:
                yield event

    def steer(self, text: str) -> None:
        """Say something to the agent while it works: it reads it before its next step."""
        self._inbox.append(well_formed(text))

    async def prefix(self) -> Sequence[Message]:
        """The messages that every model call of this agent begins with."""
        profile = self.model.profile
        system = system_message(self.spec, profile, await self._place.executor())
        return (system, *examples(profile, called=self.spec.called))

    def _remember_end(self, end: RunEnded | None) -> None:
        """Close the last exchange, so that the next task starts from a whole conversation."""
        while self._inbox:  # it came too late for a step
            self._memory.said(prompting.steered(self._inbox.popleft()))
        if end is None:
            self._memory.user("(The person stopped the work here.)")
        elif end.outcome == "failed":
            self._memory.user("(The work broke off here because of a technical fault.)")

    # ------------------------------------------------------------------ the executor

    @property
    def workspace(self) -> Workspace | None:
        """The files of this conversation; None before the first run."""
        return self._place.workspace

    async def use_executor(self, executor: ExecutorKind | ExecutorFactory) -> None:
        """Run code elsewhere from the next task on.

        Files, imports, functions, classes and every variable that is data move along; the next run
        says what could not.

        Raises:
            SessionBusy: a task is going on.
        """
        self._refuse_while_working()
        had_state = self._place.in_use
        await self._place.move(executor)
        self._memory.variables.clear()  # those that come along are told anew
        if had_state:
            self._memory.user(f"(The code now runs elsewhere: {self._place.kind}.)")

    async def reset(self) -> None:
        """Forget the conversation and every variable.

        Raises:
            SessionBusy: a task is going on.
        """
        self._refuse_while_working()
        self._memory.clear()
        await self._place.clear()

    def _typed(self, answer: Any) -> Any:
        return answer if self.spec.answer_type is None else self.spec.answer_type.read(answer)

    def _shared_factory(self) -> ExecutorFactory | None:
        return self._place.shared

    def _releasing(self) -> Callable[[], Awaitable[None]]:
        return partial(_release, self._place, self._managed)

    async def aclose(self) -> None:
        """Release the executor, and those of the managed agents. Idempotent.

        The models belong to whoever made them.
        """
        await _release(self._place, self._managed)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()


def _named(tools: Sequence[Tool]) -> Mapping[str, Tool]:
    check_names([tool.spec for tool in tools])
    return {tool.name: tool for tool in tools if tool.name != FINAL_ANSWER}


async def _release(place: Place, managed: Sequence[CodeAgent]) -> None:
    try:
        await place.aclose()
    finally:
        for agent in managed:
            await agent.aclose()
