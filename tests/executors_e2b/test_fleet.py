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
from executors.e2b.sdk import Account, Service
from executors.errors import ExecutorUnavailable
from tests.cells import begun, events_of, value_of
from tests.e2b_stand_in.server import Server
from tests.executors_e2b.conftest import announced, call_tool

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


def account_of(stand_in: Server) -> Account:
    return Account(api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url)


def texts(found: list[object]) -> list[str]:
    return [event.text for event in found if isinstance(event, Notice)]


async def test_more_conversations_than_sandboxes_wait_their_turn(crowd: Crowd) -> None:
    first, second, third = crowd(3, sandboxes=1)
    await value_of(first, "1")
    order: list[str] = []
    queued = {"second": asyncio.Event(), "third": asyncio.Event()}

    async def wait(executor: E2BExecutor, name: str) -> list[object]:
        found: list[object] = []
        async for event in executor.run(f"'{name}'"):
            found.append(event)
            if isinstance(event, Notice) and "Waiting for a free one" in event.text:
                queued[name].set()
        order.append(name)
        await executor.__aexit__()
        return found

    waiting: list[asyncio.Task[list[object]]] = []
    for executor, name in ((second, "second"), (third, "third")):
        waiting.append(asyncio.create_task(wait(executor, name)))
        await queued[name].wait()
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
    await value_of(first, "1")
    with pytest.raises(ExecutorUnavailable, match="or switch to the local executor"):
        await events_of(second, "1")
    assert await value_of(first, "2") == "2"
    await first.__aexit__()
    assert await value_of(second, "3") == "3"


async def test_closing_while_waiting_for_a_place_gives_up_at_once(crowd: Crowd) -> None:
    first, second = crowd(2, sandboxes=1)
    await value_of(first, "1")
    async with aclosing(second.run("1")) as stream:
        assert texts([await anext(stream), await anext(stream)])
    async with asyncio.timeout(60):
        await second.__aexit__()


async def test_a_sandbox_that_is_not_used_makes_room(
    stand_in: Server, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 0.5)
    first, second = crowd(2, sandboxes=1)
    await value_of(first, "x = 1")
    await asyncio.sleep(0.6)
    assert await value_of(second, "2") == "2"
    assert len(stand_in.sandboxes()) == 1
    await asyncio.sleep(0.6)
    *_, finished = await events_of(first, "3")
    assert isinstance(finished, Finished)
    assert (finished.value, finished.state_kept) == ("3", False)


async def test_a_running_cell_is_never_pushed_out(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 0.0)
    monkeypatch.setattr(fleet, "WAIT_SECONDS", 0.5)
    first, second = crowd(2, sandboxes=1)
    code = "import os, time\nwhile not os.path.exists('go'): time.sleep(0.01)"
    running = await begun(first, code)
    with pytest.raises(ExecutorUnavailable):
        await events_of(second, "1")
    await first.workspace.write("go", b"")
    end = await running
    assert (end.outcome, end.state_kept) == ("ok", True)


async def test_an_account_that_is_full_makes_room_and_tries_again(
    stand_in: Server, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 0.0)
    first, second = crowd(2, sandboxes=5)
    await value_of(first, "1")
    stand_in.refuse_next_create(429, times=4)  # the SDK asks three more times
    assert await value_of(second, "2") == "2"
    assert len(stand_in.sandboxes()) == 1


async def test_an_account_that_is_full_is_told_where_there_is_nothing_to_close(
    stand_in: Server, crowd: Crowd
) -> None:
    (only,) = crowd(1, sandboxes=5)
    stand_in.refuse_next_create(429, times=4)
    with pytest.raises(ExecutorUnavailable, match="has reached its limit"):
        await events_of(only, "1")


async def test_a_sandbox_that_comes_out_of_use_makes_room_for_who_waits(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "UNUSED_SECONDS", 1.0)
    monkeypatch.setattr(fleet, "ROOM_SECONDS", 0.2)
    first, second, third = crowd(3, sandboxes=1)
    await value_of(first, "1")
    waiting = asyncio.create_task(value_of(second, "2"))
    await asyncio.sleep(0.1)
    last = asyncio.create_task(value_of(third, "3"))
    assert await waiting == "2"  # whoever came first
    assert not last.done()
    assert await last == "3"


async def test_two_that_wait_get_room_from_two(stand_in: Server) -> None:
    fleet_of_two = fleet.Fleet(Offer(account=account_of(stand_in)), sandboxes=2)
    leases = [await fleet_of_two.start(lambda _: None) for _ in range(2)]
    for lease in leases:
        lease._touched -= fleet.UNUSED_SECONDS + 1
    assert await asyncio.gather(*(fleet_of_two._make_room() for _ in range(2))) == [True, True]
    assert stand_in.sandboxes() == []


