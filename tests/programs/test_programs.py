"""What legitimate programs give in a real worker behind both walls is what CPython gives."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from executors.base import Executor, ExecutorSpec
from executors.local import lockdown
from executors.local.executor import LocalExecutorFactory
from tests.programs.plain import PRELOAD
from tests.programs.program import LIBRARIES, Outcome, Program, Result, programs
from tests.programs.worker import run

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAMS = {program.name: program for program in programs()}
EVERY_LIBRARY = tuple({library for needed in LIBRARIES.values() for library in needed})


def missing(program: Program) -> str:
    """Why the program cannot run here, if it cannot."""
    if program.too_new:
        return "its syntax is newer than this Python"
    absent = [name for name in program.libraries if importlib.util.find_spec(name) is None]
    return f"{', '.join(absent)} is not installed" if absent else ""


@pytest.fixture(scope="module")
def plain() -> dict[str, Outcome]:
    """What CPython makes of each program that can run here."""
    names = [name for name, program in PROGRAMS.items() if not missing(program)]
    told = subprocess.run(
        [sys.executable, "-m", "tests.programs.plain", *names],
        env={"LANG": "C.UTF-8", "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
        | {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return dict(zip(names, map(outcome, told.splitlines()), strict=True))


def outcome(line: str) -> Outcome:
    told = json.loads(line)
    cells = [Result(**{**cell, "pictures": tuple(cell["pictures"])}) for cell in told["cells"]]
    return Outcome(cells, told["files"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def factory() -> AsyncIterator[LocalExecutorFactory]:
    confined = not lockdown.supported()
    made = LocalExecutorFactory(preload=PRELOAD, require_lockdown=confined)
    yield made
    await made.aclose()


def conversation(factory: LocalExecutorFactory) -> Executor:
    return factory(ExecutorSpec(call_tool=print, additional_authorized_imports=EVERY_LIBRARY))


@pytest.mark.parametrize("name", PROGRAMS)
async def test_a_program_gives_what_cpython_gives(
    name: str, plain: dict[str, Outcome], factory: LocalExecutorFactory
) -> None:
    if why := missing(PROGRAMS[name]):
        pytest.skip(why)
    async with conversation(factory) as executor:
        assert await run(executor, PROGRAMS[name].cells) == plain[name]


async def test_there_are_enough_programs() -> None:
    assert len(PROGRAMS) >= 120
    counts = Counter(name.partition("/")[0] for name in PROGRAMS)
    least = {"arrays": 8, "tables": 8, "plots": 5, "pictures": 2}
    assert {topic: min(counts[topic], least[topic]) for topic in least} == least


async def test_each_program_does_something(plain: dict[str, Outcome]) -> None:
    """A program that shows nothing would be right in any executor."""
    nothing = Result("", None)
    idle = [name for name, found in plain.items() if all(cell == nothing for cell in found.cells)]
    assert idle == []


FAULTS = {
    "prints a line less": ("everyday/fizzbuzz", "range(1, 16)", "range(1, 15)"),
    "binds defaults late": ("functions/closures", "lambda x, n=n:", "lambda x:"),
    "shows another value": ("everyday/hello", "40 + 2", "42.0"),
    "shows no value": ("everyday/hello", "40 + 2", "40 + 2;pass"),
    "raises another error": ("exceptions/error_in_a_function", "/ len", "/ 1.0 / len"),
    "names another line": ("exceptions/error_in_a_function", "def mean", "\ndef mean"),
    "runs on after an error": ("exceptions/error_in_a_function", ', "b": []', ""),
    "draws another figure": ("plots/one_line", "9, 16", "9, 17"),
    "shows no figure": ("plots/one_line", "axes = ", "plt.close()\naxes = "),
    "writes another file": ("files/json_lines", '"b": [1, 2]', '"b": [2, 1]'),
    "forgets variables": ("cells/state_across_cells", "import math\nprices", "import math\nother"),
}
"""How an executor may be wrong: a program, and what stands in for a part of it."""


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_executor_that_is_wrong_is_found_out(
    fault: str, plain: dict[str, Outcome], factory: LocalExecutorFactory
) -> None:
    name, right, wrong = FAULTS[fault]
    if why := missing(PROGRAMS[name]):
        pytest.skip(why)
    assert right in PROGRAMS[name].source
    spoiled = Program(name, PROGRAMS[name].source.replace(right, wrong))
    async with conversation(factory) as executor:
        assert await run(executor, spoiled.cells) != plain[name]
