"""Every kind of executor keeps every promise, and an executor that keeps none is found out."""

from __future__ import annotations

import pytest

from executors.base import ExecutorFactory, Finished
from tests.cells import events_of
from tests.conformance import cases as cases  # registers them
from tests.conformance.broken import BrokenExecutor, BrokenFactory
from tests.conformance.harness import CASES, Case, opened


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_promise(factory: ExecutorFactory, case: Case) -> None:
    await case(factory)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_control_fails(case: Case) -> None:
    with pytest.raises((AssertionError, KeyError)):
        await _bounded(case)


async def _bounded(case: Case) -> None:
    import asyncio

    try:
        async with asyncio.timeout(30):
            await case(BrokenFactory())
    except TimeoutError:
        pytest.fail("the case waited forever", pytrace=False)


async def test_two_ends_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Twice(BrokenExecutor):
        async def run(self, code: str):
            yield Finished(outcome="ok", duration=0.001)
            yield Finished(outcome="ok", duration=0.001)

    class Factory(BrokenFactory):
        def __call__(self, spec):
            return Twice(spec)

    async with opened(Factory()) as executor:
        with pytest.raises(AssertionError):
            await events_of(executor, "1")


async def test_an_unauthorised_import_is_refused_where_there_is_a_guard(
    factory: ExecutorFactory,
) -> None:
    async with opened(factory) as executor:
        if "*" in executor.info.imports:
            pytest.skip("this executor installs what is imported")
        end = (await events_of(executor, "import fcntl"))[-1]
        assert isinstance(end, Finished)
        assert end.error is not None
        assert end.error.name == "NotAllowed"
        assert end.error.message == "import of 'fcntl' is not allowed here"
        assert "math" in end.error.hint
