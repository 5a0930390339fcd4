"""Port 49999 of a sandbox: code contexts, and cells whose events stream back as JSON lines."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.e2b_stand_in.context import CodeContext
from tests.e2b_stand_in.sandboxes import Sandbox


def interpreter(sandbox: Sandbox) -> Starlette:
    """The code interpreter of one sandbox."""

    async def execute(request: Request) -> Response:
        body = await request.json()
        chosen = body.get("context_id")
        context = sandbox.contexts.get(chosen) if chosen else sandbox.default_context
        if context is None:
            return PlainTextResponse("Context not found", 404)
        return StreamingResponse(lines(context, body), media_type="application/x-ndjson")

    async def contexts(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse([described(one) for one in sandbox.contexts.values()])
        cwd = (await request.json()).get("cwd")
        return JSONResponse(described(await sandbox.add_context(Path(cwd) if cwd else None)))

    async def one_context(request: Request) -> Response:
        context = sandbox.contexts.get(request.path_params["id"])
        if context is None:
            return PlainTextResponse("Context not found", 404)
        if request.method == "DELETE":
            del sandbox.contexts[context.id]
            await context.stop()
        else:
            await context.restart()
        return JSONResponse(None)

    return Starlette(
        routes=[
            Route("/execute", execute, methods=["POST"]),
            Route("/contexts", contexts, methods=["GET", "POST"]),
            Route("/contexts/{id}", one_context, methods=["DELETE"]),
            Route("/contexts/{id}/restart", one_context, methods=["POST"]),
        ]
    )


async def lines(context: CodeContext, body: dict[str, Any]) -> AsyncGenerator[str, None]:
    async with aclosing(context.execute(body["code"], body.get("env_vars"))) as events:
        async for event in events:
            yield json.dumps(event) + "\n"
    yield '{"type": "end_of_execution"}\n'


def described(context: CodeContext) -> dict[str, str]:
    return {"id": context.id, "language": "python", "cwd": str(context.cwd)}
