"""Frames between the host, the zygote and its workers: a length, then that much typed JSON.

Standard library only: all three sides import this. Whoever reads checks the size before parsing
and every field's type after it; what does not fit is a `MalformedFrame`.
"""

from __future__ import annotations

import functools
import json
import socket
import struct
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar, cast, get_args

T = TypeVar("T")

HEADER = struct.Struct("!I")
_DESCRIPTOR = struct.Struct("i")
_ROOM = socket.CMSG_LEN(_DESCRIPTOR.size)
"""For one descriptor; the kernel closes what else is sent."""
RUN_NUMBER = struct.Struct("!Q")
"""On a worker's second socket: which run the host wants ended. See `Interrupted`."""
MAX_FRAME = 1 << 20
"""Bytes of a frame where the reader sets no other bound."""
MAX_CALLS = 16
"""Tool calls of a cell that may wait for their results at the same time."""


class MalformedFrame(ValueError):
    """Not a frame, too large, or not one of those that may come now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fork:
    """Host to zygote, with one end of a socket pair: fork a worker that listens on it."""

    group: int
    config: dict[str, Any]
    type: Literal["fork"] = "fork"


@dataclass(frozen=True, slots=True, kw_only=True)
class KillGroup:
    """Host to zygote: kill every process of that worker; answered by `Gone`."""

    group: int
    type: Literal["kill_group"] = "kill_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCause:
    """Host to zygote: what ended the process of that worker that died last? See `Cause`."""

    group: int
    type: Literal["ask_cause"] = "ask_cause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Zygote to host, when asked, and only once for each process."""

    group: int
    signal: int
    """Which ended it; 0 if none did, or nobody knows."""
    type: Literal["cause"] = "cause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warm:
    """Zygote to host, once: everything is imported."""

    missing: list[Any]
    """Modules that were to be preloaded and are not installed."""
    type: Literal["warm"] = "warm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Zygote to host: no process of that worker exists any more."""

    group: int
    type: Literal["gone"] = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Worker to host, once, before any code: it is confined, but for `gaps`.

    With it comes the listener that asks about forks, where the kernel has such a thing.
    """

    gaps: list[Any]
    fault: str = ""
    """Why it is not, and ends: for the log."""
    type: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Host to worker, with one end of the cell's own socket pair: run a cell on top of `base`."""

    run: int
    base: int
    """How many cells the state must hold; the worker runs nothing on any other state."""
    code: str
    type: Literal["run"] = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Host to worker, after `Interrupted`: that run is to be over; always answered by `Back`."""

    run: int
    type: Literal["kill"] = "kill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """Worker to host: the signal has been sent that ends that run, if it is going on."""

    run: int
    type: Literal["interrupted"] = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewind:
    """Host to worker: go back to the state of `cells` cells; always answered by `Back`.

    An earlier state is as good, if it holds at least `least`: the host repeats the cells after it.
    """

    run: int
    cells: int
    least: int
    type: Literal["rewind"] = "rewind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Worker to host: what concerned `run` is over without a `Done`, and this is the state now."""

    run: int
    cells: int
    type: Literal["back"] = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """Cell to host: printed text."""

    stream: str
    text: str
    type: Literal["wrote"] = "wrote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Showed:
    """Cell to host: a picture or table."""

    mime: str
    data: str
    alt: str
    type: Literal["showed"] = "showed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Cell to host: the top-level statement on these lines is running, and was not before."""

    line: int
    end_line: int
    type: Literal["reached"] = "reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """Cell to host, answered by one `ToolResult`. Several threads may each wait for theirs."""

    id: int
    """Not that of another call which waits."""
    name: str
    arguments: dict[str, Any]
    """Typed JSON by parameter name."""
    type: Literal["tool_call"] = "tool_call"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """Host to cell: typed JSON, or what the tool raised, for the call with that number."""

    id: int
    value: Any = None
    error: str = ""
    """The exception's type name; empty for a result."""
    message: str = ""
    type: Literal["tool_result"] = "tool_result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why the cell failed, as `executors.base.CodeError` has it. Part of `Done`."""

    name: str
    message: str
    traceback: str
    line: int
    """0 where there is none."""
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable, as `executors.base.Variable` has it. Part of `Done`."""

    name: str
    kind: str
    shape: list[Any]
    preview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Cell to host, the last frame of a cell: it has become the state."""

    value: str = ""
    has_value: bool = False
    answer: Any = None
    is_answer: bool = False
    error: dict[str, Any] = field(default_factory=dict[str, Any])
    """The fields of a `Failure`; empty where the cell succeeded."""
    changed: list[Any] = field(default_factory=list[Any])
    """The fields of a `Variable` each: those that are not as they were."""
    gone: list[Any] = field(default_factory=list[Any])
    """The names of those that are no more."""
    repeatable: bool = False
    """Whether the cell would do the same again, and no checkpoint follows it for that reason."""
    type: Literal["done"] = "done"


