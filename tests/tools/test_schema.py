"""From functions to specs: parameters, types, texts, and what is refused with which words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, Optional, Union

import pytest

from agent.errors import ConfigurationError
from agent.tools.schema import parse_docstring, signature, spec_of, type_text
from executors.base import Parameter, ToolSpec


def search(
    query: str, limit: int = 5, *, kinds: list[Literal["a", "b"]] | None = None
) -> list[dict[str, Any]]:
    """Search for things.

    It knows all things.

    Args:
        query: What to look for:
            in a few words.
        limit (int, optional): How many.
        kinds: Which kinds.
            note: deeper lines go on.

    Returns:
        One dict a thing,
        best first.

    Raises:
        ValueError: no.
    """
    raise NotImplementedError


def test_a_function_with_everything() -> None:
    assert spec_of(search, name="search") == ToolSpec(
        name="search",
        description=(
            "Search for things.\n\nIt knows all things.\n\nReturns: One dict a thing, best first."
        ),
        parameters=(
            Parameter(
                name="query", annotation="str", description="What to look for: in a few words."
            ),
            Parameter(
                name="limit", annotation="int", description="How many.", required=False, default=5
            ),
            Parameter(
                name="kinds",
                annotation="list[Literal['a', 'b']] | None",
                description="Which kinds. note: deeper lines go on.",
                required=False,
            ),
        ),
        returns="list[dict[str, Any]]",
    )


def test_its_signature_is_python_source() -> None:
    assert signature(spec_of(search, name="search")) == (
        "search(query: str, limit: int = 5, kinds: list[Literal['a', 'b']] | None = None)"
        " -> list[dict[str, Any]]"
    )


def late(a: int = 1, *, b: str) -> None:
    """Has a required parameter after an optional one."""


def test_a_required_parameter_after_an_optional_one() -> None:
    text = signature(spec_of(late, name="late"))
    assert text == "late(a: int = 1, *, b: str) -> None"
    compile(f"def {text}: ...", "signature", "exec")


class Colour(Enum):
    RED = 1


class Plain:
    pass


BOTTOMLESS: list[Any] = []
BOTTOMLESS.append(BOTTOMLESS)


@dataclass
class Config:
    key: str


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (int, "int"),
        (None, "None"),
        (type(None), "None"),
        (Any, "Any"),
        (list, "list"),
        (list[str], "list[str]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (dict[str, list[int] | None], "dict[str, list[int] | None]"),
        (Optional[int], "int | None"),  # noqa: UP045
        (Union[int, str], "int | str"),  # noqa: UP007
        (int | str, "int | str"),
        (Literal["a", 1], "Literal['a', 1]"),
        (Callable[[int], str], "Callable[[int], str]"),
        (Annotated[int, "positive"], "int"),
        (date, "date"),
        (Plain, "Plain"),
    ],
)
def test_types_as_a_reader_would_write_them(hint: Any, text: str) -> None:
    assert type_text(hint) == text


@pytest.mark.parametrize(
    ("default", "text"),
    [
        (None, "None"),
        ("it's", '"it\'s"'),
        ((1, 2), "(1, 2)"),
        (date(2024, 1, 2), "datetime.date(2024, 1, 2)"),
        ({1: {"a"}}, "{1: {'a'}}"),
        (b"x", "b'x'"),
        ("long" * 100, "..."),
        (float("inf"), "inf"),
    ],
)
def test_defaults_in_a_signature(default: Any, text: str) -> None:
    def function(value: Any) -> None:
        """Something."""

    function.__defaults__ = (default,)
    assert signature(spec_of(function, name="f")) == f"f(value: Any = {text}) -> None"


@pytest.mark.parametrize(
    "default", [object(), Config("SECRET"), [Plain()], {"a": print}, Colour, BOTTOMLESS]
)
def test_defaults_that_cannot_be_sent(default: Any) -> None:
    def function(value: Any) -> None:
        """Something."""

    function.__defaults__ = (default,)
    with pytest.raises(ConfigurationError, match="use None, and fill it in inside") as caught:
        spec_of(function, name="f")
    assert "SECRET" not in str(caught.value)


def with_key(query: str, key: str = "") -> str:
    """Search.

    Args:
        query: What.
        key: The account.
    """
    return f"{query} {key}"


def test_what_a_partial_holds_is_not_part_of_the_tool() -> None:
    spec = spec_of(functools.partial(with_key, key="SECRET"), name="search")
    assert [p.name for p in spec.parameters] == ["query"]
    assert "SECRET" not in repr(spec)


def untyped(query, limit=3):  # type: ignore[no-untyped-def]
    """Search."""


def test_declared_inputs_in_the_place_of_annotations() -> None:
    spec = spec_of(
        untyped,
        name="search",
        inputs={
            "query": {"type": "string", "description": "What."},
            "limit": {"type": "integer", "nullable": True},
        },
        output_type="array",
    )
    assert signature(spec) == "search(query: str, limit: int | None = 3) -> list"
    assert spec.parameters[0].description == "What."


def stars(*words: str) -> None:
    """Words."""


def positional(word: str, /) -> None:
    """Word."""


def generator(n: int) -> Any:
    """Numbers."""
    yield n


async def async_generator(n: int) -> Any:
    """Numbers."""
    yield n


def undocumented(word: str) -> None: ...


def wrong_annotation(word: "1 +") -> None:  # type: ignore[syntax]  # noqa: F722
    """Word."""


def unknown_attribute(word: functools.nothing) -> None:  # type: ignore[name-defined]
    """Word."""


def local_type() -> Callable[..., Any]:
    class Local:
        pass

    def function(word: Local) -> None:
        """Word."""

    return function


@pytest.mark.parametrize(
    ("function", "name", "message"),
    [
        (untyped, "f", "Tool 'f' needs a type for its parameter 'query'."),
        (undocumented, "f", "Tool 'f' needs a docstring: it is what the model reads."),
        (stars, "f", "Tool 'f' may not take *args or **kwargs: name each parameter."),
        (positional, "f", "Tool 'f' has a positional-only parameter 'word'"),
        (generator, "f", "Tool 'f' is a generator: return a list instead, and show progress"),
        (async_generator, "f", "Tool 'f' is a generator: return a list instead, and"),
        (local_type(), "f", "Tool 'f' has a type named 'Local' that cannot be found"),
        (wrong_annotation, "f", "Tool 'f' has an annotation that is not a type"),
        (unknown_attribute, "f", "Tool 'f' has an annotation that is not a type"),
        (Plain(), "f", "must be a function or a method, not 'Plain': write a subclass of Tool"),
        (search, "", "A tool needs a name: set the class attribute `name`."),
        (search, "web search", "must be a Python identifier, such as 'web_search'"),
        (search, "class", "must be a Python identifier"),
        (search, "_hidden", "must be a Python identifier"),
    ],
)
def test_what_cannot_be_described(function: Any, name: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        spec_of(function, name=name)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("inputs", "output_type", "message"),
    [
        ({"query": {"type": "text"}}, "", "declares the type 'text': use one of string, integer"),
        ({"other": {"type": "string"}}, "", "does not take: ['other']"),
        ({"query": {"type": "string"}, "limit": {"type": "any"}}, "image", "the type 'image'"),
        ({"query": {"description": "no type"}}, "", "needs a type for its parameter 'query'"),
    ],
)
def test_wrong_declarations(inputs: Any, output_type: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        spec_of(untyped, name="search", inputs=inputs, output_type=output_type)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("doc", "parsed"),
    [
        ("", ("", {})),
        ("Only this.", ("Only this.", {})),
        ("Do.\n\nArgs:\n  a: one\n  b: two", ("Do.", {"a": "one", "b": "two"})),
        ("Do.\n\nReturns:\n    It.\n\nArgs:\n    a: one", ("Do.\n\nReturns: It.", {"a": "one"})),
        ("Do.\n\nParameters:\n    a (list[str]): one", ("Do.", {"a": "one"})),
        ("Do.\n\nArgs:\n    a:\n        below", ("Do.", {"a": "below"})),
        ("Uses Args: in a line.", ("Uses Args: in a line.", {})),
    ],
)
def test_docstrings(doc: str, parsed: tuple[str, dict[str, str]]) -> None:
    assert parse_docstring(doc) == parsed
