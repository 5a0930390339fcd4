"""The one ASGI application: control plane by path, sandbox ports by the SDK's own headers."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.e2b_stand_in.control import ControlPlane, failure
from tests.e2b_stand_in.envd import envd
from tests.e2b_stand_in.interpreter import interpreter
from tests.e2b_stand_in.sandboxes import Sandbox, Sandboxes

ENVD_PORT, INTERPRETER_PORT = "49983", "49999"


class StandIn:
    """Routes a request to the control plane or to a port of the sandbox that it names."""

    def __init__(self, key: str, record: Path | None) -> None:
        self._sandboxes = Sandboxes()
        self._record = record
        control = ControlPlane(self._sandboxes, key)
        self._control = Starlette(routes=control.routes, lifespan=self._lifespan)
        self._ports: dict[tuple[str, str], ASGIApp] = {}

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        reaper = asyncio.create_task(self._sandboxes.reap())
        yield
        reaper.cancel()
        await self._sandboxes.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self._record:
                receive = recording(self._record, scope, receive)
            headers = Headers(scope=scope)
            if port := headers.get("e2b-sandbox-port"):
                app = self._port(headers, port)
                await app(scope, receive, send)
                return
        await self._control(scope, receive, send)

    def _port(self, headers: Headers, port: str) -> ASGIApp:
        sandbox = self._sandboxes.alive.get(headers.get("e2b-sandbox-id", ""))
        if sandbox is None:
            gone = {"sandboxId": "?", "message": "The sandbox was not found", "code": 502}
            return JSONResponse(gone, 502)
        if not admitted(sandbox, headers, port):
            return failure(401, "unauthorized access")
        known = (sandbox.id, port)
        if known not in self._ports:
            self._ports[known] = envd(sandbox) if port == ENVD_PORT else interpreter(sandbox)
        return self._ports[known]


def admitted(sandbox: Sandbox, headers: Headers, port: str) -> bool:
    """Whether the request carries the token of its port; the daemon's has nothing to do with
    public traffic.
    """
    if port == ENVD_PORT:
        return secrets.compare_digest(headers.get("x-access-token", ""), sandbox.envd_token)
    given = headers.get("e2b-traffic-access-token", "")
    return sandbox.public or secrets.compare_digest(given, sandbox.traffic_token)


def recording(file: Path, scope: Scope, receive: Receive) -> Receive:
    """Writes down all that a request brings, so that a test can look for what must not cross."""
    head = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "headers": {k.decode(): v.decode() for k, v in scope["headers"]},
    }
    append(file, head)

    async def record() -> Message:
        message = await receive()
        if message["type"] == "http.request" and message["body"]:
            append(file, {"body": message["body"].decode(errors="replace")})
        return message

    return record


def append(file: Path, what: dict[str, object]) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(what) + "\n")
