"""The CodeAct loop: ask the model, run the code that it writes, show it what happened, repeat."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from agent import prompting
from agent.attempt import Attempt
from agent.budget import Account, in_time
from agent.calls import HostCalls
from agent.doubts import Doubts
from agent.errors import AgentError, ContextTooLong
from agent.events import (
    AnswerRefused,
    CellEvent,
    Event,
    RunEnded,
    Steered,
    StepFinished,
    StepRejected,
    StepStarted,
)
from agent.examples import action
from agent.glance import written
from agent.hooks import FinishedStep, tell
from agent.judgement import as_reply, judge
from agent.memory.window import Window
from agent.messages import Memory
from agent.model_call import ModelCall
from agent.models.base import Message, Model, Usage
from agent.models.profile import Profile
from agent.observation import observe
from agent.parsing import Action, Reply
from agent.place import Place
from agent.planning import Plan, due
from agent.progress import Progress
from agent.spec import AgentSpec
from agent.trying import Trying
from executors.base import JSON, ExecutionEvent, Executor, Notice
from executors.errors import ExecutorError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One step: its number, its model calls, and when it began."""

    step: int
    calls: list[ModelCall]
    """The first one, and those of further tries."""
    started: float = field(default_factory=time.monotonic)

    @property
    def call(self) -> ModelCall:
        """The first one."""
        return self.calls[0]

    def finished(self) -> StepFinished:
        usage = sum((call.usage for call in self.calls), Usage())
        return StepFinished(step=self.step, duration=time.monotonic() - self.started, usage=usage)


