"""What a call of a tool can count on: progress, the workspace, and a limit of time."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from agent.tools.base import Tell, Tool, signature, tool
from agent.tools.handed import LONGEST_LINE, silent
from executors.base import Workspace
from executors.workspace import FolderWorkspace


@tool
def count(to: int, tell: Tell = silent) -> int:
    """Count."""
    for number in range(to):
        tell(f"{number + 1} of {to}")
    return to


@tool
async def count_async(to: int, tell: Tell) -> int:
    """Count."""
    for number in range(to):
        tell(f"{number + 1} of {to}")
    return to


@tool
async def size(path: str, workspace: Workspace) -> int:
    """Tell how many bytes a file has."""
    return len(await workspace.read(path))


@tool
async def has_files(workspace: Workspace | None = None) -> bool:
    """Tell whether there are files."""
    return workspace is not None


@pytest.mark.parametrize("counter", [count, count_async])
async def test_progress_arrives_whole_in_order_and_in_the_loop(counter: Tool) -> None:
    lines: list[tuple[str, int]] = []
    result = await counter.call({"to": 3}, lambda line: lines.append((line, threading.get_ident())))
    assert result == 3
    assert lines == [(f"{n} of 3", threading.get_ident()) for n in (1, 2, 3)]


async def test_progress_is_not_needed() -> None:
    assert await count.call({"to": 2}) == 2
    assert count(2) == 2


async def test_a_line_of_progress_is_cut() -> None:
    @tool
    def talk(tell: Tell) -> None:
        """Talk."""
        tell("x" * 10_000)

    lines: list[str] = []
    await talk.call({}, lines.append)
    assert lines == ["x" * LONGEST_LINE]


async def test_a_thread_that_outlives_its_call_tells_nobody() -> None:
    told, go_on, done = list[str](), threading.Event(), threading.Event()

    @tool(timeout=0.5)
    def late(tell: Tell) -> None:
        """Come late."""
        go_on.wait(60)
        tell("too late")
        done.set()

    with pytest.raises(TimeoutError):
        await late.call({}, told.append)
    go_on.set()
    assert await asyncio.to_thread(done.wait, 60)
    await asyncio.sleep(0)
    assert told == []


def test_what_the_host_hands_in_is_not_part_of_the_tool() -> None:
    assert signature(count.spec) == "count(to: int) -> int"
    assert signature(size.spec) == "size(path: str) -> int"
    assert signature(has_files.spec) == "has_files() -> bool"


async def test_the_code_cannot_give_what_the_host_hands_in() -> None:
    with pytest.raises(TypeError, match="has no argument 'workspace'"):
        await size.call({"path": "a", "workspace": "mine"})


async def test_a_tool_reads_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("four")
    files = FolderWorkspace(tmp_path)
    assert await size.call({"path": "a.txt"}, workspace=files) == 4
    with pytest.raises(RuntimeError, match=r"size\(\) works with files"):
        await size.call({"path": "a.txt"})


async def test_a_workspace_that_may_be_missing(tmp_path: Path) -> None:
    assert await has_files.call({}) is False
    assert await has_files.call({}, workspace=FolderWorkspace(tmp_path)) is True


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_call_over_its_time_says_so(asynchronous: bool) -> None:
    release = threading.Event()

    def wait() -> None:
        """Wait."""
        release.wait(60)

    async def wait_async() -> None:
        """Wait."""
        await asyncio.sleep(60)

    slow = tool(name="slow", timeout=0.05)(wait_async if asynchronous else wait)
    with pytest.raises(TimeoutError, match=r"slow\(\) took longer than 0\.05 seconds"):
        await slow.call({})
    release.set()


async def test_a_tools_own_time_out_stays_what_it_is() -> None:
    @tool(timeout=60)
    def fail() -> None:
        """Fail."""
        raise TimeoutError("the server is slow")

    with pytest.raises(TimeoutError, match=r"^the server is slow$"):
        await fail.call({})


def test_the_policy_of_a_tool_is_data() -> None:
    @tool(cost=0.02, approval="always", timeout=3)
    def buy() -> None:
        """Buy it."""

    class Sell(Tool):
        """Sells."""

        name, cost = "sell", 1.5

        def forward(self) -> None:
            """Sell it."""

    assert (buy.timeout, buy.cost, buy.approval) == (3, 0.02, "always")
    assert (Sell().timeout, Sell().cost, Sell().approval) == (None, 1.5, "never")
