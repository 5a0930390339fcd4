"""Values come back as they were sent; what is hostile is refused, fast, and nothing is run."""

from __future__ import annotations

import contextlib
import enum
import json
import math
from collections import OrderedDict, namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from datetime import time as clock
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from executors import values
from executors.values import TAG, Image, Opaque, decode, encode, preview


def there_and_back(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value), allow_nan=False)))


keys = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters()),
    st.binary(),
    st.dates(),
    st.timedeltas(),
    st.fractions(),
    st.decimals(allow_nan=False, min_value=-(10**30), max_value=10**30),
    st.tuples(st.integers(), st.text()),
    st.frozensets(st.integers()),
)
rich = st.recursive(
    st.one_of(
        keys,
        st.complex_numbers(allow_nan=False),
        st.datetimes(timezones=st.none() | st.just(UTC) | st.just(ZoneInfo("Europe/Zurich"))),
        st.times(),
        st.text(st.characters(categories=["Cs", "L"])),
        st.integers(-(2**500), 2**500),
    ),
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.dictionaries(keys, inner),
        st.dictionaries(st.sampled_from([TAG, "text", "items"]), inner),
        st.sets(keys),
    ),
    max_leaves=20,
)


@given(rich)
def test_values_come_back(value: Any) -> None:
    found = there_and_back(value)
    assert found == value
    assert type(found) is type(value)
    assert repr(found) == repr(value) or isinstance(value, set | frozenset | list | tuple | dict)


@given(rich)
def test_plain_text_is_always_well_formed(value: Any) -> None:
    json.dumps(encode(value), ensure_ascii=False).encode()
    preview(encode(value), 100).encode()


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
tagged = st.fixed_dictionaries(
    {TAG: st.sampled_from(sorted(values._DECODERS))},
    optional={
        "items": json_like | st.lists(st.integers()),
        "parts": json_like | st.lists(st.integers()),
        "shape": json_like | st.lists(st.integers(-1, 3)),
        "dtype": json_like | st.sampled_from(["<f8", "O", "|b1", "<U9999999", "<M8[ns]"]),
        "data": json_like | st.binary().map(lambda b: __import__("base64").b64encode(b).decode()),
        "text": json_like,
        "iso": json_like | st.sampled_from(["2020-01-01", "2020-01-01T00:00:00", "00:00"]),
        "zone": json_like | st.sampled_from(["../../etc/passwd", "Europe/Zurich", "x"]),
        "fold": json_like,
        "hex": json_like,
        "index": json_like | st.just({TAG: "range", "items": [0, 10**15, 1]}),
        "columns": json_like,
        "name": json_like,
        "mime": json_like,
    },
)


@given(tagged | st.lists(tagged))
def test_what_is_made_up_is_a_value_or_refused(encoded: Any) -> None:
    with contextlib.suppress(ValueError):
        decode(encoded)
    assert len(preview(encoded, 80)) <= 80


@pytest.mark.parametrize("value", [math.inf, -math.inf, -0.0, 2**53, 2**53 + 1, -(2**2000)])
def test_numbers(value: float) -> None:
    assert repr(there_and_back(value)) == repr(value)


def test_nan() -> None:
    assert math.isnan(there_and_back(math.nan))


def test_subclasses_arrive_as_the_builtin() -> None:
    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "lie"

    class Number(int):
        pass

    class Listed(list):
        def __iter__(self) -> Any:
            return iter(["lie"])

    class Grade(enum.IntEnum):
        A = 1

    point = namedtuple("point", "x y")
    for value, plain in [
        (Text("a"), "a"),
        (Number(3), 3),
        (Listed([1]), [1]),
        (Grade.A, 1),
        (OrderedDict(a=1), {"a": 1}),
        (point(1, 2), (1, 2)),
        (True, True),
    ]:
        found = there_and_back(value)
        assert found == plain
        assert type(found) is type(plain)


def test_times_keep_their_zone() -> None:
    zurich = datetime(2024, 7, 1, 12, tzinfo=ZoneInfo("Europe/Zurich"))
    assert there_and_back(zurich).tzinfo == ZoneInfo("Europe/Zurich")
    fixed = datetime(2024, 7, 1, 12, fold=1, tzinfo=timezone(timedelta(hours=-3)))
    assert there_and_back(fixed) == fixed
    assert there_and_back(clock(1, 2, 3, 4, fold=1)).fold == 1
    assert there_and_back(date(2024, 2, 29)) == date(2024, 2, 29)


def test_unknown_objects_become_their_repr() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError("no")

    found = there_and_back([object, Odd()])
    assert [type(item) for item in found] == [Opaque, Opaque]
    assert found[0].text == "<class 'object'>"
    assert found[1].text.endswith("its repr raised RuntimeError>")
    assert there_and_back(found[0]) == found[0]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array(1.5),
        np.zeros((0, 3), dtype="f4"),
        np.array([True, False]),
        np.array(["2024-01-01", "NaT"], dtype="datetime64[ns]"),
        np.array([1 + 2j]),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3, dtype=">i4"),
    ],
    ids=str,
)
def test_arrays(array: Any) -> None:
    found = there_and_back(array)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
    assert found.flags.writeable


