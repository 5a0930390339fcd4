"""MCP servers as tools: real servers, over their pipes and over HTTP, used from code everywhere."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.errors import ConfigurationError
from agent.tools.base import Tool, check_names, signature
from agent.tools.mcp import MCPTools
from executors.base import ExecutorFactory
from executors.values import Image
from executors.workspace import FolderWorkspace
from tests.ports import ReservedPort
from tests.tools.mcp_server import PNG
from tests.tools.running import answer_of

SERVER = Path(__file__).with_name("mcp_server.py")
COMMAND = [sys.executable, str(SERVER)]


@pytest.fixture(scope="module")
def by_pipes() -> Iterator[MCPTools]:
    with MCPTools(COMMAND) as tools:
        yield tools


@pytest.fixture(scope="module")
def http_server() -> Iterator[str]:
    with http_process() as (url, _):
        yield url


class http_process:
    """A server of the tests that listens on a port of this machine."""

    def __enter__(self) -> tuple[str, subprocess.Popen[bytes]]:
        self.port = ReservedPort()
        port = self.port.number
        self.process = subprocess.Popen([*COMMAND, str(port)], stderr=subprocess.DEVNULL)
        while self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        return f"http://127.0.0.1:{port}/mcp", self.process

    def __exit__(self, *exc: object) -> None:
        self.process.kill()
        self.process.wait()
        self.port.close()


def named(tools: MCPTools, name: str) -> Tool:
    return next(tool for tool in tools if tool.name == name)


@pytest.fixture(params=["pipes", "http"])
def tools(request: pytest.FixtureRequest) -> Iterator[MCPTools]:
    if request.param == "pipes":
        yield request.getfixturevalue("by_pipes")
    else:
        with MCPTools(request.getfixturevalue("http_server")) as tools:
            yield tools


CODE = """
weather = get_weather({'city': 'Bonn'}, unit='f')
try:
    fail()
except RuntimeError as e:
    said = str(e).endswith('no such city')
