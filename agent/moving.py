"""Taking a conversation from one executor to another: files, variables, imports and definitions.

The code on either side does the work (see `executors.carry`); what comes from there is checked like
everything that untrusted code made, and is data or source to this side, never more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

from agent.memory.variables import described
from executors.base import (
    CodeError,
    ExecutionEvent,
    Executor,
    FilesChanged,
    Finished,
    Notice,
    StatementRunning,
    VariablesChanged,
)
from executors.carry import IN, MAX_BYTES, OUT, as_data, portable
from executors.errors import ExecutorError
from executors.values import decode

log = logging.getLogger(__name__)

FILES_BYTES = 300 << 20
"""All files that move along, together."""
MAX_PIECES = 5_000
"""Variables, definitions and what is left, together."""
_PARCEL = ".moved.json"
_HANDED = ".handed.json"
_TEXT = 100
"""Characters of a name or a reason in it."""
_SHOWN = 6
"""Names in a sentence; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baggage:
    """What a conversation takes along."""

    definitions: Sequence[str] = ()
    """Source of imports, functions and classes, in order."""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """Typed JSON as text, by name."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    left: Mapping[str, str] = field(default_factory=dict[str, str])
    """What stays behind, and what it is."""


async def pack(executor: Executor) -> Baggage:
    """All that can be taken from there. What cannot be had is missing, and `left` says so."""
    left: dict[str, str] = {}
    found, files = None, dict[str, bytes]()
    try:
        found = await _carried_out(executor)
    except (ExecutorError, ValueError) as exc:
        log.warning("variables could not be taken along: %s", exc)
    try:
        files = await _files(executor, left)
    except (ExecutorError, ValueError, OSError) as exc:
        left["all files"] = str(exc)
    if found is None:
        left["all variables"] = "they could not be read"
        return Baggage(files=files, left=left)
    return Baggage(
        definitions=found["definitions"],
        variables=found["variables"],
        files=files,
        left={**found["left"], **left},
    )


async def unpack(executor: Executor, baggage: Baggage) -> AsyncGenerator[ExecutionEvent, None]:
    """Put all of it into the executor; yields what happens, and last a notice of what came along.

    Raises:
        ExecutorError: the executor cannot be used. Nothing is lost: it can be done again.
    """
    left = dict(baggage.left)
    written: Sequence[str] = ()
    for cell in _cells(baggage):
        async with aclosing(executor.run(cell.code)) as events:
            async for event in events:
                match event:
                    case Finished(error=CodeError(message=message)):
                        left |= dict.fromkeys(cell.brings, message)
                        if not cell.brings:
                            yield Notice(level="warning", text=message)
                    case Finished() | FilesChanged() | StatementRunning():
                        pass
                    case _:
                        yield event
        if cell is _FIRST:
            written = await _write(executor, baggage, left)
    moved = [name for name in baggage.variables if name not in left]
    ran = sum(_head(one) not in left for one in baggage.definitions)
    yield Notice(text=report(moved, ran, written, left))


async def hand_in(
    executor: Executor, values: Mapping[str, Any], *, taken: Collection[str] = ()
) -> AsyncGenerator[ExecutionEvent, None]:
    """Make values of the host variables of the code.

    Yields what becomes of the variables, then notices of what there is now and what could not be
    handed over.

    Args:
        executor: where the code runs.
        values: by name.
        taken: names that the code needs for functions of its host.

    Raises:
        ExecutorError: the executor cannot be used.
    """
    packed, left = _packed(values, taken)
    told = dict.fromkeys(packed, "")
    async with aclosing(_handed(executor, packed)) as events:
        async for event in events:
            match event:
                case VariablesChanged(changed=changed):
                    told |= {one.name: described(one) for one in changed if one.name in packed}
                    yield event
                case Finished(error=CodeError(message=message)):
                    left |= dict.fromkeys(packed, message)
                case _:
                    pass
    if came := [text or name for name, text in told.items() if name not in left]:
        yield Notice(text=f"Variables that came with the task: {'; '.join(came)}.")
    if left:
        told_why = [f"{name[:_TEXT]!r} ({why[:_TEXT]})" for name, why in left.items()]
        yield Notice(level="warning", text=f"{_listed(told_why)} could not be handed over.")


def _packed(
    values: Mapping[str, Any], taken: Collection[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The typed JSON of what can be a variable, and why the rest cannot."""
    packed, left = dict[str, str](), dict[str, str]()
    room = MAX_BYTES
    for name, value in values.items():
        if not portable(name):
            left[name] = "it cannot be a variable's name"
        elif name in taken:
            left[name] = "a function of the code has that name"
        elif (text := as_data(value, room)) is None:
            left[name] = f"this {type(value).__name__} is not data, or it is too large"
        else:
            packed[name] = text
            room -= len(text)
    return packed, left


