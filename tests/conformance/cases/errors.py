"""What is said of a cell that fails."""

from __future__ import annotations

from executors.base import ExecutorFactory
from tests.cells import end_of, value_of
from tests.conformance.harness import case, opened


@case
async def an_error_has_its_type_message_and_line(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "def f(n):\n    return 1 / n\n\nkept = 1\nf(0)")
        assert end.outcome == "error"
        assert end.error is not None
        assert end.error.name == "ZeroDivisionError"
        assert end.error.message == "division by zero"
        assert end.error.line == 2
        assert "return 1 / n" in end.error.traceback
        assert "f(0)" in end.error.traceback
        assert await value_of(executor, "kept") == "1"


@case
async def own_exception_types_keep_their_names(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "class Broken(Exception): pass\nraise Broken('so')")
        assert end.error is not None
        assert (end.error.name, end.error.message, end.error.line) == ("Broken", "so", 2)


@case
async def a_syntax_error_has_its_line(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        end = await end_of(executor, "x = 1\nif x\n    pass")
        assert end.outcome == "error"
        assert end.error is not None
        assert end.error.name == "SyntaxError"
        assert end.error.line == 2


@case
async def a_wrong_name_gets_a_hint(factory: ExecutorFactory) -> None:
    async with opened(factory) as executor:
        await value_of(executor, "temperature = 20")
        end = await end_of(executor, "temprature + 1")
        assert end.error is not None
        assert end.error.name == "NameError"
        assert "temperature" in end.error.hint
