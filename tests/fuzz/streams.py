"""Strategies for what a worker may send: frames of every kind, and streams that are spoilt."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import fields
from typing import Any, get_args

from hypothesis import strategies as st

from executors import wire
from executors.values import _DECODERS, TAG

texts = st.text(st.characters(), max_size=40)
infinite = st.sampled_from([math.inf, -math.inf])
plain = st.none() | st.booleans() | st.integers() | st.floats() | infinite | texts
json_values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)
numbers = st.lists(st.integers(-1, 3) | st.integers(), max_size=4)
tagged = st.fixed_dictionaries(
    {TAG: st.sampled_from(sorted(_DECODERS))},
    optional={
        **dict.fromkeys(
            ("items", "parts", "shape", "index", "columns", "data"),
            json_values | numbers | st.lists(numbers, max_size=3),
        ),
        **dict.fromkeys(("text", "iso", "hex", "name", "fold", "mime", "zone"), json_values),
        "dtype": json_values | st.sampled_from(["<f8", "O", "|b1", "<U9999999", "<M8[ns]", ">i4"]),
        "data": st.binary(max_size=40).map(lambda data: base64.b64encode(data).decode()),
    },
)
encoded = st.recursive(
    tagged | plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.fixed_dictionaries(
            {TAG: st.sampled_from(["tuple", "set", "dict", "frame", "ndarray"])},
            optional={
                "items": st.lists(inner, max_size=4),
                "shape": numbers,
                "dtype": st.just("O"),
            },
        )
    ),
    max_leaves=8,
)
"""Typed JSON, or what looks like it."""

FAILURE = {"name": "E", "message": "m", "traceback": "", "line": 1, "hint": ""}
variable = st.fixed_dictionaries(
    {"name": texts, "kind": texts, "shape": numbers | st.just([2]), "preview": texts}
)
_BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "stream": st.sampled_from(["stdout", "stderr", "stdout", "stdin"]),
    "name": st.sampled_from(["echo", "echo", "echo", "search", "rm"]),
    "arguments": st.dictionaries(st.sampled_from(["value", "value", "x"]), encoded, max_size=2),
    "mime": st.sampled_from(["image/png", "text/html", "text/plain", ""]),
    "error": st.sampled_from([{}, {}, {}, FAILURE])
    | st.dictionaries(st.sampled_from([*FAILURE]), plain),
    "changed": st.just([]) | st.lists(variable, max_size=2) | st.lists(encoded, max_size=1),
    "gone": st.lists(texts, max_size=2),
    "run": st.integers(0, 2),
    "cells": st.integers(-1, 3),
}
_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "str": texts,
    "int": st.integers(-(2**52), 2**52),
    "bool": st.booleans(),
    "Any": encoded,
    "list[Any]": st.lists(encoded, max_size=3),
    "dict[str, Any]": st.dictionaries(texts, encoded, max_size=3),
}


def _of_kind(kind: Any) -> st.SearchStrategy[bytes]:
    known = {f.name: f for f in fields(kind)}
    name = known.pop("type").default
    parts = {n: _BY_NAME[n] if n in _BY_NAME else _BY_TYPE[str(f.type)] for n, f in known.items()}
    return st.fixed_dictionaries({"type": st.just(name), **parts}).map(_packed)


def _packed(frame: dict[str, Any]) -> bytes:
    """The frame as a worker without manners would send it: numbers that are none included."""
    body = json.dumps(frame).replace("Infinity", "1e999").encode("ascii")
    return wire.HEADER.pack(len(body)) + body


from_cell = st.one_of(*map(_of_kind, get_args(wire.FromCell)))
any_frame = st.one_of(*map(_of_kind, get_args(wire.Frame)))
polite = st.tuples(
    st.lists(st.one_of(*map(_of_kind, (wire.Wrote, wire.Showed, wire.ToolCall))), max_size=3),
    _of_kind(wire.Done),
).map(lambda said: b"".join(said[0]) + said[1])
"""What ends as a cell should, whatever it holds."""


@st.composite
def spoilt(draw: st.DrawFn, stream: st.SearchStrategy[bytes]) -> bytes:
    """A stream with up to four pieces of it changed, lost, said again or put in between."""
    data = bytearray(draw(stream))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 1, 1, 2, 4, 50])))
        piece = bytes(data[start:end])
        data[start:end] = draw(st.sampled_from([b"", piece * 2]) | st.binary(max_size=6))
    return bytes(data)


good_streams = st.lists(from_cell | from_cell | from_cell | any_frame, max_size=5).map(b"".join)
streams = spoilt(good_streams) | good_streams | st.binary(max_size=200)
