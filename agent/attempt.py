"""One action on its way: what the model wrote, what the hooks made of it, and how its cell went."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from agent.events import ActionReady, CellEvent, Event
from agent.hooks import ActionHook, ProposedAction, Veto, decide
from agent.model_call import ModelCall
from executors.base import ExecutionEvent, FilesChanged, Finished, ToolCalled

Execute = Callable[[int, str], AsyncGenerator[Event, None]]
"""From a step and its code to the events of the cell."""


class Attempt:
    """Stream it, then read the rest.

    Args:
        call: a model call whose result is an action.
        step: it belongs to.
        hooks: see the action before it runs.
        execute: runs it.
    """

    def __init__(
        self, call: ModelCall, *, step: int, hooks: Sequence[ActionHook], execute: Execute
    ) -> None:
        self.call = call
        self.thought, self.code = call.text, call.code
        """The code as the hooks leave it."""
        self.veto: Veto | None = None
        """Set where a hook forbade it; there is no cell then."""
        self.cell: list[ExecutionEvent] = []
        self.there: Sequence[ExecutionEvent] = self.cell
        """The cell that has made what is there now: this one, unless it had to be run again."""
        self._step, self._hooks, self._execute = step, hooks, execute

    @property
    def done(self) -> bool:
        """Whether it ran to an end, good or bad."""
        return bool(self.cell) and isinstance(self.cell[-1], Finished)

    @property
    def finished(self) -> Finished:
        """How the cell ended."""
        match self.cell[-1]:
            case Finished() as finished:
                return finished
            case _:
                raise RuntimeError("a cell ended without Finished")

    @property
    def touched(self) -> bool:
        """Whether something outside the variables may be different now: tools, files."""
        return any(isinstance(event, ToolCalled | FilesChanged) for event in self.cell)

    async def stream(self) -> AsyncGenerator[Event, None]:
        """Ask the hooks, and run the action unless one forbids it."""
        ready = self._ready()
        yield ready
        proposed = ProposedAction(step=self._step, thought=self.thought, code=self.code)
        decided = await decide(self._hooks, proposed)
        if isinstance(decided, Veto):
            self.veto = decided
            return
        self.code = decided.code
        if self.code != ready.code:
            yield self._ready()
        async with aclosing(self._execute(self._step, self.code)) as events:
            async for event in events:
                if isinstance(event, CellEvent):
                    self.cell.append(event.event)
                yield event

    def _ready(self) -> ActionReady:
        return ActionReady(
            step=self._step, thought=self.thought, code=self.code, reasoning=self.call.reasoning
        )
