"""A tool is a typed function that the agent's code calls and the host runs."""

from __future__ import annotations

import asyncio
import inspect
import re
import types
import typing
from collections.abc import Callable
from typing import Any, overload

from agent.errors import ConfigurationError
from executors.base import FINAL_ANSWER, Parameter, ToolSpec
from executors.values import encode


class Tool:
    """Base of all tools. A subclass sets `name` and writes a typed, documented `forward`.

    The schema is read from `forward`: its annotations, its defaults, and its Google-style docstring
    (summary, then `Args:`). `forward` may be async; a sync one runs in a thread. What it raises is
    raised in the agent's code, with its type and message.
    """

    name: str
    description: str = ""
    """What the model reads. Empty means: the docstring of `forward`."""

    forward: Callable[..., Any]

    @property
    def spec(self) -> ToolSpec:
        """The tool as the code sees it."""
        return spec_of(self.forward, name=self.name, description=self.description)

    async def call(self, arguments: dict[str, Any]) -> Any:
        """Run the tool with checked arguments, in a thread where it is not async.

        Raises:
            TypeError: an argument is missing or unknown; the message says what was expected.
        """
        try:
            bound = inspect.signature(self.forward).bind(**arguments)
        except TypeError as exc:
            raise TypeError(
                f"{self.name}() {exc}; it is called as {signature(self.spec)}"
            ) from None
        if inspect.iscoroutinefunction(self.forward):
            return await self.forward(*bound.args, **bound.kwargs)
        return await asyncio.to_thread(self.forward, *bound.args, **bound.kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call `forward` directly, as in a script without an agent."""
        return self.forward(*args, **kwargs)


class FunctionTool(Tool):
    """A tool made from a function by `@tool`."""

    def __init__(self, function: Callable[..., Any], *, name: str, description: str) -> None:
        self.name, self.description, self.forward = name, description, function
        self.__doc__ = function.__doc__
        _ = self.spec  # a function that cannot be described fails here, not in the middle of a run


@overload
def tool(function: Callable[..., Any], /) -> FunctionTool: ...
@overload
def tool(
    *, name: str = ..., description: str = ...
) -> Callable[[Callable[..., Any]], FunctionTool]: ...
def tool(
    function: Callable[..., Any] | None = None, /, *, name: str = "", description: str = ""
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """Make a tool from a typed function with a docstring, as `@tool` or `@tool(name=…)`.

    Raises:
        ConfigurationError: the function has no docstring, a parameter has no type, or it takes
            `*args` or `**kwargs`.
    """

    def make(inner: Callable[..., Any]) -> FunctionTool:
        return FunctionTool(inner, name=name or inner.__name__, description=description)

    return make if function is None else make(function)


def spec_of(function: Callable[..., Any], *, name: str, description: str = "") -> ToolSpec:
    """Describe `function` as a tool: parameters from its signature, texts from its docstring."""
    if not name.isidentifier():
        raise ConfigurationError(f"A tool's name must be a Python identifier, not {name!r}.")
    summary, arguments = parse_docstring(inspect.getdoc(function) or "")
    description = description or summary
    if not description:
        raise ConfigurationError(f"Tool {name!r} needs a docstring: it is what the model reads.")
    hints = typing.get_type_hints(function)
    parameters: list[Parameter] = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ConfigurationError(
                f"Tool {name!r} may not take *args or **kwargs: name each parameter."
            )
        if parameter.name not in hints:
            raise ConfigurationError(
                f"Tool {name!r} needs a type for its parameter {parameter.name!r}."
            )
        required = parameter.default is parameter.empty
        parameters.append(
            Parameter(
                name=parameter.name,
                annotation=type_text(hints[parameter.name]),
                description=arguments.get(parameter.name, ""),
                required=required,
                default=None if required else encode(parameter.default),
            )
        )
    returns = type_text(hints["return"]) if "return" in hints else "Any"
    return ToolSpec(
        name=name, description=description, parameters=tuple(parameters), returns=returns
    )


def signature(spec: ToolSpec) -> str:
    """The tool's signature as Python source: `search(query: str, limit: int = 5) -> list[dict]`."""
    parts = [
        f"{p.name}: {p.annotation}" + ("" if p.required else f" = {p.default!r}")
        for p in spec.parameters
    ]
    return f"{spec.name}({', '.join(parts)}) -> {spec.returns}"


def type_text(hint: Any) -> str:
    """A type as a reader would write it: `list[str]`, `int | None`."""
    if hint is None or hint is types.NoneType:
        return "None"
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    return re.sub(r"\b(?:typing|collections\.abc)\.", "", str(hint)).replace("NoneType", "None")


_ARGS = re.compile(r"^Args:\s*$", re.MULTILINE)
_SECTION = re.compile(r"^(?:Returns|Raises|Yields|Example|Examples|Note|Notes):\s*$", re.MULTILINE)
_ARGUMENT = re.compile(r"^ {2,}(\w+)(?: \([^)]*\))?:\s*(.*)$")


def parse_docstring(doc: str) -> tuple[str, dict[str, str]]:
    """Split a Google-style docstring into its description and its argument texts by name."""
    section = _SECTION.search(doc)
    head, *rest = _ARGS.split(doc if section is None else doc[: section.start()], maxsplit=1)
    arguments: dict[str, str] = {}
    current = ""
    for line in (rest[0] if rest else "").splitlines():
        if match := _ARGUMENT.match(line):
            current = match[1]
            arguments[current] = match[2].strip()
        elif current and line.strip():
            arguments[current] += " " + line.strip()
    return head.strip(), arguments


def check_names(specs: list[ToolSpec]) -> None:
    """Raise `ConfigurationError` where two tools share a name, `final_answer` included."""
    seen: set[str] = set()
    for spec in specs:
        if spec.name == FINAL_ANSWER or spec.name in seen:
            raise ConfigurationError(
                f"There are two tools named {spec.name!r}: rename one of them."
            )
        seen.add(spec.name)