async def test_who_gives_up_waiting_leaves_the_place_to_the_next(
    crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fleet, "WAIT_SECONDS", 0.3)
    first, second = crowd(2, sandboxes=1)
    await value_of(first, "1")
    for _ in range(2):
        with pytest.raises(ExecutorUnavailable):
            await events_of(second, "1")
    await first.__aexit__()
    assert await value_of(second, "2") == "2"


async def test_a_sandbox_is_in_use_while_its_cell_runs_and_while_python_is_brought_back(
    crowd: Crowd,
) -> None:
    (executor,) = crowd(1, sandboxes=1)
    await value_of(executor, "x = 1")
    home = executor._home
    assert home
    home.lease._touched -= 1_000
    async with aclosing(executor.run("print('on')\nwhile True: pass")) as stream:
        await anext(stream)
        assert home.lease.unused_seconds == 0
    await asyncio.sleep(0)  # now in the background
    home.lease._touched -= 1_000
    assert home.lease.unused_seconds == 0
    await executor._recovery.done()
    assert 0 < home.lease.unused_seconds < 900


async def test_a_sandbox_that_could_not_be_killed_is_not_used_again(
    stand_in: Server, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    (executor,) = crowd(1, sandboxes=2)
    await value_of(executor, "x = 1")
    home = executor._home
    assert home

    async def refuse() -> bool:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(home.lease.sandbox, "kill", refuse)
        await home.lease.close()
    assert len(stand_in.sandboxes()) == 1
    *_, finished = await events_of(executor, "2")
    assert isinstance(finished, Finished)
    assert (finished.value, finished.state_kept) == ("2", False)
    assert await home.lease.sandbox.kill()


async def test_closing_goes_on_when_its_caller_is_cancelled(stand_in: Server) -> None:
    lease = await Lease.create(Offer(account=account_of(stand_in)), {})
    closing = asyncio.create_task(lease.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    await lease.close()
    assert stand_in.sandboxes() == []


async def test_a_start_that_is_cancelled_twice_leaves_no_sandbox(
    stand_in: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    making = announced(monkeypatch, Service, "create")
    starter = fleet.Fleet(Offer(account=account_of(stand_in)), sandboxes=1)
    starting = asyncio.create_task(starter.start(lambda _: None))
    await making.wait()
    starting.cancel()
    while not starter._unwanted:
        await asyncio.sleep(0)
    ending = set(starter._unwanted)
    starting.cancel()
    await asyncio.wait([starting])
    assert starting.cancelled()
    await asyncio.gather(*ending)
    assert stand_in.sandboxes() == []
    lease = await starter.start(lambda _: None)  # its place is free again
    await lease.close()


async def test_one_that_ended_by_itself_does_not_end_the_sweep(
    stand_in: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from e2b.exceptions import SandboxNotFoundException

    killed: list[str] = []

    async def found(*_: object) -> list[tuple[str, dict[str, str]]]:
        return [("ended", {"process": ""}), ("left", {"process": ""})]

    async def end(_: Service, sandbox: str) -> None:
        killed.append(sandbox)
        if sandbox == "ended":
            raise SandboxNotFoundException("ended")

    monkeypatch.setattr(Service, "find", found)
    monkeypatch.setattr(Service, "kill", end)
    await fleet.Fleet(Offer(account=account_of(stand_in)))._sweep()
    assert killed == ["ended", "left"]


async def test_sandboxes_are_started_one_after_the_other(crowd: Crowd) -> None:
    starts = [Notice(text="Starting an E2B sandbox…")]
    began = time.monotonic()
    found = await asyncio.gather(*(events_of(one, "1") for one in crowd(3, sandboxes=3)))
    assert [events[:1] for events in found] == [starts] * 3
    assert time.monotonic() - began > 2 * fleet.CREATE_INTERVAL


async def test_what_a_process_that_is_gone_left_behind_is_ended_at_the_first_start(
    stand_in: Server, crowd: Crowd
) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    dead = instance.process(gone.pid)
    gone.wait()
    offer = Offer(account=account_of(stand_in))
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
        await value_of(executor, "1")
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
    lease = await Lease.create(Offer(account=account_of(stand_in), lease_seconds=3), {})
    ended: list[Lease] = []
    lease.on_close = ended.append
    while not ended:  # by itself
        await asyncio.sleep(0.05)
    await lease.close()
    assert ended == [lease]
    assert stand_in.sandboxes() == []


async def test_the_internet_can_be_kept_from_the_code(stand_in: Server) -> None:
    made = E2BExecutorFactory(
        api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url, internet=False
    )
    async with made(ExecutorSpec(call_tool=call_tool)) as executor:
        assert isinstance(executor, E2BExecutor)
        assert not executor.info.network
        await value_of(executor, "1")
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
