"""Arguments are judged by the signature; what is not sure to be wrong passes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from agent.tools.arguments import check_arguments, fits
from executors.base import Parameter, ToolSpec


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        ("a", "str"),
        (1, "int"),
        (np.int64(1), "int"),
        (1, "float"),
        (np.float32(1), "float"),
        (np.bool_(True), "bool"),
        ((1, 2), "list[int]"),
        (np.array([1]), "list[int]"),
        (None, "str | None"),
        (1, "str | int"),
        ("b", "Literal['a', 'b']"),
        (None, "Literal['a'] | None"),
        ({"a": [1]}, "dict[str, list[int]]"),
        (["a"], "set"),
        (pd.DataFrame(), "DataFrame"),
        (object(), "Whatever[int]"),
        (3, "no python ("),
        ("x", "Any"),
    ],
)
def test_what_fits(value: Any, annotation: str) -> None:
    assert fits(value, annotation)


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        (1, "str"),
        ("1", "int"),
        (1.5, "int"),
        ("1", "float"),
        (None, "str"),
        ("abc", "list"),
        ([1, "x"], "list[int]"),
        ({"a": ["x"]}, "dict[str, list[int]]"),
        ("c", "Literal['a', 'b']"),
        ([1], "Literal[1]"),
        (pd.DataFrame(), "Literal['a']"),
        (b"", "str | int"),
    ],
)
def test_what_does_not_fit(value: Any, annotation: str) -> None:
    assert not fits(value, annotation)


def test_the_message_says_what_was_expected() -> None:
    spec = ToolSpec(
        name="buy",
        description="Buy.",
        parameters=(
            Parameter(name="item", annotation="str"),
            Parameter(name="count", annotation="int", required=False, default=None),
        ),
        returns="None",
    )
    check_arguments(spec, {"item": "tea", "count": None})  # as `count: int = None` is meant
    with pytest.raises(TypeError) as caught:
        check_arguments(spec, {"item": 5, "count": "x" * 200})
    assert str(caught.value) == (
        "buy() needs 'item' to be str, not int 5 and needs 'count' to be int, not str "
        f"'{'x' * 79}…. It is called as: buy(item: str, count: int = None) -> None"
    )
