"""What a cell showed, as the events and values of `executors.base`."""

from __future__ import annotations

import re
from typing import Any, cast

from executors.base import CodeError, Display, Notice, Output, Variable, VariablesChanged
from executors.e2b.inside.cells import VALUE_MIME
from executors.e2b.sdk import ExecutionError, Result
from executors.variables import MAX_VARIABLES

DISPLAY_CHARS = 12 << 20
"""About 9 MB of picture."""

ERROR_CHARS = 20_000

# the field of a result and its MIME type, the best form first
FORMS = (
    ("png", "image/png"),
    ("jpeg", "image/jpeg"),
    ("svg", "image/svg+xml"),
    ("html", "text/html"),
    ("markdown", "text/markdown"),
    ("latex", "text/latex"),
)
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def events_of(result: Result) -> list[Display | Output | Notice]:
    """What a result shows besides being a value: its best form, or its text if it was displayed."""
    text = text_of(result)
    for name, mime in FORMS:
        data: object = getattr(result, name)
        if isinstance(data, str) and data:
            if len(data) > DISPLAY_CHARS:
                size = f"{len(data) >> 20} MB of {mime}"
                return [
                    Notice(level="warning", text=f"Not shown, because it is too large: {size}.")
                ]
            return [Display(mime=mime, data=data, alt=text or mime)]
    if result.is_main_result or not text:
        return []
    return [Output(stream="stdout", text=text + "\n")]


def text_of(result: Result) -> str | None:
    """The `repr` of the value; the service's own text has lost the quotes of a string."""
    text: object = (result.extra or {}).get(VALUE_MIME, result.text)
    return None if text is None else str(text)


def error_of(told: ExecutionError, described: dict[str, Any] | None) -> CodeError:
    """The error of a cell; `described` is how the kernel's own end told it, if it could."""
    if described is None:
        plain = ANSI.sub("", told.traceback)
        return CodeError(name=told.name, message=ANSI.sub("", told.value), traceback=plain)
    line = described.get("line")
    name, message, traceback, hint = (
        ANSI.sub("", str(described.get(key, "")))[:ERROR_CHARS]
        for key in ("name", "message", "traceback", "hint")
    )
    return CodeError(
        name=name,
        message=message,
        traceback=traceback,
        line=line if isinstance(line, int) else None,
        hint=hint,
    )


def variables_of(body: object) -> VariablesChanged | None:
    """What the kernel says of variables, within bounds; None where it is not of that form."""
    match body:
        case {"changed": list(), "gone": list()}:
            found = cast("dict[str, list[Any]]", body)
        case _:
            return None
    read = map(_variable, found["changed"][:MAX_VARIABLES])
    changed = tuple(one for one in read if one is not None)
    gone = tuple(_whole(str(name)[:100]) for name in found["gone"][:MAX_VARIABLES])
    return VariablesChanged(changed=changed, gone=gone)


def _variable(data: object) -> Variable | None:
    match data:
        case {"name": str(name), "kind": str(kind), "shape": list(), "preview": str(preview)}:
            shape = cast("dict[str, list[Any]]", data)["shape"]
        case _:
            return None
    if len(shape) > 64 or not all(type(n) is int and 0 <= n < 2**53 for n in shape):
        return None
    name, kind, preview = _whole(name[:100]), _whole(kind[:100]), _whole(preview[:200])
    return Variable(name=name, kind=kind, shape=tuple(shape), preview=preview)


def _whole(text: str) -> str:
    """`text` without halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")
