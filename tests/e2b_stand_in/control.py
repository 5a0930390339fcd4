"""The control plane: creating, listing, extending and killing sandboxes."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.e2b_stand_in.sandboxes import Sandbox, Sandboxes

Handler = Callable[[Request], Awaitable[Response]]


def failure(code: int, message: str) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, code)


class ControlPlane:
    """The REST routes of `https://api.<domain>`."""

    def __init__(self, sandboxes: Sandboxes, key: str) -> None:
        self._sandboxes, self._key = sandboxes, key
        self._refusals: list[int] = []
        """The status codes that the next creates are answered with."""

    @property
    def routes(self) -> list[Route]:
        one = "/sandboxes/{id}"
        return [
            Route("/v2/sandboxes", self._checked(self.create), methods=["POST"]),
            Route("/v2/sandboxes", self._checked(self.list), methods=["GET"]),
            Route(one, self._checked(self.get), methods=["GET"]),
            Route(one, self._checked(self.kill), methods=["DELETE"]),
            Route(one + "/timeout", self._checked(self.set_timeout), methods=["POST"]),
            Route("/stand-in/refuse/{code:int}/{times:int}", self.refuse, methods=["POST"]),
        ]

    def _checked(self, handler: Handler) -> Handler:
        async def check(request: Request) -> Response:
            if not secrets.compare_digest(request.headers.get("x-api-key", ""), self._key):
                return failure(401, "Invalid API key")
            if "id" in request.path_params and self._named(request) is None:
                return failure(404, "The sandbox was not found")
            return await handler(request)

        return check

    def _named(self, request: Request) -> Sandbox | None:
        return self._sandboxes.alive.get(request.path_params["id"])

    async def create(self, request: Request) -> Response:
        if self._refusals:
            return failure(self._refusals.pop(0), "refused as the test asked")
        body = await request.json()
        sandbox = Sandbox(
            template=body["templateID"],
            seconds=body.get("timeout", 15),
            metadata=body.get("metadata") or {},
            public=(body.get("network") or {}).get("allowPublicTraffic", True),
        )
        key = request.headers.get("idempotency-key")
        sandbox = await self._sandboxes.create(sandbox, key)
        return JSONResponse(sandbox.credentials(), 201)

    async def list(self, request: Request) -> Response:
        """Pages, as in the service; metadata is a query string inside the query string."""
        asked = dict(parse_qsl(unquote(request.query_params.get("metadata", ""))))
        limit = int(request.query_params.get("limit", "100"))
        start = int(request.query_params.get("nextToken", "0"))
        alive = [one.detail() for one in self._sandboxes.alive.values()]
        found = [one for one in alive if asked.items() <= one["metadata"].items()]
        more = {"x-next-token": str(start + limit)} if start + limit < len(found) else {}
        return JSONResponse(found[start : start + limit], headers=more)

    async def get(self, request: Request) -> Response:
        sandbox = self._named(request)
        assert sandbox
        return JSONResponse(sandbox.detail())

    async def kill(self, request: Request) -> Response:
        sandbox = self._named(request)
        assert sandbox
        await self._sandboxes.kill(sandbox)
        return Response(status_code=204)

    async def set_timeout(self, request: Request) -> Response:
        sandbox = self._named(request)
        assert sandbox
        sandbox.extend((await request.json())["timeout"])
        return Response(status_code=204)

    async def refuse(self, request: Request) -> Response:
        """Not of the service: lets a test choose how the next creates fail."""
        self._refusals = [request.path_params["code"]] * request.path_params["times"]
        return Response(status_code=204)
