"""One pair of zygotes serves all families of attacks on the guard."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from executors.local.executor import LocalExecutorFactory
from tests.containment.guard.trial import Duel, Escape, duel


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"walls", "confined"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        attack = getattr(item, "callspec", None) and item.callspec.params.get("attack")  # type: ignore[attr-defined]
        if isinstance(attack, Escape) and not attack.possible:
            item.add_marker(pytest.mark.skip(f"from Python {attack.since}"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def walls() -> AsyncIterator[Duel]:
    async with duel() as both:
        yield both


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def confined() -> AsyncIterator[LocalExecutorFactory]:
    """Both walls, as everybody has them."""
    factory = LocalExecutorFactory()
    yield factory
    await factory.aclose()
