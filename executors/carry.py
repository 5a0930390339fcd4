"""What a conversation can take along to another interpreter: data, and source of definitions.

Runs where the code runs, in workers and in sandboxes: standard library and `executors.values` only.
Data travels as typed JSON. Imports, functions and classes travel as the source that made them. What
is neither (an open file, a trained model, an object of a class of the code's own) stays behind.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, MutableMapping, Sequence
from types import ModuleType
from typing import Any, cast

from executors.values import TAG, decode, encode

OUT, IN = "_carry_out", "_carry_in"
"""What the two functions are called in the code. Models are not told of them."""
MAX_BYTES = 12 << 20
"""Data of all variables together, as JSON."""


def carry_out(names: Mapping[str, Any], sources: Sequence[str]) -> dict[str, Any]:
    """What there is, as plain data.

    Args:
        names: the variables of the code, without what every interpreter has.
        sources: the cells that made them, in order.

    Returns:
        `definitions`: pieces of source, in order; `variables`: the typed JSON of each, by name, as
        text; `left`: the names of the rest, each with its type.
    """
    definitions = {name: text for name, text in _definitions(sources) if name in names}
    variables: dict[str, str] = {}
    left: dict[str, str] = {}
    room = MAX_BYTES
    for name, value in names.items():
        packed = _packed(value, room)
        if packed is not None:
            variables[name] = packed
            room -= len(packed)
        elif name not in definitions:
            left[name] = type(value).__qualname__
    kept = dict.fromkeys(text for name, text in definitions.items() if name not in variables)
    return {"definitions": list(kept), "variables": variables, "left": left}


def carry_in(names: MutableMapping[str, Any], packed: str) -> None:
    """Set variables from a JSON object of what `carry_out` calls `variables`.

    Raises:
        ValueError: it is not that.
    """
    found: dict[str, str] = json.loads(packed)
    names.update({name: decode(json.loads(text)) for name, text in found.items()})


def _packed(value: Any, room: int) -> str | None:
    """Typed JSON, or None where the value has no such form or does not fit."""
    if isinstance(value, ModuleType | type) or type(value).__module__ == "__main__":
        return None
    try:
        encoded = encode(value, max_bytes=room)
        text = json.dumps(encoded)
    except (ValueError, RecursionError):
        return None
    return text if len(text) <= room and not _is_opaque(encoded) else None


def _is_opaque(encoded: Any) -> bool:
    """Whether some part of the value is only its `repr`, or only a picture of it."""
    match encoded:
        case list():
            return any(map(_is_opaque, cast("list[Any]", encoded)))
        case dict():
            found = cast("dict[str, Any]", encoded)
            return found.get(TAG) in ("opaque", "image") or any(map(_is_opaque, found.values()))
        case _:
            return False


def _definitions(sources: Sequence[str]) -> list[tuple[str, str]]:
    """Each name that a top-level import, function, class or lambda binds, with its statement.

    A name that was defined again counts where it was defined last.
    """
    found: dict[str, str] = {}
    for source in sources:
        try:
            statements = ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        for statement in statements:
            for name in _bound(statement):
                found.pop(name, None)
                found[name] = _text(source, statement)
    return list(found.items())


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Import(names=names):
            return [one.asname or one.name.partition(".")[0] for one in names]
        case ast.ImportFrom(names=names):
            return [one.asname or one.name for one in names]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
            return [name]
        case _:
            return []


def _text(source: str, statement: ast.stmt) -> str:
    """The source of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(one.lineno for one in decorators)])
    lines = source.splitlines()[first - 1 : statement.end_lineno]
    if first == statement.lineno:  # it may share its line with others: take it alone
        return ast.get_source_segment(source, statement) or "\n".join(lines)
    return "\n".join(lines)
