"""One connection to an MCP server, held open in the event loop that it was opened in."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agent.tools.handed import Tell

if TYPE_CHECKING:
    from mcp import Client
    from mcp.types import CallToolResult
    from mcp.types import Tool as Described

log = logging.getLogger(__name__)

MOST_TOOLS = 1_000
"""Tools of one server that are listed. A server can make up endless pages."""
_TAIL_CHARS = 2_000
_LAST_WORDS_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an MCP server is: a URL, or a command that starts one and speaks through its pipes."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    command: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Joins the few harmless variables that a server gets anyway. Nothing else is inherited."""
    cwd: Path | None = None

    def __str__(self) -> str:
        return self.url or Path(self.command[0]).name


class Connection:
    """Opened, used and closed in one event loop.

    A task of its own enters and leaves the client, because the library wants both in the same one.
    """

    def __init__(self, address: Address, *, seconds: float) -> None:
        self._address = address
        self._seconds = seconds
        self._client: Client | None = None
        self._closing = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def open(self) -> list[Described]:
        """Connect and list the tools.

        Raises:
            ConnectionError: the server cannot be started or reached, or is none.
        """
        ready: asyncio.Future[list[Described]] = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._hold(ready))
        try:
            async with asyncio.timeout(self._seconds):
                return await ready
        except TimeoutError as exc:
            self._keeper.cancel()
            raise ConnectionError(
                f"The MCP server {self._address} was not ready after {self._seconds:g} seconds."
            ) from exc

    async def call(self, tool: str, arguments: dict[str, Any], tell: Tell) -> CallToolResult:
        """Call a tool of the server; its progress is told.

        Raises:
            ConnectionError: the server has ended or cannot be reached.
            RuntimeError: the server refused the call.
        """
        from httpx2 import HTTPError
        from mcp import MCPError
        from mcp.types import CONNECTION_CLOSED

        if self._client is None:
            raise ConnectionError(f"The MCP server {self._address} is not running any more.")

        async def show(progress: float, total: float | None, message: str | None) -> None:
            count = f"{progress:g}" if total is None else f"{progress:g} of {total:g}"
            tell(f"{message} ({count})" if message else count)

        try:
            return await self._client.call_tool(tool, arguments, progress_callback=show)
        except MCPError as exc:
            if exc.code != CONNECTION_CLOSED:
                raise RuntimeError(f"The MCP server {self._address} says: {exc.message}") from exc
            raise ConnectionError(f"The MCP server {self._address} has ended.") from exc
        except (HTTPError, OSError) as exc:
            raise ConnectionError(f"The MCP server {self._address} cannot be reached.") from exc

    async def aclose(self) -> None:
        """End the connection, and the server where it was started here. Idempotent."""
        self._closing.set()
        if self._keeper is not None:
            await asyncio.wait([self._keeper])

    async def _hold(self, ready: asyncio.Future[list[Described]]) -> None:
        errors = _LastWords()
        try:
            async with AsyncExitStack() as stack:
                client = await stack.enter_async_context(await self._client_on(stack, errors))
                listed = await _listed(client)
                self._client = client
                ready.set_result(listed)
                await self._closing.wait()
        except Exception as exc:  # noqa: BLE001 - the library wraps whatever happens in groups
            if ready.done():
                log.warning("the connection to the MCP server %s broke: %s", self._address, exc)
                return
            errors.close()
            reason = "; ".join(dict.fromkeys(_causes(exc)))
            ready.set_exception(
                ConnectionError(
                    f"The MCP server {self._address} could not be started or reached: {reason}. "
                    f"{await asyncio.to_thread(errors.read)}".rstrip()
                )
            )
        finally:
            self._client = None
            errors.close()

    async def _client_on(self, stack: AsyncExitStack, errors: _LastWords) -> Client:
        import httpx2
        from mcp import Client, StdioServerParameters, stdio_client
        from mcp.client.streamable_http import streamable_http_client

        where = self._address
        if where.command:
            program, *arguments = where.command
            parameters = StdioServerParameters(
                command=program, args=arguments, env=dict(where.env), cwd=where.cwd
            )
            return Client(stdio_client(parameters, errlog=errors.file))
        http = httpx2.AsyncClient(
            headers=dict(where.headers), timeout=httpx2.Timeout(self._seconds, read=300.0)
        )
        await stack.enter_async_context(http)
        return Client(streamable_http_client(where.url, http_client=http))


async def _listed(client: Client) -> list[Described]:
    found: list[Described] = []
    cursor: str | None = None
    while True:
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if not cursor or len(found) >= MOST_TOOLS:
            return found[:MOST_TOOLS]


def _causes(exc: BaseException) -> list[str]:
    if isinstance(exc, BaseExceptionGroup):
        inner = cast("BaseExceptionGroup[BaseException]", exc).exceptions
        return [text for one in inner for text in _causes(one)]
    return [str(exc) or type(exc).__name__]


class _LastWords:
    """The end of what a server writes to its stderr, for the person who sets it up."""

    def __init__(self) -> None:
        self._source, sink = os.pipe()
        self.file = open(sink, "w", encoding="utf-8")  # noqa: SIM115 - the server's own, till it ends
        self._tail = b""
        self._reader = threading.Thread(target=self._drain, name="mcp-stderr", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Let go of this end; reading goes on until the server has let go of its own."""
        self.file.close()

    def read(self) -> str:
        """The last lines; waits a moment for a server that is just ending."""
        self._reader.join(_LAST_WORDS_SECONDS)
        return self._tail.decode("utf-8", errors="replace").strip()

    def _drain(self) -> None:
        with open(self._source, "rb", buffering=0) as source:
            while chunk := source.read(1 << 16):
                log.debug("an MCP server wrote: %r", chunk)
                self._tail = (self._tail + chunk)[-_TAIL_CHARS:]
