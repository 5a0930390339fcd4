"""Tool calls that were answered, kept so that a cell which runs again hears the same."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from executors.values import TAG, decode, encode

REPLAY_BYTES = 64 << 20
"""Answers of tools that are kept, together; those of the running cell may be as many again."""
_OVERHEAD = 512
"""About what a call takes in memory besides its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMade:
    """A tool call that has been answered."""

    key: bytes
    """What was asked, as `call_key` puts it."""
    reply: bytes
    """What the kernel got to hear, as JSON."""


class CallsMade:
    """The calls of one cell in the order of their answers, unless they are too much to be kept."""

    def __init__(self) -> None:
        self._calls: list[CallMade] | None = []
        self._size = 0

    @property
    def kept(self) -> Sequence[CallMade] | None:
        """All of them; None if they were too much."""
        return self._calls

    def add(self, call: CallMade) -> None:
        """The call has been answered."""
        self._size += size_of(call)
        if self._size > REPLAY_BYTES:
            self._calls = None
        if self._calls is not None:
            self._calls.append(call)


class Answers:
    """Takes the place of the tools: the same call gets the same answer, in the same order."""

    def __init__(self, calls: Sequence[CallMade]) -> None:
        self._left: defaultdict[bytes, deque[bytes]] = defaultdict(deque)
        for call in calls:
            self._left[call.key].append(call.reply)
        self.missed = False
        """Whether there was a call without an answer. The code may have caught the exception."""

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """The answer, or the exception that the tool raised."""
        if not (left := self._left[call_key(name, arguments)]):
            self.missed = True
            raise LookupError(f"{name}() was not called like this the first time")
        reply: dict[str, Any] = json.loads(left.popleft())
        if error := reply.get("error"):
            raise type(str(error["type"]), (Exception,), {})(error["message"])
        return decode(reply["value"])


def size_of(call: CallMade) -> int:
    """About what it takes in memory, in bytes."""
    return len(call.reply) + _OVERHEAD


def call_key(name: str, arguments: Mapping[str, Any]) -> bytes:
    """The same short key for calls that ask for the same, with arguments as the tool gets them."""
    asked = [name, {key: _ordered(encode(value)) for key, value in arguments.items()}]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()


def _ordered(encoded: Any) -> Any:
    """The same for equal sets: their items come in another order in every process.

    So they do in the text of a table or array that holds sets; its items are here without it.
    """
    match encoded:
        case list():
            return [_ordered(item) for item in cast("list[Any]", encoded)]
        case dict():
            found = {key: _ordered(item) for key, item in cast("dict[str, Any]", encoded).items()}
            if found.get(TAG) in ("set", "frozenset"):
                found["items"] = sorted(found["items"], key=json.dumps)
            if found.get(TAG) in ("ndarray", "frame", "series"):
                del found["text"]
            return found
        case _:
            return encoded
