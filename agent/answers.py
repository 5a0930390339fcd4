"""What an answer must be: judged strictly, and converted where code naturally gives a cousin."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from executors.values import JSON, Opaque, encode

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError

_ALONE = (date, time, Decimal)
"""In JSON they are texts; as a whole answer they are not."""

_MANY: tuple[type[Any], ...] = (list, tuple, set, frozenset)


class AnswerType:
    """A type that answers have: `int`, `list[str]`, `dict[str, float] | None`, a dataclass.

    It is strict: a number in a string is not a number. But an int is a float, what numpy makes is
    what Python calls so, and a dict is the dataclass whose fields it has.

    Raises:
        TypeError: pydantic cannot judge such a type.
    """

    def __init__(self, expected: Any) -> None:
        from pydantic import TypeAdapter
        from pydantic.errors import PydanticUserError

        try:
            self._adapter: TypeAdapter[Any] = TypeAdapter(expected)
        except PydanticUserError as exc:
            why = str(exc).partition("\n")[0]
            raise TypeError(f"an answer cannot be checked to be {expected!r}: {why}") from exc
        self._expected = expected

    @property
    def returns(self) -> str:
        """The type as an annotation, for code that gets such an answer as plain data."""
        return _parts(self._expected) or _annotation(self._expected)

    def read(self, answer: Any) -> Any:
        """The answer as a value of exactly this type.

        Raises:
            ValueError: it cannot be one; the message says why, for the model.
        """
        from pydantic import ValidationError

        value = plain(answer)
        for candidate in (answer, value):  # as it is first: it may be asked for any value at all
            try:
                return self._adapter.validate_python(candidate, strict=True)
            except ValidationError as exc:
                fault = exc
        if not isinstance(value, _ALONE):
            try:  # the one way in which dataclasses and the like take what they are made of
                return self._adapter.validate_json(json.dumps(value, default=_as_json), strict=True)
            except ValidationError as exc:
                fault = exc
            except (TypeError, ValueError):  # it has a part that JSON cannot say
                pass
        raise ValueError(self._problem(answer, fault))

    def write(self, value: Any) -> JSON:
        """A value of this type as typed JSON: dataclasses are dicts of their fields there."""
        return encode(plain(self._adapter.dump_python(value)))

    def _problem(self, answer: Any, fault: ValidationError) -> str:
        first = fault.errors()[0]
        place = "".join(f"[{part!r}]" for part in first["loc"])
        found = f"{_annotation(self._expected)}, not {type(answer).__name__}"
        parts = _parts(self._expected) if isinstance(answer, Opaque) else ""
        made_of = f". Give it as a dict: {parts}" if parts else ""
        return f"it must be {found}: answer{place}: {first['msg']}{made_of}"


def plain(value: Any) -> Any:
    """The value with Python's own numbers and lists in place of numpy's, and members' values."""
    if isinstance(value, dict):
        pairs = cast("Mapping[Any, Any]", value).items()
        return {plain(key): plain(item) for key, item in pairs}
    for kind in _MANY:
        if isinstance(value, kind):
            return kind(map(plain, cast("Iterable[Any]", value)))
    if isinstance(value, Enum):
        return plain(value.value)
    # Arrays and scalars have it; numpy need not be there for that to be known.
    return value.tolist() if type(value).__module__ == "numpy" else value


def _as_json(value: Any) -> JSON:
    """What JSON has no form of its own for, as pydantic reads it."""
    match value:
        case set() | frozenset():
            return list(cast("set[Any]", value))
        case date() | time():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")


def _parts(expected: Any) -> str:
    """The dict that a dataclass is as plain data; empty for any other type."""
    if not is_dataclass(expected):
        return ""
    return f"{{{', '.join(f'{one.name!r}: {_annotation(one.type)}' for one in fields(expected))}}}"


def _annotation(expected: Any) -> str:
    """A type as it is written in a signature."""
    if isinstance(expected, str):
        return expected
    return (
        expected.__name__
        if isinstance(expected, type) and not hasattr(expected, "__args__")
        else str(expected).replace("typing.", "")
    )
