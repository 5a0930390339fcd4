"""What a worker holds besides memory: its descriptors, and what it could do with them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path

from executors import wire
from executors.errors import ProtocolError
from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import Attack, neighbours, run
from tests.executors.local.helpers import until

Both = tuple[LocalExecutorFactory, LocalExecutorFactory]

SPRAY = """
import array, os, socket
reached = 0
for number in range(3, 64):
    try:
        one = socket.socket(fileno=os.dup(number))
        one.setblocking(False)
        {deed}
        reached += 1
    except OSError:
        pass
reached"""
FRAMES = {
    "ready": wire.Ready(gaps=["files"]),
    "fork": wire.Fork(group=1, config={}),
    "kill another": wire.KillGroup(group=1),
    "gone": wire.Gone(group=1),
    "back to the future": wire.Back(run=1, cells=99),
    "warm": wire.Warm(missing=[]),
}


def open_here() -> int:
    return len(os.listdir("/proc/self/fd"))


async def test_frames_of_others_do_nothing_but_harm_to_whoever_sends_them(both: Both) -> None:
    """The other conversation goes on: `neighbours` looks at the end."""
    for frame in FRAMES.values():
        deed = f"one.sendall({wire.pack(frame)!r})"
        async with neighbours(both[0], Attack(code="")) as (attacker, targets):
            try:
                await run(attacker, SPRAY.format(deed=deed))
                await run(attacker, "1")
            except ProtocolError:
                pass
            assert (await run(attacker, "1 + 1")).value == "2"
            assert Path(f"/proc/{targets['other']}").exists()


async def test_descriptors_that_are_sent_to_the_host_do_not_arrive(both: Both) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:  # the control: whoever asks for descriptors gets them
        socket.send_fds(theirs, [b"x"], [0])
        assert socket.recv_fds(ours, 1, 1)[1]
    deed = "[socket.send_fds(one, [b' '], [0, 1, 2] * 10) for _ in range(50)]"
    async with neighbours(both[0], Attack(code="")) as (attacker, _):
        before = open_here()
        with contextlib.suppress(ProtocolError):
            await run(attacker, SPRAY.format(deed=deed))
            await run(attacker, "1")
        assert (await run(attacker, "1 + 1")).value == "2"
        await until(lambda: open_here() <= before + 2)


async def test_sockets_that_code_makes_non_blocking_end_no_later_cell(both: Both) -> None:
    """The pauses are longer than a worker takes to ask for its next cell."""
    async with neighbours(both[0], Attack(code="")) as (attacker, _):
        assert (await run(attacker, SPRAY.format(deed="pass"))).value != "0"
        for number in range(3):
            await asyncio.sleep(0.1)
            assert (await run(attacker, f"{number}")).value == str(number)


async def test_a_worker_holds_its_own_descriptors_only(both: Both) -> None:
    """Seven: three that lead nowhere, control, cell, and the pipes to two earlier states."""
    count = """
import fcntl
found = []
for number in range(4096):
    try:
        fcntl.fcntl(number, fcntl.F_GETFD)
        found.append(number)
    except OSError:
        pass
found"""
    for factory in both:
        async with neighbours(factory, Attack(code="")) as (attacker, _):
            assert (await run(attacker, "1")).value == "1"
            end = await run(attacker, count)
            assert len((end.value or "").split(",")) == 8  # standard, worker, cell, checkpoints


async def test_closing_leaves_no_descriptor_in_the_host(both: Both) -> None:
    async with neighbours(both[0], Attack(code="")) as (attacker, _):
        await run(attacker, "1")
    before = open_here()
    for _ in range(3):
        async with neighbours(both[0], Attack(code="")) as (attacker, _):
            await run(attacker, "import os\nos._exit(1)")
            await run(attacker, "import os, signal\nos.killpg(0, signal.SIGKILL)")
            assert open_here() > before
    await until(lambda: open_here() <= before)
