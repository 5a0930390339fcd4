"""Judges the arguments of a call by the tool's signature, so that a model reads what was expected.

Only what is sure to be wrong is refused: a type that is not known here accepts everything.
"""

from __future__ import annotations

import ast
import numbers
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, cast

from agent.tools.schema import signature
from executors.base import Parameter, ToolSpec

_LOOKED_AT = 100
"""Items of a list, or of a dict, whose types are judged."""
_SHOWN = 80

_TYPES: dict[str, Callable[[Any], bool]] = {
    "str": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, numbers.Integral),
    "float": lambda value: isinstance(value, numbers.Real),
    "bool": lambda value: isinstance(value, bool) or type(value).__name__ == "bool",  # numpy's
    "bytes": lambda value: isinstance(value, bytes),
    "list": lambda value: isinstance(value, list | tuple) or hasattr(value, "tolist"),
    "tuple": lambda value: isinstance(value, list | tuple),
    "set": lambda value: isinstance(value, list | tuple | set | frozenset),
    "dict": lambda value: isinstance(value, Mapping),
    "None": lambda value: value is None,
}


def check_arguments(spec: ToolSpec, arguments: Mapping[str, Any]) -> None:
    """Let a call that fits the signature pass.

    Raises:
        TypeError: an argument is missing, unknown or of another type; with the signature.
    """
    known = {parameter.name: parameter for parameter in spec.parameters}
    missing = [p.name for p in spec.parameters if p.required and p.name not in arguments]
    unknown = [name for name in arguments if name not in known]
    problem = [f"needs the argument {name!r}" for name in missing]
    problem += [f"has no argument {name!r}" for name in unknown]
    problem += [
        f"needs {name!r} to be {known[name].annotation}, not {_shown(value)}"
        for name, value in arguments.items()
        if name in known and not _accepted(value, known[name])
    ]
    if problem:
        raise TypeError(
            f"{spec.name}() {' and '.join(problem)}. It is called as: {signature(spec)}"
        )


def _accepted(value: Any, parameter: Parameter) -> bool:
    """Whether it fits, or is the None of a parameter like `days: int = None`."""
    left_out = value is None and not parameter.required and parameter.default is None
    return left_out or fits(value, parameter.annotation)


def fits(value: Any, annotation: str) -> bool:
    """Whether `value` can be what `annotation`, a type as Python source, asks for."""
    try:
        tree = ast.parse(annotation, mode="eval").body
    except (SyntaxError, RecursionError):
        return True
    return _fits(value, tree)


def _fits(value: Any, tree: ast.expr) -> bool:
    match tree:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _fits(value, left) or _fits(value, right)
        case ast.Constant(value=None):
            return value is None
        case ast.Name(id=name):
            return name not in _TYPES or _TYPES[name](value)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            listed = choices.elts if isinstance(choices, ast.Tuple) else [choices]
            plain = value is None or isinstance(value, str | bytes | numbers.Number)
            return plain and value in [ast.literal_eval(one) for one in listed]
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            return (name not in _TYPES or _TYPES[name](value)) and _holds(value, name, inner)
        case _:
            return True


def _holds(value: Any, name: str, inner: ast.expr) -> bool:
    """Whether what is in a list or a dict fits; other containers are not looked into."""
    if name == "list" and isinstance(value, list):
        return all(_fits(one, inner) for one in islice(cast("list[Any]", value), _LOOKED_AT))
    if name == "dict" and isinstance(value, dict) and isinstance(inner, ast.Tuple):
        held = islice(cast("dict[Any, Any]", value).values(), _LOOKED_AT)
        return all(_fits(one, inner.elts[-1]) for one in held)
    return True


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}"
