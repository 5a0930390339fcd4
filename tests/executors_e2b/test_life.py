"""A sandbox from its start to its end: keys, faults, leases, loss, and nothing left behind."""

from __future__ import annotations

import asyncio
import socket
from contextlib import aclosing
from typing import Any

import pytest

from executors.base import ExecutorSpec, Finished, Notice, Output
from executors.e2b.factory import E2BExecutorFactory
from executors.e2b.faults import fault_of
from executors.e2b.kernel import Kernel
from executors.e2b.lease import Lease, Offer
from executors.e2b.sdk import Account
from executors.e2b.workspace import Root
from executors.errors import ExecutorUnavailable
from executors.factory import executor_factory
from tests.cells import end_of, events_of, value_of
from tests.e2b_stand_in.server import Server
from tests.executors_e2b.cable import cable_to
from tests.executors_e2b.conftest import SLEEP_CODE, Make, announced, call_tool

SPEC = ExecutorSpec(call_tool=call_tool)


async def refused(factory: E2BExecutorFactory) -> str:
    """What is said when the first cell cannot have a sandbox."""
    async with factory(SPEC) as executor:
        with pytest.raises(ExecutorUnavailable) as caught:
            await events_of(executor, "1")
    await factory.aclose()
    return str(caught.value)


async def test_without_a_key_the_first_cell_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("E2B_API_KEY", raising=False)
    said = await refused(E2BExecutorFactory())
    assert said.startswith("E2B needs an API key, and there is none. Create one in")
    assert "https://e2b.dev/dashboard" in said


