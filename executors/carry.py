"""What a conversation can take along to another interpreter: data, and source of definitions.

Runs where the code runs, in workers and in sandboxes: standard library and `executors.values` only.
Data travels as typed JSON. Imports, functions and classes travel as the source that made them. What
is neither (an open file, a trained model, an object of a class of the code's own) stays behind.
"""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from types import FunctionType, ModuleType, NoneType
from typing import Any, NamedTuple, cast

from executors.values import TAG, decode, encode

OUT, IN = "_carry_out", "_carry_in"
"""What the two functions are called in the code. Models are not told of them."""
MAX_BYTES = 12 << 20
"""Data of all variables together, as JSON."""
_PLAIN: frozenset[type] = frozenset(
    {NoneType, bool, int, float, complex, str, bytes, range}
    | {date, datetime, time, timedelta, Decimal, Fraction}
)
"""Types besides containers that typed JSON gives back as they were."""


def carry_out(names: Mapping[str, Any], sources: Sequence[str]) -> dict[str, Any]:
    """What there is, as plain data.

    Args:
        names: the variables of the code, without what every interpreter has.
        sources: the cells that made them, in order.

    Returns:
        `definitions`: pieces of source, in order; `variables`: the typed JSON of each, by name, as
        text; `left`: the names of the rest, each with its type.
    """
    definitions: dict[str, str] = {}
    variables: dict[str, str] = {}
    left: dict[str, str] = {}
    found = _definitions(sources)
    room = MAX_BYTES
    for name, value in names.items():
        if not portable(name):
            continue
        packed = as_data(value, room)
        if packed is not None:
            variables[name] = packed
            room -= len(packed)
        elif name in found and _made_by(found[name].statement, value):
            definitions[name] = found[name].text
        else:
            left[name] = type(value).__qualname__
    ordered = dict.fromkeys(found[name].text for name in found if name in definitions)
    return {"definitions": list(ordered), "variables": variables, "left": left}


def carry_in(names: MutableMapping[str, Any], packed: str) -> None:
    """Set variables from a JSON object of what `carry_out` calls `variables`.

    Raises:
        ValueError: it is not that.
    """
    found: dict[str, str] = json.loads(packed)
    if not all(map(portable, found)):
        raise ValueError("these are not all names of variables")
    names.update({name: decode(json.loads(text)) for name, text in found.items()})


def portable(name: str) -> bool:
    """Whether a variable of that name may move: code could have written it, and it is not hidden.

    What the interpreter itself keeps beside the variables has names that code cannot write.
    """
    return name.isidentifier() and not name.startswith("_") and not keyword.iskeyword(name)


def as_data(value: Any, room: int) -> str | None:
    """A value as the text of typed JSON; None where it has none within `room` characters."""
    try:
        encoded = encode(value, max_bytes=room)
        text = json.dumps(encoded)
    except (ValueError, RecursionError):
        return None
    return text if len(text) <= room and not _is_opaque(encoded) and _is_exact(value) else None


def _is_exact(value: Any) -> bool:
    """Whether the value that comes out is of the same type, in every part; no subclass is."""
    kind = cast("type[Any]", type(value))
    if kind in (list, tuple, set, frozenset):
        return all(map(_is_exact, value))
    if kind is dict:
        return all(_is_exact(key) and _is_exact(item) for key, item in value.items())
    return kind in _PLAIN or kind.__module__.partition(".")[0] in ("numpy", "pandas")


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


class _Definition(NamedTuple):
    statement: ast.stmt
    text: str


def _definitions(sources: Sequence[str]) -> dict[str, _Definition]:
    """What imports, functions, classes and lambdas at top level bind, by when they did so last."""
    found: dict[str, _Definition] = {}
    for source in sources:
        try:
            statements = ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        for statement in statements:
            for name in _bound(statement):
                found.pop(name, None)
                found[name] = _Definition(statement, _text(source, statement))
    return found


def _made_by(statement: ast.stmt, value: Any) -> bool:
    """Whether the value may still be what the statement made, and not what came after it."""
    match statement:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return isinstance(value, FunctionType)
        case ast.ClassDef(decorator_list=[]):
            return isinstance(value, type)
        case ast.Assign():
            return isinstance(value, FunctionType)
        case ast.Import():
            return isinstance(value, ModuleType)
        case _:  # what a decorator gives, or a module holds, may be anything
            return True


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
