"""The CodeAct loop: ask the model, run the code that it writes, show it what happened, repeat."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from agent import planning, prompting
from agent.budget import Account
from agent.calls import HostCalls
from agent.checks import objection
from agent.errors import ContextTooLong
from agent.events import (
    ActionReady,
    CellEvent,
    Event,
    RunEnded,
    Steered,
    StepFinished,
    StepRejected,
    StepStarted,
)
from agent.hooks import FinishedStep, ProposedAction, Veto, decide, tell
from agent.messages import Memory
from agent.model_call import ModelCall
from agent.models.base import Message, Model
from agent.models.profile import Profile
from agent.observation import observe
from agent.parsing import Action
from agent.place import Place
from agent.progress import Progress
from agent.spec import AgentSpec
from executors.base import ExecutionEvent, Executor, FileInfo, Finished, Notice
from executors.values import decode

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One step: its number, its model call, and when it began."""

    step: int
    call: ModelCall
    started: float = field(default_factory=time.monotonic)

    def finished(self) -> StepFinished:
        return StepFinished(
            step=self.step, duration=time.monotonic() - self.started, usage=self.call.usage
        )


class Loop:
    """The steps of one run, from the task to the answer.

    Args:
        spec: how the agent was made.
        model: who writes.
        memory: the conversation so far; the run becomes part of it.
        place: where the code runs.
        executor: what the place gave for this run.
        calls: answers what the code calls.
        account: what the run may use.
        inbox: what the person writes meanwhile; the next step takes it.
    """

    def __init__(
        self,
        spec: AgentSpec,
        *,
        model: Model,
        memory: Memory,
        place: Place,
        executor: Executor,
        calls: HostCalls,
        account: Account,
        inbox: deque[str],
    ) -> None:
        self._spec, self._model, self._memory = spec, model, memory
        self._place, self._executor, self._calls = place, executor, calls
        self._account, self._inbox = account, inbox

    async def run(self, task: str, added: Sequence[FileInfo]) -> AsyncGenerator[Event, None]:
        """Work on the task; ends with a bare `RunEnded`."""
        profile = self._model.profile
        self._memory.begin_with(prompting.examples(profile))
        asked = prompting.with_files(task, added)
        self._memory.task(f"{asked}\n\n{profile.reminder}" if profile.reminder else asked)
        progress = Progress(task)
        while progress.step <= self._spec.max_steps and not self._account.spent:
            step = progress.step
            yield StepStarted(step=step, max_steps=self._spec.max_steps)
            for part in (self._arrive(step), self._plan(step), self._step(progress)):
                async with aclosing(part) as events:
                    async for event in events:
                        yield event
                        if isinstance(event, RunEnded):
                            return
        async with aclosing(self._last_word(progress.step)) as events:
            async for event in events:
                yield event

    async def _arrive(self, step: int) -> AsyncGenerator[Event, None]:
        """Bring along what was added or had been elsewhere, and what the person wrote meanwhile."""
        told: list[str] = []
        async with aclosing(self._place.arrive()) as events:
            async for event in events:
                if isinstance(event, Notice):
                    told.append(event.text)
                yield CellEvent(step=step, event=event)
        if told:
            self._memory.user(f"({' '.join(told)})")
        while self._inbox:
            text = self._inbox.popleft()
            self._memory.user(prompting.steered(text))
            yield Steered(step=step, text=text)

    async def _plan(self, step: int) -> AsyncGenerator[Event, None]:
        """A plan, where one is due before this step."""
        if not planning.due(step, self._spec.planning_interval):
            return
        self._memory.user(prompting.PLAN if step == 1 else prompting.PLAN_AGAIN)
        plan = planning.Plan(self._model, step, self._spec.before_plan)
        async with aclosing(plan.stream(self._messages())) as events:
            async for event in events:
                yield event
        self._account.charge(plan.usage)
        self._memory.assistant(plan.text)
        self._memory.user(prompting.FOLLOW_PLAN)

    async def _step(self, progress: Progress) -> AsyncGenerator[Event, None]:
        """One model call, and what it asks for."""
        call = ModelCall(self._model, step=progress.step, temperature=progress.temperature)
        turn = _Turn(progress.step, call)
        async with aclosing(self._ask(call)) as deltas:
            async for delta in deltas:
                yield delta
        if reason := call.rejection or progress.challenge(self._model, call.result):
            yield StepRejected(step=turn.step, reason=reason)
            yield turn.finished()
            self._memory.assistant(call.text or "(nothing)")
            self._memory.user(reason)
            progress.repair()
            return
        answer = self._act if isinstance(call.result, Action) else self._reply
        async with aclosing(answer(turn, progress)) as events:
            async for event in events:
                yield event

    async def _reply(self, turn: _Turn, progress: Progress) -> AsyncGenerator[Event, None]:
        """The model speaks to the person: that ends the run, unless there is an objection."""
        text = turn.call.text
        self._memory.assistant(text)
        finished = turn.finished()
        yield finished
        await self._tell(FinishedStep.of(finished))
        if await self._goes_on(text):
            progress.replied()
        else:
            yield RunEnded(outcome="answer", answer=text)

    async def _act(self, turn: _Turn, progress: Progress) -> AsyncGenerator[Event, None]:
        """Run the action, unless a hook forbids it."""
        thought, code = turn.call.text, turn.call.code
        ready = ActionReady(
            step=turn.step, thought=thought, code=code, reasoning=turn.call.reasoning
        )
        yield ready
        decided = await decide(
            self._spec.before_action, ProposedAction(step=turn.step, thought=thought, code=code)
        )
        if isinstance(decided, Veto):
            self._memory.assistant(prompting.action(thought, code, self._model.profile))
            self._memory.user(prompting.vetoed(decided.reason))
            yield StepRejected(step=turn.step, reason=f"It was not run: {decided.reason}")
            yield turn.finished()
            progress.vetoed()
            return
        if decided.code != code:
            code = decided.code
            yield replace(ready, code=code)
        self._memory.assistant(prompting.action(thought, code, self._model.profile))
        cell: list[ExecutionEvent] = []
        async with aclosing(self._execute(turn.step, code)) as events:
            async for event in events:
                if isinstance(event, CellEvent):
                    cell.append(event.event)
                yield event
        done = cell[-1]
        if not isinstance(done, Finished):
            raise RuntimeError("a cell ended without Finished")
        observation = observe(cell)
        if stale := progress.acted(code, done.error):
            # What stands in the conversation is what a model repeats: take it out.
            self._memory.forget_last(stale)
            observation += f"\n{prompting.REPEATED}"
        self._memory.user(observation + prompting.step_note(progress.step, self._spec.max_steps))
        finished = turn.finished()
        yield finished
        await self._tell(
            FinishedStep.of(
                finished, thought=thought, code=code, observation=observation, error=done.error
            )
        )
        if done.is_answer and not await self._goes_on(decode(done.answer)):
            yield RunEnded(outcome="answer", answer=done.answer)

    async def _execute(self, step: int, code: str) -> AsyncGenerator[Event, None]:
        """The cell, and what the tools and agents tell that it calls."""
        async with aclosing(self._executor.run(code)) as execution:
            told = self._calls.during(
                step,
                execution,
                account=self._account,
                executors=self._place.factory,
                workspace=self._executor.workspace,
            )
            async with aclosing(told) as events:
                async for event in events:
                    yield event

    async def _goes_on(self, answer: object) -> bool:
        """Whether the run goes on after an answer: a check objects, or the person has written."""
        problem = await objection(self._spec.answer_checks, answer)
        if problem:
            self._memory.user(prompting.refused(problem))
        return bool(problem or self._inbox)

    async def _last_word(self, step: int) -> AsyncGenerator[Event, None]:
        """No steps are left, or nothing of the budget: the model says what it knows."""
        turn = _Turn(step, ModelCall(self._model, step=step))
        yield StepStarted(step=step, max_steps=self._spec.max_steps)
        self._memory.user(prompting.last_word(self._account.spent))
        async with aclosing(self._ask(turn.call)) as deltas:
            async for delta in deltas:
                yield delta
        if turn.call.text:
            self._memory.assistant(turn.call.text)
        yield turn.finished()
        yield RunEnded(outcome="max_steps", answer=turn.call.text or None)

    async def _ask(self, call: ModelCall) -> AsyncGenerator[Event, None]:
        """One model call; where the conversation is too long it is shortened and asked again."""
        while True:
            try:
                async with aclosing(call.stream(self._messages())) as deltas:
                    async for delta in deltas:
                        yield delta
            except ContextTooLong:
                if not self._memory.shorten():
                    raise
                log.info("the conversation was too long for the model and has been shortened")
            else:
                self._account.charge(call.usage)
                return

    def _messages(self) -> Sequence[Message]:
        system = system_message(self._spec, self._model.profile, self._executor)
        return (system, *self._memory.turns)

    async def _tell(self, step: FinishedStep) -> None:
        await tell(self._spec.step_callbacks, step)


def system_message(spec: AgentSpec, profile: Profile, executor: Executor) -> Message:
    """The prompt that every model call of such an agent begins with."""
    text = prompting.system_prompt(
        executor.info, spec.tool_specs, spec.instructions, profile=profile
    )
    return Message("system", text)
