"""Tools of smolagents as they are: instances of its `Tool`, and functions under its `@tool`.

They are known by what they have, so that library is not needed here.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast, runtime_checkable

from agent.errors import ConfigurationError
from agent.tools.base import Tool
from agent.tools.final_answer import FinalAnswerTool
from agent.tools.json_schema import shape
from agent.tools.schema import JSON_TYPES, check_name
from executors.base import FINAL_ANSWER, Parameter, ToolSpec
from executors.values import Image, encode

_TYPES = {**JSON_TYPES, "image": "Image", "audio": "str"}
"""What their types are in the code: a sound is the path of a file."""


@runtime_checkable
class SmolagentsTool(Protocol):
    """What an instance of smolagents' `Tool` has."""

    name: str
    description: str
    inputs: Mapping[str, Mapping[str, Any]]
    output_type: str
    forward: Any

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...


class ForeignTool(Tool):
    """Stands for a tool of smolagents; `setup()` runs before its first call, as it does there."""

    def __init__(self, theirs: SmolagentsTool) -> None:
        """Describe it from what it declares.

        Raises:
            ConfigurationError: its name is no Python name, or it declares a type that is none.
        """
        check_name(theirs.name)
        self.name, self.description = theirs.name, theirs.description
        self._theirs = theirs
        self._spec = _spec(theirs)

    @property
    def spec(self) -> ToolSpec:
        """The tool as the code sees it."""
        return self._spec

    def forward(self, **arguments: Any) -> Any:
        """Call it; what it leaves open stays open, and pictures are what it knows as such."""
        optional = {p.name for p in self._spec.parameters if not p.required and p.default is None}
        given = {
            name: _for_them(value)
            for name, value in arguments.items()
            if value is not None or name not in optional
        }
        return _unwrapped(self._theirs(**given))


def as_tool(given: object) -> Tool:
    """One of our tools as it is, or one of smolagents as a tool of ours.

    Raises:
        ConfigurationError: it is neither.
    """
    if isinstance(given, Tool):
        return given
    if isinstance(given, SmolagentsTool):
        return FinalAnswerTool() if given.name == FINAL_ANSWER else ForeignTool(given)
    raise ConfigurationError(
        f"{given!r} is not a tool: decorate a function with @tool, or write a subclass of Tool."
    )


def _spec(theirs: SmolagentsTool) -> ToolSpec:
    defaults = {
        name: one.default
        for name, one in inspect.signature(theirs.forward).parameters.items()
        if one.default is not one.empty
    }
    returns, text = _type(theirs.output_type, theirs.name), theirs.description.strip()
    schema: Any = getattr(theirs, "output_schema", None)
    if isinstance(schema, dict):
        returns, text = (
            "dict",
            f"{text}\n\nReturns: {shape(cast('Any', schema), cast('Any', schema))}",
        )
    return ToolSpec(
        name=theirs.name,
        description=text,
        parameters=tuple(
            _parameter(name, declared, defaults, theirs.name)
            for name, declared in theirs.inputs.items()
        ),
        returns=returns,
    )


def _parameter(
    name: str, declared: Mapping[str, Any], defaults: Mapping[str, Any], tool: str
) -> Parameter:
    nullable = bool(declared.get("nullable"))
    type_ = _type(declared.get("type"), tool)
    default = encode(defaults.get(name))
    if isinstance(default, dict):  # no plain value: the tool fills it in itself
        default = None
    if (nullable or (name in defaults and default is None)) and "None" not in type_:
        type_ = f"{type_} | None"
    return Parameter(
        name=name,
        annotation=type_,
        description=str(declared.get("description", "")),
        required=not nullable and name not in defaults,
        default=default,
    )


def _type(declared: Any, tool: str) -> str:
    names = cast("list[Any]", declared) if isinstance(declared, list) else [declared]
    if unknown := [name for name in names if name not in _TYPES]:
        raise ConfigurationError(
            f"Tool {tool!r} declares the type {unknown[0]!r}: use one of {', '.join(_TYPES)}."
        )
    return " | ".join(_TYPES[name] for name in names)


def _for_them(value: Any) -> Any:
    if not isinstance(value, Image):
        return value
    pillow: Any = import_module("PIL.Image")
    return pillow.open(io.BytesIO(value.data))


def _unwrapped(result: Any) -> Any:
    """What its wrappers for texts, pictures and sounds hold."""
    kind = cast("type[Any]", type(result))
    if not callable(getattr(kind, "to_raw", None)) or not callable(
        getattr(kind, "to_string", None)
    ):
        return result
    if kind.__name__ == "AgentAudio":
        return Path(result.to_string())
    return result.to_raw()
