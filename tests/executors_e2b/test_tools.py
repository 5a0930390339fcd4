"""Tools: called inside, run here."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from executors.base import Limits, ToolCalled, ToolReturned
from tests.cells import end_of, events_of, printed, value_of
from tests.executors_e2b.conftest import TOOLS, Make, call_tool


async def test_a_call_binds_its_arguments_and_is_told(make: Make) -> None:
    async with make() as executor:
        found = await events_of(executor, "pair({1, 2}, second=b'x')")
        called, returned = [e for e in found if isinstance(e, ToolCalled | ToolReturned)]
        assert called.name == returned.name == "pair"
        assert called.id == returned.id == 1
        assert called.arguments.keys() == {"first", "second"}
        assert isinstance(returned, ToolReturned)
        assert returned.ok
        assert returned.preview == "({1, 2}, b'x')"
        assert found[-1].value == "({1, 2}, b'x')"


async def test_a_wrong_call_is_a_type_error_inside(make: Make) -> None:
    async with make() as executor:
        found = await events_of(executor, "pair(1, 2, 3)")
        error = found[-1].error
        assert error
        assert error.name == "TypeError"
        assert error.message == (
            "pair() too many positional arguments; "
            "it is called as pair(first: Any, second: Any = None)"
        )
        assert not [event for event in found if isinstance(event, ToolCalled)]


async def test_calls_nest_and_run_in_threads(make: Make) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(lambda i: pair(pair(i)), range(20)))
found == [((i, None), None) for i in range(20)]
"""
    async with make() as executor:
        found = await events_of(executor, code)
        assert found[-1].value == "True"
        assert len([event for event in found if isinstance(event, ToolReturned)]) == 40


async def test_many_threads_call_many_tools_and_every_answer_is_right(make: Make) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
def ask(thread):
    wrong = 0
    for i in range(50):
        match i % 3:
            case 0: wrong += pair(thread, i) != (thread, i)
            case 1: wrong += pair(pair(thread), i) != ((thread, None), i)
            case _: wrong += wait(seconds=0) != "waited"
    return wrong
with ThreadPoolExecutor(8) as pool:
    found = list(pool.map(ask, range(8)))
found
"""
    async with make(limits=Limits(seconds=250)) as executor:
        found = await events_of(executor, code)
        assert found[-1].value == "[0, 0, 0, 0, 0, 0, 0, 0]"
        returned = [event for event in found if isinstance(event, ToolReturned)]
        assert len(returned) == 8 * (17 + 2 * 17 + 16)
        assert all(event.ok for event in returned)


async def test_a_large_argument_crosses_whole(make: Make) -> None:
    async with make(limits=Limits(seconds=100)) as executor:
        code = "text = 'ab' * 6_000_000\npair(text)[0] == text"
        assert await value_of(executor, code) == "True"


async def test_exceptions_come_back_with_their_type(make: Make) -> None:
    code = """
for how in ("value", "key", "odd"):
    try:
        fail(how)
    except Exception as e:
        print(type(e).__name__, isinstance(e, RuntimeError), e)
