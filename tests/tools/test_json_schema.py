"""JSON Schemas of other systems as parameters and types of Python."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ConfigurationError
from agent.tools.json_schema import annotation, identifier, identifiers, parameters_of, shape
from agent.tools.plain_json import plain_json
from executors.values import Image

ROOT: dict[str, Any] = {
    "$defs": {
        "City": {"type": "object", "properties": {"name": {"type": "string"}}},
        "Tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/Tree"}}},
        "Loop": {"$ref": "#/$defs/Loop"},
        "a/b": {"type": "integer"},
    }
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "str"),
        ({"type": "number"}, "float"),
        ({"type": ["integer", "null"]}, "int | None"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "array"}, "list"),
        ({"type": "array", "items": True}, "list"),
        ({"enum": ["a", "b", None]}, "Literal['a', 'b', None]"),
        ({"const": 3}, "Literal[3]"),
        ({"enum": [[1], {"a": 2}]}, "Any"),
        ({"type": "string", "enum": [str(n) for n in range(50)]}, "str"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
        ({"oneOf": [{"type": "string"}, {}]}, "Any"),
        ({"$ref": "#/$defs/City"}, "dict"),
        ({"$ref": "#/$defs/a~1b"}, "int"),
        ({"$ref": "#/$defs/Loop"}, "Any"),
        ({"$ref": "https://elsewhere.test/schema"}, "Any"),
        ({"properties": {}}, "dict"),
        ({}, "Any"),
    ],
)
def test_annotations(schema: dict[str, Any], expected: str) -> None:
    assert annotation(schema, ROOT) == expected


def test_shapes_say_the_keys() -> None:
    listed = {"type": "array", "items": {"$ref": "#/$defs/City"}}
    assert shape(listed, ROOT) == "list[{'name': str}]"
    assert shape({"$ref": "#/$defs/Tree"}, ROOT).startswith("{'left': {'left': ")
    many = {"type": "object", "properties": {f"k{n}": {} for n in range(99)}}
    assert shape(many, many).endswith("'k19': Any, …}")


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "items", "anyOf", "enum", "$ref", "properties", "required", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["type", "items", "anyOf", "enum", "$ref"]), json))
def test_no_schema_breaks_it(schema: dict[str, Any]) -> None:
    assert annotation(schema, schema)
    assert shape(schema, schema)


def test_parameters() -> None:
    schema = {
        "type": "object",
        "properties": {
            "user-id": {"type": "integer", "description": "Who."},
            "from": {"type": "string"},
            "limit": {"type": "integer", "default": 5},
            "where": {"$ref": "#/$defs/City"},
        },
        "required": ["user-id", "from"],
        **ROOT,
    }
    names = identifiers(list(schema["properties"]), "f()")
    assert names == {"user-id": "user_id", "from": "from_", "limit": "limit", "where": "where"}
    found = parameters_of(schema, names)
    assert [(p.name, p.annotation, p.required, p.default) for p in found] == [
        ("user_id", "int", True, None),
        ("from_", "str", True, None),
        ("limit", "int", False, 5),
        ("where", "dict | None", False, None),
    ]
    assert found[0].description == "Who."
    assert found[3].description == "As {'name': str}."


@pytest.mark.parametrize(
    ("name", "expected"),
    [("get-time", "get_time"), ("2fa", "n2fa"), ("__x", "x"), ("class", "class_"), ("!", "value")],
)
def test_identifiers(name: str, expected: str) -> None:
    assert identifier(name) == expected


def test_two_names_that_would_be_one() -> None:
    with pytest.raises(ConfigurationError, match="'a-b' and 'a_b' would both be called 'a_b'"):
        identifiers(["a-b", "a_b"], "f()")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": (1, None), 2: {3}}, {"a": [1, None], "2": [3]}),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 1), "2024-02-29T01:00:00"),
        (Decimal("1.5"), 1.5),
        (b"hello", "aGVsbG8="),
        (Image("image/png", b"hello"), "aGVsbG8="),
        (np.array([[1, 2]]), [[1, 2]]),
        (np.float32(0.5), 0.5),
        (pd.DataFrame({"a": [1, 2]}), [{"a": 1}, {"a": 2}]),
    ],
)
def test_plain_json(value: Any, expected: Any) -> None:
    assert plain_json(value) == expected


def test_what_has_no_plain_form() -> None:
    with pytest.raises(TypeError, match="A complex cannot be sent"):
        plain_json([1 + 2j])
