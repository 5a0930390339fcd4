"""Frames arrive as they were sent, however the bytes are cut; anything else is refused."""

from __future__ import annotations

import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors import wire

FRAMES: list[wire.Frame] = [
    wire.Fork(group=1, config={"tools": []}),
    wire.KillGroup(group=1),
    wire.Interrupted(run=2),
    wire.AskCause(group=1),
    wire.Cause(group=1, signal=11),
    wire.Warm(missing=["numpy"]),
    wire.Gone(group=1),
    wire.Ready(gaps=["files"]),
    wire.Run(run=1, base=0, code="é\n\ud800"),
    wire.Kill(run=2),
    wire.Rewind(run=3, cells=1, least=0),
    wire.Back(run=3, cells=1),
    wire.Wrote(stream="stdout", text="hé"),
    wire.Showed(mime="image/png", data="", alt=""),
    wire.Reached(line=1, end_line=2),
    wire.ToolCall(id=1, name="search", arguments={"q": [1, None]}),
    wire.ToolResult(id=1, value={"a": 1}),
    wire.Done(value="1", has_value=True),
]


@given(st.lists(st.sampled_from(FRAMES), max_size=8), st.integers(1, 60))
def test_frames_survive_any_cut(frames: list[wire.Frame], size: int) -> None:
    data = b"".join(map(wire.pack, frames))
    parser = wire.Parser()
    found = [f for i in range(0, len(data), size) for f in parser.feed(data[i : i + size])]
    assert found == frames


def test_every_kind_of_frame_is_tested() -> None:
    assert {type(frame) for frame in FRAMES} == set(wire._KINDS.values())


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"nope", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "not an object"),
        (b"{}", "unknown frame type"),
        (b'{"type":["kill"]}', "unknown frame type"),
        (b'{"type":"kill"}', "Kill has fields []"),
        (b'{"type":"kill","run":1,"more":2}', "Kill has fields"),
        (b'{"type":"kill","run":"1"}', "Kill.run is not int"),
        (b'{"type":"kill","run":true}', "Kill.run is not int"),
        (b'{"type":"kill","run":1e3}', "Kill.run is not int"),
        (b'{"type":"kill","run":9007199254740993}', "Kill.run is not int"),
        (b'{"type":"tool_result","id":1,"value":NaN,"error":"","message":""}', "NaN is not JSON"),
        (b'{"type":"kill","run":' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"type":"tool_call","id":1,"name":"x","arguments":[]}', "arguments is not dict"),
    ],
)
def test_malformed_frames_are_refused(body: bytes, why: str) -> None:
    with pytest.raises(wire.MalformedFrame) as caught:
        wire.unpack(body)
    assert why in str(caught.value)


def test_an_oversize_frame_is_refused_by_its_header() -> None:
    with pytest.raises(wire.MalformedFrame, match="over 100"):
        wire.Parser(100).feed(wire.HEADER.pack(101))


def test_receive_takes_a_descriptor_along() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        data = wire.pack(wire.Kill(run=7))
        socket.send_fds(ours, [data[:4]], [ours.fileno()])
        ours.sendall(data[4:] + wire.pack(wire.Kill(run=8)))
        frame, descriptor = wire.receive(theirs)
        assert frame == wire.Kill(run=7)
        assert descriptor is not None
        socket.socket(fileno=descriptor).close()
        assert wire.receive(theirs) == (wire.Kill(run=8), None)
        ours.sendall(wire.HEADER.pack(2_000_000))
        with pytest.raises(wire.MalformedFrame):
            wire.receive(theirs)
        ours.close()
        with pytest.raises(EOFError):
            wire.receive(theirs)


@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5)))
def test_any_object_is_a_frame_or_refused(data: dict[str, object]) -> None:
    with pytest.raises(wire.MalformedFrame):
        wire.unpack(json.dumps(data).encode())