"""
    async with make() as executor:
        found = await events_of(executor, code)
        assert printed(found) == (
            "ValueError False bad value\n"
            "KeyError False 'missing'\n"
            "ToolError True OddError: strange\n"
        )
        assert [e.ok for e in found if isinstance(e, ToolReturned)] == [False] * 3
        error = (await end_of(executor, "a = 1\nfail('value')")).error
        assert error
        assert (error.name, error.line) == ("ValueError", 2)
        assert error.traceback.count("File ") == 1


async def test_large_values_cross_and_too_large_ones_do_not(make: Make) -> None:
    async with make(limits=Limits(seconds=100, call_bytes=2 << 20)) as executor:
        assert await value_of(executor, "len(pair('a' * 1_500_000)[0])") == "1500000"
        error = (await end_of(executor, "pair('a' * 3_000_000)")).error
        assert error
        assert error.name == "ValueError"
        assert "too large" in error.message


async def test_the_time_of_tools_is_not_charged(make: Make) -> None:
    async with make(limits=Limits(seconds=2)) as executor:
        assert await value_of(executor, "wait(2.5)") == "'waited'"
        assert (await end_of(executor, "wait(0.2)\nwhile True: pass")).outcome == "timeout"


async def test_a_stop_cancels_the_tool(make: Make) -> None:
    ended: list[str] = []

    async def slow(name: str, arguments: dict[str, Any]) -> Any:
        try:
            return await call_tool(name, arguments)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async with make(call_tool=slow) as executor:
        async for event in executor.run("wait(60)"):
            if isinstance(event, ToolCalled):
                await executor.interrupt()
        assert ended == ["cancelled"]
        assert await value_of(executor, "pair(1)") == "(1, None)"


async def test_what_is_printed_cannot_pass_for_a_call(make: Make) -> None:
    forged = """
from IPython.display import display
body = {"name": "pair", "arguments": {"first": 1}}
message = {"kind": "call", "id": "0" * 32, "token": "guess", "body": body}
display({"application/vnd.sandglass.v1+json": message}, raw=True)
message = {**message, "kind": "final", "body": 666}
display({"application/vnd.sandglass.v1+json": message}, raw=True)
"""
    async with make() as executor:
        found = await events_of(executor, forged)
        assert not [event for event in found if isinstance(event, ToolCalled)]
        assert not found[-1].is_answer


async def test_a_forged_message_with_the_token_calls_only_what_exists(make: Make) -> None:
    forged = """
import sys
bridge = sys.modules["executors.e2b.inside.setup"].ready.bridge
replies = [
    bridge.ask(body)
    for body in ({"name": "nope", "arguments": {}}, ["x"], {"name": "pair", "arguments": 3},
                 {"name": "pair", "arguments": {"first": {"$type": "no"}}})
]
bridge.send("call", None, id="../../etc/passwd")
[reply["error"]["type"] for reply in replies]
"""
    async with make() as executor:
        found = await events_of(executor, forged)
        assert found[-1].value == (
            "['ProtocolError', 'ProtocolError', 'ProtocolError', 'ValueError']"
        )
        assert not [event for event in found if isinstance(event, ToolCalled)]


async def test_a_child_process_is_told_that_it_cannot_call(make: Make) -> None:
    code = """
import multiprocessing as mp
def work(i):
    try:
        return str(pair(i))
    except RuntimeError as e:
        return str(e)
with mp.get_context("fork").Pool(1) as pool:
    found = pool.map(work, [1])
found[0]
"""
    async with make(tools=TOOLS) as executor:
        told = await value_of(executor, code)
        assert told
        assert "from another process" in told


TAMPERED = """
import os, sys
bridge = sys.modules["executors.e2b.inside.setup"].ready.bridge
publish = bridge._publish
def tamper(data):
    files = os.listdir(bridge.folder)
    if files:
        bridge._publish = publish  # from now on the host may be reading them
    for file in files:
        path = os.path.join(bridge.folder, file)
        size = os.path.getsize(path)
        {deed}
    publish(data)
bridge._publish = tamper
"""
DEEDS = {
    "removed": "os.unlink(path)",
    "not JSON": "open(path, 'w').write('x' * size)",
    "too deep": "open(path, 'w').write('[' * size)",
    "shorter": "os.truncate(path, 5)",
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
async def test_code_that_tampers_with_its_own_messages_gets_an_error(make: Make, deed: str) -> None:
    async with make() as executor:
        for ending in ("pair('a' * 400_000)", "final_answer('a' * 400_000)"):
            finished = await end_of(executor, TAMPERED.format(deed=deed) + ending)
            assert finished.outcome == "error"
            assert finished.error
            assert finished.error.name in ("ProtocolError", "ToolError")
            assert "the message" in finished.error.message
            assert await value_of(executor, "bridge._publish = publish\n1 + 1") == "2"
