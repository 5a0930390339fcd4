"""Each visitor's own conversation, keyed by the page's session hash; nothing is shared.

A live process cannot be in `gr.State`, which deep-copies its values: so the registry is here. It
closes conversations whose page went away, and those that nobody used for a while.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass, field, replace
from typing import Literal

from agent.errors import SessionLimit
from agent.models.base import Model
from agent.services import Services
from agent.session import Session
from executors.base import ExecutorFactory
from ui.view import View

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a visitor chose. Keys live in memory only and never show in a log or a repr."""

    backend: Literal["local", "e2b"]
    model: str
    model_key: str = field(default="", repr=False)
    e2b_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A session with what was made for it; who made it has to release it."""

    setup: Setup
    session: Session
    model: Model
    executors: ExecutorFactory


class Visitor:
    """One open page: its view and, from its first task on, its session."""

    def __init__(self, services: Services) -> None:
        self.view = View(chat=1)
        self.touched = time.monotonic()
        """When the visitor last did something, on the monotonic clock."""
        self.starting = False
        """Whether a task is on its way to becoming a run."""
        self._services = services
        self._held: _Held | None = None
        self._closed = False
        self._turn = asyncio.Lock()

    @property
    def session(self) -> Session | None:
        """The session; None before the first task, and after a new chat."""
        return None if self._held is None else self._held.session

    @property
    def running(self) -> bool:
        """Whether a run is going on."""
        return self._held is not None and self._held.session.running

    def shows(self, view: View) -> bool:
        """Whether the page is still open, with this conversation on it."""
        return not self._closed and self.view is view

    async def prepare(self, setup: Setup) -> Session:
        """The visitor's session, made on first use, with the model and executor of `setup`.

        Raises:
            AgentError: a key is missing, a model is unknown, or a run is going on.
        """
        async with self._turn:
            if self._held is None:
                model = self._services.model(setup.model, key=setup.model_key)
                executors = self._services.executors(setup.backend, key=setup.e2b_key)
                session = self._services.session(model=model, executors=executors)
                self._held = _Held(setup=setup, session=session, model=model, executors=executors)
            else:
                self._held = await self._with_model(self._held, setup)
                self._held = await self._with_executors(self._held, setup)
            return self._held.session

    async def renew(self) -> View:
        """Begin an empty conversation; the old one is closed."""
        self.view = View(chat=self.view.chat + 1)
        await self._release()
        return self.view

    async def rest(self) -> None:
        """Release what the session holds, and say so; what is on the page stays."""
        await self._release()
        self.view.remark(
            "This conversation was idle for a long time, so its variables and files were "
            "released. The next message starts afresh."
        )

    async def aclose(self) -> None:
        """Close the session, whatever it is doing. Idempotent."""
        self._closed = True
        await self._release()

    async def _with_model(self, held: _Held, new: Setup) -> _Held:
        old = held.setup
        if (old.model, old.model_key) == (new.model, new.model_key):
            return held
        model = self._services.model(new.model, key=new.model_key)
        await held.session.use_model(model)
        await self._services.release(held.model)
        setup = replace(old, model=new.model, model_key=new.model_key)
        return replace(held, setup=setup, model=model)

    async def _with_executors(self, held: _Held, new: Setup) -> _Held:
        old = held.setup
        same_key = new.backend == "local" or old.e2b_key == new.e2b_key
        if old.backend == new.backend and same_key:
            return held
        executors = self._services.executors(new.backend, key=new.e2b_key)
        await held.session.use_executor(executors)
        await self._services.release(held.executors)
        where = "in E2B" if new.backend == "e2b" else "on this server"
        self.view.remark(
            f"Code now runs {where}, afresh: variables and files of earlier steps stay behind."
        )
        setup = replace(old, backend=new.backend, e2b_key=new.e2b_key)
        return replace(held, setup=setup, executors=executors)

    async def _release(self) -> None:
        async with self._turn:
            held, self._held = self._held, None
            if held is not None:
                await held.session.aclose()
                await self._services.release(held.model)
                await self._services.release(held.executors)


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

    def find(self, key: str | None) -> Visitor | None:
        """The visitor with that session hash, if there is one already."""
        return self._visitors.get(key or "")

    def by_token(self, token: str) -> Visitor | None:
        """The visitor whose page was given that token, or None."""
        return next((v for v in self._visitors.values() if v.view.token == token), None)

    def admit(self) -> None:
        """Make sure that there is room for one more run.

        Raises:
            SessionLimit: there is none.
        """
        if sum(visitor.running for visitor in self._visitors.values()) >= self._runs:
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
            await asyncio.sleep(max(1.0, min(SWEEP_SECONDS, self._idle_seconds)))
            try:
                await self.release_idle()
            except Exception:
                # One session that cannot be released must not keep all others from it.
                log.exception("an idle session could not be released")
