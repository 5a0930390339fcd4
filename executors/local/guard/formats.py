"""`str.format` and `str.format_map`, whose fields read attributes by name, within the policy."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from types import BuiltinMethodType
from typing import Any, cast

from executors.local.guard import policy
from executors.local.guard.ownership import is_private

Read = Callable[[Any, str], Any]
"""`getattr` within the policy."""
_text = cast("Any", string)._string


def guarded(found: Any, read: Read) -> Any:
    """`found`, or what stands for it where it is one of the two."""
    if found is str.format or found is str.format_map:
        bound = None
    elif isinstance(found, BuiltinMethodType) and found.__name__ in policy.FORMATS:
        bound = found.__self__
        if not isinstance(bound, str):
            return found
    else:
        return found
    method: str = found.__name__

    def guarded_format(*arguments: Any, **named: Any) -> str:
        template, *rest = arguments if bound is None else (bound, *arguments)
        return _format(template, method, tuple(rest), named, read)

    return guarded_format


def _format(
    template: str, method: str, arguments: tuple[Any, ...], named: dict[str, Any], read: Read
) -> str:
    """Python's own method where every name in the template may be read of anything."""
    text = str.__str__(template)  # a subclass could say two things
    if not any(is_private(n) or n in policy.DENIED_ATTRIBUTES for n in _names_read(text)):
        return getattr(text, method)(*arguments, **named)
    formatter = _Formatter(read)
    if method == "format_map":
        return formatter.vformat(text, (), *arguments)
    return formatter.vformat(text, arguments, named)


def _names_read(template: str) -> Iterator[str]:
    """The attributes that the fields of a template read."""
    for _, field, spec, _ in _text.formatter_parser(template):
        if field:
            _, rest = _text.formatter_field_name_split(field)
            yield from (key for is_attribute, key in rest if is_attribute)
        if spec:
            yield from _names_read(spec)


class _Formatter(string.Formatter):
    """Reads attributes through the guard, which judges private ones by what they are read of."""

    def __init__(self, read: Read) -> None:
        self._read, self._numbers = read, count()

    def parse(self, format_string: Any) -> Iterable[Any]:
        for literal, field, spec, conversion in super().parse(format_string):
            if field is not None and field[:1] in ("", ".", "["):  # numbered by its position
                yield literal, f"{next(self._numbers)}{field}", spec, conversion
            else:
                yield literal, field, spec, conversion

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, Any]:
        first, rest = _text.formatter_field_name_split(field_name)
        found = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            found = self._read(found, key) if is_attribute else found[key]
        return found, first