Frame = (
    Fork
    | KillGroup
    | AskCause
    | Warm
    | Gone
    | Cause
    | Ready
    | Run
    | Kill
    | Interrupted
    | Rewind
    | Back
    | Wrote
    | Showed
    | Reached
    | ToolCall
    | ToolResult
    | Done
)
FromZygote = Warm | Gone | Cause
FromCell = Wrote | Showed | Reached | ToolCall | Done

_KINDS: dict[str, type[Frame]] = {
    cast("str", next(f.default for f in fields(kind) if f.name == "type")): kind
    for kind in get_args(Frame)
}
_TYPES: dict[str, type[Any]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "dict[str, Any]": dict,
    "list[Any]": list,
    "Any": object,
}
_TOO_LARGE = 2**53
"""Not every reader of JSON has such integers."""


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_constant=_refuse)


def pack(frame: Frame) -> bytes:
    """The frame as bytes, header included."""
    body = _ENCODER.encode({"type": frame.type} | as_fields(frame)).encode("ascii")
    return HEADER.pack(len(body)) + body


def as_fields(part: Any) -> dict[str, Any]:
    """The fields of a frame, but for `type`, or of another dataclass that is part of one."""
    return {name: getattr(part, name) for name in _fields(part.__class__)}


def unpack(body: bytes | bytearray) -> Frame:
    """The frame whose JSON is `body`.

    Raises:
        MalformedFrame: it is not exactly one of the frames above.
    """
    try:
        text = str(body, "utf-8")
        data, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as exc:
        raise MalformedFrame(f"not JSON: {exc}") from exc
    given: dict[str, Any] = data
    if end != len(text) or type(data) is not dict:
        raise MalformedFrame("not an object")
    kind = _KINDS.get(given.pop("type", "")) if type(given.get("type")) is str else None
    if kind is None:
        raise MalformedFrame("unknown frame type")
    return read_fields(kind, given)


def read_fields(kind: type[T], given: dict[str, Any]) -> T:
    """An instance of the dataclass `kind` from untrusted data.

    Raises:
        MalformedFrame: a field is missing, unknown, or of another type.
    """
    expected = _fields(kind)
    if given.keys() != expected.keys():
        raise MalformedFrame(f"{kind.__name__} has fields {sorted(given)!r:.200}")
    for name, allowed in expected.items():
        value = given[name]
        if allowed is object:
            continue
        if type(value) is not allowed or (allowed is int and abs(value) >= _TOO_LARGE):
            raise MalformedFrame(f"{kind.__name__}.{name} is not {kind.__annotations__[name]}")
    return kind(**given)


@functools.cache
def _fields(kind: type[Any]) -> dict[str, type[Any]]:
    """The type of each field of a dataclass, but for `type`."""
    return {f.name: _TYPES[str(f.type)] for f in fields(kind) if f.name != "type"}


class Parser:
    """Cuts a stream of bytes into frames. A frame over `limit` bytes is refused unread."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes.

        Raises:
            MalformedFrame: the stream is broken and cannot be read on.
        """
        self._buffer += data
        found: list[Frame] = []
        start = 0
        while len(self._buffer) >= start + HEADER.size:
            (size,) = HEADER.unpack_from(self._buffer, start)
            if size > self._limit:
                raise MalformedFrame(f"a frame of {size:,} bytes is over {self._limit:,}")
            end = start + HEADER.size + size
            if len(self._buffer) < end:
                break
            found.append(unpack(self._buffer[start + HEADER.size : end]))
            start = end
        del self._buffer[:start]
        return found


def receive(sock: socket.socket, limit: int = MAX_FRAME) -> tuple[Frame, int | None]:
    """The next frame of a blocking socket, and the descriptor that came with it, if any.

    Raises:
        EOFError: the other side has closed the socket.
        MalformedFrame: the stream is broken.
    """
    header, attached, _, _ = sock.recvmsg(HEADER.size, _ROOM)
    header += _exactly(sock, HEADER.size - len(header)) if header else b""
    if not header:
        raise EOFError
    (size,) = HEADER.unpack(header)
    if size > limit:
        raise MalformedFrame(f"a frame of {size:,} bytes is over {limit:,}")
    descriptors = [_DESCRIPTOR.unpack(data)[0] for *_, data in attached]
    return unpack(_exactly(sock, size)), next(iter(descriptors), None)


def _exactly(sock: socket.socket, size: int) -> bytearray:
    buffer = bytearray()
    while len(buffer) < size:
        piece = sock.recv(min(size - len(buffer), 1 << 18))
        if not piece:
            raise EOFError
        buffer += piece
    return buffer