class Loop:
    """The steps of one run, from the task to the answer.

    Args:
        spec: how the agent was made.
        model: who writes.
        memory: the conversation so far; the run becomes part of it.
        place: where the code runs.
        calls: answers what the code calls.
        account: what the run may use.
        inbox: what the person writes meanwhile; the next step takes it.
        doubts: what can be seen to be wrong with its code and answers.
    """

    def __init__(
        self,
        spec: AgentSpec,
        *,
        model: Model,
        memory: Memory,
        place: Place,
        calls: HostCalls,
        account: Account,
        inbox: deque[str],
        doubts: Doubts,
    ) -> None:
        self._spec, self._model, self._memory = spec, model, memory
        self._place, self._calls = place, calls
        self._executor: Executor
        self._account, self._inbox, self._doubts = account, inbox, doubts
        self._window = Window(memory, model)
        self._unbilled: list[ModelCall | Plan] = []
        """The calls whose usage no event has told."""

    async def run(self, task: str) -> AsyncGenerator[Event, None]:
        """Work on the task, the newest one in the memory.

        Ends with a `RunEnded` whose usage is only what no other event has told.
        """
        steps = self._steps(Progress(task))
        try:
            async with aclosing(steps), aclosing(in_time(steps, self._account)) as events:
                async for event in events:
                    yield event
                    if isinstance(event, RunEnded):
                        return
        except (AgentError, ExecutorError) as exc:
            log.info("run failed: %s", exc)
            end = RunEnded(outcome="failed", error=str(exc))
        else:
            self._memory.user(prompting.OUT_OF_TIME)
            end = RunEnded(outcome="over_budget")
        yield replace(end, usage=sum((call.usage for call in self._unbilled), Usage()))

    async def _steps(self, progress: Progress) -> AsyncGenerator[Event, None]:
        """Every step and, where none is left but there is time, a last word."""
        self._executor = await self._place.executor()
        while progress.step <= self._spec.max_steps and not self._account.spent:
            step = progress.step
            yield StepStarted(step=step, max_steps=self._spec.max_steps)
            for part in (self._arrive(step), self._plan(progress), self._step(progress)):
                async with aclosing(part) as events:
                    async for event in events:
                        yield event
                        if isinstance(event, RunEnded):
                            return
        if self._account.out_of_time:
            return
        async with aclosing(self._last_word(progress.step)) as events:
            async for event in events:
                yield event

    async def _arrive(self, step: int) -> AsyncGenerator[Event, None]:
        """Bring along what was added or had been elsewhere, and what the person wrote meanwhile."""
        told: list[str] = []
        came: list[ExecutionEvent] = []
        async with aclosing(self._place.arrive()) as events:
            async for event in events:
                came.append(event)
                if isinstance(event, Notice):
                    told.append(event.text)
                yield CellEvent(step=step, event=event)
        self._memory.variables.take(came)
        if told:
            self._memory.user(f"({' '.join(told)})")
        for steered in self._heard(step):
            yield steered

    def _heard(self, step: int) -> Iterator[Steered]:
        """Take what the person wrote meanwhile."""
        while self._inbox:
            text = self._inbox.popleft()
            self._memory.said(prompting.steered(text))
            yield Steered(step=step, text=text)

    async def _plan(self, progress: Progress) -> AsyncGenerator[Event, None]:
        """A plan, where one is due before this step."""
        step = progress.step
        if not due(step, progress.planned, self._spec.planning_interval):
            return
        progress.planned = step
        self._memory.user(prompting.PLAN if step == 1 else prompting.PLAN_AGAIN)
        plan = Plan(self._model, step, self._spec.before_plan)
        async with aclosing(self._ask(plan, step)) as events:
            async for event in events:
                yield event
        ready = await plan.ready()
        self._unbilled.clear()
        yield ready
        self._memory.assistant(ready.plan or "(no plan)")
        self._memory.user(prompting.FOLLOW_PLAN)

    async def _step(self, progress: Progress) -> AsyncGenerator[Event, None]:
        """One model call, and what it asks for; none where the plan has used up the budget."""
        if self._account.spent:
            return
        call = ModelCall(self._model, step=progress.step, temperature=progress.temperature)
        turn = _Turn(progress.step, [call])
        async with aclosing(self._ask(call, turn.step, self._note(turn.step))) as deltas:
            async for delta in deltas:
                yield delta
        if reason := progress.echoed(call.result):
            # It is not remembered: what stands in the conversation is what a model repeats.
            yield StepRejected(step=turn.step, reason=reason, well_formed=not call.rejection)
            yield self._finished(turn)
            progress.repair(circles=True)
            return
        if reason := self._stand_in(call.result):
            yield StepRejected(step=turn.step, reason=reason, well_formed=not call.rejection)
            yield self._finished(turn)
            self._memory.user(reason)  # without the code, which would only be repeated
            progress.not_taken()
            return
        if reason := call.rejection or progress.challenge(self._model, call.result):
            yield StepRejected(
                step=turn.step, reason=reason, well_formed=reason == prompting.COMPUTE
            )
            yield self._finished(turn)
            self._memory.assistant(call.text or "(nothing)")
            self._memory.user(reason)
            progress.repair(circles=call.circles)
            return
        answer = self._act if isinstance(call.result, Action) else self._reply
        async with aclosing(answer(turn, progress)) as events:
            async for event in events:
                yield event

    def _stand_in(self, result: Action | Reply) -> str:
        """Why an action is not to be run as it is; empty if it may run."""
        why = self._doubts.of_code(result.code) if isinstance(result, Action) else ""
        return prompting.vetoed(why) if why else ""

    async def _reply(self, turn: _Turn, progress: Progress) -> AsyncGenerator[Event, None]:
        """The model speaks to the person: that ends the run, unless there is an objection."""
        text = turn.call.text
        self._memory.assistant(text)
        finished = self._finished(turn)
        yield finished
        await tell(self._spec.step_callbacks, FinishedStep.of(finished, thought=text))
        progress.replied()
        answer = as_reply(text, self._spec)
        async with aclosing(self._answered(answer, turn.step, progress)) as events:
            async for event in events:
                yield event

    async def _act(self, turn: _Turn, progress: Progress) -> AsyncGenerator[Event, None]:
        """Run the action, unless a hook forbids it; where it pays, try it again."""
        trying = self._trying(turn, progress.task)
        try:
            async with aclosing(trying.stream()) as events:
                async for event in events:
                    yield event
        finally:  # what was stopped is remembered as well
            chosen = trying.chosen
            self._remember(chosen)
        if chosen.veto is not None:
            self._memory.user(prompting.vetoed(chosen.veto.reason))
            why = f"It was not run: {chosen.veto.reason}"
            yield StepRejected(step=turn.step, reason=why, well_formed=True)
            yield self._finished(turn)
            progress.vetoed()
            return
        done, room = chosen.finished, self._window.printed_chars
        self._doubts.took(chosen.code, chosen.cell)
        known = self._memory.variables.known
        files = await written(self._executor.workspace, chosen.cell)
        observation = observe(
            chosen.cell, printed_chars=room, code=chosen.code, known=known, written=files
        )
        if stale := progress.acted(chosen.code, done.error):
            # What stands in the conversation is what a model repeats: take it out.
            self._memory.forget_last(stale)
            observation += f"\n{prompting.REPEATED}"
        self._memory.observed(observation, chosen.cell, chosen.there)
        finished = self._finished(turn)
        yield finished
        ended = FinishedStep.of(
            finished,
            thought=chosen.thought,
            code=chosen.code,
            observation=observation,
            error=done.error,
        )
        await tell(self._spec.step_callbacks, ended)
        if done.is_answer:
            async with aclosing(self._answered(done.answer, turn.step, progress)) as events:
                async for event in events:
                    yield event

    def _remember(self, chosen: Attempt) -> None:
        text = action(chosen.thought, chosen.code, self._model.profile)
        if chosen.veto is None:
            self._memory.action(text, thought=chosen.thought, code=chosen.code)
        else:
            self._memory.assistant(text)

    def _trying(self, turn: _Turn, task: str) -> Trying:
        return Trying(
            turn.calls,
            step=turn.step,
            task=task,
            spec=self._spec,
            model=self._model,
            account=self._account,
            executor=self._executor,
            ask=lambda call: self._ask(call, turn.step, self._note(turn.step)),
            execute=self._execute,
            stand_ins=self._doubts.stand_ins,
        )

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

    async def _answered(
        self, answer: JSON, step: int, progress: Progress
    ) -> AsyncGenerator[Event, None]:
        """The end of the run, unless there is an objection or the person has written."""
        judged = await judge(
            answer,
            spec=self._spec,
            doubts=self._doubts,
            workspace=self._executor.workspace,
            again=progress.step <= self._spec.max_steps and not self._account.spent,
        )
        if judged.problem:
            spare = progress.step < self._spec.max_steps  # the last word must know of an answer
            forgotten = judged.begin_anew and spare and self._memory.forget_answer()
            self._memory.user(prompting.refused(judged.problem, forgotten=forgotten))
            if judged.doubted:
                progress.doubted()
            yield AnswerRefused(step=step, reason=judged.problem)
        elif not self._inbox:
            yield RunEnded(outcome="answer", answer=judged.answer)

    async def _last_word(self, step: int) -> AsyncGenerator[Event, None]:
        """No steps are left, or nothing of the budget: the model says what it knows."""
        turn = _Turn(step, [ModelCall(self._model, step=step)])
        yield StepStarted(step=step, max_steps=self._spec.max_steps)
        for steered in self._heard(step):
            yield steered
        spent = self._account.spent
        self._memory.user(prompting.last_word(spent))
        async with aclosing(self._ask(turn.call, step)) as deltas:
            async for delta in deltas:
                yield delta
        said = "" if turn.call.circles else turn.call.text
        if said:
            self._memory.assistant(said)
        yield self._finished(turn)
        yield RunEnded(
            outcome="over_budget" if spent else "max_steps",
            answer=as_reply(said, self._spec) if said else None,
        )

    async def _ask(
        self, asked: ModelCall | Plan, step: int, note: str = ""
    ) -> AsyncGenerator[Event, None]:
        """One model call, in messages that fit its window; `note` ends the last of them."""
        self._unbilled.append(asked)
        system = system_message(self._spec, self._model.profile, self._executor)
        while True:
            async with aclosing(self._window.fit(system, step, note)) as events:
                async for event in events:
                    yield event
            messages = self._window.request(system, note)
            try:
                async with aclosing(asked.stream(messages)) as deltas:
                    async for delta in deltas:
                        yield delta
            except ContextTooLong:
                if not self._window.overflowed(system, note):
                    raise
            else:
                break
        self._window.learn(messages, asked.reported)
        self._account.charge(asked.usage)
        if (summaries := self._window.spent()) != Usage():
            self._account.charge(summaries)
            asked.usage += summaries

    def _finished(self, turn: _Turn) -> StepFinished:
        self._unbilled.clear()
        return turn.finished()

    def _note(self, step: int) -> str:
        return prompting.tail(step, self._spec.max_steps, self._model.profile)


def system_message(spec: AgentSpec, profile: Profile, executor: Executor) -> Message:
    """The prompt that every model call of such an agent begins with."""
    text = prompting.system_prompt(
        executor.info,
        spec.tool_specs,
        spec.instructions,
        profile=profile,
        called=spec.called,
        answer="Any" if spec.answer_type is None else spec.answer_type.returns,
    )
    return Message("system", text)
