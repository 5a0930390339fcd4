"""A worker that lies breaks its own conversation at most, and never the host.

`os` is authorised here, so that the code can reach the sockets that the guard hides.
"""

from __future__ import annotations

import pytest

from executors import wire
from executors.errors import ProtocolError
from tests.cells import end_of, value_of
from tests.executors.local.helpers import local

SPRAY = """
import os, socket
for fd in range({first}, {last}):
    try:
        socket.socket(fileno=os.dup(fd)).sendall({data!r})
    except OSError:
        pass
"""


def waits(*numbers: int) -> bytes:
    """Calls of a tool that takes its time."""
    return b"".join(
        wire.pack(wire.ToolCall(id=one, name="wait", arguments={"seconds": 600})) for one in numbers
    )


LIES = {
    "no JSON": b"\0\0\0\4nope",
    "huge": b"\xff\xff\xff\xff",
    "unknown type": wire.HEADER.pack(15) + b'{"type":"evil"}',
    "wrong field": wire.HEADER.pack(40) + b'{"type":"wrote","stream":1,"text":"x"}  ',
    "deep": wire.HEADER.pack(100_000) + b"[" * 100_000,
    "not its frame": wire.pack(wire.Kill(run=1)),
    "unknown tool": wire.pack(wire.ToolCall(id=1, name="rm", arguments={})),
    "unknown parameter": wire.pack(wire.ToolCall(id=1, name="echo", arguments={"x": 1})),
    "malformed value": wire.pack(
        wire.ToolCall(id=1, name="echo", arguments={"value": {"$type": "pickle"}})
    ),
    "a number twice": waits(1, 1),
    "too many calls at a time": waits(*range(wire.MAX_CALLS + 1)),
    "half a character": wire.pack(wire.ToolCall(id=1, name="echo", arguments={"value": "\ud800"})),
    "unknown stream": wire.pack(wire.Wrote(stream="stdin", text="x")),
    "half a character in the answer": wire.pack(wire.Done(answer="\ud800", is_answer=True)),
    "no number in the answer": wire.pack(wire.Done(answer="inf", is_answer=True)).replace(
        b'"inf"', b"1e999"
    ),
    "odd error": wire.pack(wire.Done(error={"name": 1})),
}


@pytest.mark.parametrize("lie", LIES)
async def test_lies_are_found_out(lie: str) -> None:
    async with local("os", "socket") as (executor, _):
        await value_of(executor, "x = 1")
        with pytest.raises(ProtocolError):
            await end_of(executor, SPRAY.format(first=4, last=20, data=LIES[lie]))
        assert await value_of(executor, "y = 2\ny") == "2"


@pytest.mark.parametrize("lie", LIES)
async def test_lies_on_the_control_socket_are_found_out(lie: str) -> None:
    async with local("os", "socket", seconds=1) as (executor, _):
        await value_of(executor, "x = 1")
        code = SPRAY.format(first=3, last=4, data=LIES[lie]) + "sum(range(10**12))"
        end = await end_of(executor, code)
        assert (end.outcome, end.state_kept) in (("crashed", False), ("timeout", False))
        assert await value_of(executor, "y = 2\ny") == "2"


async def test_a_cell_that_closes_its_socket_but_runs_on_is_ended() -> None:
    async with local("os") as (executor, _):
        await value_of(executor, "x = 1")
        code = "import os\nos.closerange(4, 50)\nwhile True: sum(range(10**9))"
        end = await end_of(executor, code)
        assert end.outcome == "crashed"
        assert (await end_of(executor, "1")).outcome == "ok"


async def test_a_false_end_with_a_false_state_is_noticed() -> None:
    """The cell says that it is done and goes on; the next cell finds no such state."""
    done = wire.pack(wire.Done(value="fake", has_value=True))
    async with local("os", "socket", seconds=2) as (executor, _):
        end = await end_of(
            executor, SPRAY.format(first=4, last=20, data=done) + "sum(range(10**12))"
        )
        assert end.value == "fake"
        end = await end_of(executor, "1")
        assert end.outcome in ("timeout", "crashed")
        assert (await end_of(executor, "2")).outcome == "ok"


async def test_texts_are_well_formed() -> None:
    async with local() as (executor, _):
        end = await end_of(executor, "print('\\ud800')\n'\\ud801'")
        assert end.value == "'\\ud801'"
        end = await end_of(executor, "raise ValueError('\\ud800')")
        assert end.error
        end.error.message.encode()


async def test_as_many_calls_as_there_may_be_are_no_lie() -> None:
    """The control of two lies; what the cell does not wait for is cancelled when it ends."""
    async with local("os", "socket") as (executor, _):
        code = SPRAY.format(first=4, last=20, data=waits(*range(wire.MAX_CALLS)))
        assert (await end_of(executor, code)).outcome == "ok"
        assert await value_of(executor, "1") == "1"
