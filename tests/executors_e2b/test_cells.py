"""What a cell prints, shows, returns and raises."""

from __future__ import annotations

import base64
import sys

import pytest

from executors.base import LEFT_OUT, Display, Limits, Notice, Output
from executors.values import decode
from tests.cells import end_of, events_of, printed, value_of
from tests.executors_e2b.conftest import Make


async def test_variables_persist_and_the_last_value_is_told(make: Make) -> None:
    async with make() as executor:
        first, *rest = await events_of(executor, "x = 20\nx + 1")
        assert first == Notice(text="Starting an E2B sandbox…")
        assert [event.type for event in rest] == ["variables_changed", "finished"]
        assert await value_of(executor, "x * 2") == "40"
        assert await value_of(executor, "y = 3") is None
        assert await value_of(executor, "None") is None


async def test_a_string_keeps_its_quotes_and_a_long_value_is_cut(make: Make) -> None:
    async with make(limits=Limits(value_chars=100)) as executor:
        assert await value_of(executor, "'abc'") == "'abc'"
        assert await value_of(executor, "'a' * 1000") == "'" + "a" * 99 + "… (902 more characters)"


async def test_output_is_live_and_in_order(make: Make) -> None:
    code = """
import os, sys, time
for i in range(3):
    print("out", i)
    print("err", i, file=sys.stderr)
    while not os.path.exists(f"seen-{i}"):
        time.sleep(0.01)
"""
    async with make() as executor:
        await value_of(executor, "1")
        found, lines = [], 0
        async for event in executor.run(code):
            found.append(event)
            if isinstance(event, Output) and event.stream == "stderr":
                await executor.workspace.write(f"seen-{lines}", b"")  # or it goes on for ever
                lines += 1
        assert printed(found) == "out 0\nout 1\nout 2\n"
        assert printed(found, "stderr") == "err 0\nerr 1\nerr 2\n"
        assert lines == 3


@pytest.mark.parametrize("flush", [False, True])
async def test_ten_thousand_lines_all_arrive(make: Make, flush: bool) -> None:
    async with make(limits=Limits(output_chars=1_000_000)) as executor:
        code = f"for i in range(10_000):\n    print('line', i, flush={flush})"
        found = await events_of(executor, code)
        assert printed(found) == "".join(f"line {i}\n" for i in range(10_000))


async def test_a_flood_is_cut_between_head_and_tail(make: Make) -> None:
    async with make(limits=Limits(output_chars=1_000)) as executor:
        found = await events_of(executor, "print('a' * 50_000)\nprint('the end')")
        text = printed(found)
        assert text.startswith("a" * 500 + "\n… 49,")
        assert text.endswith("the end\n")
        assert " characters cut …" in text
        assert len(text) < 1_100


async def test_an_error_shows_only_the_frames_of_cells(make: Make) -> None:
    async with make() as executor:
        await value_of(executor, "def divide(x):\n    return 1 / x")
        error = (await end_of(executor, "a = 1\ndivide(0)")).error
        assert error
        assert (error.name, error.message, error.line) == (
            "ZeroDivisionError",
            "division by zero",
            2,
        )
        whole_line = "    ~~~~~~^^^\n" if sys.version_info >= (3, 13) else ""
        assert error.traceback == (
            "Traceback (most recent call last):\n"
            '  File "<cell>", line 2, in <module>\n'
            f"    divide(0)\n{whole_line}"
            '  File "<cell>", line 2, in divide\n'
            "    return 1 / x\n"
            "           ~~^~~\n"
            "ZeroDivisionError: division by zero\n"
        )


async def test_errors_inside_libraries_and_chains_stay_readable(make: Make) -> None:
    code = """
import json
try:
    json.loads("{")
except ValueError as e:
    raise RuntimeError("outer") from e
"""
    async with make() as executor:
        error = (await end_of(executor, code)).error
        assert error
        assert (error.name, error.line) == ("RuntimeError", 6)
        assert "json.decoder.JSONDecodeError: Expecting property name" in error.traceback
        assert "json/decoder.py" not in error.traceback
        assert "\x1b" not in error.traceback
        assert "ipykernel" not in error.traceback


async def test_a_syntax_error_names_its_line(make: Make) -> None:
    async with make() as executor:
        error = (await end_of(executor, "a = 1\nb = = 2")).error
        assert error
        assert (error.name, error.message, error.line) == ("SyntaxError", "invalid syntax", 2)
        assert error.traceback.startswith('  File "<cell>", line 2\n    b = = 2\n')


