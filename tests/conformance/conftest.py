"""The kinds of executors that the suite runs against. To add one, add a line to `FACTORIES`."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from executors.base import ExecutorFactory
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from tests.e2b_stand_in.server import running

pytest.register_assert_rewrite("tests.cells", "tests.conformance.cases")


@asynccontextmanager
async def local() -> AsyncGenerator[ExecutorFactory, None]:
    factory = LocalExecutorFactory()
    yield factory
    await factory.aclose()


@asynccontextmanager
async def e2b() -> AsyncGenerator[ExecutorFactory, None]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        factory = E2BExecutorFactory(api_key=server.key, api_url=server.url, sandbox_url=server.url)
        yield factory
        await factory.aclose()


FACTORIES: dict[str, Callable[[], AbstractAsyncContextManager[ExecutorFactory]]] = {
    "local": local,
    "e2b": e2b,
}


@pytest.fixture(params=FACTORIES)
async def factory(request: pytest.FixtureRequest) -> AsyncIterator[ExecutorFactory]:
    """A factory of each kind; the test's executors come from it."""
    async with FACTORIES[request.param]() as made:
        yield made
