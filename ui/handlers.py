"""What happens when a visitor sends, stops, starts anew, switches or downloads.

Whatever fails becomes a calm sentence in the transcript, and the chat stays usable. A page learns
what happens by asking for news, over and over; so a page that was reloaded or cut off goes on where
it was, and no run depends on a page.
"""

from __future__ import annotations

import base64
import json
import logging
import time
from collections.abc import Iterable
from typing import Any

from agent.errors import AgentError, SessionLimit
from agent.services import Services
from ui.sessions import SessionStore
from ui.uploads import Refused
from ui.view import View
from ui.visitor import Setup, Visitor

log = logging.getLogger(__name__)

MAX_TASK_CHARS = 20_000
MAX_DOWNLOAD_BYTES = 25_000_000


class Handlers:
    """The page's event handlers, without Gradio. `page` is the page's session hash.

    What they return for the transcript is JSON: `batches` (see `ui.view`), `live` where more is
    about to come, the `files` that wait for the next message, and once, for a page that has just
    opened, its `tab`.
    """

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

    def needs_e2b_key(self, backend: str, e2b_key: str, page: str | None) -> bool:
        """Whether E2B is chosen and nobody has a key for it."""
        if backend != "E2B" or (e2b_key or "").strip() or self._services.has_e2b_key:
            return False
        visitor = self._store.find(page)
        kept = visitor.setup if visitor is not None and visitor.resumed else None
        return kept is None or not kept.e2b_key

    async def attach(self, page: str | None, tab: str) -> tuple[str, Setup | None]:
        """What a page starts with, and what its tab's conversation was last used with."""
        try:
            visitor = self._store.attach(page, tab)
        except AgentError as exc:
            return _refusal(str(exc)), None
        return _news(visitor, [visitor.view.whole()], tab=visitor.tab), visitor.setup

    async def send(self, task: str, setup: Setup, page: str | None) -> str:
        """Start a run on the task, or tell it to the agent that is working."""
        try:
            visitor = self._store.visitor(page)
        except AgentError as exc:
            return _refusal(str(exc))
        seq = visitor.view.seq
        if not visitor.steer(task):
            visitor.begin(task, setup)
        return _news(visitor, visitor.view.after(seq))

    def refusal(self, task: str, page: str | None) -> str:
        """Why that message cannot be sent; empty where it can."""
        if len(task) > MAX_TASK_CHARS:
            return (
                f"This message has {len(task):,} characters, and the limit is "
                f"{MAX_TASK_CHARS:,}. Please shorten it and send it again."
            )
        if self.working(page):
            return ""
        try:
            self._store.admit()
            self._store.visitor(page)
        except SessionLimit as exc:
            return str(exc)
        return ""

    def working(self, page: str | None) -> bool:
        """Whether what the visitor sends now goes to an agent that is working."""
        visitor = self._store.find(page)
        return visitor is not None and visitor.working

    def held_back(self, page: str | None) -> str:
        """What to say of files that cannot go with a message to an agent that is working."""
        visitor = self._store.find(page)
        if visitor is None or not visitor.working or not visitor.tray.listed():
            return ""
        return "Your message was sent. The files stay here and go with your next task."

    async def busy(self, page: str | None) -> str:
        """Why the visitor has to wait before the next message; empty where they need not."""
        if (visitor := self._store.find(page)) is None:
            return ""
        await visitor.caught_up()
        if visitor.busy and not visitor.working:
            return "The agent is only just starting. Please send this again in a moment."
        return ""

    async def stop(self, page: str | None) -> None:
        """Stop the visitor's run; the news that follow show the end."""
        if (visitor := self._store.find(page)) is None:
            return
        try:
            await visitor.stop()
        except Exception:
            log.exception("a run could not be stopped")

    async def new_chat(self, page: str | None) -> str:
        """Close the visitor's conversation and begin an empty one."""
        try:
            visitor = self._store.visitor(page)
            await visitor.renew()
        except AgentError as exc:
            return _refusal(str(exc))
        return _news(visitor, [visitor.view.whole()])

    async def leave(self, page: str | None) -> None:
        """The page went away, for good or for a reload."""
        self._store.leave(page)

    # What the transcript's script calls. The tab's secret says whose page it is.

    async def follow(self, call: Any) -> str:
        """The news for a page; waits a while for them. Empty for a tab that is not known."""
        match call:
            case {"tab": str(tab), "chat": int(chat), "seq": int(seq)}:
                visitor = self._store.by_tab(tab)
            case _:
                return ""
        if visitor is None:
            return ""
        visitor.seen, visitor.asked = time.monotonic(), True
        batches = await visitor.news(chat, seq)
        visitor.seen = time.monotonic()
        return _news(visitor, batches)

    async def add_file(self, call: Any) -> dict[str, Any]:
        """A part of a file for the next message; what the tray holds then, or why not."""
        match call:
            case {
                "tab": str(tab),
                "name": str(name),
                "size": int(size),
                "offset": int(offset),
                "data": str(data),
            }:
                visitor = self._store.by_tab(tab)
            case _:
                return {"error": "This file could not be taken. Please add it again."}
        if visitor is None:
            return {"error": "This page has lost its conversation. Reload it and add the file."}
        try:
            visitor.tray.take(name, size, offset, data)
        except Refused as exc:
            return {"error": str(exc), "files": visitor.tray.listed()}
        return {"files": visitor.tray.listed()}

    async def remove_file(self, call: Any) -> dict[str, Any]:
        """Give up a file that was added; what the tray holds then."""
        match call:
            case {"tab": str(tab), "name": str(name)}:
                visitor = self._store.by_tab(tab)
            case _:
                visitor, name = None, ""
        if visitor is None:
            return {"files": []}
        visitor.tray.remove(name)
        return {"files": visitor.tray.listed()}

    async def download(self, call: Any) -> dict[str, str]:
        """A file of the visitor's own workspace in base64, or a sentence on why not."""
        match call:
            case {"tab": str(tab), "path": str(path)}:
                visitor = self._store.by_tab(tab)
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


def _news(visitor: Visitor, batches: Iterable[str], *, tab: str = "") -> str:
    return _encode(batches, live=visitor.live, tab=tab, files=visitor.tray.listed())


def _refusal(text: str) -> str:
    """News for a page that has no conversation."""
    return _encode([View(chat=0).remark(text, level="warning")], live=False, tab="", files=None)


def _encode(
    batches: Iterable[str], *, live: bool, tab: str, files: list[dict[str, str | int]] | None
) -> str:
    # The batches are JSON already, and may be large.
    head = json.dumps({"tab": tab, "live": live, "files": files})[:-1]
    return f'{head}, "batches": [{",".join(batches)}]}}'
