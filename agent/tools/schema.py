"""How a tool is described: from a typed, documented Python function to a `ToolSpec`."""

from __future__ import annotations

import functools
import inspect
import keyword
import re
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agent.errors import ConfigurationError
from agent.tools.handed import is_handed
from agent.tools.results import File
from executors.base import JSON, Parameter, ToolSpec
from executors.values import TAG, decode, encode

LONGEST_DEFAULT = 60
"""Characters of a default value in a signature; a longer one is shown as `...`."""

JSON_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "array": "list",
    "object": "dict",
    "null": "None",
    "any": "Any",
}
"""JSON Schema's type names as Python ones, for tools that declare `inputs`."""


def spec_of(
    function: Callable[..., Any],
    *,
    name: str,
    description: str = "",
    inputs: Mapping[str, Mapping[str, Any]] | None = None,
    output_type: str = "",
) -> ToolSpec:
    """Describe `function` as a tool: parameters from its signature, texts from its docstring.

    Arguments that a `functools.partial` already holds by keyword are not part of the tool: that is
    how a key or a client is handed to a function without showing it to the model. Nor are those
    that the host hands in (`agent.tools.handed`).

    Args:
        function: a function, a bound method, or a partial of one.
        name: what the code calls.
        description: what the model reads; empty means the docstring.
        inputs: JSON-Schema-like `{"type": …, "description": …}` by parameter, for those without
            an annotation or a text of their own.
        output_type: the JSON Schema type that is returned, where there is no annotation.

    Raises:
        ConfigurationError: the function cannot be described; the message says what to change.
    """
    check_name(name)
    plain, bound = _unwrap(function, name)
    summary, texts = parse_docstring(inspect.getdoc(plain) or "")
    if not (description := description.strip() or summary):
        raise ConfigurationError(f"Tool {name!r} needs a docstring: it is what the model reads.")
    hints = _hints(plain, name)
    declared = inputs or {}
    parameters = {
        key: parameter
        for key, parameter in inspect.signature(function).parameters.items()
        if key not in bound and not is_handed(hints.get(key))
    }
    if extra := declared.keys() - parameters.keys():
        raise ConfigurationError(
            f"Tool {name!r} declares inputs that its function does not take: {sorted(extra)}."
        )
    return ToolSpec(
        name=name,
        description=description,
        parameters=tuple(
            _parameter(one, hints, texts.get(key, ""), declared.get(key, {}), name)
            for key, one in parameters.items()
        ),
        returns=type_text(hints["return"]) if "return" in hints else _json_type(output_type, name),
    )


def handed_hints(function: Callable[..., Any], *, name: str) -> dict[str, Any]:
    """The annotations of the parameters that the host fills in, by parameter.

    Raises:
        ConfigurationError: the function cannot be described.
    """
    plain, bound = _unwrap(function, name)
    hints = _hints(plain, name).items()
    return {key: hint for key, hint in hints if key not in bound and is_handed(hint)}


def check_name(name: str) -> None:
    """Raise `ConfigurationError` where the code could not call a tool by this name."""
    if not name:
        raise ConfigurationError("A tool needs a name: set the class attribute `name`.")
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ConfigurationError(
            f"A tool's name must be a Python identifier, such as 'web_search', not {name!r}."
        )


