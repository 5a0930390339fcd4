"""Each visitor's own conversation, keyed by the page's session hash; nothing is shared.

A live process cannot be in `gr.State`, which deep-copies its values: so the registry is here. It
closes conversations whose page went away, and those that nobody used for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field

from agent.errors import SessionLimit
from agent.services import Services
from agent.session import Session
from executors.factory import ExecutorKind
from ui.view import View

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a visitor chose. Keys live in memory only and never show in a log or a repr."""

    backend: ExecutorKind
    model: str
    model_key: str = field(default="", repr=False)
    e2b_key: str = field(default="", repr=False)


class Visitor:
    """One open page: its view and, from its first task on, its session."""

    def __init__(self, services: Services) -> None:
        self.view = View(chat=1)
        self.session: Session | None = None
        self.touched = time.monotonic()
        """When the visitor last did something, on the monotonic clock."""
        self._services = services
        self._setup: Setup | None = None
        self._turn = asyncio.Lock()

    async def prepare(self, setup: Setup) -> Session:
        """The visitor's session, made on first use, with the model and executor of `setup`.

        Raises:
            AgentError: a key is missing, a model is unknown, or a run is going on.
        """
        async with self._turn:
            if self.session is None:
                self.session = self._services.session(
                    model=self._services.model(setup.model, key=setup.model_key),
                    executors=self._services.executors(setup.backend, key=setup.e2b_key),
                )
            elif self._setup is not None:
                await self._switch(self.session, self._setup, setup)
            self._setup = setup
            return self.session

    async def renew(self) -> View:
        """Begin an empty conversation; the old one is closed."""
        async with self._turn:
            old, self.session, self._setup = self.session, None, None
            self.view = View(chat=self.view.chat + 1)
        if old is not None:
            await old.aclose()
        return self.view

    async def rest(self) -> None:
        """Release what the session holds; what is on the page stays, and is said to be all."""
        async with self._turn:
            old, self.session, self._setup = self.session, None, None
        if old is not None:
            await old.aclose()
            self.view.remark(
                "This conversation was idle for a long time, so its variables and files were "
                "released. The next message starts afresh."
            )

    async def aclose(self) -> None:
        """Close the session, whatever it is doing. Idempotent."""
        async with self._turn:
            old, self.session = self.session, None
        if old is not None:
            await old.aclose()

    async def _switch(self, session: Session, old: Setup, new: Setup) -> None:
        if (old.model, old.model_key) != (new.model, new.model_key):
            await session.use_model(self._services.model(new.model, key=new.model_key))
        if old.backend != new.backend or (new.backend == "e2b" and old.e2b_key != new.e2b_key):
            await session.use_executor(self._services.executors(new.backend, key=new.e2b_key))


class SessionStore:
    """All visitors of this server.

    Args:
        services: makes models, executors and sessions.
        limit: how many conversations may be open at once.
        runs: how many runs may go on at once.
        idle_seconds: after how long without a run or a message a conversation is released.
    """

    def __init__(
        self,
        services: Services,
        *,
        limit: int = 500,
        runs: int = 50,
        idle_seconds: float = 3600.0,
    ) -> None:
        self._services = services
        self._limit = limit
        self._runs = runs
        self._idle_seconds = idle_seconds
        self._visitors: dict[str, Visitor] = {}
        self._sweeper: asyncio.Task[None] | None = None

    def visitor(self, key: str | None) -> Visitor:
        """The visitor with that session hash, made on the first call.

        Raises:
            SessionLimit: there are too many conversations on this server.
        """
        if not key:
            raise SessionLimit("This page has no session. Please reload it.")
        if key not in self._visitors:
            if len(self._visitors) >= self._limit:
                raise SessionLimit(
                    "This server is serving as many people as it can. Please try again later."
                )
            self._visitors[key] = Visitor(self._services)
            if self._sweeper is None:
                self._sweeper = asyncio.create_task(self._sweep(), name="idle sessions")
        visitor = self._visitors[key]
        visitor.touched = time.monotonic()
        return visitor

    def by_token(self, token: str) -> Visitor | None:
        """The visitor whose page was given that token, or None."""
        return next((v for v in self._visitors.values() if v.view.token == token), None)

    def admit(self) -> None:
        """Make sure that there is room for one more run.

        Raises:
            SessionLimit: there is none.
        """
        going = sum(
            1 for v in self._visitors.values() if v.session is not None and v.session.running
        )
        if going >= self._runs:
            raise SessionLimit(
                "The server is busy with other people's tasks. Please try again in a minute."
            )

    async def close(self, key: str | None) -> None:
        """Close the conversation of a page that went away."""
        visitor = self._visitors.pop(key or "", None)
        if visitor is not None:
            await visitor.aclose()

    async def release_idle(self) -> int:
        """Release the sessions that nobody used for `idle_seconds`; returns how many."""
        now = time.monotonic()
        idle = [
            visitor
            for visitor in self._visitors.values()
            if (session := visitor.session) is not None
            and not session.running
            and now - max(visitor.touched, session.touched) > self._idle_seconds
        ]
        for visitor in idle:
            await visitor.rest()
        return len(idle)

    async def aclose(self) -> None:
        """Close every conversation."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        for key in list(self._visitors):
            await self.close(key)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(SWEEP_SECONDS, self._idle_seconds))
            try:
                await self.release_idle()
            except Exception:
                # One session that cannot be released must not keep all others from it.
                log.exception("an idle session could not be released")