final_answer([add(1), add(a=1, b=5), weather['city'], weather['hours'], picture(), said])
"""


async def test_code_uses_a_server_on_both_executors(
    factory: ExecutorFactory, tools: MCPTools
) -> None:
    *answer, picture, said = await answer_of(CODE, tools, factory)
    assert answer == [3, 6, "Bonn/de/f/None", [1, 2]]
    assert (picture.mime, said) == ("image/png", True)


def test_schemas_become_signatures(by_pipes: MCPTools) -> None:
    assert signature(named(by_pipes, "add").spec) == "add(a: int, b: int = 2) -> int"
    weather = named(by_pipes, "get_weather").spec
    assert signature(weather) == (
        "get_weather(place: dict, unit: Literal['c', 'f'] = 'c', day: str | None = None) -> dict"
    )
    assert weather.description == (
        "Tell the weather of a place.\n\n"
        "Returns: {'city': str, 'degrees': float, 'hours': list[int]}"
    )
    assert "{'city': str, 'country': str}" in weather.parameters[0].description
    assert weather.parameters[1].description == "Celsius or Fahrenheit."
    check_names([tool.spec for tool in by_pipes])


async def test_results_are_values(tools: MCPTools, tmp_path: Path) -> None:
    assert await named(tools, "picture").call({}) == Image("image/png", PNG)
    (tmp_path / "a.txt").write_text("mine")
    files = FolderWorkspace(tmp_path)
    got = await named(tools, "report").call({"name": "a.txt"}, workspace=files)
    assert got == ["here it is", "a-2.txt", "audio.wav"]
    assert (tmp_path / "a-2.txt").read_text() == "hello"
    assert (tmp_path / "a.txt").read_text() == "mine"


async def test_progress_is_told(tools: MCPTools) -> None:
    lines: list[str] = []
    assert await named(tools, "count").call({"to": 2}, lines.append) == "counted"
    assert lines == ["counting (1 of 2)", "counting (2 of 2)"]


async def test_a_parameter_named_like_ours(by_pipes: MCPTools) -> None:
    call = named(by_pipes, "sleep").call
    assert await call({"seconds": 0, "tell": "all"}) == "slept, all"


async def test_wrong_arguments_are_told_what_was_expected(by_pipes: MCPTools) -> None:
    with pytest.raises(TypeError, match=r"needs 'a' to be int, not str 'x'\. It is called as: add"):
        await named(by_pipes, "add").call({"a": "x"})
    with pytest.raises(TypeError, match="needs 'unit' to be Literal"):
        await named(by_pipes, "get_weather").call({"place": {"city": "Bonn"}, "unit": "k"})


async def test_what_the_server_refuses_is_raised(by_pipes: MCPTools) -> None:
    with pytest.raises(RuntimeError, match=r"place\.city"):
        await named(by_pipes, "get_weather").call({"place": {}})


async def test_a_call_over_its_time_and_the_next_one() -> None:
    with MCPTools(COMMAND, timeout=0.2) as tools:
        with pytest.raises(TimeoutError, match=r"sleep\(\) took longer than 0\.2 seconds"):
            await named(tools, "sleep").call({"seconds": 30})
        named(tools, "add").timeout = 100
        assert await named(tools, "add").call({"a": 1}) == 3


async def test_a_server_that_ends_says_so() -> None:
    async with MCPTools(COMMAND) as tools:
        with pytest.raises(ConnectionError, match=r"The MCP server python\S* has ended"):
            await named(tools, "die").call({})
        with pytest.raises(ConnectionError, match=r"has ended|is not running"):
            await named(tools, "add").call({"a": 1})


async def test_an_http_server_that_ends_says_so() -> None:
    with http_process() as (url, process):
        async with MCPTools(url, timeout=100) as tools:
            assert await named(tools, "add").call({"a": 1}) == 3
            process.kill()
            process.wait()
            with pytest.raises(ConnectionError, match=r"has ended|cannot be reached"):
                await named(tools, "add").call({"a": 1})


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (["/no/such/program"], "could not be started or reached: .*No such file"),
        ([sys.executable, "-c", "exit('out of coffee')"], "could not be started.*out of coffee"),
        ("http://127.0.0.1:9/mcp", "could not be started or reached: .*connection"),
    ],
)
async def test_a_server_that_is_not_there(server: Any, message: str) -> None:
    with pytest.raises(ConnectionError, match=f"(?is){message}"):
        async with MCPTools(server):
            pass


async def test_a_program_that_is_no_server() -> None:
    with pytest.raises(ConnectionError, match=r"was not ready after 0\.5 seconds"):
        await asyncio.to_thread(MCPTools(["sleep", "60"], seconds=0.5).open)


@pytest.mark.parametrize("server", ["example.com", "", []])
def test_what_is_no_address(server: Any) -> None:
    with pytest.raises(ConfigurationError, match="An MCP server is a URL such as"):
        MCPTools(server)


def test_keys_of_this_process_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with MCPTools(COMMAND, env={"MINE": "1"}) as tools:
        names = named(tools, "environment")().split()
    assert "MINE" in names
    assert "PATH" in names
    assert "HF_TOKEN" not in names
    assert "hf_secret" not in repr(tools._address)


def test_only_some_tools_with_a_prefix_and_a_policy() -> None:
    with MCPTools(COMMAND, only=["add"], prefix="w_", approval="always", cost=2) as tools:
        assert [tool.name for tool in tools] == ["w_add"]
        assert (tools[0].approval, tools[0].cost, len(tools)) == ("always", 2, 1)
        assert tools[0](1, b=3) == 4
    with pytest.raises(ConfigurationError, match=r"has no tools named \['nope'\]. It has: add,"):
        MCPTools(COMMAND, only=["nope"]).open()


def children() -> set[str]:
    listed = subprocess.run(["pgrep", "-P", str(os.getpid()), "-f", "mcp_server"], stdout=-1)
    return set(listed.stdout.decode().split())


def test_a_list_of_tools_holds_the_server_until_it_is_gone() -> None:
    before = children()
    tools = [*MCPTools(COMMAND)]
    assert len(children() - before) == 1
    assert next(tool for tool in tools if tool.name == "add")(1, 1) == 2
    del tools
    gc.collect()
    while children() != before:
        time.sleep(0.05)


def test_a_closed_server_says_so() -> None:
    with MCPTools(COMMAND) as tools:
        add = named(tools, "add")
    with pytest.raises(ConnectionError, match="has been closed"):
        add(1)