def _unwrap(function: Callable[..., Any], name: str) -> tuple[Callable[..., Any], set[str]]:
    """The plain function below `functools.partial`, and the keywords that the partials hold."""
    bound: set[str] = set()
    while isinstance(function, functools.partial):
        bound |= function.keywords.keys()
        function = function.func
    if not inspect.isroutine(function):
        raise ConfigurationError(
            f"Tool {name!r} must be a function or a method, not {type(function).__name__!r}: "
            "write a subclass of Tool instead."
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ConfigurationError(
            f"Tool {name!r} is a generator: return a list instead, and show progress through a "
            "parameter `tell: Tell`."
        )
    return function, bound


def _hints(function: Callable[..., Any], name: str) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except NameError as exc:
        raise ConfigurationError(
            f"Tool {name!r} has a type named {exc.name!r} that cannot be found from its module. "
            "Import or define it at the top of the module (not under TYPE_CHECKING, not inside a "
            "function), or use a plain type such as str, int, list or dict."
        ) from exc
    except (TypeError, SyntaxError, AttributeError) as exc:
        raise ConfigurationError(
            f"Tool {name!r} has an annotation that is not a type: {exc}."
        ) from exc


def _parameter(
    parameter: inspect.Parameter,
    hints: Mapping[str, Any],
    text: str,
    declared: Mapping[str, Any],
    tool: str,
) -> Parameter:
    if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
        raise ConfigurationError(
            f"Tool {tool!r} may not take *args or **kwargs: name each parameter."
        )
    if parameter.kind is parameter.POSITIONAL_ONLY:
        raise ConfigurationError(
            f"Tool {tool!r} has a positional-only parameter {parameter.name!r}: arguments are "
            "passed by name, so remove the '/'."
        )
    if parameter.name in hints:
        annotation = type_text(hints[parameter.name])
    elif "type" in declared:
        nullable = " | None" if declared.get("nullable") else ""
        annotation = _json_type(str(declared["type"]), tool) + nullable
    else:
        raise ConfigurationError(
            f"Tool {tool!r} needs a type for its parameter {parameter.name!r}."
        )
    required = parameter.default is parameter.empty
    return Parameter(
        name=parameter.name,
        annotation=annotation,
        description=text or str(declared.get("description", "")),
        required=required,
        default=None if required else _default(parameter, tool),
    )


def _default(parameter: inspect.Parameter, tool: str) -> JSON:
    problem = ConfigurationError(
        f"Tool {tool!r} has a default for {parameter.name!r} that cannot be sent to the code "
        f"({type(parameter.default).__name__}): use None, and fill it in inside the function."
    )
    try:
        encoded = encode(parameter.default)
    except ValueError as exc:  # too large, too deep
        raise problem from exc
    if _is_opaque(encoded):  # the code could not use it, and its repr might show a secret
        raise problem
    return encoded


def _is_opaque(encoded: JSON) -> bool:
    match encoded:
        case list():
            return any(map(_is_opaque, encoded))
        case dict():
            return encoded.get(TAG) == "opaque" or any(map(_is_opaque, encoded.values()))
        case _:
            return False


def _json_type(name: str, tool: str) -> str:
    if not name:
        return "Any"
    if name not in JSON_TYPES:
        raise ConfigurationError(
            f"Tool {tool!r} declares the type {name!r}: use one of {', '.join(JSON_TYPES)}, "
            "or annotate the function."
        )
    return JSON_TYPES[name]


def signature(spec: ToolSpec) -> str:
    """The tool's signature as Python source: `search(query: str, limit: int = 5) -> list[dict]`."""
    parts: list[str] = []
    starred = False
    for index, parameter in enumerate(spec.parameters):
        late = parameter.required and not all(p.required for p in spec.parameters[:index])
        if late and not starred:  # a required one after an optional one can only be a keyword
            parts.append("*")
            starred = True
        default = "" if parameter.required else f" = {_default_text(parameter.default)}"
        parts.append(f"{parameter.name}: {parameter.annotation}{default}")
    return f"{spec.name}({', '.join(parts)}) -> {spec.returns}"


def _default_text(encoded: JSON) -> str:
    text = repr(decode(encoded))
    # a table of many lines is no Python source: `...` is, and says that there is a default
    return "..." if "\n" in text or len(text) > LONGEST_DEFAULT else text


def type_text(hint: Any) -> str:
    """A type as a reader would write it: `list[str]`, `int | None`, `Literal['a', 'b']`."""
    if hint is None or hint is types.NoneType:
        return "None"
    if hint is Path or hint is File:
        return "str"  # what crosses is the path
    if hint is Ellipsis:
        return "..."
    if isinstance(hint, list):  # the parameters of a Callable
        return f"[{', '.join(type_text(one) for one in typing.cast('list[Any]', hint))}]"
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return type_text(arguments[0])
    if origin is typing.Union or origin is types.UnionType:
        return " | ".join(type_text(one) for one in arguments)
    if origin is typing.Literal:
        return f"Literal[{', '.join(repr(one) for one in arguments)}]"
    if origin is not None and arguments:
        name = getattr(origin, "__name__", str(origin))
        return f"{name}[{', '.join(type_text(one) for one in arguments)}]"
    name = getattr(hint, "__name__", None)
    return name if isinstance(name, str) else str(hint).removeprefix("typing.")


_SECTION = re.compile(
    r"^(Args|Arguments|Parameters|Returns|Raises|Yields|Examples?|Notes?):[ \t]*$", re.MULTILINE
)
_ARGUMENT = re.compile(r"^(\s+)\*{0,2}(\w+)(?:\s*\([^)]*\))?:\s*(.*)$")


def parse_docstring(doc: str) -> tuple[str, dict[str, str]]:
    """Split a Google-style docstring into what the model reads and its argument texts by name.

    What is returned belongs to the description: it is what the code can count on.
    """
    head, *rest = _SECTION.split(doc)
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    description = head.strip()
    if returns := " ".join(sections.get("Returns", "").split()):
        description = f"{description}\n\nReturns: {returns}".strip()
    listed = sections.get("Args") or sections.get("Arguments") or sections.get("Parameters") or ""
    return description, _arguments(listed)


def _arguments(section: str) -> dict[str, str]:
    """The texts by name; a line that is indented deeper than the first one goes on with it."""
    found: dict[str, str] = {}
    current = indent = ""
    for line in section.splitlines():
        match = _ARGUMENT.match(line)
        if match and (not indent or match[1] == indent):
            indent, current, text = match[1], match[2], match[3]
            found[current] = text.strip()
        elif current and line.strip():
            found[current] = f"{found[current]} {line.strip()}".strip()
    return found
