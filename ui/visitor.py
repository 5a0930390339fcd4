"""One visitor: what their page shows, and from the first task on the session behind it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal

from agent.errors import AgentError
from agent.events import AgentEvent, CellEvent, Event
from agent.models.base import Model
from agent.services import Services
from agent.session import Session
from executors.base import Display, ExecutorFactory, FileInfo
from ui.uploads import Shelf, Tray
from ui.view import View

log = logging.getLogger(__name__)

TICK_SECONDS = 0.11
"""The least time between two updates of a page: about 9 a second."""

SHOW_SECONDS = 0.05
"""How long news may be rendered before other visitors get their turn."""

TROUBLE = (
    "Something went wrong inside the app, and the details are in the server's log. "
    "Your conversation is kept: please try again."
)


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

    view: View
    """Where the session's events are shown."""
    setup: Setup
    session: Session
    model: Model
    executors: ExecutorFactory


class Visitor:
    """A tab's conversation. Pages of that tab come and go; each asks for the news it lacks.

    `tab` is a bearer secret: whoever has it has the conversation. It is made here, told to the
    page once, and never logged or shown.

    Args:
        services: makes models, executors and sessions.
        wait_seconds: how long a page's question for news may stay open while there is none.
        shelf: bounds what all visitors' files take up.
    """

    def __init__(self, services: Services, *, wait_seconds: float, shelf: Shelf) -> None:
        self.tab = secrets.token_urlsafe(24)
        self.view = View(chat=1)
        self.touched = self.seen = time.monotonic()
        """When the visitor last did something, and when a page last asked, on that clock."""
        self.pages: set[str] = set()
        """The session hashes of the pages that are open."""
        self.asked = False
        """Whether a page asked for news since the last one came: anybody can make up a page."""
        self.resumed = False
        """Whether a page was reloaded: what was typed on the one before is not on this one."""
        self.tray = Tray(shelf)
        """The files that go with the next message."""
        self._services, self._wait_seconds = services, wait_seconds
        self._held: _Held | None = None
        self._fed = 0
        self._begin: asyncio.Task[None] | None = None
        self._halted = asyncio.Event()
        self._closed = False
        self._turn = asyncio.Lock()
        self._stirred = asyncio.Event()
        self._next_tick = 0.0

    @property
    def session(self) -> Session | None:
        """The session; None before the first task, and after a new chat."""
        return None if self._shown is None else self._shown.session

    @property
    def setup(self) -> Setup | None:
        """What the session was last made or used with."""
        return None if self._shown is None else self._shown.setup

    @property
    def busy(self) -> bool:
        """Whether a task is on its way to becoming a run, or a run is going on."""
        return self._starting or (self._shown is not None and self._shown.session.running)

    @property
    def working(self) -> bool:
        """Whether a run is going on, so that its agent can be told something."""
        return not self._starting and self.session is not None and self.session.running

    @property
    def live(self) -> bool:
        """Whether a page should ask for news again at once.

        A page whose connection was lost has no heartbeat any more: its questions take its place.
        """
        return self.busy or not self.pages or not self.asked or bool(self._behind)

    def enter(self, page: str) -> None:
        """A page with that session hash has opened."""
        self.pages.add(page)
        self.seen, self.asked = time.monotonic(), False

    def begin(self, task: str, setup: Setup) -> None:
        """Show the task at once and start a run on it, which goes on without any page."""
        self._catch_up()
        files = self.tray.give()
        self.view.ask(task, files=[FileInfo(path=n, size=len(data)) for n, data in files.items()])
        self._halted = asyncio.Event()
        start = self._start(self.view, task, files, self._with_keys(setup), self._halted)
        self._begin = asyncio.create_task(start, name="begin")
        self._begin.add_done_callback(lambda _: self._stir())
        self._stir()

    def steer(self, text: str) -> bool:
        """Say something to the agent that is working; False where none is."""
        if self.session is None or not self.session.steer(text):
            return False
        self._catch_up()
        self.view.steer(text)
        return True

    async def caught_up(self) -> None:
        """Show all of a run that has ended, with pauses in which others get their turn."""
        while self._behind and not self.busy:
            self._catch_up(SHOW_SECONDS)
            await asyncio.sleep(0)

    async def news(self, chat: int, seq: int) -> list[str]:
        """The batches after number `seq` of conversation `chat`; waits a while if there are none.

        Empty where nothing happened within `wait_seconds`, or nothing is going on.
        """
        if not self._after(chat, seq) and self.live:
            await self._growth()
            await asyncio.sleep(max(0.0, self._next_tick - time.monotonic()))
        self._next_tick = time.monotonic() + TICK_SECONDS
        return self._after(chat, seq)

    async def stop(self) -> None:
        """Stop the run, or the task that is on its way to one."""
        if self._starting:
            # Not cancelled: what it is just making or moving has to be held, or closed, in the end.
            if not self._halted.is_set():
                self._halted.set()
                self.view.halt()
                self._stir()
        elif (session := self.session) is not None:
            await session.stop()

    async def renew(self) -> None:
        """Begin an empty conversation; the old one is closed."""
        self.view = View(chat=self.view.chat + 1)
        self.tray.give()
        self.resumed = False
        self._stir()
        await self._release()

    async def rest(self) -> None:
        """Release what an idle session holds, and say so; what is on the page stays."""
        await self.caught_up()
        if self.busy:
            return
        await self._release()
        self.view.remark(
            "This conversation was idle for a long time, so its variables and files were "
            "released. The next message starts afresh."
        )
        self._stir()

    def retire(self) -> None:
        """Begin nothing any more: the visitor is about to be closed."""
        self._closed = True
        self._stir()

    async def aclose(self) -> None:
        """Close the session, whatever it is doing. Idempotent."""
        self.retire()
        self.tray.give()
        await self._release()

    @property
    def _shown(self) -> _Held | None:
        """What is held for the conversation on the page, not for one that is being closed."""
        return self._held if self._held is not None and self._held.view is self.view else None

    @property
    def _starting(self) -> bool:
        return self._begin is not None and not self._begin.done()

    def _after(self, chat: int, seq: int) -> list[str]:
        self._catch_up(SHOW_SECONDS)
        if chat != self.view.chat:
            return [self.view.whole()]
        return self.view.after(seq)

    @property
    def _behind(self) -> Sequence[Event]:
        """The events of the session that are not shown yet."""
        return [] if self._shown is None else self._shown.session.events[self._fed :]

    def _catch_up(self, seconds: float = math.inf) -> None:
        """Show what is not shown yet, for about `seconds` at the most."""
        began = time.monotonic()
        while (new := self._behind) and time.monotonic() - began < seconds:
            portion = _portion(new)
            self._fed += len(portion)
            self.view.feed(portion)

    async def _growth(self) -> None:
        """Wait until something happens, or for `wait_seconds`."""
        session, stirred = self.session, self._stirred
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._wait_seconds):
                if self._starting or session is None or not session.running:
                    await stirred.wait()
                    return
                async with aclosing(session.follow(self._fed)) as events:
                    await anext(events, None)

    def _stir(self) -> None:
        """Wake the pages that wait while nothing is going on."""
        stirred, self._stirred = self._stirred, asyncio.Event()
        stirred.set()

    async def _start(
        self,
        view: View,
        task: str,
        files: Mapping[str, bytes],
        setup: Setup,
        halted: asyncio.Event,
    ) -> None:
        trouble, started = "", False
        try:
            async with self._turn:
                if self._shows(view) and not halted.is_set():
                    self._held = await self._prepared(setup)
                if self._held is not None and self._shows(view) and not halted.is_set():
                    await self._held.session.start(task, files)
                    started = True
        except AgentError as exc:
            trouble = str(exc)
        except Exception:
            log.exception("a task could not be worked on")
            trouble = TROUBLE
        if not started and self._shows(view):
            self.tray.put_back(files)
        if trouble and self._shows(view) and not halted.is_set():
            view.abandon(trouble)

    def _shows(self, view: View) -> bool:
        """Whether this conversation is still the one that the visitor has."""
        return not self._closed and self.view is view

    def _with_keys(self, setup: Setup) -> Setup:
        """After a reload the key fields are empty: what was typed before still counts."""
        old = self.setup
        if not self.resumed or old is None:
            return setup
        return replace(
            setup,
            model_key=setup.model_key or (old.model_key if old.model == setup.model else ""),
            e2b_key=setup.e2b_key or old.e2b_key,
        )

    async def _prepared(self, setup: Setup) -> _Held:
        """A session, made on first use, with the model and executor of `setup`.

        Raises:
            AgentError: a key is missing, a model is unknown, or a run is going on.
        """
        if self._held is not None:
            self._held = await self._with_model(self._held, setup)
            return await self._with_executors(self._held, setup)
        model = self._services.model(setup.model, key=setup.model_key)
        try:
            executors = self._services.executors(setup.backend, key=setup.e2b_key)
        except Exception:
            await self._let_go(model)
            raise
        session = self._services.session(model=model, executors=executors)
        self._fed = 0
        return _Held(view=self.view, setup=setup, session=session, model=model, executors=executors)

    async def _with_model(self, held: _Held, new: Setup) -> _Held:
        old = held.setup
        if (old.model, old.model_key) == (new.model, new.model_key):
            return held
        model = self._services.model(new.model, key=new.model_key)
        await held.session.use_model(model)
        await self._let_go(held.model)
        setup = replace(old, model=new.model, model_key=new.model_key)
        return replace(held, setup=setup, model=model)

    async def _with_executors(self, held: _Held, new: Setup) -> _Held:
        old = held.setup
        same_key = new.backend == "local" or old.e2b_key == new.e2b_key
        if old.backend == new.backend and same_key:
            return held
        executors = self._services.executors(new.backend, key=new.e2b_key)
        try:
            await held.session.use_executor(executors)
        except BaseException:
            await self._let_go(executors)
            raise
        await self._let_go(held.executors)
        where = "in E2B" if new.backend == "e2b" else "on this server"
        self.view.remark(f"Code now runs {where}.")
        setup = replace(old, backend=new.backend, e2b_key=new.e2b_key)
        return replace(held, setup=setup, executors=executors)

    async def _release(self) -> None:
        async with self._turn:
            held, self._held = self._held, None
            if held is not None:
                await _logged(held.session.aclose())
                await self._let_go(held.model)
                await self._let_go(held.executors)
        if self._begin is not None:  # it finds that its conversation is gone
            await asyncio.wait([self._begin])

    async def _let_go(self, made: Model | ExecutorFactory) -> None:
        await _logged(self._services.release(made))


def _portion(events: Sequence[Event]) -> Sequence[Event]:
    """The events to show together: of tables and figures, which may take long, one at a time."""
    for count, event in enumerate(events, start=1):
        told = event.event if isinstance(event, AgentEvent) else event
        if isinstance(told, CellEvent) and isinstance(told.event, Display):
            return events[:count]
    return events


async def _logged(closing: Awaitable[None]) -> None:
    """Close one thing. If it fails, the log says so, and what comes after it is closed as well."""
    try:
        await closing
    except Exception:
        log.exception("a part of a conversation could not be released")
