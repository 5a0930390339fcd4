"""Many conversations, at once and one after another: none disturbs another or leaves a trace."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from executors.base import ExecutorSpec, Limits
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from tests.cells import end_of, value_of
from tests.executors.local.helpers import descendants, until
from tests.host_tools import Tools

SPEC = ExecutorSpec(tools=Tools.specs, call_tool=Tools(), limits=Limits(seconds=60))
AT_ONCE, IN_TURN = 50, 1_000
IDLE_BYTES = 5_000_000
"""What a conversation that waits for its first cell may cost; shared memory counts in parts."""


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where all temporary folders of the host are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def traces(factory: LocalExecutorFactory, folders: Path) -> dict[str, int]:
    """How much there is of all that a conversation could leave behind."""
    zygote = factory.nursery.pid or 0
    return {
        "processes": len(descendants(zygote)),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "descriptors of the zygote": len(os.listdir(f"/proc/{zygote}/fd")),
        "folders": len(list(folders.iterdir())),
        "tasks": len(asyncio.all_tasks()),
    }


async def warm() -> LocalExecutorFactory:
    """A factory that has had a conversation."""
    factory = LocalExecutorFactory()
    async with factory(SPEC) as executor:
        await value_of(executor, "1")
    return factory


def memory(process: int) -> int:
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    return int(re.findall(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)[0]) * 1024


async def converse(executor: LocalExecutor, number: int) -> None:
    """Some cells among which one fails and one is too long; then look whether all is as it was."""
    await value_of(executor, f"x = [{number}]")
    await executor.workspace.write("mine.txt", str(number).encode())
    assert (await end_of(executor, "x.append(1 / 0)")).outcome == "error"
    assert await value_of(executor, f"x.append(echo({number}))") is None
    assert await value_of(executor, "x, open('mine.txt').read()") == str(
        ([number, number], str(number))
    )


@pytest.mark.timeout(900)
async def test_fifty_at_once(folders: Path) -> None:
    factory = await warm()
    before = traces(factory, folders)
    async with AsyncExitStack() as stack:
        async with asyncio.TaskGroup() as group:
            opening = [
                group.create_task(stack.enter_async_context(factory(SPEC))) for _ in range(AT_ONCE)
            ]
        executors = [task.result() for task in opening]
        if os.geteuid() == 0:  # nobody else may look
            processes = descendants(factory.nursery.pid or 0)
            assert sum(map(memory, processes)) <= AT_ONCE * IDLE_BYTES
        async with asyncio.TaskGroup() as group:
            for number, executor in enumerate(executors):
                group.create_task(converse(executor, number))
    await until(lambda: traces(factory, folders) == before)
    await factory.aclose()
    assert not list(folders.iterdir())


@pytest.mark.timeout(900)
async def test_a_thousand_in_turn(folders: Path) -> None:
    factory = await warm()
    before = traces(factory, folders)
    for number in range(IN_TURN):
        async with factory(SPEC) as executor:
            assert await value_of(executor, f"{number} + 1") == str(number + 1)
    await until(lambda: traces(factory, folders) == before)
    await factory.aclose()
    assert not list(folders.iterdir())
