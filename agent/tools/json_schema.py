"""From JSON Schema, in which other systems describe their tools, to parameters and types of Python.

Schemas come from servers: what they say is text for the model and is never run.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, cast

from agent.errors import ConfigurationError
from agent.tools.schema import JSON_TYPES
from executors.base import Parameter
from executors.values import encode

Schema = Mapping[str, Any]

_DEPTH = 4
"""Levels of a schema that are looked at: one may refer to itself."""
_MOST_NAMED = 20
"""Choices, or keys of an object, that are written out."""


def identifier(name: str) -> str:
    """A Python name for what another system calls `name`: `get-time` becomes `get_time`."""
    plain = re.sub(r"\W+", "_", name).strip("_") or "value"
    if plain[0].isdigit():
        plain = f"n{plain}"
    return f"{plain}_" if keyword.iskeyword(plain) else plain


def identifiers(names: Sequence[str], what: str) -> dict[str, str]:
    """The Python name of each of `names`.

    Raises:
        ConfigurationError: two of them would get the same one.
    """
    found: dict[str, str] = {}
    for name in names:
        plain = identifier(name)
        if other := next((key for key, value in found.items() if value == plain), None):
            raise ConfigurationError(
                f"{what} {other!r} and {name!r} would both be called {plain!r} in Python."
            )
        found[name] = plain
    return found


def parameters_of(schema: Schema, names: Mapping[str, str]) -> tuple[Parameter, ...]:
    """The parameters that an object's schema describes.

    One that may be left out and has no default is None then.

    Args:
        schema: of `type: object`.
        names: the Python name of each property.
    """
    required = _items(schema.get("required"))
    return tuple(
        _parameter(names[key], prop, schema, needed=key in required)
        for key, prop in properties(schema).items()
    )


def properties(schema: Schema) -> dict[str, Schema]:
    """The schema of each property of an object."""
    listed = _as_schema(schema.get("properties"))
    return {key: _as_schema(value) for key, value in listed.items()}


def _parameter(name: str, prop: Schema, root: Schema, *, needed: bool) -> Parameter:
    type_ = annotation(prop, root)
    default = prop.get("default")
    if not needed and default is None and not allows_null(prop, root):
        type_ = f"{type_} | None"
    text = str(_resolved(prop, root).get("description") or prop.get("description") or "")
    form = shape(prop, root)
    return Parameter(
        name=name,
        annotation=type_,
        description=f"{text} As {form}.".strip() if "{" in form else text,
        required=needed and "default" not in prop,
        default=encode(default),
    )


def allows_null(schema: Schema, root: Schema) -> bool:
    """Whether None is one of the values."""
    return annotation(schema, root) == "Any" or "None" in annotation(schema, root).split(" | ")


def annotation(schema: Schema, root: Schema, depth: int = _DEPTH) -> str:
    """The type as Python source: `list[str]`, `Literal['a', 'b'] | None`, `dict`, `Any`.

    Args:
        schema: what is described.
        root: the document in which its references are looked up.
        depth: how many levels are written out.
    """
    schema = _resolved(schema, root)
    if not depth:
        return "Any"
    if (choices := _choices(schema)) is not None:
        return choices
    for key in ("anyOf", "oneOf"):
        if several := _items(schema.get(key))[:_MOST_NAMED]:
            return _union([annotation(_as_schema(one), root, depth - 1) for one in several])
    kind = schema.get("type")
    if isinstance(kind, list):
        return _union(
            [annotation({**schema, "type": one}, root, depth - 1) for one in _items(kind)]
        )
    if kind == "array":
        inner = annotation(_as_schema(schema.get("items")), root, depth - 1)
        return "list" if inner == "Any" else f"list[{inner}]"
    if kind is None and "properties" in schema:
        return "dict"
    return JSON_TYPES.get(str(kind), "Any")


def shape(schema: Schema, root: Schema, depth: int = _DEPTH) -> str:
    """Like `annotation`, with an object's keys: `{'city': str, 'degrees': float}`."""
    schema = _resolved(schema, root)
    if not depth:
        return "Any"
    if schema.get("type") == "array":
        inner = shape(_as_schema(schema.get("items")), root, depth - 1)
        return "list" if inner == "Any" else f"list[{inner}]"
    known = properties(schema)
    if not known:
        return annotation(schema, root, depth)
    first = islice(known.items(), _MOST_NAMED)
    keys = [f"{key!r}: {shape(one, root, depth - 1)}" for key, one in first]
    more = ["…"] if len(known) > _MOST_NAMED else []
    return f"{{{', '.join(keys + more)}}}"


def _choices(schema: Schema) -> str | None:
    """`Literal[…]` where the values are listed; None where they are not, or are no plain ones."""
    if "const" in schema:
        listed = [schema["const"]]
    else:
        listed = _items(schema.get("enum"))
    if not listed or not all(isinstance(one, str | int | bool | None) for one in listed):
        return None
    if len(listed) > _MOST_NAMED:
        return None
    return f"Literal[{', '.join(map(repr, listed))}]"


def _union(parts: Sequence[str]) -> str:
    if "Any" in parts or not parts:
        return "Any"
    return " | ".join(dict.fromkeys(parts))


def _resolved(schema: Schema, root: Schema) -> Schema:
    """What a reference inside the document leads to; a foreign or broken one says nothing."""
    seen = 0
    while isinstance(target := schema.get("$ref"), str) and seen < _DEPTH:
        seen += 1
        found: Any = root if target.startswith("#") else {}
        for part in target.lstrip("#").strip("/").split("/"):
            found = _as_schema(found).get(part.replace("~1", "/").replace("~0", "~"), {})
        schema = _as_schema(found)
    return schema


def _as_schema(value: Any) -> Schema:
    """`true`, `false` and what is no schema say nothing about the type."""
    return cast("Schema", value) if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    """The items of a list; none of what is no list."""
    return cast("list[Any]", value) if isinstance(value, list) else []
