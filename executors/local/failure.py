"""Why a cell failed, told so that its author can mend it: type, message, own frames, one hint."""

from __future__ import annotations

import builtins
import traceback
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from executors.local.guard.errors import NotAllowed
from executors.local.guard.ownership import lineage
from executors.local.guard.runtime import OperationLimit
from executors.wire import Failure

CELL_FILE = "<cell "
"""How the file names of cells begin."""
_TRACEBACK_CHARS = 6_000
_MESSAGE_CHARS = 2_000
_MAX_LINE = 1_000_000
_NO_COMMANDS = (
    "This is plain Python: there are no shell commands and no magics here, and nothing can be "
    "installed. Import what is authorised."
)
_NAMED = {
    NotAllowed: "NotAllowed",
    OperationLimit: "OperationLimit",
    MemoryError: "MemoryLimit",
}
_qualname = type.__dict__["__qualname__"].__get__


def describe(error: BaseException, names: Mapping[str, Any], importable: Iterable[str]) -> Failure:
    """The failure as plain data. `names` are the code's variables, for suggestions.

    The code's own exceptions run its own methods here. Where they fail, that is what is told.
    """
    try:
        return _described(error, names, importable)
    except BaseException as exc:  # noqa: BLE001 those methods may raise anything
        message = f"<describing this exception raised {_name(exc)}>"
        return Failure(name=_name(error), message=message, traceback="", line=0, hint="")


def _described(
    error: BaseException, names: Mapping[str, Any], importable: Iterable[str]
) -> Failure:
    told = traceback.TracebackException.from_exception(error, compact=True)
    _keep_own_frames(told)
    line = error.line if isinstance(error, NotAllowed) else 0
    if not line:
        line = _line(told)
    return Failure(
        name=_name(error),
        message=_cut(_message(error), _MESSAGE_CHARS),
        traceback=_cut("".join(told.format()), _TRACEBACK_CHARS),
        line=line if 0 < line < _MAX_LINE else 0,
        hint=_cut(_hint(error, names, importable), _MESSAGE_CHARS),
    )


def _name(error: BaseException) -> str:
    """The type's name, from the type itself: a metaclass may say anything."""
    line = lineage(type(error))
    for kind, name in _NAMED.items():
        if kind in line:
            return name
    return str.__str__(_qualname(line[0]))


def _message(error: BaseException) -> str:
    match error:
        case OperationLimit():
            return "the cell used up its operations"
        case MemoryError():
            return str(error) or "the cell used up its memory"
        case SyntaxError():
            return error.msg
        case _:
            try:
                return str(error)
            except Exception as exc:  # noqa: BLE001 the code's own broken __str__
                return f"<its message raised {_name(exc)}>"


def _hint(error: BaseException, names: Mapping[str, Any], importable: Iterable[str]) -> str:
    match error:
        case NotAllowed():
            return error.hint
        case OperationLimit():
            return "Is there a loop that does not end? Variables are kept; do less in one cell."
        case MemoryError():
            return "Variables are kept; work on smaller pieces, or delete what is not needed."
        case RecursionError():
            return "Does the recursion reach its end? A loop may serve better."
        case NameError(name=str(name)):
            return _name_hint(name, names, importable)
        case AttributeError(name=str(name), obj=owner):
            return _attribute_hint(name, owner)
        case SyntaxError(text=str(line)) if line.lstrip().startswith(("!", "%")):
            return _NO_COMMANDS
        case KeyError():
            return "Print the keys that there are."
        case ModuleNotFoundError(name=str(name)):
            return f"{name!r} is authorised but not installed here: do without it."
        case _:
            return ""


def _name_hint(name: str, names: Mapping[str, Any], importable: Iterable[str]) -> str:
    if name in importable:
        return f"Write `import {name}` first."
    known = [n for n in (*names, *vars(builtins)) if not n.startswith(("_", "$"))]
    if close := get_close_matches(name, known, n=1):
        return f"Did you mean {close[0]!r}?"
    return f"Nothing named {name!r} has been defined in this conversation yet."


def _attribute_hint(name: str, owner: object) -> str:
    known = [n for n in dir(owner) if not n.startswith("_")]
    close = get_close_matches(name, known, n=3)
    where = f"module {owner.__name__!r}" if isinstance(owner, ModuleType) else "it"
    return f"Did you mean {', '.join(map(repr, close))}? ({where} has no {name!r})" if close else ""


def _keep_own_frames(told: traceback.TracebackException | None) -> None:
    """Drop the frames of the interpreter itself and of libraries, in causes too."""
    while told is not None:
        own = [frame for frame in told.stack if frame.filename.startswith(CELL_FILE)]
        told.stack = traceback.StackSummary.from_list(own)
        for inner in getattr(told, "exceptions", None) or ():
            _keep_own_frames(inner)
        _keep_own_frames(told.__context__ if told.__cause__ is not None else None)
        told = told.__cause__ or told.__context__


def _line(told: traceback.TracebackException) -> int:
    """The line of the running cell, which is the outermost, that the error came through last."""
    if getattr(told, "lineno", None):  # a SyntaxError
        return int(str(told.lineno))
    cell = told.stack[0].filename if told.stack else ""
    return next((f.lineno or 0 for f in reversed(told.stack) if f.filename == cell), 0)


def _cut(text: str, limit: int) -> str:
    text = str.__str__(text)  # a subclass could say that it is short
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]}\n… {len(text) - 2 * half:,} characters cut …\n{text[-half:]}"
