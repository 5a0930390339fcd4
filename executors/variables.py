"""Which variables a cell made, changed or removed, at a small and bounded cost.

Runs where the code runs, in workers and in sandboxes: standard library only.

None of the code's own methods is ever called: built-in types and those of known libraries are shown
by what they are, dataclasses by their fields, and of all else only the name of the type is told.
Whether a value was changed in place is judged by its size and a sample of what it holds, so a
change deep inside, or in the middle of something long, may go unnoticed.
"""

from __future__ import annotations

import sys
import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from datetime import time as clock
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
)
from typing import Any, NamedTuple, cast

MAIN = "__main__"
"""The module that the code's own functions and classes belong to."""
MAX_VARIABLES = 500
"""How many names are looked at; later ones are not told of."""
_LARGEST = 2**53 - 1
"""An array without memory of its own may claim to be larger than any number in JSON."""
_PREVIEW_CHARS = 120
_NAME_CHARS = 80
_SIZES = (" columns]", "Length: ", "shape=")
"""How large values of libraries say how large they are."""
_LONG = 400
"""Characters of a value's text from which on its size is said as well."""
_ITEMS = 6
_DEPTH = 3
_SECONDS = 0.01
"""Of the processor. What is left after that counts as changed only if it is another object."""


class _Seen(NamedTuple):
    """What is remembered of a value. It is not kept itself: its memory belongs to the code."""

    identity: int
    kind: str
    shape: tuple[int, ...]
    sample: object
    """None where there was no time to take one."""

    def differs(self, now: _Seen) -> bool:
        """Whether `now` shows another value, or the same one with a change."""
        sampled = self.sample is not None and now.sample is not None
        return self[:3] != now[:3] or (sampled and self.sample != now.sample)


class _Look(NamedTuple):
    """How a value is seen: its lengths, a sample that shows changes, and how to preview it."""

    shape: tuple[int, ...]
    sample: Callable[[], object]
    preview: Callable[[], str]


_BARE = _Look((), lambda: None, lambda: "")
"""How a value is seen that only its type is told of."""


class Ledger:
    """The variables after the last cell."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._told: dict[str, _Seen] = {}

    def untell(self) -> None:
        """The last changes did not reach the host: count them among the next ones."""
        self._seen = self._told

    def changes(self, names: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
        """The fields of a `Variable` each for what is new or changed, and the names gone."""
        before, end = self._seen, time.process_time() + _SECONDS
        self._told, self._seen, changed = before, {}, list[Any]()
        for name, value in islice(_variables(names), MAX_VARIABLES):
            old, in_time = before.get(name), time.process_time() < end
            try:
                seen, preview = _examine(value, _look(value), old, in_time)
            except Exception:  # noqa: BLE001 the code may have replaced any part of a library
                seen, preview = _examine(value, _BARE, old, in_time)
            self._seen[name] = seen
            if preview is not None:
                shape = [min(size, _LARGEST) for size in seen.shape]
                told = {"name": name, "kind": seen.kind, "shape": shape}
                changed.append(told | {"preview": preview[:_PREVIEW_CHARS]})
        gone: list[Any] = [name for name in before if name not in self._seen]
        return changed, gone


def measured(value: Any, text: str) -> str:
    """The text of a value; of a large array or table that does not say its size, with that."""
    if len(text) < _LONG or _library(cast("type[Any]", type(value))) is None:
        return text
    if any(said in text[-_LONG:] for said in _SIZES):
        return text
    try:
        size = " × ".join(f"{length:,}" for length in value.shape)
        dtype = f", {value.dtype}" if hasattr(value, "dtype") else ""
    except Exception:  # noqa: BLE001 the code may have replaced any part of a library
        return text
    return f"{text}\n({_kind(value)} of {size}{dtype})"


def _examine(value: Any, look: _Look, old: _Seen | None, in_time: bool) -> tuple[_Seen, str | None]:
    """What to remember of the value, and its preview if it is not as it was."""
    sample = look.sample() if in_time else None
    seen = _Seen(id(value), _kind(value), look.shape, sample)
    changed = old is None or old.differs(seen)
    return seen, look.preview() if changed else None


def _variables(names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The names that the code made itself: no modules, and nothing that was imported."""
    for name, value in names.items():
        if name.startswith(("$", "__")) or len(name) > _NAME_CHARS:
            continue
        kind = cast("type[Any]", type(value))
        if kind is ModuleType or kind is BuiltinFunctionType:
            continue
        if kind is FunctionType and value.__module__ != MAIN:
            continue
        if issubclass(kind, type) and _members(value).get("__module__") != MAIN:
            continue
        yield name, value


def _kind(value: Any) -> str:
    if issubclass(type(value), type):
        return "class"
    return type.__dict__["__name__"].__get__(type(value))[:_NAME_CHARS]


def _look(value: Any) -> _Look:
    kind = cast("type[Any]", type(value))
    if kind in _SCALARS or kind in _CONTAINERS:
        sized = kind in _CONTAINERS or kind in (str, bytes, bytearray)
        return _Look(
            (len(value),) if sized else (),
            lambda: (_text(value), _text(value[-_ITEMS:]) if kind in _SLICED else ""),
            lambda: _text(value),
        )
    if (library := _library(kind)) is not None:
        return library(value)
    if kind is FunctionType:
        return _Look((), lambda: None, lambda: _signature(value))
    if issubclass(kind, type):
        return _BARE
    return _Look((), lambda: _attributes(value), lambda: _dataclass(value))


# ------------------------------------------------------------------ texts