def test_arrays_of_texts_and_objects_arrive_as_objects() -> None:
    found = there_and_back(np.array(["a", "bc"]))
    assert found.tolist() == ["a", "bc"]
    assert there_and_back(np.array([1, "x", None], dtype=object)).tolist() == [1, "x", None]


@pytest.mark.parametrize("scalar", [np.float32(1.5), np.int8(-3), np.bool_(True)], ids=repr)
def test_numpy_scalars(scalar: Any) -> None:
    found = there_and_back(scalar)
    assert found == scalar
    assert type(found) is type(scalar)
    assert preview(encode(scalar)) == str(scalar)


def test_frames_and_series() -> None:
    frame = pd.DataFrame(
        {"n": [1, 2], "f": [0.5, None], "s": ["a", None], "t": pd.to_datetime(["2024-01-01"] * 2)},
        index=["x", "y"],
    )
    pd.testing.assert_frame_equal(there_and_back(frame), frame, check_dtype=False)
    assert there_and_back(pd.DataFrame()).empty
    series = pd.Series([1, 2, 3], name="n")
    pd.testing.assert_series_equal(there_and_back(series), series)
    assert "0.5" in preview(encode(frame))


def test_pictures() -> None:
    from PIL import Image as Pillow

    found = there_and_back(Pillow.new("RGB", (2, 2)))
    assert isinstance(found, Image)
    assert found.mime == "image/png"
    assert found.data.startswith(b"\x89PNG")
    assert there_and_back(found) == found


def test_bounds_of_encode() -> None:
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep]
    round_and_round: list[Any] = []
    round_and_round.append(round_and_round)
    for value in (deep, round_and_round, ["x" * 1000] * 100_000, [0] * 2_000_000):
        with pytest.raises(ValueError, match="the value"):
            encode(value)
    with pytest.raises(ValueError, match="too large"):
        encode("x" * 11, max_bytes=10)


hostile = {
    "unknown type": {TAG: "pickle", "data": ""},
    "type is no text": {TAG: ["tuple"]},
    "deep": json.loads("[" * 200 + "]" * 200),
    "huge hex": {TAG: "int", "hex": "f" * 3_000_000},
    "huge decimal": {TAG: "decimal", "text": "1E+999999999"},
    "no fraction": {TAG: "fraction", "parts": [1, 0]},
    "bad base64": {TAG: "bytes", "data": "***"},
    "half a character": "\ud800",
    "half a character in a key": {"\ud800": 1},
    "object array": {TAG: "ndarray", "dtype": "|O8", "shape": [1], "data": "AAAAAAAAAAA="},
    "wide texts": {TAG: "ndarray", "dtype": "<U99999999", "shape": [1], "data": ""},
    "wrong shape": {TAG: "ndarray", "dtype": "<f8", "shape": [10**9], "data": "AAAAAAAAAAA="},
    "path as zone": {
        TAG: "datetime",
        "iso": "2020-01-01T00:00:00",
        "fold": 0,
        "zone": "../../etc/passwd",
    },
    "endless index": {
        TAG: "frame",
        "columns": ["a"],
        "index": {TAG: "range", "items": [0, 10**15, 1]},
        "data": [[1]],
    },
    "unhashable key": {TAG: "dict", "items": [[[], 1]]},
    "colliding": {TAG: "set", "items": [i * (2**61 - 1) for i in range(4)] * 100},
}


@pytest.mark.parametrize("name", hostile)
def test_hostile_values_are_refused_at_once(name: str) -> None:
    with pytest.raises(ValueError):  # built as they ask to be, they would fill memory or hang
        decode(hostile[name])
    assert len(preview(hostile[name], 100)) <= 100


def test_colliding_hashes_would_have_hung() -> None:
    """The control: that many distinct values of one hash are refused before a set is built."""
    items = [{TAG: "int", "hex": f"{i * (2**61 - 1):x}"} for i in range(200_000)]
    with pytest.raises(ValueError, match="colliding"):
        decode({TAG: "set", "items": items})


def test_previews() -> None:
    assert preview(encode("plain")) == "plain"
    assert preview(encode(["a", (1,), {2: None}])) == "['a', (1,), {2: None}]"
    assert preview(encode(Decimal("1.50"))) == "1.50"
    assert preview(encode(Fraction(1, 3))) == "Fraction(1, 3)"
    assert preview(encode("x" * 100), 10) == "x" * 9 + "…"
    assert len(preview(encode(list(range(100_000))), 50)) == 50