async def test_the_default_factory_takes_key_and_addresses_from_the_environment(
    stand_in: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("E2B_API_KEY", stand_in.key)
    monkeypatch.setenv("E2B_API_URL", stand_in.url)
    monkeypatch.setenv("E2B_SANDBOX_URL", stand_in.url)
    factory = executor_factory("e2b")
    async with factory(SPEC) as executor:
        assert await value_of(executor, "6 * 7") == "42"
    assert stand_in.sandboxes() == []


async def test_a_wrong_key_is_told(stand_in: Server) -> None:
    wrong = "e2b_" + "f" * 40
    said = await refused(
        E2BExecutorFactory(api_key=wrong, api_url=stand_in.url, sandbox_url=stand_in.url)
    )
    assert said.startswith("E2B did not accept the API key. Check it in the E2B dashboard")
    assert wrong not in said


async def test_an_unreachable_service_is_told() -> None:
    with socket.socket() as taken:  # so that nobody else listens there
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        said = await refused(E2BExecutorFactory(api_key="e2b_x", api_url=url, sandbox_url=url))
    assert said.startswith("E2B cannot be reached. Check the network and the address")


@pytest.mark.parametrize(
    ("code", "beginning"),
    [
        (404, "This E2B service does not know the request for a new sandbox"),
        (405, "This E2B service does not know the request for a new sandbox"),
        (403, "E2B refused access"),
        (400, "E2B refused the request"),
    ],
)
async def test_a_refusal_says_what_to_do(
    stand_in: Server, factory: E2BExecutorFactory, code: int, beginning: str
) -> None:
    stand_in.refuse_next_create(code)
    assert (await refused(factory)).startswith(beginning)


async def test_limits_of_the_account_are_told() -> None:
    from e2b import exceptions

    for fault, beginning in (
        (exceptions.RateLimitException("429"), "This E2B account has reached its limit"),
        (exceptions.ServiceBusyException("503"), "E2B is busy right now"),
    ):
        assert str(fault_of(fault)).startswith(beginning)
    assert fault_of(ZeroDivisionError()) is None


async def test_after_a_failed_start_the_next_cell_tries_again(stand_in: Server, make: Make) -> None:
    executor = make()
    stand_in.refuse_next_create(400)
    with pytest.raises(ExecutorUnavailable):
        await events_of(executor, "1")
    assert await value_of(executor, "1") == "1"


async def test_a_sandbox_that_ended_is_replaced_and_the_loss_is_told(
    stand_in: Server, make: Make
) -> None:
    executor = make()
    await value_of(executor, "x = 5")
    stand_in.kill(stand_in.sandboxes()[0]["sandboxID"])
    warning, starting, *_, finished = await events_of(executor, "pair(1)")
    assert isinstance(warning, Notice)
    assert warning.level == "warning"
    assert "has ended" in warning.text
    assert starting == Notice(text="Starting an E2B sandbox…")
    assert isinstance(finished, Finished)
    assert (finished.value, finished.state_kept) == ("(1, None)", False)
    assert (await end_of(executor, "1")).state_kept
    assert len(stand_in.sandboxes()) == 1


async def test_a_sandbox_that_ends_while_a_cell_runs_is_a_crash(
    stand_in: Server, make: Make
) -> None:
    executor = make()
    async for event in executor.run(SLEEP_CODE):
        if isinstance(event, Output):
            stand_in.kill(stand_in.sandboxes()[0]["sandboxID"])
    assert isinstance(event, Finished)
    assert event.error
    assert (event.outcome, event.error.name, event.state_kept) == ("crashed", "WorkerDied", False)
    assert await value_of(executor, "1") == "1"


async def test_a_lease_is_renewed_well_before_it_ends(stand_in: Server) -> None:
    account = Account(api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url)
    lease = await Lease.create(Offer(account=account, lease_seconds=6), {})
    ends = {stand_in.sandboxes()[0]["endAt"]}
    while len(ends) < 3:
        await asyncio.sleep(0.1)
        ends |= {one["endAt"] for one in stand_in.sandboxes()}
        assert len(stand_in.sandboxes()) == 1
    await lease.close()
    assert stand_in.sandboxes() == []


async def test_a_lease_that_is_not_renewed_ends(stand_in: Server) -> None:
    account = Account(api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url)
    lease = await Lease.create(Offer(account=account, lease_seconds=2), {})
    lease._heartbeat.cancel()
    while stand_in.sandboxes():
        await asyncio.sleep(0.1)
    await lease.close()


async def test_a_broken_connection_stops_the_cell_and_keeps_the_state(stand_in: Server) -> None:
    async with cable_to(stand_in.url) as cable:
        factory = E2BExecutorFactory(
            api_key=stand_in.key, api_url=stand_in.url, sandbox_url=cable.url
        )
        async with factory(SPEC) as executor:
            await value_of(executor, "x = 5")
            async for event in executor.run(SLEEP_CODE):
                if isinstance(event, Output):
                    cable.cut()
            assert isinstance(event, Finished)
            assert event.error
            assert (event.outcome, event.error.name) == ("crashed", "ConnectionLost")
            assert event.state_kept
            assert await value_of(executor, "x") == "5"
    assert stand_in.sandboxes() == []


async def test_a_sandbox_is_closed_to_the_public_and_tells_whose_it_is(
    stand_in: Server, make: Make
) -> None:
    executor = make()
    await value_of(executor, "1")
    (sandbox,) = stand_in.sandboxes()
    assert sandbox["metadata"]["app"] == "sandglass"
    requests = stand_in.record.read_text().splitlines()
    created = [line for line in requests if "templateID" in line][-1]
    assert r"\"allowPublicTraffic\":false" in created


async def test_nothing_is_left_after_closing(stand_in: Server, make: Make) -> None:
    first, second = make(), make()
    await value_of(first, "1")
    await value_of(second, "1")
    assert len(stand_in.sandboxes()) == 2
    await first.__aexit__()
    assert len(stand_in.sandboxes()) == 1
    await first.__aexit__()
    await second.__aexit__()
    assert stand_in.sandboxes() == []
    with pytest.raises(RuntimeError, match="closed"):
        await events_of(first, "1")


async def test_closing_while_the_sandbox_starts_leaves_none(stand_in: Server, make: Make) -> None:
    executor = make()
    async with aclosing(executor.run("1")) as stream:
        await anext(stream)
        await asyncio.sleep(0.05)
    await executor.__aexit__()
    assert stand_in.sandboxes() == []


@pytest.mark.parametrize(
    ("owner", "name"), [(Lease, "create"), (Kernel, "start"), (Root, "changed")]
)
async def test_closing_while_a_file_is_written_leaves_none(
    stand_in: Server, make: Make, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    executor = make()
    moment = announced(monkeypatch, owner, name)
    writing = asyncio.create_task(executor.workspace.write("a.txt", b"a"))
    await moment.wait()
    await executor.__aexit__()
    assert stand_in.sandboxes() == []
    with pytest.raises(RuntimeError, match="the executor is closed"):
        await writing
    assert stand_in.sandboxes() == []


async def test_a_sandbox_that_ended_before_anybody_came_for_it_is_replaced(
    stand_in: Server, make: Make
) -> None:
    executor = make()
    async for event in executor.run("x = 1"):
        if isinstance(event, Notice):
            await executor.interrupt()
    assert executor._opening
    lease = await executor._opening
    stand_in.kill(lease.sandbox.sandbox_id)
    assert await value_of(executor, "2") == "2"
    assert len(stand_in.sandboxes()) == 1


async def test_closing_while_a_cell_runs_ends_it(stand_in: Server, make: Make) -> None:
    executor = make()
    async for event in executor.run(SLEEP_CODE):
        if isinstance(event, Output):
            await executor.__aexit__()
    assert isinstance(event, Finished)
    assert event.outcome == "stopped"
    assert stand_in.sandboxes() == []