async def _handed(
    executor: Executor, packed: Mapping[str, str]
) -> AsyncGenerator[ExecutionEvent, None]:
    """The cell that takes them in; there is none where there is nothing to take."""
    if not packed:
        return
    try:
        await executor.workspace.write(_HANDED, json.dumps(packed).encode())
    except (ValueError, OSError) as exc:
        error = CodeError(name=type(exc).__name__, message=str(exc))
        yield Finished(outcome="error", error=error)
        return
    async with aclosing(executor.run(f"{IN}({_HANDED!r})")) as events:
        async for event in events:
            yield event


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """What the new place runs, and the names that are missing where it fails."""

    code: str
    brings: Sequence[str] = ()


_FIRST = _Cell(code="pass")
"""What a place has to say once, such as a package that cannot be installed, ends its first cell."""


def _cells(baggage: Baggage) -> Sequence[_Cell]:
    carry = _Cell(code=f"{IN}({_PARCEL!r})", brings=tuple(baggage.variables))
    define = [_Cell(code=one, brings=(_head(one),)) for one in baggage.definitions]
    # Definitions may need variables, and a variable may have taken the name of an import.
    return (_FIRST, carry, *define, carry) if define else (_FIRST, carry)


def _head(definition: str) -> str:
    """The first line of a definition, by which it is named."""
    return next((line for line in definition.splitlines() if line.strip()), "?")


async def _write(executor: Executor, baggage: Baggage, left: dict[str, str]) -> Sequence[str]:
    """Write the files; returns those that the place took, and puts the others into `left`."""
    written: list[str] = []
    for path, data in baggage.files.items():
        try:
            await executor.workspace.write(path, data)
        except (ValueError, OSError) as exc:
            left[path] = str(exc)
        else:
            written.append(path)
    try:  # the variables' own file stays: a sandbox may have to run its cells again
        await executor.workspace.write(_PARCEL, json.dumps(dict(baggage.variables)).encode())
    except (ValueError, OSError) as exc:
        log.warning("variables could not be brought along: %s", exc)  # the cell that reads it fails
    return written


def report(
    variables: Sequence[str], definitions: int, files: Sequence[str], left: Mapping[str, str]
) -> str:
    """What came along and what did not, in plain sentences for the person and the model."""
    came: list[str] = []
    if variables:
        came.append(f"the variables {_listed(variables)}")
    if definitions:
        came.append(_counted(definitions, "import or definition", "imports and definitions"))
    if files:
        came.append(f"the files {_listed(files)}")
    said = f"Came along: {', '.join(came)}." if came else "Nothing came along."
    if left:
        stayed = [f"{name[:_TEXT]} ({why[:_TEXT]})" for name, why in left.items()]
        said += f" Stayed behind: {_listed(stayed)}."
    return said


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def _counted(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {many}"


async def _carried_out(executor: Executor) -> dict[str, Any] | None:
    """What the code's side gives, if it has the form that it should have."""
    async with aclosing(executor.run(f"final_answer({OUT}())")) as events:
        async for event in events:
            if isinstance(event, Finished) and event.is_answer and event.state_kept:
                return _checked(decode(event.answer))
    return None


def _checked(found: Any) -> dict[str, Any] | None:
    match found:
        case {"definitions": list(), "variables": dict(), "left": dict()}:
            data = cast("dict[str, Any]", found)
        case _:
            return None
    named = [*data["variables"].items(), *data["left"].items()]
    texts = [*data["definitions"], *(text for _, text in named)]
    if len(texts) > MAX_PIECES or not all(type(text) is str for text in texts):
        return None
    return data if all(type(name) is str and portable(name) for name, _ in named) else None


async def _files(executor: Executor, left: dict[str, str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = FILES_BYTES
    for file in await executor.workspace.list():
        if file.size > room:
            left[file.path] = "too large"
            continue
        try:
            found[file.path] = await executor.workspace.read(file.path)
        except (ExecutorError, ValueError, OSError) as exc:
            left[file.path] = str(exc)
        else:
            room -= len(found[file.path])
    return found
