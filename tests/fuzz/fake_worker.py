"""A worker that says whatever a fuzzer tells it to, at the other end of the host's real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, Literal, cast

from executors import wire
from executors.base import ExecutionEvent, ExecutorSpec, Limits
from executors.local.nursery import Nursery
from executors.local.process import WorkerProcess
from executors.local.run import CellRun
from tests.host_tools import Tools

Say = tuple[Literal["cell", "control"], bytes]
"""On which of its two sockets the worker says what."""


class _NoNursery:
    """There is no process that could be killed."""

    async def kill(self, group: int) -> None: ...

    async def cause(self, group: int) -> int:
        return 0


async def _echo(name: str, arguments: dict[str, Any]) -> Any:
    return arguments


SPEC = ExecutorSpec(
    tools=Tools.specs,
    call_tool=_echo,
    limits=Limits(seconds=60, output_chars=100, display_chars=100, value_chars=50, calls=3),
)


async def events_of(script: Sequence[Say]) -> list[ExecutionEvent]:
    """What the host makes of a cell whose worker says this and is gone.

    Raises:
        ProtocolError: the worker broke the protocol.
    """
    ours, control = socket.socketpair()
    interrupts, heard = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    process = WorkerProcess(
        cast("Nursery", _NoNursery()), 1, ours, interrupts, gaps=frozenset(), listener=None
    )
    run = CellRun(process, SPEC, "pass")
    talking = asyncio.create_task(_talk(control, script))
    try:
        async with asyncio.timeout(100), aclosing(run.events()) as events:
            return [event async for event in events]
    finally:
        talking.cancel()
        await asyncio.wait([talking])
        control.close()
        heard.close()
        await process.kill()


async def _talk(control: socket.socket, script: Sequence[Say]) -> None:
    loop = asyncio.get_running_loop()
    control.setblocking(False)
    started = asyncio.Event()
    loop.add_reader(control, started.set)
    await started.wait()
    loop.remove_reader(control)
    control.setblocking(True)
    _, descriptor = wire.receive(control)
    control.setblocking(False)
    with socket.socket(fileno=descriptor) as cell, control:
        cell.setblocking(False)
        for where, data in script:
            with contextlib.suppress(ConnectionError):
                await loop.sock_sendall(cell if where == "cell" else control, data)
                await asyncio.sleep(0)
