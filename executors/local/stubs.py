"""The functions that stand for host tools in the code, and `final_answer`."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable
from typing import Any, NoReturn

from executors import values, wire
from executors.base import FINAL_ANSWER, ToolSpec
from executors.local.guard.runtime import Stop
from executors.pictures import opened

Call = Callable[[str, dict[str, Any]], wire.ToolResult]
"""Takes the tool's name, and typed JSON by parameter name."""


class FinalAnswer(Stop):
    """The code has called `final_answer`; the cell ends here."""


class ToolError(RuntimeError):
    """A tool failed with an exception type that Python itself does not have."""

    __module__ = "builtins"


def tool_function(spec: ToolSpec, call: Call, *, pillow: bool) -> Callable[..., Any]:
    """A function with the tool's signature that runs it on the host.

    Args:
        spec: the tool.
        call: asks the host.
        pillow: whether pictures that it gives become Pillow's.
    """
    signature = inspect.Signature(
        [
            inspect.Parameter(
                p.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if p.required else values.decode(p.default),
            )
            # Python wants parameters with defaults last; keywords reach them in any order
            for p in sorted(spec.parameters, key=lambda p: not p.required)
        ]
    )
    shown = ", ".join(
        f"{p.name}: {p.annotation}" + ("" if p.required else f" = {values.preview(p.default, 60)}")
        for p in spec.parameters
    )

    def tool(*arguments: Any, **named: Any) -> Any:
        try:
            bound = signature.bind(*arguments, **named)
        except TypeError as exc:
            raise TypeError(f"{spec.name}() {exc}; it is called as {spec.name}({shown})") from None
        bound.apply_defaults()
        encoded = {name: values.encode(value) for name, value in bound.arguments.items()}
        result = _result(call(spec.name, encoded))
        return opened(result) if pillow else result

    tool.__name__ = tool.__qualname__ = spec.name
    tool.__doc__ = spec.description
    return tool


def final_answer_function(record: Callable[[Any], None]) -> Callable[..., NoReturn]:
    """`final_answer`: several arguments are one tuple. `record` makes it stick at once."""

    def final_answer(*answers: Any, **named: Any) -> NoReturn:
        answers += tuple(named.values())
        if not answers:
            raise TypeError("final_answer() needs the answer: final_answer(answer)")
        record(answers[0] if len(answers) == 1 else answers)
        raise FinalAnswer

    final_answer.__qualname__ = FINAL_ANSWER
    return final_answer


def _result(result: wire.ToolResult) -> Any:
    if not result.error:
        return values.decode(result.value)
    kind = getattr(builtins, result.error, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        try:
            error = kind(result.message)
        except TypeError:  # a type that needs more than a message, such as UnicodeDecodeError
            error = ToolError(f"{result.error}: {result.message}")
    else:
        error = ToolError(f"{result.error}: {result.message}")
    raise error
