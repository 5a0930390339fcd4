"""The control: an executor that keeps no promise but to finish, so that every case must fail."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from typing import Literal, Self

from executors.base import (
    ExecutionEvent,
    ExecutorInfo,
    ExecutorSpec,
    FileInfo,
    Finished,
)


class BrokenWorkspace:
    async def list(self) -> list[FileInfo]:
        return [FileInfo(path="nothing", size=0)]

    async def read(self, path: str) -> bytes:
        return b""

    async def write(self, path: str, data: bytes) -> None: ...

    async def delete(self, path: str) -> None: ...


class BrokenExecutor:
    """Says of every cell at once that it went well."""

    def __init__(self, spec: ExecutorSpec) -> None:
        self.workspace = BrokenWorkspace()
        self.cells = -1
        self.info = ExecutorInfo(
            kind="local",
            python=f"{sys.version_info.major}.{sys.version_info.minor}",
            imports=(),
            limits=spec.limits,
            network=False,
            files="",
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None: ...

    async def run(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        yield Finished(outcome="ok", duration=0.001)

    async def interrupt(self) -> None: ...

    async def rewind(self, cell: int) -> None: ...


class BrokenFactory:
    kind: Literal["local"] = "local"

    def __call__(self, spec: ExecutorSpec) -> BrokenExecutor:
        return BrokenExecutor(spec)

    async def aclose(self) -> None: ...
