"""The statement that a cell is at: told of while it runs, if it runs for a moment."""

from __future__ import annotations

import ast
from types import FrameType, SimpleNamespace
from typing import cast

import pytest

from executors import wire
from executors.base import Output, StatementRunning, ToolCalled
from executors.errors import ProtocolError
from executors.local.statements import Statements
from tests.executors.local.helpers import local
from tests.fuzz.fake_worker import events_of

WAIT = "t.sleep(0.2)"


async def lines(code: str) -> list[tuple[int, int] | str]:
    """The statements that were told of, and between them what was printed and called."""
    told: list[tuple[int, int] | str] = []
    async with local() as (executor, _):
        async for event in executor.run(f"import time as t\n{code}"):
            match event:
                case StatementRunning():
                    told.append((event.line, event.end_line))
                case Output():
                    told.append(event.text)
                case ToolCalled():
                    told.append(event.name)
                case _:
                    pass
    return told


def but_short_ones(told: list[tuple[int, int] | str], *short: int) -> list[tuple[int, int] | str]:
    """What was told, without the statements in these lines; each is told of at most once.

    Where the machine lets one of them wait it runs for a moment as well.
    """
    statements = [one for one in told if not isinstance(one, str)]
    assert len(statements) == len(set(statements))
    return [one for one in told if one not in [(line, line) for line in short]]


async def test_each_statement_that_runs_for_a_moment_is_told_of_once() -> None:
    code = f"{WAIT}\nx = 1\nfor i in range(2):\n  {WAIT}\nprint('a')\ny = [\n  {WAIT}\n]\n1 / 0"
    assert but_short_ones(await lines(code), 1, 3, 6, 10) == [(2, 2), (4, 5), "a\n", (7, 9)]


@pytest.mark.parametrize(
    "code",
    [
        f"def f(n):\n  return f(n - 1) if n else {WAIT}\nf(300)",
        f"class A:\n  def __init__(self):\n    {WAIT}\nA()",
        f"(lambda: 0)()\n\n\nwhile True:\n  {WAIT}\n  break",
    ],
)
async def test_what_a_statement_calls_counts_as_it(code: str) -> None:
    whole = [(one.lineno, one.end_lineno) for one in ast.parse(f"import time\n{code}").body]
    told = await lines(code)
    assert told[-1] == whole[-1]
    assert set(told[:-1]) <= set(whole[:-1])  # where the machine lets a short one wait


async def test_a_tool_is_called_by_a_statement_that_was_told_of() -> None:
    told = but_short_ones(await lines("echo(value=1)\necho(value=2)"), 1)
    assert told == [(2, 2), "echo", (3, 3), "echo"]


async def test_many_short_statements_are_not_told_of() -> None:
    told = await lines("\n".join(f"a{i} = {i}" for i in range(5_000)))
    assert len(told) < 50


def test_a_frame_between_two_lines_is_at_no_statement() -> None:
    code = SimpleNamespace(co_name="<module>", co_filename="<cell 1>")
    statements = Statements("<cell 1>", ast.parse("a = 1\nb = 2").body)
    for line, lines in ((2, (2, 2)), (None, None)):
        frame = SimpleNamespace(f_code=code, f_lineno=line, f_back=None)
        assert statements.running(cast("FrameType", frame)) == lines


async def test_the_only_statement_is_not_told_of() -> None:
    async with local() as (executor, _):
        events = [event async for event in executor.run("for i in range(2_000_000): i * i")]
    assert not any(isinstance(event, StatementRunning) for event in events)


@pytest.mark.parametrize(("line", "end_line"), [(0, 1), (2, 1), (1, 9), (-5, 1)])
async def test_a_worker_that_makes_lines_up_is_not_believed(line: int, end_line: int) -> None:
    with pytest.raises(ProtocolError, match="the cell has no lines"):
        await events_of([("cell", wire.pack(wire.Reached(line=line, end_line=end_line)))])


async def test_a_worker_that_talks_of_nothing_else_is_not_listened_to_for_ever() -> None:
    frame = wire.pack(wire.Reached(line=1, end_line=1))
    events = await events_of([("cell", frame * 100)] * 120)
    assert sum(isinstance(event, StatementRunning) for event in events) == 10_000
