"""Keeps Gradio from taking in files: the page has no place for them, and anybody could send one."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class NoUploads:
    """Refuses every upload before any of it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        # By its last part: a server may stand behind any root path.
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith("/upload"):
            refusal = PlainTextResponse("This page takes no files.", status_code=403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)
