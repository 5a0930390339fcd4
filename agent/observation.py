"""A finished cell becomes the text that the model reads, and the text that is kept in full."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from agent.glance import glance
from agent.memory.variables import described
from agent.parsing.python import statements
from executors.base import (
    Display,
    ExecutionEvent,
    FilesChanged,
    Finished,
    Notice,
    Output,
    Variable,
    VariablesChanged,
)
from executors.values import preview

PRINTED_CHARS = 4_000
"""Of what was printed; values and errors get half of it."""
NOTHING: Mapping[str, Variable] = MappingProxyType({})
_NO_FILES: Mapping[str, bytes] = MappingProxyType({})
_SHOWN_CHARS = 300
_FILES = 20
_VARIABLES = 8
_LINE = re.compile(r"^  File .*, in <module>\n    (.*)$", re.MULTILINE)
"""A line of the code at its top level, in a traceback."""
_FAULTS, _FAULT_CHARS = 4, 160
"""Variables of the lines that failed, and characters of each."""
_SILENCE = "(The code ran and printed nothing.)"


@dataclass(slots=True)
class Seen:
    """What a cell did, sorted."""

    printed: str = ""
    shown: list[str] = field(default_factory=list[str])
    """Pictures and tables, warnings and files, a line each."""
    variables: tuple[Variable, ...] = ()
    gone: tuple[str, ...] = ()
    end: Finished | None = None


def observe(
    events: Iterable[ExecutionEvent],
    *,
    printed_chars: int = PRINTED_CHARS,
    code: str = "",
    known: Mapping[str, Variable] = NOTHING,
    written: Mapping[str, bytes] = _NO_FILES,
) -> str:
    """The observation of one cell, from all its events.

    Prints come first, then what was shown, the last value, the variables of the lines that failed,
    the error with its hint, and what was lost. Where there is nothing of all that, it is the new
    variables. Long parts are cut, with the count of what is missing.

    Args:
        events: of the cell.
        printed_chars: of what was printed; values and errors get half of it.
        code: of the cell; what it says by itself need not be told.
        known: the variables from before the cell, by name.
        written: files that it wrote, by path; how they begin is shown.
    """
    seen = look(events)
    glances = [glance(path, data) for path, data in written.items()]
    if begun := [one for one in glances if "\n" in one]:
        seen.shown.append(cut("\n".join(begun), printed_chars // 2))
    parts = [cut(seen.printed, printed_chars)] if seen.printed else []
    parts += seen.shown
    if seen.end is not None:
        parts += _at_fault(seen, code, known)
        parts += _ending(seen.end, printed_chars // 2)
    return "Observation:\n" + ("\n".join(parts) or _quiet(seen.variables))


def in_full(events: Iterable[ExecutionEvent]) -> tuple[str, str]:
    """What a cell gave, without any cut: its output with the last value, and its error."""
    seen = look(events)
    parts = [seen.printed] if seen.printed else []
    parts += seen.shown
    if (end := seen.end) is None:
        return "\n".join(parts), ""
    if end.value is not None:
        parts.append(end.value)
    if end.is_answer:
        parts.append(_answer(end, PRINTED_CHARS))
    error = end.error
    told = (error.traceback.strip() or f"{error.name}: {error.message}") if error else ""
    return "\n".join(parts), told


def look(events: Iterable[ExecutionEvent]) -> Seen:
    """Sort the events of a cell."""
    seen, printed = Seen(), list[str]()
    for event in events:
        match event:
            case Output(text=text):
                printed.append(text)
            case Display(alt=alt, mime=mime):
                seen.shown.append(f"Shown ({mime}): {cut(alt, _SHOWN_CHARS)}")
            case Notice(text=text, level="warning"):
                seen.shown.append(f"Note: {text}")
            case FilesChanged(files=files):
                seen.shown.append("Files written: " + ", ".join(f.path for f in files[:_FILES]))
            case VariablesChanged(changed=changed, gone=gone):
                seen.variables, seen.gone = changed, gone
            case Finished():
                seen.end = event
            case _:
                pass
    seen.printed = "".join(printed).rstrip()
    return seen


def _quiet(variables: tuple[Variable, ...]) -> str:
    """What there is to say of a cell that showed nothing."""
    told = [described(one) for one in variables if one.kind not in ("function", "class")]
    if not told:
        return _SILENCE
    more = f"; and {len(told) - _VARIABLES} more" if len(told) > _VARIABLES else ""
    return f"{_SILENCE}\nVariables set: {'; '.join(told[:_VARIABLES])}{more}"


def _ending(finished: Finished, chars: int) -> list[str]:
    parts: list[str] = []
    if finished.value is not None:
        parts.append(f"Value of the last line: {cut(finished.value, chars)}")
    if finished.is_answer:
        parts.append(_answer(finished, chars))
    if error := finished.error:
        tail = error.traceback.strip() or f"{error.name}: {error.message}"
        parts.append(f"The code failed.\n{cut(tail, chars, head=chars // 4)}")
        if error.hint:
            parts.append(f"Hint: {error.hint}")
    if not finished.state_kept:
        parts.append("The interpreter was restarted: variables of earlier actions are gone.")
    return parts


def _at_fault(seen: Seen, code: str, known: Mapping[str, Variable]) -> list[str]:
    """What the variables of the lines that failed hold: most often they are not what was thought.

    Only lines at the top level tell: elsewhere a name may be another one's. It all stands before
    the error, which is what to go by.
    """
    error = seen.end.error if seen.end is not None else None
    if error is None:
        return []
    there = {**known, **{one.name: one for one in seen.variables}}
    names = dict.fromkeys(name for line in _LINE.findall(error.traceback) for name in _read(line))
    told = [there[name] for name in names if name in there and name not in seen.gone]
    news = [one for one in told if one.preview and f"{one.name} = {one.preview}" not in code]
    if not news:
        return []
    held = "; ".join(described(one, _FAULT_CHARS) for one in news[:_FAULTS])
    return [f"Where the code failed it had {held}"]


def _read(line: str) -> Iterator[str]:
    """The names that a line of code reads, in their order; none where it is only a part."""
    whole = f"{line} pass" if line.endswith(":") else line
    nodes = (node for statement in statements(whole) for node in ast.walk(statement))
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    yield from (node.id for node in names if node.id not in bound)


def _answer(finished: Finished, chars: int) -> str:
    return f"The answer was given: {preview(finished.answer, chars)}"


def cut(text: str, limit: int, *, head: int | None = None) -> str:
    """`text` in about `limit` characters: head, tail, and how much is missing between them.

    Args:
        text: of any length.
        limit: in characters.
        head: how many of them are from the beginning; None means two thirds.
    """
    if len(text) <= limit:
        return text
    head = limit * 2 // 3 if head is None else head
    tail = limit - head
    missing = len(text) - head - tail
    return f"{text[:head]}\n… {missing} characters cut …\n{text[-tail:]}"
