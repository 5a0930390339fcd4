"""Typed JSON: rich Python values as plain JSON, both ways, without ever running anything they hold.

Plain JSON maps to itself; everything else is an object with a `$type`. Standard library only:
the text of this file also runs inside cloud sandboxes.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any, cast

from executors.pictures import Image

JSON = Any  # None, bool, int, float, str, or a list or str-keyed dict of such
TAG = "$type"
MAX_DEPTH = 64  # nested containers
MAX_ITEMS = 1_000_000  # values in all, containers included
MAX_BYTES = 64 << 20  # text and binary data in all
_DTYPE = re.compile(r"[<>|](?:b1|[iu][1248]|f[248]|c8|c16|[Mm]8\[(?:[numf]?s|[mhDWMY])\])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PARTS: tuple[Any, ...] = (timedelta.days, timedelta.seconds, timedelta.microseconds)
_Tagged = dict[str, Any]
_Encode = Callable[["_Encoder", Any, int], JSON]
_DECIMAL = re.compile(r"-?(?:[\d.]{1,10000}(?:E[+-]?\d{1,4})?|Infinity|s?NaN\d{0,30})")
_HEX = re.compile(r"-?[\da-f]{1,262144}")
_ZONE = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,3}")


@dataclass(frozen=True, slots=True)
class Opaque:
    """What is left of a value that has no typed form: its type's name and its `repr`."""

    type: str
    text: str

    def __repr__(self) -> str:
        return self.text


def encode(value: Any, *, max_bytes: int = MAX_BYTES) -> JSON:
    """The value as typed JSON. What has no typed form becomes its marked `repr`.

    Raises:
        ValueError: it is nested too deeply, has too many items or more than `max_bytes` of data.
    """
    return _Encoder(max_bytes).encode(value, 0)


def decode(encoded: JSON) -> Any:
    """The value that `encode` was given; an `Opaque` for what had no typed form.

    Raises:
        ValueError: it is not what `encode` makes, or it is over a bound.
    """
    try:
        return _Decoder(MAX_BYTES).decode(encoded, 0)
    except (TypeError, KeyError, ArithmeticError, binascii.Error) as exc:
        raise ValueError(f"malformed typed JSON: {exc}") from exc


def preview(encoded: JSON, limit: int = 500) -> str:
    """A human text of an encoded value, at most `limit` characters; never raises."""
    if isinstance(encoded, str):
        return _cut(_printable(encoded), limit)
    try:
        return _cut(_repr(_Glance(MAX_BYTES).decode(encoded, 0)), limit)
    except (ValueError, TypeError, KeyError, ArithmeticError):  # also what a hostile worker made up
        return "<malformed value>"


class _Budget:
    """Counts what has been handled, so that neither side can be made to work without end."""

    def __init__(self, max_bytes: int) -> None:
        self.items, self.bytes = MAX_ITEMS, max_bytes

    def spend(self, depth: int) -> None:
        self.items -= 1
        if self.items < 0:
            raise ValueError(f"the value has more than {MAX_ITEMS:,} items")
        if depth > MAX_DEPTH:
            raise ValueError(f"the value is nested more than {MAX_DEPTH} levels deep, or in itself")

    def data(self, size: int) -> None:
        self.bytes -= size
        if self.bytes < 0:
            raise ValueError("the value is too large: pass a part or a summary of it")


