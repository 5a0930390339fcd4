"""The part of the E2B SDK that we use, typed, and loaded only when it is needed.

The SDK takes two seconds to import and reads its key from the environment; here it is imported in a
thread and every client is bound to an `Account`, so that one visitor's key never meets another's.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Literal, Protocol

from executors.errors import ExecutorUnavailable

NO_KEY = (
    "E2B needs an API key, and there is none. Create one in the E2B dashboard "
    "(https://e2b.dev/dashboard, under API Keys) and enter it, or set E2B_API_KEY on the server. "
    "Until then, use the local executor."
)
USER = "root"
"""Kernels run as root in a sandbox, so what they made can only be changed as root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose sandboxes, and on which service. Empty fields mean the service's own."""

    api_key: str = field(default="", repr=False)
    domain: str = ""
    api_url: str = ""
    sandbox_url: str = ""

    def resolved(self) -> Account:
        """The account itself if it has a key, else the one that the environment describes.

        Raises:
            ExecutorUnavailable: there is no key at all.
        """
        if self.api_key:
            return self
        if not (key := os.environ.get("E2B_API_KEY", "")):
            raise ExecutorUnavailable(NO_KEY)
        return Account(
            api_key=key,
            domain=self.domain or os.environ.get("E2B_DOMAIN", ""),
            api_url=self.api_url or os.environ.get("E2B_API_URL", ""),
            sandbox_url=self.sandbox_url or os.environ.get("E2B_SANDBOX_URL", ""),
        )


class Context(Protocol):
    """A kernel of a sandbox."""

    id: str
    language: str


class Result(Protocol):
    """Something shown, or the value of a cell's last line."""

    text: str | None
    html: str | None
    markdown: str | None
    svg: str | None
    png: str | None
    jpeg: str | None
    latex: str | None
    is_main_result: bool
    extra: dict[str, Any] | None


class OutputMessage(Protocol):
    """A piece of printed text."""

    line: str
    error: bool


class ExecutionError(Protocol):
    """What ended a cell, as the kernel tells it."""

    name: str
    value: str
    traceback: str


class Execution(Protocol):
    """A cell that has ended."""

    error: ExecutionError | None


class Entry(Protocol):
    """A file or folder of a sandbox."""

    path: str
    size: int
    type: Enum
    modified_time: datetime
    symlink_target: str | None


class Files(Protocol):
    """The files of a sandbox."""

    async def list(self, path: str, depth: int = 1, *, user: str) -> Sequence[Entry]: ...
    async def get_info(self, path: str, *, user: str) -> Entry: ...
    async def read(self, path: str, format: Literal["bytes"], *, user: str) -> bytearray: ...
    async def write(self, path: str, data: bytes, *, user: str) -> object: ...
    async def remove(self, path: str, *, user: str) -> None: ...


class Sandbox(Protocol):
    """A running sandbox."""

    sandbox_id: str

    @property
    def files(self) -> Files: ...

    async def run_code(
        self,
        code: str,
        *,
        context: Context,
        timeout: float,  # noqa: ASYNC109
        on_stdout: Callable[[OutputMessage], None] | None = None,
        on_stderr: Callable[[OutputMessage], None] | None = None,
        on_result: Callable[[Result], None] | None = None,
    ) -> Execution: ...
    async def list_code_contexts(self) -> Sequence[Context]: ...
    async def create_code_context(self, *, language: str) -> Context: ...
    async def remove_code_context(self, context: Context) -> None: ...
    async def restart_code_context(self, context: Context) -> None: ...
    async def set_timeout(self, timeout: int) -> None: ...  # noqa: ASYNC109
    async def is_running(self, request_timeout: float | None = None) -> bool: ...
    async def kill(self) -> bool: ...


class Service:
    """What an account can ask of the control plane. Each call raises what the SDK raises."""

    def __init__(self, sandboxes: Any, query: Callable[..., Any]) -> None:
        self._sandboxes, self._query = sandboxes, query

    async def create(self, **options: Any) -> Sandbox:
        """Start a sandbox."""
        return await self._sandboxes.create(**options)

    async def find(self, metadata: dict[str, str]) -> list[tuple[str, dict[str, str]]]:
        """The account's sandboxes with this metadata: id and all metadata of each."""
        found: list[tuple[str, dict[str, str]]] = []
        pages = self._sandboxes.list(query=self._query(metadata=metadata))
        while pages.has_next:
            found += [(one.sandbox_id, one.metadata) for one in await pages.next_items()]
        return found

    async def kill(self, sandbox: str) -> None:
        """End the sandbox of that id."""
        await self._sandboxes.kill(sandbox)


async def connect(account: Account) -> Service:
    """The service as that account sees it. Nothing is sent yet.

    Raises:
        ExecutorUnavailable: there is no key, or the SDK is not installed.
    """
    resolved = account.resolved()
    try:
        client, query = await asyncio.to_thread(_sdk)
    except ModuleNotFoundError as exc:
        raise ExecutorUnavailable(
            "E2B's package is not installed on this server. "
            "Install it with `pip install e2b-code-interpreter`, or use the local executor."
        ) from exc
    given = {
        name: value
        for name in ("api_key", "domain", "api_url", "sandbox_url")
        if (value := getattr(resolved, name))
    }
    return Service(client(debug=False, **given).AsyncSandbox, query)


def _sdk() -> tuple[Any, Any]:
    from e2b import SandboxQuery
    from e2b_code_interpreter import E2B  # pyright: ignore[reportMissingTypeStubs]

    return E2B, SandboxQuery
