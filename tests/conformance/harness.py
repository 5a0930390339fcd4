"""How the cases of this suite are registered, and how they open an executor.

A case is a coroutine function that takes a factory. `CASES` holds them all; the control runs them
against an executor that keeps no promise, and each has to fail there.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from executors.base import Executor, ExecutorFactory, ExecutorSpec, Limits
from tests.host_tools import Tools

Case = Callable[[ExecutorFactory], Awaitable[None]]
CASES: list[Case] = []


def case(function: Case) -> Case:
    CASES.append(function)
    return function


@asynccontextmanager
async def opened(
    factory: ExecutorFactory,
    tools: Tools | None = None,
    *,
    imports: tuple[str, ...] = (),
    **limits: Any,
) -> AsyncGenerator[Executor, None]:
    spec = ExecutorSpec(
        tools=(tools or Tools).specs,
        call_tool=tools or Tools(),
        additional_authorized_imports=imports,
        limits=Limits(**{"seconds": 100, **limits}),
    )
    async with factory(spec) as executor:
        yield executor