async def test_a_missing_module_comes_with_a_hint(make: Make) -> None:
    async with make() as executor:
        error = (await end_of(executor, "import no_such_module_here")).error
        assert error
        assert error.name == "ModuleNotFoundError"
        assert "%pip install" in error.hint


@pytest.mark.parametrize(
    "code",
    [
        "class Bad(Exception):\n    def __str__(self): raise OSError('no')\nraise Bad",
        "class Bad:\n    def __repr__(self): raise OSError('no')\nBad()",
    ],
)
async def test_a_hostile_text_does_not_break_the_kernel(make: Make, code: str) -> None:
    async with make() as executor:
        await events_of(executor, code)
        assert await value_of(executor, "1 + 1") == "2"


async def test_a_figure_is_shown(make: Make) -> None:
    async with make(limits=Limits(seconds=100)) as executor:
        code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('done')"
        found = await events_of(executor, code)
        shown = [event for event in found if isinstance(event, Display)]
        assert [event.mime for event in shown] == ["image/png"]
        assert base64.b64decode(shown[0].data).startswith(b"\x89PNG")
        assert shown[0].alt.startswith("<Figure")
        assert printed(found) == "done\n"


async def test_a_table_is_shown_and_is_the_value(make: Make) -> None:
    async with make(limits=Limits(seconds=100)) as executor:
        found = await events_of(executor, "import pandas as pd\npd.DataFrame({'a': [1, 2]})")
        display, finished = found[-2:]
        assert isinstance(display, Display)
        assert display.mime == "text/html"
        assert "<table" in display.data
        assert display.alt == finished.value == "   a\n0  1\n1  2"


async def test_displayed_text_counts_as_printed(make: Make) -> None:
    async with make() as executor:
        assert printed(await events_of(executor, "display('shown')")) == "'shown'\n"


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("final_answer({'a': (1, 2)})", {"a": (1, 2)}),
        ("final_answer(1, 'b')", (1, "b")),
        ("final_answer(answer=7)", 7),
        ("final_answer('x' * 400_000)", "x" * 400_000),
        ("try:\n    final_answer(3)\nexcept:\n    print('swallowed')", 3),
        ("try:\n    final_answer(4)\nexcept BaseException:\n    raise ValueError", 4),
        ("final_answer = 1\nprint(final_answer)\nglobals()['__builtins__']", None),
    ],
)
async def test_final_answer_ends_the_cell(make: Make, code: str, answer: object) -> None:
    async with make() as executor:
        found = await events_of(executor, code)
        finished = found[-1]
        assert finished.outcome == "ok"
        assert finished.error is None
        if answer is None:  # a variable of that name: the cell has no answer, the next can give one
            assert not finished.is_answer
            finished = await end_of(executor, "final_answer('again')")
            answer = "again"
        assert finished.is_answer
        assert decode(finished.answer) == answer
        assert "swallowed" not in printed(found)


async def test_memory_that_runs_out_is_an_error_and_the_state_stays(make: Make) -> None:
    async with make(limits=Limits(memory_bytes=1 << 30)) as executor:
        await value_of(executor, "x = 5")
        finished = await end_of(executor, "big = bytearray(3 << 30)")
        assert finished.error
        assert (finished.outcome, finished.error.name) == ("error", "MemoryLimit")
        assert await value_of(executor, "x") == "5"


async def test_asyncio_works_in_both_ways(make: Make) -> None:
    code = """
import asyncio
async def double(n):
    await asyncio.sleep(0.01)
    return 2 * n
a = asyncio.run(double(1))
b = await double(2)
c = asyncio.run(double(3))
a, b, c
"""
    async with make() as executor:
        assert await value_of(executor, code) == "(2, 4, 6)"


async def test_more_pictures_than_a_person_looks_at_are_left_out(make: Make) -> None:
    code = "from IPython.display import HTML\nfor i in range(130): display(HTML(f'<b>{i}</b>'))"
    async with make() as executor:
        await value_of(executor, "1")
        found = await events_of(executor, code)
        assert len([event for event in found if isinstance(event, Display)]) == 100
        assert Notice(level="warning", text=LEFT_OUT) in found


async def test_magics_work_and_cannot_hide_a_call(make: Make) -> None:
    async with make() as executor:
        found = await events_of(executor, "%%capture kept\nprint('hidden')\nx = pair(1)")
        assert printed(found) == ""
        assert await value_of(executor, "x, kept.stdout") == "((1, None), 'hidden\\n')"
