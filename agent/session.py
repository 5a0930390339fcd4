"""One conversation: its agent, the one run that may be going on, and the list of all its events."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from agent.code_agent import CodeAgent

from agent.errors import SessionBusy
from agent.events import Event

log = logging.getLogger(__name__)


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
        self._grew = asyncio.Condition()

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return self._run is not None and not self._run.done()

    async def start(self, task: str) -> int:
        """Begin a run on `task` and return the index of its first event.

        Raises:
            SessionBusy: a run is going on.
        """
        if self.running:
            raise SessionBusy("The agent is still working. Wait for it, or press Stop.")
        first = len(self.events)
        self._run = asyncio.create_task(self._pump(task), name="run")
        return first

    async def follow(self, start: int) -> AsyncGenerator[Event, None]:
        """Yield the events from index `start` until the run that is going on has ended."""
        position = start
        while True:
            while position < len(self.events):
                yield self.events[position]
                position += 1
            if not self.running:
                return
            async with self._grew:
                await self._grew.wait()

    async def send(self, task: str) -> AsyncGenerator[Event, None]:
        """Start a run and yield its events. Abandoning the iterator does not stop the run."""
        async with aclosing(self.follow(await self.start(task))) as events:
            async for event in events:
                yield event

    async def stop(self) -> None:
        """Stop the run, if any, and return when it has let go of everything."""
        if self._run is not None and not self._run.done():
            self._run.cancel()
            await asyncio.wait([self._run])

    async def aclose(self) -> None:
        """Stop, then release the agent's executor and model."""
        await self.stop()
        await self.agent.aclose()
