"""Taking a conversation from one executor to another: files, variables, imports and definitions.

The code on either side does the work (see `executors.carry`); what comes from there is checked like
everything that untrusted code made, and is data or source to this side, never more.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, cast

from executors.base import Executor, Finished, Notice
from executors.carry import IN, OUT
from executors.errors import ExecutorError
from executors.values import decode

FILES_BYTES = 200 << 20
"""All files that move along, together."""
_PARCEL = ".moved.json"
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
    try:
        found = await _carried_out(executor)
        files = await _files(executor, left)
    except ExecutorError as exc:
        return Baggage(left={"all variables and files": str(exc)})
    if found is None:
        left["all variables"] = "they could not be read"
        return Baggage(files=files, left=left)
    return Baggage(
        definitions=found["definitions"],
        variables=found["variables"],
        files=files,
        left={**found["left"], **left},
    )


async def unpack(executor: Executor, baggage: Baggage) -> AsyncGenerator[Notice, None]:
    """Put all of it into the executor; yields its notices, and last what has come along.

    Raises:
        ExecutorError: the executor cannot be used. Nothing is lost: it can be done again.
    """
    left, ran = dict(baggage.left), 0
    for path, data in baggage.files.items():
        await executor.workspace.write(path, data)
    if baggage.variables:
        await executor.workspace.write(_PARCEL, json.dumps(dict(baggage.variables)).encode())
        async with aclosing(executor.run(f"{IN}({_PARCEL!r})")) as events:
            async for event in events:
                if isinstance(event, Notice):
                    yield event
                elif isinstance(event, Finished) and event.outcome != "ok":
                    left |= dict.fromkeys(baggage.variables, "could not be read there")
        await executor.workspace.delete(_PARCEL)
    for definition in baggage.definitions:
        async with aclosing(executor.run(definition)) as events:
            async for event in events:
                if isinstance(event, Notice):
                    yield event
                elif isinstance(event, Finished) and event.outcome == "ok":
                    ran += 1
                elif isinstance(event, Finished):
                    left[definition.strip().splitlines()[0]] = _reason(event)
    moved = [name for name in baggage.variables if name not in left]
    yield Notice(text=report(moved, ran, list(baggage.files), left))


def _reason(finished: Finished) -> str:
    return finished.error.message if finished.error else "it did not run there"


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
            if isinstance(event, Finished) and event.is_answer:
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
    names_fit = all(type(name) is str and name.isidentifier() for name, _ in named)
    return data if names_fit and all(type(text) is str for text in texts) else None


async def _files(executor: Executor, left: dict[str, str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = FILES_BYTES
    for file in await executor.workspace.list():
        if file.size > room:
            left[file.path] = "too large"
            continue
        try:
            found[file.path] = await executor.workspace.read(file.path)
        except (FileNotFoundError, ValueError) as exc:
            left[file.path] = str(exc)
        else:
            room -= len(found[file.path])
    return found
