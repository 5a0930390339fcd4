"""An exception as data: its type, its message, the frames of cells only, and one hint."""

from __future__ import annotations

import builtins
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

MESSAGE_CHARS = 2_000
TRACEBACK_CHARS = 20_000
CELL = "<cell>"


def describe(error: BaseException, names: Iterable[str]) -> dict[str, Any]:
    """The error for the host. `names` are the variables of the code, for a suggestion."""
    cells = [f for f in traceback.extract_tb(error.__traceback__) if is_cell(f.filename)]
    line = next((f.lineno for f in reversed(cells) if f.filename == cells[0].filename), None)
    if isinstance(error, SyntaxError) and is_cell(error.filename or ""):
        line = error.lineno
    summary = traceback.TracebackException.from_exception(error, compact=True)
    tidy(summary)
    return {
        "name": "MemoryLimit" if isinstance(error, MemoryError) else type(error).__qualname__,
        "message": message_of(error)[:MESSAGE_CHARS],
        "traceback": "".join(summary.format())[-TRACEBACK_CHARS:],
        "line": line,
        "hint": hint_for(error, names),
    }


def is_cell(filename: str) -> bool:
    """Whether the code of a cell was compiled under this name."""
    return "ipykernel_" in filename or filename.startswith("<ipython-input")


def message_of(error: BaseException) -> str:
    """The exception's text, whatever its class makes of it."""
    if isinstance(error, SyntaxError):
        return error.msg
    try:
        text = str(error)
    except Exception as exc:  # noqa: BLE001 (the code's own broken __str__)
        return f"<its message raised {type(exc).__name__}>"
    return text or ("the cell ran out of memory" if isinstance(error, MemoryError) else "")


def tidy(summary: traceback.TracebackException) -> None:
    """Drop the frames of libraries and of these files, here and in every chained error."""
    cells = [frame for frame in summary.stack if is_cell(frame.filename)]
    for frame in cells:
        _ = frame.line  # read now: it is looked up by the name that is about to change
        frame.filename = CELL
    summary.stack[:] = cells
    if is_cell(getattr(summary, "filename", None) or ""):
        summary.filename = CELL
    inner = getattr(summary, "exceptions", None) or ()
    for other in (summary.__cause__, summary.__context__, *inner):
        if other is not None:
            tidy(other)


def hint_for(error: BaseException, names: Iterable[str]) -> str:
    """One sentence that lets the author mend the code; empty where there is none."""
    match error:
        case MemoryError():
            return "Variables are kept; work on smaller pieces, or delete what is not needed."
        case RecursionError():
            return "Does the recursion reach its end? A loop may serve better."
        case NameError(name=str(name)):
            known = [one for one in (*names, *vars(builtins)) if not one.startswith("_")]
            if close := get_close_matches(name, known, n=1):
                return f"Did you mean {close[0]!r}?"
            return f"Nothing named {name!r} has been defined in this conversation yet."
        case AttributeError(name=str(name), obj=owner):
            known = [one for one in dir(owner) if not one.startswith("_")]
            close = get_close_matches(name, known, n=3)
            return f"Did you mean {', '.join(map(repr, close))}?" if close else ""
        case KeyError():
            return "Print the keys that there are."
        case ModuleNotFoundError():
            return (
                "The package is not installed in the sandbox: use another one, or install it "
                "first with `%pip install` in a cell of its own."
            )
        case _:
            return ""
