"""One preparation for everyone who waits for it: it runs once, and each sees how far it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from agent.errors import ModelUnavailable
from agent.models.base import Preparing

log = logging.getLogger(__name__)


class SharedPreparation:
    """Runs `make()` in a task of its own while anyone follows, and on when they have gone.

    A follower that is stopped does not end a long download: the next one finds it further on.
    """

    def __init__(self, make: Callable[[], AsyncGenerator[Preparing, None]]) -> None:
        self._make = make
        self._task: asyncio.Task[None] | None = None
        self._latest: Preparing | None = None
        self._news = asyncio.Event()

    def start(self) -> None:
        """Begin, unless it is going on already."""
        if self._task is None or self._task.done():
            self._latest = None
            self._news = asyncio.Event()
            self._task = asyncio.create_task(self._run(), name="prepare embedded model")
            self._task.add_done_callback(_note)

    async def follow(self) -> AsyncGenerator[Preparing, None]:
        """Begin or join, yield the news, and return when it is done.

        Raises:
            agent.errors.ModelError: what the preparation raised.
        """
        self.start()
        task, seen = self._task, None
        while task is not None and not task.done():
            if (latest := self._latest) is not None and latest is not seen:
                seen = latest
                yield latest
                continue
            news = asyncio.create_task(self._news.wait())
            try:
                await asyncio.wait({news, task}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                news.cancel()
        if task is None or task.cancelled():
            raise ModelUnavailable("The embedded model was closed while it was getting ready.")
        task.result()

    async def aclose(self) -> None:
        """End it, if it is going on, and wait until it has let go of everything."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        async with aclosing(self._make()) as items:
            async for item in items:
                self._latest = item
                news, self._news = self._news, asyncio.Event()
                news.set()


def _note(task: asyncio.Task[None]) -> None:
    """Log a failure that perhaps nobody follows."""
    if not task.cancelled() and (exc := task.exception()) is not None:
        log.info("the embedded model is not ready: %s", exc)
