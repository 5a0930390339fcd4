"""What happens when a visitor sends, stops, starts anew, switches or downloads.

Whatever fails becomes a calm sentence in the transcript, and the chat stays usable.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from agent.errors import AgentError
from agent.events import Event
from agent.services import Services
from agent.session import Session
from ui.sessions import SessionStore, Setup, Visitor
from ui.view import View

log = logging.getLogger(__name__)

MAX_TASK_CHARS = 20_000
MAX_DOWNLOAD_BYTES = 25_000_000
TICK_SECONDS = 0.11
"""The least time between two updates of a page: about 9 a second."""

TROUBLE = (
    "Something went wrong inside the app, and the details are in the server's log. "
    "Your conversation is kept: please try again."
)


async def ticks(session: Session, start: int) -> AsyncGenerator[list[Event], None]:
    """The events from index `start` until the run ends, in batches at most every tick."""
    position, next_tick = start, 0.0
    while True:
        async with aclosing(session.follow(position)) as events:
            if await anext(events, None) is None:
                return
        await asyncio.sleep(max(0.0, next_tick - time.monotonic()))
        next_tick = time.monotonic() + TICK_SECONDS
        batch = session.events[position:]
        position += len(batch)
        yield batch


class Handlers:
    """The page's event handlers, without Gradio. `page` is the page's session hash."""

    def __init__(self, services: Services, store: SessionStore) -> None:
        self._services = services
        self._store = store

    def setup(self, backend: str, model: str, model_key: str, e2b_key: str) -> Setup:
        """What the visitor chose, from the raw values of the page."""
        choices = {choice.id: choice for choice in self._services.model_choices}
        chosen = choices[model if model in choices else self._services.default_model]
        return Setup(
            backend="e2b" if backend == "E2B" else "local",
            model=chosen.id,
            # A token for Hugging Face must not reach any other server.
            model_key=(model_key or "").strip() if chosen.needs_key else "",
            e2b_key=(e2b_key or "").strip(),
        )

    def needs_e2b_key(self, backend: str, e2b_key: str) -> bool:
        """Whether E2B is chosen and nobody has a key for it."""
        return backend == "E2B" and not (e2b_key or "").strip() and not self._services.has_e2b_key

    async def load(self, page: str | None) -> str:
        """The batch that a page starts with."""
        try:
            return self._store.visitor(page).view.since(0)
        except AgentError as exc:
            return _refusal(str(exc))

    async def submit(self, task: str, setup: Setup, page: str | None) -> AsyncGenerator[str, None]:
        """Run a task; yields batches for the page. Closing it leaves the run going."""
        try:
            visitor = self._store.visitor(page)
        except AgentError as exc:
            yield _refusal(str(exc))
            return
        async with aclosing(self._guarded(visitor, task, setup)) as batches:
            async for batch in batches:
                yield batch

    def refusal(self, task: str) -> str:
        """Why that message cannot be sent; empty where it can."""
        if len(task) > MAX_TASK_CHARS:
            return (
                f"This message has {len(task):,} characters, and the limit is "
                f"{MAX_TASK_CHARS:,}. Please shorten it and send it again."
            )
        return ""

    def busy(self, page: str | None) -> str:
        """Why the visitor has to wait before the next message; empty when idle."""
        visitor = self._store.find(page)
        if visitor is not None and (visitor.running or visitor.starting):
            return "The agent is still working. Wait for it, or press Stop, then send again."
        return ""

    async def _guarded(
        self, visitor: Visitor, task: str, setup: Setup
    ) -> AsyncGenerator[str, None]:
        view, trouble = visitor.view, ""
        try:
            async with aclosing(self._run(visitor, task, setup)) as batches:
                async for batch in batches:
                    if not visitor.shows(view):
                        return  # a new chat has taken this one's place
                    yield batch
        except AgentError as exc:
            trouble = str(exc)
        except Exception:
            log.exception("a task could not be worked on")
            trouble = TROUBLE
            if visitor.session is not None:
                await visitor.session.stop()
        if trouble and visitor.shows(view):
            yield view.abandon(trouble)

    async def _run(self, visitor: Visitor, task: str, setup: Setup) -> AsyncGenerator[str, None]:
        view = visitor.view
        visitor.starting = True
        try:
            yield view.ask(task)
            self._store.admit()
            session = await visitor.prepare(setup)
            if not visitor.shows(view):
                return
            first = await session.start(task)
        finally:
            visitor.starting = False
        async with aclosing(ticks(session, first)) as batches:
            async for events in batches:
                yield view.feed(events)

    async def stop(self, page: str | None) -> None:
        """Stop the visitor's run; the handler that follows it shows the end."""
        try:
            visitor = self._store.visitor(page)
            if visitor.session is not None:
                await visitor.session.stop()
        except Exception:
            log.exception("a run could not be stopped")

    async def new_chat(self, page: str | None) -> str:
        """Close the visitor's conversation and begin an empty one."""
        try:
            return (await self._store.visitor(page).renew()).since(0)
        except AgentError as exc:
            return _refusal(str(exc))

    async def leave(self, page: str | None) -> None:
        """The page went away."""
        await self._store.close(page)

    # What the transcript's script calls. The token says whose page it is.

    async def resend(self, call: Any) -> str:
        """The batch that brings a page up to date; empty for a page that is not known."""
        match call:
            case {"token": str(token), "seq": int(seq)}:
                visitor = self._store.by_token(token)
                return visitor.view.since(seq) if visitor is not None else ""
            case _:
                return ""

    async def download(self, call: Any) -> dict[str, str]:
        """A file of the visitor's own workspace in base64, or a sentence on why not."""
        match call:
            case {"token": str(token), "path": str(path)}:
                visitor = self._store.by_token(token)
            case _:
                visitor, path = None, ""
        workspace = visitor.session.workspace if visitor and visitor.session else None
        if workspace is None:
            return {"error": "This file is no longer kept. Run the step again to make it anew."}
        try:
            sizes = {file.path: file.size for file in await workspace.list()}
            if sizes.get(path, 0) > MAX_DOWNLOAD_BYTES:
                limit = MAX_DOWNLOAD_BYTES // 1_000_000
                return {"error": f"This file is larger than {limit} MB and can't be downloaded."}
            data = await workspace.read(path)
        except (FileNotFoundError, ValueError):
            return {"error": "This file is no longer there."}
        except Exception:
            log.exception("a file could not be read")
            return {"error": "This file could not be read. Please try again."}
        return {"name": path.rsplit("/", 1)[-1], "data": base64.b64encode(data).decode()}


def _refusal(text: str) -> str:
    """A batch for a page that has no conversation."""
    return View(chat=0).remark(text, level="warning")
