"""The tools of an MCP server as tools of an agent.

    with MCPTools(["uvx", "mcp-server-time"]) as tools:
        CodeAgent(tools, model).run("What time is it in Tokyo?")

Each has a typed signature from its JSON Schema, and gives values instead of blocks of text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from agent.errors import ConfigurationError
from agent.tools.base import Approval, Tool, check_names
from agent.tools.handed import Tell, silent
from agent.tools.json_schema import (
    allows_null,
    identifier,
    identifiers,
    parameters_of,
    properties,
)
from agent.tools.mcp_connection import Address, Connection
from agent.tools.mcp_results import returns_of, value_of
from agent.tools.plain_json import plain_json
from agent.tools.schema import check_name
from executors.base import ToolSpec
from executors.loop_thread import LoopThread

if TYPE_CHECKING:
    from mcp.types import Tool as Described

T = TypeVar("T")


class MCPTools(Sequence[Tool]):
    """All tools of one MCP server: a sequence of `Tool`.

    The server is started or reached when the tools are first looked at, or by `with` or
    `async with`. It is let go of at the end of that block, by `close`, or when the last of its
    tools is gone. The connection has a thread of its own, so its tools may be used in any event
    loop, or in none.
    """

    def __init__(
        self,
        server: str | Sequence[str],
        *,
        headers: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        only: Collection[str] | None = None,
        prefix: str = "",
        seconds: float = 30.0,
        timeout: float | None = 120.0,
        cost: float = 0.0,
        approval: Approval = "never",
    ) -> None:
        """Say where the server is and what its tools may do; nothing is started yet.

        Args:
            server: a URL that speaks Streamable HTTP, or a command with its arguments.
            headers: for a URL, such as `{"Authorization": "Bearer …"}`.
            env: environment variables for a command. It gets no others but `PATH`, `HOME` and the
                like: no key of this process.
            cwd: the folder in which a command starts.
            only: the tools that are wanted, by the server's names; None means all.
            prefix: is put before each name, where two servers name tools alike.
            seconds: that connecting may take.
            timeout: seconds that one call may take; None means as long as it takes.
            cost: what one call costs.
            approval: whether a person is asked before each call.

        Raises:
            ConfigurationError: `server` is neither a URL nor a command.
        """
        self._address = _address(server, headers or {}, env or {}, cwd)
        self._only = only
        self._prefix = prefix
        self._seconds = seconds
        self._policy: dict[str, Any] = {"timeout": timeout, "cost": cost, "approval": approval}
        self._server: _Server | None = None
        self._tools: list[Tool] = []

    def open(self) -> None:
        """Start or reach the server and list its tools. Idempotent.

        Raises:
            ConnectionError: the server cannot be started or reached, or is none.
            ConfigurationError: its tools cannot be named in Python, or a wanted one is missing.
        """
        if self._server is not None:
            return
        server = _Server(self._address, self._seconds)
        try:
            self._tools = self._made(server, server.run(server.connection.open()))
        except BaseException:
            server.close()
            raise
        self._server = server

    def close(self) -> None:
        """End the connection, and the server where it was started here. Idempotent."""
        server, self._server, self._tools = self._server, None, []
        if server is not None:
            server.close()

    def _made(self, server: _Server, listed: Sequence[Described]) -> list[Tool]:
        if self._only is not None:
            if missing := set(self._only) - {one.name for one in listed}:
                raise ConfigurationError(
                    f"The MCP server {self._address} has no tools named {sorted(missing)}. It has: "
                    f"{', '.join(one.name for one in listed)}."
                )
            listed = [one for one in listed if one.name in self._only]
        tools = [MCPTool(server, one, prefix=self._prefix, **self._policy) for one in listed]
        check_names([tool.spec for tool in tools])
        return [*tools]

    def __len__(self) -> int:
        self.open()
        return len(self._tools)

    @overload
    def __getitem__(self, index: int) -> Tool: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Tool]: ...
    def __getitem__(self, index: int | slice) -> Tool | Sequence[Tool]:
        self.open()
        return self._tools[index]

    def __iter__(self) -> Iterator[Tool]:
        self.open()
        return iter([*self._tools])

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.open)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await asyncio.to_thread(self.close)


class MCPTool(Tool):
    """One tool of an MCP server."""

    general = True

    def __init__(
        self,
        server: _Server,
        described: Described,
        *,
        prefix: str = "",
        timeout: float | None = None,
        cost: float = 0.0,
        approval: Approval = "never",
    ) -> None:
        """Describe the tool from what the server says about it.

        Raises:
            ConfigurationError: two of its parameters would have the same name in Python, or
                `prefix` does not begin one.
        """
        self.name = prefix + identifier(described.name)
        check_name(self.name)
        self.timeout, self.cost, self.approval = timeout, cost, approval
        self._server = server
        self._theirs = described.name
        self._schema = described.input_schema
        self._output_schema = described.output_schema
        self._names = identifiers(
            list(properties(self._schema)), f"{described.name}(): the parameters"
        )
        returns, form = returns_of(self._output_schema)
        text = described.description or described.title or described.name
        self.description = "\n\n".join(filter(None, (text.strip(), form)))
        self._spec = ToolSpec(
            name=self.name,
            description=self.description,
            parameters=parameters_of(self._schema, self._names),
            returns=returns,
        )

    @property
    def spec(self) -> ToolSpec:
        """The tool as the code sees it."""
        return self._spec

    async def forward(self, *, tell_: Tell = silent, **arguments: Any) -> Any:
        """Call the server; `tell_` is called so because a server may name a parameter `tell`."""
        calling = self._server.start(
            self._server.connection.call(self._theirs, self._as_theirs(arguments), tell_)
        )
        return value_of(await asyncio.wrap_future(calling), self._output_schema)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the tool and wait, as in a script without an agent."""
        named = dict(zip(self._names.values(), args, strict=False)) | kwargs
        return self._server.run(self.call(named))

    def _as_theirs(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Under the server's names, as plain JSON. A None that only means left out is left out."""
        known = properties(self._schema)
        return {
            name: plain_json(arguments[ours])
            for name, ours in self._names.items()
            if ours in arguments
            and (arguments[ours] is not None or allows_null(known[name], self._schema))
        }


class _Server:
    """The connection and its thread. All tools of a server hold it: the last one lets go of it."""

    def __init__(self, address: Address, seconds: float) -> None:
        self.connection = Connection(address, seconds=seconds)
        self._thread = LoopThread(on_exit=self.connection.aclose)
        self._address = address
        self._open = True

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Any:
        if not self._open:
            coroutine.close()
            raise ConnectionError(f"The MCP server {self._address} has been closed.")
        return self._thread.start(coroutine)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        if not self._open:
            coroutine.close()
            raise ConnectionError(f"The MCP server {self._address} has been closed.")
        return self._thread.run(coroutine)

    def close(self) -> None:
        self._open = False
        self._thread.close()


def _address(
    server: str | Sequence[str],
    headers: Mapping[str, str],
    env: Mapping[str, str],
    cwd: Path | None,
) -> Address:
    if not isinstance(server, str) and server:
        return Address(command=tuple(server), env=env, cwd=cwd)
    if isinstance(server, str) and server.startswith(("http://", "https://")):
        return Address(url=server, headers=headers)
    raise ConfigurationError(
        "An MCP server is a URL such as 'https://example.com/mcp', or a command as a list such as "
        f"['uvx', 'mcp-server-time'], not {server!r}."
    )
