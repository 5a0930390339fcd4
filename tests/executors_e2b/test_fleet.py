"""Many conversations on one account: places, turns, room for others, and nothing left over."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import pytest

from executors.base import ExecutorSpec, Finished, Notice
from executors.e2b import fleet, instance
from executors.e2b.executor import E2BExecutor
from executors.e2b.factory import E2BExecutorFactory
from executors.e2b.lease import Lease, Offer
from executors.e2b.sdk import Account
from executors.errors import ExecutorUnavailable
from tests.e2b_stand_in.server import Server
from tests.executors_e2b.conftest import call_tool, events, finish, value

Crowd = Callable[..., list[E2BExecutor]]


@pytest.fixture
async def crowd(stand_in: Server) -> AsyncIterator[Crowd]:
    """Makes conversations of one factory with so many sandboxes."""
    made: list[E2BExecutorFactory] = []

    def build(count: int, *, sandboxes: int) -> list[E2BExecutor]:
        factory = E2BExecutorFactory(
            api_key=stand_in.key,
            api_url=stand_in.url,
            sandbox_url=stand_in.url,
            sandboxes=sandboxes,
        )
        made.append(factory)
        spec = ExecutorSpec(call_tool=call_tool)
        executors = [factory(spec) for _ in range(count)]
        return [one for one in executors if isinstance(one, E2BExecutor)]

    yield build
    for factory in made:
        await factory.aclose()
    assert stand_in.sandboxes() == []


def texts(found: list[object]) -> list[str]:
    return [event.text for event in found if isinstance(event, Notice)]


async def test_more_conversations_than_sandboxes_wait_their_turn(crowd: Crowd) -> None:
    first, second, third = crowd(3, sandboxes=1)
    await value(first, "1")
    order: list[str] = []

    async def wait(executor: E2BExecutor, name: str) -> list[object]:
        found = await events(executor, f"'{name}'")
        order.append(name)
        await executor.__aexit__()
        return list(found)

    waiting = [asyncio.create_task(wait(second, "second"))]
    await asyncio.sleep(0.2)
    waiting.append(asyncio.create_task(wait(third, "third")))
    await asyncio.sleep(0.5)
    assert order == []
    await first.__aexit__()
    told = [texts(found) for found in await asyncio.gather(*waiting)]
    assert order == ["second", "third"]
    assert told[0] == [
        "Starting an E2B sandbox…",
        "All 1 sandboxes are in use. Waiting for a free one…",
    ]


async def test_waiting_has_an_end_with_a_way_out(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "WAIT_SECONDS", 0.2)
    first, second = crowd(2, sandboxes=1)
    await value(first, "1")
    with pytest.raises(ExecutorUnavailable, match="or switch to the local executor"):
        await events(second, "1")
    assert await value(first, "2") == "2"
    await first.__aexit__()
    assert await value(second, "3") == "3"


async def test_closing_while_waiting_for_a_place_gives_up_at_once(crowd: Crowd) -> None:
    first, second = crowd(2, sandboxes=1)
    await value(first, "1")
    async with aclosing(second.run("1")) as stream:
        assert texts([await anext(stream), await anext(stream)])
    async with asyncio.timeout(5):
        await second.__aexit__()


async def test_a_sandbox_that_is_not_used_makes_room(
    stand_in: Server, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 0.5)
    first, second = crowd(2, sandboxes=1)
    await value(first, "x = 1")
    await asyncio.sleep(0.6)
    assert await value(second, "2") == "2"
    assert len(stand_in.sandboxes()) == 1
    await asyncio.sleep(0.6)
    *_, finished = await events(first, "3")
    assert isinstance(finished, Finished)
    assert (finished.value, finished.state_kept) == ("3", False)


async def test_a_running_cell_is_never_pushed_out(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 0.0)
    monkeypatch.setattr(fleet, "WAIT_SECONDS", 0.5)
    first, second = crowd(2, sandboxes=1)
    running = asyncio.create_task(finish(first, "import time\ntime.sleep(4)\n'mine'"))
    await asyncio.sleep(3)
    with pytest.raises(ExecutorUnavailable):
        await events(second, "1")
    assert (await running).value == "'mine'"


async def test_an_account_that_is_full_makes_room_and_tries_again(
    stand_in: Server, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 0.0)
    first, second = crowd(2, sandboxes=5)
    await value(first, "1")
    stand_in.refuse_next_create(429, times=4)  # the SDK asks three more times
    assert await value(second, "2") == "2"
    assert len(stand_in.sandboxes()) == 1


async def test_an_account_that_is_full_is_told_where_there_is_nothing_to_close(
    stand_in: Server, crowd: Crowd
) -> None:
    (only,) = crowd(1, sandboxes=5)
    stand_in.refuse_next_create(429, times=4)
    with pytest.raises(ExecutorUnavailable, match="has reached its limit"):
        await events(only, "1")


async def test_sandboxes_are_started_one_after_the_other(crowd: Crowd) -> None:
    starts = [Notice(text="Starting an E2B sandbox…")]
    began = time.monotonic()
    found = await asyncio.gather(*(events(one, "1") for one in crowd(3, sandboxes=3)))
    assert [events[:1] for events in found] == [starts] * 3
    assert time.monotonic() - began > 2 * fleet.CREATE_INTERVAL


async def test_what_a_process_that_is_gone_left_behind_is_ended_at_the_first_start(
    stand_in: Server, crowd: Crowd
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    dead = instance.process(gone.pid)
    gone.wait()
    offer = Offer(
        account=Account(api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url)
    )
    here = {"app": "sandglass", "machine": instance.machine()}
    owners = {
        "left behind": here | {"process": dead},
        "of a process that runs": here | {"process": instance.process()},
        "of another machine": here | {"machine": "other", "process": dead},
        "of another app": here | {"app": "other", "process": dead},
    }
    leases = {name: await Lease.create(offer, owner) for name, owner in owners.items()}
    try:
        (executor,) = crowd(1, sandboxes=5)
        await value(executor, "1")
        alive = {one["sandboxID"] for one in stand_in.sandboxes()}
        left = {name for name, lease in leases.items() if lease.sandbox.sandbox_id in alive}
        assert left == {*owners} - {"left behind"}
    finally:
        for lease in leases.values():
            await lease.close()


async def test_a_sandbox_that_nobody_uses_is_given_up(
    stand_in: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from executors.e2b import lease as module

    monkeypatch.setattr(module, "IDLE_SECONDS", 0.5)
    account = Account(api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url)
    lease = await Lease.create(Offer(account=account, lease_seconds=3), {})
    ended: list[Lease] = []
    lease.on_close = ended.append
    await asyncio.sleep(1.5)
    assert stand_in.sandboxes() == []
    await lease.close()
    assert ended == [lease]


async def test_the_internet_can_be_kept_from_the_code(stand_in: Server) -> None:
    made = E2BExecutorFactory(
        api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url, internet=False
    )
    async with made(ExecutorSpec(call_tool=call_tool)) as executor:
        assert isinstance(executor, E2BExecutor)
        assert not executor.info.network
        await value(executor, "1")
    created = [line for line in stand_in.record.read_text().splitlines() if "templateID" in line]
    assert r"\"allow_internet_access\":false" in created[-1]


def test_a_process_is_told_from_those_that_are_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = instance.process(child.pid)
    assert instance.runs(name)
    child.communicate(b"\n")
    assert not instance.runs(name)
    assert not instance.runs("")
    assert not instance.runs("1; rm")
    assert instance.runs(instance.process())
