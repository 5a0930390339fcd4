"""The kinds of executors that the suite runs against."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from executors.base import ExecutorFactory
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from tests.e2b_stand_in.server import Server


@pytest.fixture(params=["local", "e2b"])
async def factory(
    request: pytest.FixtureRequest, stand_in: Server
) -> AsyncIterator[ExecutorFactory]:
    """A factory of each kind; the test's executors come from it."""
    made: ExecutorFactory
    match request.param:
        case "local":
            made = LocalExecutorFactory()
        case _:
            made = E2BExecutorFactory(
                api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
            )
    yield made
    await made.aclose()
