"""What the last frame of a cell says, checked and cut: a worker may say anything.

Each function raises `ProtocolError`, or `MalformedFrame`, for what an honest worker does not say.
"""

from __future__ import annotations

from typing import Any, cast

from executors import wire
from executors.base import CodeError, Variable, VariablesChanged
from executors.errors import ProtocolError
from executors.variables import MAX_VARIABLES


def code_error(data: dict[str, Any]) -> CodeError:
    """Why a cell failed."""
    found = wire.read_fields(wire.Failure, data)
    return CodeError(
        name=printable(found.name[:200]),
        message=printable(found.message[:10_000]),
        traceback=printable(found.traceback[:20_000]),
        line=found.line or None,
        hint=printable(found.hint[:2_000]),
    )


def variables(frame: wire.Done) -> VariablesChanged:
    """What it says of variables."""
    if max(len(frame.changed), len(frame.gone)) > MAX_VARIABLES:
        raise ProtocolError("too many variables")
    gone = [printable(name[:100]) for name in frame.gone if type(name) is str]
    changed = tuple(map(_variable, frame.changed))
    return VariablesChanged(changed=changed, gone=tuple(gone))


def _variable(data: Any) -> Variable:
    if type(data) is not dict:
        raise ProtocolError("a variable is not an object")
    found = wire.read_fields(wire.Variable, cast("dict[str, Any]", data))
    if len(found.shape) > 64 or not all(type(n) is int and 0 <= n < 2**53 for n in found.shape):
        raise ProtocolError("malformed shape of a variable")
    return Variable(
        name=printable(found.name[:100]),
        kind=printable(found.kind[:100]),
        shape=tuple(found.shape),
        preview=printable(found.preview[:200]),
    )


def printable(text: str) -> str:
    """The text without half characters, which no log and no page could take."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
