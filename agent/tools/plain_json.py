"""What the code gave, as the plain JSON that other systems understand."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, cast

from executors.values import Image


def plain_json(value: Any) -> Any:
    """Dates as ISO 8601, bytes and pictures as base64, arrays as lists, tables as lists of dicts.

    Raises:
        TypeError: it, or something in it, has no such form.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return float(value)
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case Image():
            return base64.b64encode(value.data).decode("ascii")
        case list() | tuple() | set() | frozenset():
            return [plain_json(one) for one in cast("list[Any]", value)]
        case dict():
            pairs = cast("Mapping[Any, Any]", value).items()
            return {str(key): plain_json(one) for key, one in pairs}
        case _:
            return plain_json(_of_library(value))


def _of_library(value: Any) -> Any:
    """A value of numpy or pandas as Python's own, told by its methods: neither is imported here."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return value.to_dict("records")
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(
        f"A {type(value).__name__} cannot be sent: give numbers, text, lists or dicts of them."
    )
