"""The CodeAct loop: ask the model, run the code that it writes, show it what happened, repeat."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import aclosing
from types import MappingProxyType
from typing import Any, Literal, Self, overload

from agent import prompting
from agent.errors import AgentError, ConfigurationError, ContextTooLong, RunFailed
from agent.events import (
    ActionReady,
    CellEvent,
    Event,
    RunEnded,
    RunStarted,
    StepFinished,
    StepRejected,
    StepStarted,
)
from agent.messages import Memory
from agent.model_call import ModelCall
from agent.models.base import Message, Model, Usage
from agent.observation import observe
from agent.parsing import Reply
from agent.place import Place
from agent.progress import Progress
from agent.text import well_formed
from agent.tools.base import Tool, check_names
from executors.base import (
    FINAL_ANSWER,
    ExecutionEvent,
    Executor,
    ExecutorFactory,
    FileInfo,
    Finished,
    Limits,
    Notice,
    Workspace,
)
from executors.errors import ExecutorError
from executors.factory import ExecutorKind
from executors.loop_thread import LoopThread
from executors.values import decode

log = logging.getLogger(__name__)

_NO_FILES: Mapping[str, bytes] = MappingProxyType({})
_TROUBLE = (
    "Something went wrong inside the app. Your conversation is kept: please try again. "
    "The server's log has the details."
)


class CodeAgent:
    """An agent that acts by writing Python.

    Variables live on between steps and between tasks of the same agent. Use `run` in scripts and
    `stream` in async code; one task at a time.

    Args:
        tools: what the code can call as functions; they run here, never where the code runs.
        model: any `agent.models.base.Model`.
        additional_authorized_imports: modules that the code may import besides the harmless part of
            the standard library: `numpy`, `pkg.sub`, `pkg.*`. In E2B they are installed.
        executor_type: `local`, `e2b`, or a factory that others share. An agent closes what it made.
        max_steps: how many model calls one task may take before a last word.
        limits: what one cell may use.
        instructions: more text for the system prompt.

    Raises:
        ConfigurationError: two tools share a name, or `max_steps` is below 1.
    """

    def __init__(
        self,
        tools: Sequence[Tool] = (),
        model: Model | None = None,
        *,
        additional_authorized_imports: Sequence[str] = (),
        executor_type: ExecutorKind | ExecutorFactory = "local",
        max_steps: int = 10,
        limits: Limits | None = None,
        instructions: str = "",
    ) -> None:
        if model is None:
            raise ConfigurationError("A CodeAgent needs a model, for example model=HfApiModel().")
        if max_steps < 1:
            raise ConfigurationError(f"max_steps must be at least 1, not {max_steps}.")
        self.model = model
        self.max_steps = max_steps
        check_names([tool.spec for tool in tools])
        named = {tool.name: tool for tool in tools if tool.name != FINAL_ANSWER}
        self._specs = [tool.spec for tool in named.values()]
        self._instructions = instructions
        self._memory = Memory()
        self._place = Place(
            executor_type,
            tools=named,
            imports=tuple(additional_authorized_imports),
            limits=limits or Limits(),
        )
        self._thread: LoopThread | None = None

    # ------------------------------------------------------------------ the loop

    async def stream(
        self, task: str, files: Mapping[str, bytes] = _NO_FILES
    ) -> AsyncGenerator[Event, None]:
        """Work on `task`; yields what happens as it happens, `RunEnded` last.

        `files` are put into the workspace first, by name.

        Faults of the model or of the place where code runs end the run with outcome `failed` and a
        sentence for the person. Closing the generator, or cancelling its task, stops at once; the
        variables of earlier cells are kept.
        """
        started = time.monotonic()
        task, usage = well_formed(task), Usage()
        added = tuple(FileInfo(path=name, size=len(data)) for name, data in files.items())
        yield RunStarted(task=task, model=self.model.name, executor=self._place.kind, files=added)
        self._place.add(files)
        del files  # the place has them until they are written; a run may take long
        end: RunEnded | None = None
        try:
            async with aclosing(self._work(task, added)) as events:
                async for event in events:
                    if isinstance(event, StepFinished):
                        usage += event.usage
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
        if end is None:
            raise RuntimeError("the loop ended without RunEnded")
        yield RunEnded(
            outcome=end.outcome,
            answer=end.answer,
            error=end.error,
            duration=time.monotonic() - started,
            usage=usage,
        )

    async def _work(self, task: str, added: Sequence[FileInfo]) -> AsyncGenerator[Event, None]:
        """The steps of one run; ends with a bare `RunEnded`."""
        profile = self.model.profile
        self._memory.begin_with(prompting.examples(profile))
        asked = prompting.with_files(task, added)
        self._memory.task(f"{asked}\n\n{profile.reminder}" if profile.reminder else asked)
        executor = await self._place.executor()
        run = Progress(task)
        while run.step <= self.max_steps:
            step, started = run.step, time.monotonic()
            yield StepStarted(step=step, max_steps=self.max_steps)
            async with aclosing(self._arrive(step)) as notices:
                async for notice in notices:
                    yield notice
            call = ModelCall(self.model, step=step, temperature=run.temperature)
            async with aclosing(self._ask(call, executor)) as deltas:
                async for delta in deltas:
                    yield delta
            result = call.result
            if reason := call.rejection or run.challenge(self.model, result):
                yield StepRejected(step=step, reason=reason)
                yield _finished(step, started, call)
                self._memory.assistant(call.text or "(nothing)")
                self._memory.user(reason)
                run.repair()
                continue
            if isinstance(result, Reply):
                self._memory.assistant(result.text)
                yield _finished(step, started, call)
                yield RunEnded(outcome="answer", answer=result.text)
                return
            yield ActionReady(
                step=step, thought=result.thought, code=result.code, reasoning=call.reasoning
            )
            self._memory.assistant(prompting.action(result.thought, result.code, profile))
            cell: list[ExecutionEvent] = []
            async with aclosing(executor.run(result.code)) as execution:
                async for event in execution:
                    cell.append(event)
                    yield CellEvent(step=step, event=event)
            observation, done = observe(cell), cell[-1]
            if stale := run.acted(result.code, done.error if isinstance(done, Finished) else None):
                # What stands in the conversation is what a model repeats: take it out.
                self._memory.forget_last(stale)
                observation += f"\n{prompting.REPEATED}"
            self._memory.user(observation + prompting.step_note(step + 1, self.max_steps))
            yield _finished(step, started, call)
            if isinstance(done, Finished) and done.is_answer:
                yield RunEnded(outcome="answer", answer=done.answer)
                return
        async with aclosing(self._last_word(executor)) as events:
            async for event in events:
                yield event

    async def _arrive(self, step: int) -> AsyncGenerator[Event, None]:
        """Bring along what was added or had been elsewhere; both read what could not be."""
        told: list[str] = []
        async with aclosing(self._place.arrive()) as events:
            async for event in events:
                if isinstance(event, Notice):
                    told.append(event.text)
                yield CellEvent(step=step, event=event)
        if told:
            self._memory.user(f"({' '.join(told)})")

    async def _last_word(self, executor: Executor) -> AsyncGenerator[Event, None]:
        """No steps are left: the model says what it knows."""
        step, started = self.max_steps + 1, time.monotonic()
        yield StepStarted(step=step, max_steps=self.max_steps)
        self._memory.user(prompting.LAST_WORD)
        call = ModelCall(self.model, step=step)
        async with aclosing(self._ask(call, executor)) as deltas:
            async for delta in deltas:
                yield delta
        if call.text:
            self._memory.assistant(call.text)
        yield _finished(step, started, call)
        yield RunEnded(outcome="max_steps", answer=call.text or None)

    async def _ask(self, call: ModelCall, executor: Executor) -> AsyncGenerator[Event, None]:
        """One model call; where the conversation is too long it is shortened and asked again."""
        while True:
            messages = [self._system(executor), *self._memory.turns]
            try:
                async with aclosing(call.stream(messages)) as deltas:
                    async for delta in deltas:
                        yield delta
            except ContextTooLong:
                if not self._memory.shorten():
                    raise
                log.info("the conversation was too long for the model and has been shortened")
            else:
                return

    async def prefix(self) -> Sequence[Message]:
        """The messages that every model call of this agent begins with."""
        system = self._system(await self._place.executor())
        return (system, *prompting.examples(self.model.profile))

    def _system(self, executor: Executor) -> Message:
        prompt = prompting.system_prompt(
            executor.info, self._specs, self._instructions, profile=self.model.profile
        )
        return Message("system", prompt)

    def _remember_end(self, end: RunEnded | None) -> None:
        """Close the last exchange, so that the next task starts from a whole conversation."""
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
        """
        had_state = self._place.in_use
        await self._place.move(executor)
        if had_state:
            self._memory.user(f"(The code now runs elsewhere: {self._place.kind}.)")

    async def reset(self) -> None:
        """Forget the conversation and every variable."""
        self._memory.clear()
        await self._place.clear()

    async def aclose(self) -> None:
        """Release the executor. The model belongs to whoever made it. Idempotent."""
        await self._place.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    # ------------------------------------------------------------------ the sync face

    @overload
    def run(
        self,
        task: str,
        *,
        files: Mapping[str, bytes] = _NO_FILES,
        stream: Literal[False] = False,
        reset: bool = False,
    ) -> Any: ...
    @overload
    def run(
        self,
        task: str,
        *,
        files: Mapping[str, bytes] = _NO_FILES,
        stream: Literal[True],
        reset: bool = False,
    ) -> Generator[Event, None, None]: ...
    def run(
        self,
        task: str,
        *,
        files: Mapping[str, bytes] = _NO_FILES,
        stream: bool = False,
        reset: bool = False,
    ) -> Any | Generator[Event, None, None]:
        """Work on `task` and return the answer as a Python value; for scripts without asyncio.

        Args:
            task: what the person wants.
            files: go into the workspace first, by name.
            stream: return a generator of events instead; closing it stops the run.
            reset: forget the conversation and all variables first.

        Returns:
            What the code gave to `final_answer`, or the model's reply, or its last word when the
            steps ran out.

        Raises:
            RunFailed: the run ended with a fault; the message is for the person.
        """
        events = self._blocking(task, files, reset)
        return events if stream else _answer_of(events)

    def _blocking(
        self, task: str, files: Mapping[str, bytes], reset: bool
    ) -> Generator[Event, None, None]:
        if self._thread is None:
            self._thread = LoopThread(on_exit=self._place.aclose)
        if reset:
            self._thread.run(self.reset())
        yield from self._thread.iterate(self.stream(task, files))

    def close(self) -> None:
        """Release everything that `run` started. Also done at the interpreter's end."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _finished(step: int, started: float, call: ModelCall) -> StepFinished:
    return StepFinished(step=step, duration=time.monotonic() - started, usage=call.usage)


def _answer_of(events: Generator[Event, None, None]) -> Any:
    end = None
    for event in events:
        end = event
    if not isinstance(end, RunEnded):
        raise RuntimeError("the run ended without RunEnded")
    if end.outcome == "failed":
        raise RunFailed(end.error)
    try:
        return decode(end.answer)
    except ValueError as exc:  # only code that has broken out of its walls could make such a thing
        raise RunFailed("The answer that the code gave cannot be read.") from exc
