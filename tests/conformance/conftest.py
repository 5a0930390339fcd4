"""The kinds of executors that the suite runs against. To add one, add a line to `FACTORIES`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from executors.base import ExecutorFactory
from executors.local.executor import LocalExecutorFactory

pytest.register_assert_rewrite("tests.conformance.cases")


@asynccontextmanager
async def local() -> AsyncGenerator[ExecutorFactory, None]:
    factory = LocalExecutorFactory()
    yield factory
    await factory.aclose()


FACTORIES: dict[str, Callable[[], AbstractAsyncContextManager[ExecutorFactory]]] = {
    "local": local,
}


@pytest.fixture(params=FACTORIES)
async def factory(request: pytest.FixtureRequest) -> AsyncIterator[ExecutorFactory]:
    """A factory of each kind; the test's executors come from it."""
    async with FACTORIES[request.param]() as made:
        yield made
