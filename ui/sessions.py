"""Each tab's own conversation; nothing is shared.

A live process cannot be in `gr.State`, which deep-copies its values: so the registry is here. It
keeps the conversation of a page that went away for a little while, so that a reload finds it again,
and releases those that nobody used for long.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine

from agent.errors import SessionLimit
from agent.services import Services
from ui.uploads import Shelf
from ui.visitor import Visitor

log = logging.getLogger(__name__)

SWEEP_SECONDS = 10.0
WAIT_SECONDS = 20.0
"""How long a page's question for news may stay open while there is none."""
CLOSE_SECONDS = 4.0
"""How long to wait for conversations to be closed; they go on with it after that."""


class SessionStore:
    """All visitors of this server.

    Args:
        services: makes models, executors and sessions.
        limit: how many conversations may be open at once.
        runs: how many runs may go on at once.
        idle_seconds: after how long without a run or a message a conversation is released.
        grace_seconds: how long a conversation is kept after its page went away. Longer than
            a minute, because that is how seldom browsers let a hidden page's timers run.
        silent_seconds: how long a page that asks for nothing any more still counts as open, as the
            one of a computer that sleeps. A page that never asked counts for the grace only.
    """

    def __init__(
        self,
        services: Services,
        *,
        limit: int = 500,
        runs: int = 50,
        idle_seconds: float = 3600.0,
        grace_seconds: float = 75.0,
        silent_seconds: float = 600.0,
    ) -> None:
        self._services = services
        self._limit = limit
        self._runs = runs
        self._idle_seconds = idle_seconds
        self._grace_seconds = grace_seconds
        self._silent_seconds = max(silent_seconds, grace_seconds)
        # Well within the grace: a page that asks and asks never counts as absent.
        self._wait_seconds = min(WAIT_SECONDS, grace_seconds / 3)
        self._shelf = Shelf()
        self._tabs: dict[str, Visitor] = {}
        self._pages: dict[str, Visitor] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def attach(self, page: str | None, tab: str) -> Visitor:
        """The visitor of that tab for a page that has just opened; a new one if there is none.

        Args:
            page: the page's session hash.
            tab: the secret that an earlier page of the tab was given, or anything else. Only
                secrets that this server made, and whose visitor is still kept, are accepted.

        Raises:
            SessionLimit: there are too many conversations on this server.
        """
        known = self._tabs.get(tab)
        if not page or known is None:
            return self.visitor(page)
        known.enter(page)
        known.resumed = True
        self._pages[page] = known
        return known

    def visitor(self, page: str | None) -> Visitor:
        """The visitor of the page with that session hash, made on the first call.

        Raises:
            SessionLimit: there are too many conversations on this server.
        """
        if not page:
            raise SessionLimit("This page has no session. Please reload it.")
        if page not in self._pages:
            if len(self._tabs) >= self._limit:
                raise SessionLimit(
                    "This server is serving as many people as it can. Please try again later."
                )
            made = self._pages[page] = Visitor(
                self._services, wait_seconds=self._wait_seconds, shelf=self._shelf
            )
            made.enter(page)
            self._tabs[made.tab] = made
            if self._sweeper is None:
                self._sweeper = asyncio.create_task(self._sweep(), name="idle sessions")
        visitor = self._pages[page]
        visitor.touched = time.monotonic()
        return visitor

    def find(self, page: str | None) -> Visitor | None:
        """The visitor of the page with that session hash, if there is one already."""
        return self._pages.get(page or "")

    def by_tab(self, tab: str) -> Visitor | None:
        """The visitor whose tab was given that secret, or None."""
        return self._tabs.get(tab)

    def admit(self) -> None:
        """Make sure that there is room for one more run.

        Raises:
            SessionLimit: there is none.
        """
        if sum(visitor.busy for visitor in self._tabs.values()) >= self._runs:
            raise SessionLimit(
                "The server is busy with other people's tasks. Please try again in a minute."
            )

    def leave(self, page: str | None) -> None:
        """A page went away; its conversation is kept for a while, in case it is reloaded."""
        if (visitor := self.find(page)) is not None:
            visitor.pages.discard(page or "")
            visitor.seen = time.monotonic()

    async def release_absent(self) -> int:
        """Close the conversations without a page for `grace_seconds`; returns how many."""
        absent = [visitor for visitor in self._tabs.values() if self._is_absent(visitor)]
        for visitor in absent:  # all at once, so that no page can come back to one of them
            self._let_go(visitor)
        await self._closed()
        return len(absent)

    async def release_idle(self) -> int:
        """Release the sessions that nobody used for `idle_seconds`; returns how many."""
        idle = [visitor for visitor in self._tabs.values() if self._is_idle(visitor)]
        for visitor in idle:
            self._close(visitor.rest())
        await self._closed()
        return len(idle)

    async def aclose(self) -> None:
        """Close every conversation, all at the same time. What goes wrong is logged."""
        for visitor in list(self._tabs.values()):
            self._let_go(visitor)
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.wait([self._sweeper])
        if still := await self._closed():
            log.warning("%d conversations are not closed yet", still)

    def _is_absent(self, visitor: Visitor) -> bool:
        present = visitor.pages and visitor.asked
        bound = self._silent_seconds if present else self._grace_seconds
        return time.monotonic() - visitor.seen > bound

    def _is_idle(self, visitor: Visitor) -> bool:
        session = visitor.session
        if session is None or visitor.busy:
            return False
        return time.monotonic() - max(visitor.touched, session.touched) > self._idle_seconds

    def _let_go(self, visitor: Visitor) -> None:
        """Take the visitor out of the tables, and begin to close what is left."""
        del self._tabs[visitor.tab]
        self._pages = {page: one for page, one in self._pages.items() if one is not visitor}
        visitor.retire()
        self._close(visitor.aclose())

    def _close(self, work: Coroutine[None, None, None]) -> None:
        # A task of its own: nobody who waits for it, and is cancelled, breaks it off.
        closing = asyncio.create_task(_logged(work), name="close a conversation")
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _closed(self) -> int:
        """Wait a while until all is closed; returns how many are left."""
        if not self._closing:
            return 0
        _, still = await asyncio.wait(self._closing, timeout=CLOSE_SECONDS)
        return len(still)

    async def _sweep(self) -> None:
        shortest = min(self._idle_seconds, self._grace_seconds, SWEEP_SECONDS * 2)
        while True:
            await asyncio.sleep(max(0.2, shortest / 2))
            await self.release_absent()
            await self.release_idle()


async def _logged(closing: Coroutine[None, None, None]) -> None:
    try:
        await closing
    except Exception:
        # One session that cannot be released must not keep all others from it.
        log.exception("a session could not be released")
