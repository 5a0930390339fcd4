"""What the host does with bytes that a worker sent, as functions that must take any bytes.

Each raises only where the host would have to: what is malformed is refused by the error that says
so. The coverage-guided fuzzer calls them directly.
"""

from __future__ import annotations

import json
from typing import Any

from executors import values, wire

LIMIT = 1 << 16


def frames(data: bytes) -> list[wire.Frame]:
    """The frames that a stream starts with, read in two pieces; each can be sent again."""
    parser = wire.Parser(LIMIT)
    found: list[wire.Frame] = []
    half = len(data) // 2
    try:
        for piece in (data[:half], data[half:]):
            found += parser.feed(piece)
    except wire.MalformedFrame:
        pass
    for frame in found:
        try:
            packed = wire.pack(frame)
        except ValueError:  # 1e999 is a number to who reads JSON, and none to who writes it
            continue
        again = wire.unpack(packed[wire.HEADER.size :])
        assert repr(again) == repr(frame), "a frame changed on its way"
    return found


def value(data: bytes) -> Any:
    """The value that typed JSON stands for; it has a text, and is the same when it comes back."""
    try:
        encoded = json.loads(data)
    except (ValueError, RecursionError):
        return None
    assert len(values.preview(encoded, 80)) <= 80
    try:
        found = values.decode(encoded)
    except ValueError:
        return None
    try:
        again = values.encode(found)
    except ValueError:  # over a bound: what is encoded may be larger than what came
        return found
    shown, shown_again = repr(found), repr(values.decode(again))
    assert sorted(shown) == sorted(shown_again), "a value changed on its way"  # sets are unordered
    return found


TARGETS = {"frames": frames, "value": value}
