"""A step's action, run once or, where its answer may not hold, a few times from the same state."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from agent import prompting
from agent.attempt import Attempt, Execute
from agent.budget import Account
from agent.errors import ModelError
from agent.events import CellEvent, Event, TryChosen, TryStarted
from agent.model_call import ModelCall
from agent.models.base import Model
from agent.spec import AgentSpec
from agent.tries import TEMPERATURE, best, kept, most, wants_another
from executors.base import ExecutionEvent, Executor, Finished, Notice

log = logging.getLogger(__name__)

Ask = Callable[[ModelCall], AsyncGenerator[Event, None]]
"""Asks the model what the step asks it."""


class Trying:
    """Stream it, then read `chosen`.

    Args:
        calls: of the step; the first one is made and acts, those of further tries are added.
        step: its number.
        task: of the run.
        spec: how the agent was made.
        model: whom to ask again.
        account: what the run may use.
        executor: where the code runs.
        ask: makes a further call.
        execute: runs a cell.
        stand_ins: what some code defines that is there already; such a try is not run.
    """

    def __init__(
        self,
        calls: list[ModelCall],
        *,
        step: int,
        task: str,
        spec: AgentSpec,
        model: Model,
        account: Account,
        executor: Executor,
        ask: Ask,
        execute: Execute,
        stand_ins: Callable[[str], Sequence[str]],
    ) -> None:
        self._calls, self._step, self._task = calls, step, task
        self._spec, self._model, self._account = spec, model, account
        self._executor, self._ask, self._execute = executor, ask, execute
        self._stand_ins = stand_ins
        self._tries = [self._attempt(calls[0])]

    @property
    def chosen(self) -> Attempt:
        """The try that counts, of those that there are so far."""
        return best(self._tries, self._task)

    async def stream(self) -> AsyncGenerator[Event, None]:
        """Run the action, and as many more as it takes."""
        allowed = most(self._spec.second_tries, self._model.profile.second_tries)
        before, files = self._executor.cells, await self._paths() if allowed else set[str]()
        async with aclosing(self._tries[0].stream()) as events:
            async for event in events:
                yield event
        while (
            len(self._calls) <= allowed
            and not self._account.spent
            and wants_another(self._tries, self._executor, self._task)
            and files <= await self._paths()
            and await self._back(before)
        ):
            try:
                async with aclosing(self._further()) as events:
                    async for event in events:
                        yield event
            except ModelError as exc:  # what there is already is better than nothing
                log.info("a step is not tried again: %s", exc)
                break
        if len(self._calls) > 1:
            async with aclosing(self._settle(before)) as events:
                async for event in events:
                    yield event

    async def _further(self) -> AsyncGenerator[Event, None]:
        """Ask once more, and run what it gives."""
        number, usage = len(self._calls) + 1, self._calls[-1].usage
        yield TryStarted(step=self._step, number=number, usage=usage)
        call = ModelCall(self._model, step=self._step, temperature=TEMPERATURE)
        self._calls.append(call)
        async with aclosing(self._ask(call)) as events:
            async for event in events:
                yield event
        if call.rejection or not call.code or self._stand_ins(call.code):
            return
        self._tries.append(self._attempt(call))
        async with aclosing(self._tries[-1].stream()) as events:
            async for event in events:
                yield event

    async def _settle(self, before: int) -> AsyncGenerator[Event, None]:
        """Say which try counts, and have its variables back."""
        chosen = self.chosen
        if self._calls[-1] is not chosen.call and not await self._again(chosen, before):
            notice = Notice(level="warning", text=prompting.NOT_BACK)
            chosen.cell.insert(-1, notice)
            yield CellEvent(step=self._step, event=notice)
        agreed = kept(self._tries, self._task) is not None
        number = self._calls.index(chosen.call) + 1
        yield TryChosen(step=self._step, number=number, agreed=agreed)

    async def _again(self, chosen: Attempt, before: int) -> bool:
        """Run it again from where it began; whether it came out the same."""
        newest = self._tries[-1]
        chosen.there = newest.cell if newest.call is self._calls[-1] else ()
        if not await self._back(before):
            return False
        async with aclosing(self._executor.run(chosen.code)) as events:
            chosen.there = [event async for event in events]
        return _came_out(chosen.there) == _came_out(chosen.cell)

    def _attempt(self, call: ModelCall) -> Attempt:
        return Attempt(call, step=self._step, hooks=self._spec.before_action, execute=self._execute)

    async def _paths(self) -> set[str]:
        """The files of the workspace: nothing brings back one that a cell has removed."""
        return {file.path for file in await self._executor.workspace.list()}

    async def _back(self, cell: int) -> bool:
        """Have the state from before that cell; False where it is no longer there."""
        try:
            await self._executor.rewind(cell)
        except ValueError as exc:
            log.info("a step's state is no longer there: %s", exc)
            return False
        return True


def _came_out(cell: Sequence[ExecutionEvent]) -> object:
    """How the cell ended, as far as it must be the same when it is run again."""
    match cell[-1]:
        case Finished() as end:
            return end.outcome, end.is_answer, end.answer
        case _:
            raise RuntimeError("a cell ended without Finished")