def _text(value: Any, depth: int = _DEPTH) -> str:
    """A bounded text of the value; only the type where it is not a built-in one."""
    kind = cast("type[Any]", type(value))
    if (show := _SCALARS.get(kind)) is not None:
        return show(value)
    if (around := _CONTAINERS.get(kind)) is None:
        return f"<{_kind(value)}>"
    if not depth:
        return f"{around[0]}…{around[-1]}"
    if issubclass(kind, dict):
        pairs = islice(cast("Any", dict).items(value), _ITEMS)
        parts = [f"{_text(key, depth - 1)}: {_text(item, depth - 1)}" for key, item in pairs]
    else:
        parts = [_text(item, depth - 1) for item in islice(value, _ITEMS)]
    more = ", …" if len(value) > _ITEMS else "," if kind is tuple and len(value) == 1 else ""
    return f"{around[0]}{', '.join(parts)}{more}{around[-1]}"


def _integer(value: int) -> str:
    bits = value.bit_length()
    return repr(value) if bits < 1000 else f"<an integer of {bits:,} bits>"


def _quoted(value: Any) -> str:
    return repr(value[:_PREVIEW_CHARS]) + ("…" if len(value) > _PREVIEW_CHARS else "")


_SCALARS: dict[type, Callable[[Any], str]] = {
    **dict.fromkeys((type(None), bool, float, complex, range, timedelta, date), repr),
    **dict.fromkeys((str, bytes, bytearray), _quoted),
    int: _integer,
    Decimal: lambda value: str(value)[:_PREVIEW_CHARS],
    Fraction: lambda v: f"{_integer(v.numerator)}/{_integer(v.denominator)}",
    datetime: lambda value: str(value.replace(tzinfo=None)),  # a time zone may be the code's own
    clock: lambda value: str(value.replace(tzinfo=None)),
}
_CONTAINERS: dict[type, str] = {
    **dict.fromkeys((list, deque), "[]"),
    tuple: "()",
    **dict.fromkeys((set, frozenset, dict, Counter, OrderedDict, defaultdict), "{}"),
}
_SLICED = frozenset((list, tuple, str, bytes, bytearray))


# ------------------------------------------------------------------ the code's own things


def _members(kind: type) -> Mapping[str, Any]:
    """The class's namespace, whatever its metaclass says."""
    return type.__dict__["__dict__"].__get__(kind)


def _lineage(value: Any) -> Iterable[type]:
    return type.__dict__["__mro__"].__get__(type(value))


def _values(value: Any) -> dict[str, Any]:
    """An instance's attributes, without asking it."""
    found: dict[str, Any] = {}
    for kind in _lineage(value):
        for name, member in _members(kind).items():
            if type(member) is MemberDescriptorType:
                try:
                    found[name] = member.__get__(value)
                except AttributeError:
                    continue
            elif name == "__dict__" and type(member) is GetSetDescriptorType:
                found |= member.__get__(value)
    return found


def _attributes(value: Any) -> str:
    """A sample of an instance of the code's own class; a library's could hold anything."""
    return _text(_values(value)) if _is_own(value) else ""


def _is_own(value: Any) -> bool:
    return _members(cast("type[Any]", type(value))).get("__module__") == MAIN


def _dataclass(value: Any) -> str:
    fields = next((m for k in _lineage(value) if (m := _members(k).get("__dataclass_fields__"))), 0)
    if type(fields) is not dict or not _is_own(value):
        return ""
    values, names = _values(value), islice(cast("dict[Any, Any]", fields), _ITEMS)
    shown = [f"{name}={_text(values[name])}" for name in names if name in values]
    return f"{_kind(value)}({', '.join(shown)})"


def _signature(function: FunctionType) -> str:
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return f"{code.co_name}({', '.join(names)})"


# ------------------------------------------------------------------ libraries


def _library(kind: type) -> Callable[[Any], _Look] | None:
    """How to look at exactly that type of a library that is loaded."""
    for (module, name), look in _LIBRARIES.items():
        if kind is getattr(sys.modules.get(module), name, None):
            return look
    return None


def _array(value: Any) -> _Look:
    return _Look(
        value.shape,
        lambda: (value.dtype.str, value.flat[:: value.size // 64 + 1].tobytes()),
        lambda: f"{value.dtype} {_text(value.flat[: _ITEMS + 1].tolist())}",
    )


def _frame(value: Any) -> _Look:
    ends = [0, -1] if len(value) else []
    return _Look(
        value.shape,
        lambda: (_text(list(value.columns)), _text(value.iloc[ends].to_numpy().tolist())),
        lambda: f"columns {_text(list(value.columns[: _ITEMS + 1]))}",
    )


def _series(value: Any) -> _Look:
    ends = [0, len(value) // 2, -1] if len(value) else []
    return _Look(
        value.shape,
        lambda: (str(value.dtype), _text(value.iloc[ends].tolist())),
        lambda: f"{value.dtype} {_text(value.iloc[: _ITEMS + 1].tolist())}",
    )


_LIBRARIES: dict[tuple[str, str], Callable[[Any], _Look]] = {
    ("numpy", "ndarray"): _array,
    ("pandas", "DataFrame"): _frame,
    ("pandas", "Series"): _series,
    ("PIL.Image", "Image"): lambda v: _Look(v.size, lambda: v.mode, lambda: v.mode),
    ("matplotlib.figure", "Figure"): lambda v: _Look(
        (), lambda: len(v.axes), lambda: f"{len(v.axes)} axes"
    ),
}
