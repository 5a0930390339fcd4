"""Tools: how they are called, what they refuse, and what of them the model can see."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import sys
import threading
from typing import Any

import pytest

from agent.errors import ConfigurationError
from agent.tools.base import FINAL_ANSWER_SPEC, FunctionTool, Tool, check_names, signature, tool
from agent.tools.final_answer import FinalAnswerTool
from agent.tools.visit_webpage import VisitWebpageTool
from agent.tools.web_search import WebSearchTool
from executors.base import FINAL_ANSWER, ToolSpec


@tool
def add(a: int, b: int = 1) -> int:
    """Add two numbers."""
    return a + b


@tool(name="later", description="Answer later.")
async def answer_later(text: str) -> str:
    await asyncio.sleep(0)
    return f"{text} in {threading.current_thread().name}"


class Weather(Tool):
    name = "weather"

    def __init__(self, key: str) -> None:
        self.key = key

    def forward(self, city: str) -> str:
        """Tell the weather.

        Args:
            city: Where.
        """
        return f"{city}: sun ({len(self.key)})"


class Declared(Tool):
    """A tool in the style of other libraries: no annotations."""

    name = "declared"
    description = "Count."
    inputs = {"text": {"type": "string", "description": "What to count."}}  # noqa: RUF012
    output_type = "integer"

    def forward(self, text):  # type: ignore[no-untyped-def]
        return len(text)


async def test_a_sync_function_runs_in_a_thread() -> None:
    @tool
    def where() -> str:
        """Tell the thread."""
        return threading.current_thread().name

    assert await where.call({}) != threading.current_thread().name
    assert where() == threading.current_thread().name


async def test_the_loop_goes_on_while_a_sync_tool_works() -> None:
    go_on = threading.Event()

    @tool
    def slow() -> str:
        """Wait."""
        return "done" if go_on.wait(60) else "the loop stood still"

    working = asyncio.create_task(slow.call({}))
    for _ in range(6):
        await asyncio.sleep(0.01)
    go_on.set()
    assert await working == "done"


async def test_an_async_function_runs_on_the_loop() -> None:
    assert await answer_later.call({"text": "here"}) == "here in MainThread"


async def test_the_context_reaches_the_thread() -> None:
    run_id: contextvars.ContextVar[str] = contextvars.ContextVar("run_id")
    run_id.set("r1")

    @tool
    def read() -> str:
        """Read it."""
        return run_id.get()

    assert await read.call({}) == "r1"


async def test_a_class_tool() -> None:
    weather = Weather("SECRET")
    assert await weather.call({"city": "Bonn"}) == "Bonn: sun (6)"
    assert signature(weather.spec) == "weather(city: str) -> str"
    assert "SECRET" not in f"{weather.spec!r} {weather!r} {signature(weather.spec)}"


async def test_a_tool_with_declared_inputs() -> None:
    assert signature(Declared().spec) == "declared(text: str) -> int"
    assert Declared().spec.parameters[0].description == "What to count."
    assert await Declared().call({"text": "four"}) == 4


async def test_a_partial_keeps_its_secret() -> None:
    def fetch(path: str, key: str) -> str:
        """Fetch."""
        return f"{path} {key}"

    fetcher = tool(name="fetch")(functools.partial(fetch, key="SECRET"))
    assert "SECRET" not in repr(fetcher.spec)
    assert await fetcher.call({"path": "/"}) == "/ SECRET"
    with pytest.raises(TypeError, match="has no argument 'key'"):
        await fetcher.call({"path": "/", "key": "mine"})


def test_a_partial_needs_a_name() -> None:
    with pytest.raises(ConfigurationError, match="A tool needs a name"):
        tool(functools.partial(print))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "add() needs the argument 'a'. It is called as: add(a: int, b: int = 1) -> int"),
        ({"a": 1, "c": 2}, "add() has no argument 'c'. It is called as: add("),
        ({"c": 2}, "add() needs the argument 'a' and has no argument 'c'."),
    ],
)
async def test_wrong_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        await add.call(arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_an_error_keeps_its_type_and_message(asynchronous: bool) -> None:
    def fail() -> None:
        """Fail."""
        raise LookupError("no such city")

    async def fail_later() -> None:
        """Fail."""
        fail()

    with pytest.raises(LookupError, match=r"^no such city$"):
        await tool(fail_later if asynchronous else fail).call({})


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_tool_cannot_exit_the_program(asynchronous: bool) -> None:
    def leave() -> None:
        """Leave."""
        sys.exit(3)

    async def leave_later() -> None:
        """Leave."""
        sys.exit(3)

    with pytest.raises(RuntimeError, match="tried to exit the program"):
        await asyncio.wait_for(tool(leave_later if asynchronous else leave).call({}), 60)


async def test_a_stray_stop_iteration_does_not_hang_the_run() -> None:
    @tool
    def first(items: list[int]) -> int:
        """First one."""
        return next(iter(items))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(first.call({"items": []}), 60)


async def test_a_sync_function_that_returns_an_awaitable() -> None:
    @tool
    def indirectly(text: str) -> Any:
        """Answer."""
        return answer_later(text=text)

    assert await indirectly.call({"text": "x"}) == "x in MainThread"


async def test_cancelling_a_call_returns_at_once() -> None:
    release = threading.Event()

    @tool
    def stuck() -> None:
        """Wait."""
        release.wait(60)

    call = asyncio.create_task(stuck.call({}))
    await asyncio.sleep(0.05)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    release.set()


def test_a_function_that_cannot_be_described_fails_where_it_is_defined() -> None:
    with pytest.raises(ConfigurationError, match="'silent' needs a docstring"):

        @tool
        def silent() -> None: ...


def test_a_tool_keeps_the_docstring() -> None:
    assert isinstance(add, FunctionTool)
    assert add.__doc__ == "Add two numbers."


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({}, "Broken has no forward(): write one, typed and with a docstring."),
        ({"forward": lambda self: None}, "A tool needs a name: set the class attribute `name`."),
        ({"name": "x", "forward": lambda self: None}, "Tool 'x' needs a docstring"),
    ],
)
def test_an_unfinished_class(attributes: dict[str, Any], message: str) -> None:
    broken = type("Broken", (Tool,), attributes)()
    with pytest.raises(ConfigurationError) as caught:
        _ = broken.spec
    assert message in str(caught.value)


def test_the_tools_that_we_bring_have_names_of_their_own() -> None:
    check_names([t.spec for t in (VisitWebpageTool(), WebSearchTool(), FinalAnswerTool(), add)])


def test_two_tools_of_one_name() -> None:
    with pytest.raises(ConfigurationError, match="There are two tools named 'add'"):
        check_names([add.spec, ToolSpec(name="add", description="Another.")])


def test_final_answer_may_be_passed_but_not_taken() -> None:
    check_names([FinalAnswerTool().spec, FinalAnswerTool().spec])
    with pytest.raises(ConfigurationError, match="The name 'final_answer' is taken"):
        check_names([ToolSpec(name=FINAL_ANSWER, description="Mine.")])


async def test_final_answer_returns_its_argument_in_a_script() -> None:
    assert FinalAnswerTool()({"a": 1}) == {"a": 1}
    assert await FinalAnswerTool().call({"answer": 42}) == 42
    assert signature(FINAL_ANSWER_SPEC) == "final_answer(answer: Any) -> None"