class _Encoder(_Budget):
    def encode(self, value: Any, depth: int) -> JSON:
        self.spend(depth)
        kind = cast("type[Any]", type(value))
        handler = _ENCODERS.get(kind) or _foreign(kind)
        if handler is None:
            known = (_ENCODERS[base] for base in kind.__mro__ if base in _ENCODERS)
            handler = next(known, _Encoder.of_opaque)
        return handler(self, value, depth + 1)

    def all(self, values: Iterable[Any], depth: int) -> list[JSON]:
        return [self.encode(item, depth) for item in values]

    def binary(self, data: bytes) -> str:
        self.data(memoryview(data).nbytes * 4 // 3)  # `len` could be the code's own
        return base64.b64encode(data).decode("ascii")

    def of_text(self, value: str, _: int) -> JSON:
        text = str.__str__(value)
        self.data(len(text))
        if text.isascii() or not _SURROGATE.search(text):
            return text
        return {TAG: "str", "data": self.binary(text.encode("utf-8", "surrogatepass"))}

    def of_integer(self, value: int, depth: int) -> JSON:
        number = int.__pos__(value)
        if -(2**53) <= number <= 2**53:
            return number
        found = {TAG: "int", "hex": f"{number:x}"}
        return found if number.bit_length() <= 1 << 20 else self.of_opaque(value, depth)

    def of_real(self, value: float, _: int) -> JSON:
        number = float.__pos__(value)
        return number if math.isfinite(number) else {TAG: "float", "text": float.__repr__(number)}

    def of_items(self, value: Any, depth: int) -> JSON:
        bases: tuple[Any, ...] = (list, tuple, set, frozenset)
        base = next(base for base in bases if isinstance(value, base))
        items = self.all(base.__iter__(value), depth)
        return items if base is list else {TAG: base.__name__, "items": items}

    def of_dict(self, value: dict[Any, Any], depth: int) -> JSON:
        pairs: list[tuple[Any, Any]] = list(cast("Any", dict).items(value))
        if all(isinstance(k, str) and k != TAG and not _SURROGATE.search(k) for k, _ in pairs):
            return {self.of_text(key, depth): self.encode(item, depth) for key, item in pairs}
        return {TAG: "dict", "items": [self.all(pair, depth) for pair in pairs]}

    def of_datetime(self, value: datetime, _: int) -> JSON:
        found = {TAG: "datetime", "iso": datetime.isoformat(value), "fold": int(value.fold == 1)}
        zone = getattr(datetime.tzinfo.__get__(value), "key", None)
        return {**found, "zone": zone} if isinstance(zone, str) else found

    def of_decimal(self, value: Decimal, depth: int) -> JSON:
        text = Decimal.__str__(value)
        found = {TAG: "decimal", "text": text}
        return found if _DECIMAL.fullmatch(text) else self.of_opaque(value, depth)

    def of_opaque(self, value: Any, _: int) -> JSON:
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        return {TAG: "opaque", "name": name, "text": _repr(value)}

    def of_array(self, value: Any, depth: int) -> JSON:
        found: dict[str, JSON] = {TAG: "ndarray", "shape": list(value.shape), "text": _repr(value)}
        if _DTYPE.fullmatch(value.dtype.str):
            return {**found, "dtype": value.dtype.str, "data": self.binary(value.tobytes())}
        return {**found, "dtype": "O", "items": self.all(value.ravel().tolist(), depth)}

    def of_scalar(self, value: Any, depth: int) -> JSON:
        if not _DTYPE.fullmatch(value.dtype.str):
            plain = value.item()  # str_, bytes_, void; a longdouble has no plain form
            return self.of_opaque(value, depth) if plain is value else self.encode(plain, depth)
        data = self.binary(value.tobytes())
        return {TAG: "scalar", "dtype": value.dtype.str, "data": data, "text": str(value)}

    def labels(self, value: Any, depth: int) -> JSON:
        """A pandas index or column: raw bytes where its type is numpy's own, else its items."""
        if type(value).__name__ == "RangeIndex":
            return self.encode(range(value.start, value.stop, value.step), depth)
        if _DTYPE.fullmatch(getattr(value.dtype, "str", "")):
            return self.of_array(value.to_numpy(), depth)
        return self.all(value.tolist(), depth)

    def of_frame(self, value: Any, depth: int) -> JSON:
        return {
            TAG: "frame",
            "columns": self.all(value.columns.tolist(), depth),
            "index": self.labels(value.index, depth),
            "data": [self.labels(value.iloc[:, i], depth) for i in range(value.shape[1])],
            "text": _repr(value),
        }

    def of_picture(self, value: Any, _: int) -> JSON:
        buffer = io.BytesIO()
        (getattr(value, "savefig", None) or value.save)(buffer, format="png")
        return self.picture("image/png", buffer.getvalue())

    def picture(self, mime: str, data: bytes) -> JSON:
        return {TAG: "image", "mime": mime, "data": self.binary(data), "text": f"<{mime}>"}


class _Decoder(_Budget):
    def decode(self, encoded: JSON, depth: int) -> Any:
        self.spend(depth)
        match encoded:
            case None | bool() | int():
                return encoded
            case float() if math.isfinite(encoded):
                return encoded
            case str():
                return self.text(encoded)
            case list():
                return self.all(encoded, depth)
            case {"$type": str(kind)} if handler := _DECODERS.get(kind):
                return handler(self, encoded, depth)
            case dict() if TAG not in encoded:
                pairs = cast("_Tagged", encoded).items()
                return {self.text(k): self.decode(v, depth + 1) for k, v in pairs}
            case _:
                raise ValueError("malformed typed JSON: unknown type")

    def all(self, encoded: Any, depth: int) -> list[Any]:
        if not isinstance(encoded, list):
            raise ValueError("malformed typed JSON: not a list")
        return [self.decode(item, depth + 1) for item in cast("list[Any]", encoded)]

    def text(self, value: Any) -> str:
        if not isinstance(value, str) or _SURROGATE.search(value):
            raise ValueError("malformed typed JSON: not a text")
        self.data(len(value))
        return value

    def matching(self, pattern: re.Pattern[str], value: Any) -> str:
        if not pattern.fullmatch(text := self.text(value)):
            raise ValueError("malformed typed JSON: malformed text")
        return text

    def binary(self, encoded: Any) -> bytes:
        return base64.b64decode(self.text(encoded), validate=True)

    def whole(self, encoded: Any, depth: int) -> list[int]:
        """A list of whole numbers, big ones included."""
        numbers = self.all(encoded, depth)
        if any(type(number) is not int for number in numbers):
            raise ValueError("malformed typed JSON: not a whole number")
        return numbers

    def hashed(self, items: list[Any]) -> list[Any]:
        """The items, unless so many of their hashes collide that a set of them would hang."""
        hashes = sorted(map(hash, items))
        if any(map(int.__eq__, hashes, hashes[100:])):
            raise ValueError("malformed typed JSON: colliding hashes")
        return items

    def to_items(self, o: _Tagged, depth: int) -> Any:
        items = self.all(o["items"], depth)
        if o[TAG] == "tuple":
            return tuple(items)
        return (set if o[TAG] == "set" else frozenset)(self.hashed(items))

    def to_dict(self, o: _Tagged, depth: int) -> dict[Any, Any]:
        pairs = [tuple(pair) for pair in self.all(o["items"], depth)]
        self.hashed([key for key, _ in pairs])
        return dict(pairs)

    def to_datetime(self, o: _Tagged, _: int) -> datetime:
        found = datetime.fromisoformat(self.text(o["iso"])).replace(fold=int(o["fold"] == 1))
        if "zone" not in o:
            return found
        return found.replace(
            tzinfo=import_module("zoneinfo").ZoneInfo(self.matching(_ZONE, o["zone"]))
        )

    def to_array(self, o: _Tagged, depth: int) -> Any:
        numpy = import_module("numpy")
        shape = self.whole(o["shape"], depth)
        if len(shape) > 32 or any(side < 0 for side in shape):
            raise ValueError("malformed typed JSON: array shape")
        if o["dtype"] != "O":
            return self.fixed(o).reshape(shape)
        items = self.all(o["items"], depth)
        flat = numpy.empty(len(items), dtype=object)
        flat[:] = items
        return flat.reshape(shape)

    def fixed(self, o: _Tagged) -> Any:
        numpy = import_module("numpy")
        dtype = self.matching(_DTYPE, o["dtype"])
        data = self.binary(o["data"])
        if dtype.endswith("b1"):  # any byte but 0 and 1 would be an invalid bool
            return numpy.frombuffer(data, dtype="u1") != 0
        return numpy.frombuffer(data, dtype=dtype).copy()

    def to_frame(self, o: _Tagged, depth: int) -> Any:
        pandas = import_module("pandas")
        index, labels, columns = self.all([o["index"], o["columns"], o["data"]], depth)
        if {len(column) for column in columns} - {len(index)}:
            raise ValueError("malformed typed JSON: column length")
        self.hashed([*labels, *(index if type(index) is list else ())])
        frame = pandas.DataFrame(dict(enumerate(list[Any](columns))), index=pandas.Index(index))
        frame.columns = pandas.Index(labels)
        return frame


class _Glance(_Decoder):
    """Decodes only what a short text shows; what brings its own text stays that text."""

    def decode(self, encoded: JSON, depth: int) -> Any:
        match encoded:
            case {"$type": str(kind), "text": str(text)} | {"$type": str(kind), "iso": str(text)}:
                return Opaque(kind, _printable(text))
            case _:
                return super().decode(encoded, depth)

    def all(self, encoded: Any, depth: int) -> list[Any]:
        rest = [Opaque("", "…")] if len(encoded) > 200 else []
        return super().all(encoded[:200], depth) + rest


def _foreign(kind: type) -> _Encode | None:
    """The handler for a type of a library that is loaded already."""
    for module, name, handler in _FOREIGN:
        if issubclass(kind, getattr(sys.modules.get(module), name, type(None))):
            return handler
    return None


def _repr(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as exc:  # noqa: BLE001 a value's own broken repr is shown as that
        text = f"<{type(value).__qualname__}: its repr raised {type(exc).__name__}>"
    return _cut(_printable(text), 2_000)


def _printable(text: str) -> str:
    return _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


_ENCODERS: dict[type, _Encode] = {
    **dict.fromkeys((type(None), bool), lambda _e, v, _d: v),
    int: _Encoder.of_integer,
    float: _Encoder.of_real,
    complex: lambda e, v, d: {TAG: "complex", "parts": e.all((v.real, v.imag), d)},
    str: _Encoder.of_text,
    dict: _Encoder.of_dict,
    **dict.fromkeys((list, tuple, set, frozenset), _Encoder.of_items),
    bytes: lambda e, v, _: {TAG: "bytes", "data": e.binary(v)},
    bytearray: lambda e, v, _: {TAG: "bytes", "data": e.binary(v)},
    range: lambda e, v, d: {TAG: "range", "items": e.all((v.start, v.stop, v.step), d)},
    datetime: _Encoder.of_datetime,
    date: lambda _, v, __: {TAG: "date", "iso": date.isoformat(v)},
    time: lambda _, v, __: {TAG: "time", "iso": time.isoformat(v), "fold": int(v.fold == 1)},
    timedelta: lambda _, v, __: {TAG: "timedelta", "parts": [int(p.__get__(v)) for p in _PARTS]},
    Decimal: _Encoder.of_decimal,
    Fraction: lambda e, v, d: {TAG: "fraction", "parts": e.all((v.numerator, v.denominator), d)},
    Opaque: lambda _, v, __: {TAG: "opaque", "name": v.type, "text": v.text},
    Image: lambda e, v, _: e.picture(v.mime, v.data),
}
_FOREIGN: tuple[tuple[str, str, _Encode], ...] = (
    ("pandas", "DataFrame", _Encoder.of_frame),
    ("pandas", "Series", lambda e, v, d: {**e.of_frame(v.to_frame(v.name), d), TAG: "series"}),
    ("pandas._libs.tslibs.nattype", "NaTType", lambda _e, _v, _d: None),
    ("pandas._libs.missing", "NAType", lambda _e, _v, _d: None),
    ("numpy", "ndarray", _Encoder.of_array),
    ("numpy", "generic", _Encoder.of_scalar),
    ("PIL.Image", "Image", _Encoder.of_picture),
    ("matplotlib.figure", "Figure", _Encoder.of_picture),
)
_DECODERS: dict[str, Callable[[_Decoder, _Tagged, int], Any]] = {
    **dict.fromkeys(("tuple", "set", "frozenset"), _Decoder.to_items),
    "dict": _Decoder.to_dict,
    "int": lambda d, o, _: int(d.matching(_HEX, o["hex"]), 16),
    "float": lambda d, o, _: float(d.text(o["text"])),
    "complex": lambda d, o, depth: complex(*d.all(o["parts"], depth)),
    "decimal": lambda d, o, _: Decimal(d.matching(_DECIMAL, o["text"])),
    "datetime": _Decoder.to_datetime,
    "time": lambda d, o, _: time.fromisoformat(d.text(o["iso"])).replace(fold=o["fold"]),
    "ndarray": _Decoder.to_array,
    "scalar": lambda d, o, _: d.fixed(o).reshape(())[()],
    "series": lambda d, o, depth: d.to_frame(o, depth).iloc[:, 0],
    "frame": _Decoder.to_frame,
    "str": lambda d, o, _: d.binary(o["data"]).decode("utf-8", "surrogatepass"),
    "bytes": lambda d, o, _: d.binary(o["data"]),
    "range": lambda d, o, depth: range(*d.whole(o["items"], depth)),
    "date": lambda d, o, _: date.fromisoformat(d.text(o["iso"])),
    "timedelta": lambda d, o, depth: timedelta(*d.whole(o["parts"], depth)),
    "fraction": lambda d, o, depth: Fraction(*d.whole(o["parts"], depth)),
    "image": lambda d, o, _: Image(d.text(o["mime"]), d.binary(o["data"])),
    "opaque": lambda d, o, _: Opaque(d.text(o["name"]), d.text(o["text"])),
}
