"""One preparation for all: runs once, outlives those who stop waiting, can be tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from agent.errors import ModelUnavailable
from agent.models.base import Preparing
from agent.models.embedded.shared import SharedPreparation


class Work:
    """Three pieces of news, with a gate before the last one."""

    def __init__(self) -> None:
        self.runs = 0
        self.ended = 0
        self.fails = False
        self.gate = asyncio.Event()

    async def __call__(self) -> AsyncGenerator[Preparing, None]:
        self.runs += 1
        try:
            yield Preparing("one")
            yield Preparing("two")
            await self.gate.wait()
            if self.fails:
                raise ModelUnavailable("no weights")
            yield Preparing("three")
        finally:
            self.ended += 1


async def read(shared: SharedPreparation) -> list[str]:
    async with aclosing(shared.follow()) as news:
        return [item.text async for item in news]


async def test_all_follow_one_run() -> None:
    work = Work()
    shared = SharedPreparation(work)
    first, second = asyncio.create_task(read(shared)), asyncio.create_task(read(shared))
    await asyncio.sleep(0.05)
    work.gate.set()
    assert (await first)[0] == (await second)[0] == "two"  # the latest news, not all of them
    assert work.runs == work.ended == 1


async def test_who_stops_waiting_does_not_stop_it() -> None:
    work = Work()
    shared = SharedPreparation(work)
    reader = asyncio.create_task(read(shared))
    await asyncio.sleep(0.05)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    late = asyncio.create_task(read(shared))
    await asyncio.sleep(0.05)
    work.gate.set()
    await late
    assert work.runs == 1


async def test_a_failure_reaches_everyone_and_can_be_tried_again() -> None:
    work = Work()
    work.fails = True
    work.gate.set()
    shared = SharedPreparation(work)
    results = await asyncio.gather(read(shared), read(shared), return_exceptions=True)
    assert [str(result) for result in results] == ["no weights"] * 2
    work.fails = False
    await read(shared)
    assert work.runs == 2


async def test_closing_ends_it_and_those_who_wait_are_told() -> None:
    work = Work()
    shared = SharedPreparation(work)
    reader = asyncio.create_task(read(shared))
    await asyncio.sleep(0.05)
    await shared.aclose()
    assert work.ended == 1
    with pytest.raises(ModelUnavailable, match="closed while it was getting ready"):
        await reader
    await shared.aclose()
