"""One conversation: its agent, the one run that may be going on, and the list of all its events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from types import MappingProxyType

from agent.code_agent import CodeAgent
from agent.errors import SessionBusy
from agent.events import Event, RunEnded
from agent.models.base import Model
from executors.base import ExecutorFactory, Workspace

log = logging.getLogger(__name__)

_NO_FILES: Mapping[str, bytes] = MappingProxyType({})
BROKE_OFF = "The work broke off because of a fault in the app. Please try again."


class Session:
    """Owns a conversation. A run is a task of the session: readers may come and go, it goes on.

    `events` is all that happened so far; `follow(start)` yields from there on, as it happens.
    """

    def __init__(self, agent: CodeAgent) -> None:
        self.agent = agent
        self.events: list[Event] = []
        self.touched = time.monotonic()
        """When the person or the run last did something, on the monotonic clock."""
        self._run: asyncio.Task[None] | None = None
        self._first = 0
        """The index of the first event of the newest run."""
        self._grew = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return self._run is not None and not self._run.done()

    @property
    def workspace(self) -> Workspace | None:
        """The files of this conversation; None before code first ran."""
        return self.agent.workspace

    async def start(self, task: str, files: Mapping[str, bytes] = _NO_FILES) -> int:
        """Begin a run on `task`, with new files for the workspace by name.

        Returns the index of its first event.

        Raises:
            SessionBusy: a run is going on.
        """
        self._refuse_while_running()
        first = self._first = len(self.events)
        self._run = asyncio.create_task(self._pump(task, files), name="run")
        self._run.add_done_callback(lambda _: self._wake())
        return first

    async def follow(self, start: int) -> AsyncGenerator[Event, None]:
        """Yield the events from index `start` until the run that is going on has ended."""
        position = start
        while True:
            grew = self._grew
            while position < len(self.events):
                yield self.events[position]
                position += 1
            if not self.running and position == len(self.events):
                return
            await grew.wait()

    async def send(self, task: str) -> AsyncGenerator[Event, None]:
        """Start a run and yield its events. Abandoning the iterator does not stop the run."""
        async with aclosing(self.follow(await self.start(task))) as events:
            async for event in events:
                yield event

    def steer(self, text: str) -> bool:
        """Say something to the agent while it works; it reads it before its next step.

        Returns False where no run is going on: nobody would read it then.
        """
        if self.running:
            self.agent.steer(text)
        return self.running

    async def stop(self) -> None:
        """Stop the run, if any, and return when it has let go of everything."""
        run, first = self._run, self._first
        if run is None or run.done():
            return
        if not run.cancelling():  # a second time would break off what lets go of everything
            run.cancel()
        await asyncio.wait([run])
        if self._first == first and not any(isinstance(e, RunEnded) for e in self.events[first:]):
            self._publish(RunEnded(outcome="stopped"))  # it was stopped before it began

    async def use_model(self, model: Model) -> None:
        """Ask another model from the next run on.

        Raises:
            SessionBusy: a run is going on.
        """
        self._refuse_while_running()
        self.agent.model = model

    async def use_executor(self, executors: ExecutorFactory) -> None:
        """Run code elsewhere from the next run on, with what can be moved.

        Raises:
            SessionBusy: a run is going on.
        """
        self._refuse_while_running()
        await self.agent.use_executor(executors)

    async def aclose(self) -> None:
        """Stop, then release what the agent holds. Idempotent."""
        await self.stop()
        await self.agent.aclose()

    def _refuse_while_running(self) -> None:
        if self.running:
            raise SessionBusy("The agent is still working. Wait for it, or press Stop.")

    async def _pump(self, task: str, files: Mapping[str, bytes]) -> None:
        """The run itself: whatever happens, its last event is `RunEnded`."""
        started = time.monotonic()
        try:
            stream = self.agent.stream(task, files)
            del files  # a run may take long
            async with aclosing(stream) as events:
                async for event in events:
                    self._publish(event)
        except asyncio.CancelledError:
            # The one place where a stop is translated; the task ends here, so nothing is swallowed.
            self._publish(RunEnded(outcome="stopped", duration=time.monotonic() - started))
        except Exception:
            log.exception("a run broke off")
            self._publish(RunEnded(outcome="failed", error=BROKE_OFF))

    def _publish(self, event: Event) -> None:
        self.touched = time.monotonic()
        self.events.append(event)
        self._wake()

    def _wake(self) -> None:
        grew, self._grew = self._grew, asyncio.Event()
        grew.set()
