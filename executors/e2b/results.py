"""What a cell showed, as the events and values of `executors.base`."""

from __future__ import annotations

import re
from typing import Any

from executors.base import CodeError, Display, Notice, Output
from executors.e2b.inside.cells import VALUE_MIME
from executors.e2b.sdk import ExecutionError, Result

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
