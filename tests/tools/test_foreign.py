"""Tools of smolagents, from its own package, in our agent."""

from __future__ import annotations

from typing import Any

import pytest

from agent.errors import ConfigurationError
from agent.tools.base import FunctionTool, signature
from agent.tools.base import tool as our_tool
from agent.tools.foreign import ForeignTool, as_tool
from executors.base import ExecutorFactory
from executors.values import Image
from tests.tools.running import answer_of


class Duck:
    """Has what a tool of smolagents has, without its package."""

    name = "duck"
    description = "Say it."
    output_type = "string"

    def __init__(self, **inputs: Any) -> None:
        self.inputs = inputs

    def forward(self, word: str, times: int = 2, mark: Any = print) -> str:
        return word * times + ("" if mark is print else str(mark))

    __call__ = forward


DUCK = Duck(
    word={"type": ["string", "null"], "description": "What."},
    times={"type": "integer", "description": "How often.", "nullable": True},
    mark={"type": "any", "description": "", "nullable": True},
)


async def test_one_that_only_looks_like_it() -> None:
    found = as_tool(DUCK)
    assert signature(found.spec) == (
        "duck(word: str | None, times: int | None = 2, mark: Any | None = None) -> str"
    )
    assert await found.call({"word": "a", "mark": None}) == "aa"
    assert await found.call({"word": "a", "times": 1, "mark": "!"}) == "a!"
    with pytest.raises(TypeError, match="needs 'times' to be int"):
        await found.call({"word": "a", "times": "x"})


def test_what_is_no_tool() -> None:
    with pytest.raises(ConfigurationError, match="is not a tool: decorate a function"):
        as_tool(print)
    with pytest.raises(ConfigurationError, match="declares the type 'tensor'"):
        as_tool(Duck(word={"type": "tensor", "description": ""}))


def test_ours_stay_what_they_are() -> None:
    @our_tool
    def one() -> int:
        """Give one."""
        return 1

    assert as_tool(one) is one
    assert isinstance(one, FunctionTool)


@pytest.fixture
def smolagents() -> Any:
    return pytest.importorskip(
        "smolagents", reason="smolagents is not installed: pip install -e '.[bench]'"
    )


async def test_their_tools_from_code_on_both_executors(
    factory: ExecutorFactory, smolagents: Any
) -> None:
    class Counter(smolagents.Tool):  # type: ignore[misc,name-defined]
        name = "count_words"
        description = "Count the words of a text."
        inputs = {  # noqa: RUF012
            "text": {"type": "string", "description": "The text."},
            "least": {"type": "integer", "description": "Of so many letters.", "nullable": True},
        }
        output_type = "integer"

        def setup(self) -> None:
            self.ready = True
            super().setup()

        def forward(self, text: str, least: int | None = None) -> int:
            assert self.ready
            return len([word for word in text.split() if len(word) >= (least or 0)])

    tool = smolagents.tool  # it knows itself by this name only

    @tool
    def shout(text: str, mark: str = "!") -> str:
        """Shout.

        Args:
            text: What.
            mark: How it ends.
        """
        return text.upper() + mark

    theirs = [Counter(), shout, smolagents.FinalAnswerTool()]
    tools = [as_tool(one) for one in theirs]
    assert [type(one) for one in tools[:2]] == [ForeignTool, ForeignTool]
    assert signature(tools[0].spec) == "count_words(text: str, least: int | None = None) -> int"
    assert signature(tools[1].spec) == "shout(text: str, mark: str | None = '!') -> str"
    code = "final_answer([count_words('a bb ccc', least=2), shout('hey'), shout('hey', mark='?')])"
    assert await answer_of(code, theirs, factory) == [2, "HEY!", "HEY?"]


async def test_their_pictures_and_texts_are_values(smolagents: Any) -> None:
    pillow = pytest.importorskip("PIL.Image")

    class Painter(smolagents.Tool):  # type: ignore[misc,name-defined]
        name = "paint"
        description = "Paint it."
        inputs = {"picture": {"type": "image", "description": "The ground."}}  # noqa: RUF012
        output_type = "image"

        def forward(self, picture: Any) -> Any:
            assert picture.size == (4, 3)
            from smolagents.agent_types import AgentImage

            return AgentImage(picture.rotate(90, expand=True))

    import io

    buffer = io.BytesIO()
    pillow.new("RGB", (4, 3), "blue").save(buffer, "png")
    got = await as_tool(Painter()).call({"picture": Image("image/png", buffer.getvalue())})
    assert got.size == (3, 4)
    assert isinstance(got, pillow.Image)
    assert type(got).__module__.startswith("PIL")
