"""Every limit has an outcome of its own with a sentence, and takes no earlier variable along."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.cells import BUSY, end_of, events_of, printed, value_of
from tests.executors.local.helpers import local


class Case(NamedTuple):
    limits: dict[str, Any]
    code: str
    outcome: str
    name: str
    message: str


CASES = {
    "time": Case(
        *({"seconds": 1.5}, "import time\ntime.sleep(30)", "timeout", "TimeLimit"),
        "the cell was ended after 1.5 seconds",
    ),
    "time in C": Case(
        *({"seconds": 1.5}, BUSY, "timeout", "TimeLimit"),
        "the cell was ended after 1.5 seconds",
    ),
    "operations": Case(
        *({"operations": 10_000}, "while True:\n    pass", "error", "OperationLimit"),
        "the cell used up its operations",
    ),
    "memory at once": Case(
        *({"memory_bytes": 100 << 20}, "x = bytearray(200 << 20)", "error", "MemoryLimit"),
        "the cell used up its memory",
    ),
    "memory in pieces": Case(
        {"memory_bytes": 100 << 20},
        *("x = [bytearray(1 << 20) for _ in range(200)]", "error", "MemoryLimit"),
        "the cell used up its memory",
    ),
    "a file": Case(
        *({"file_bytes": 1 << 20}, "open('f', 'wb').write(bytes(2 << 20))", "error", "OSError"),
        "File too large",
    ),
    "all files": Case(
        {"workspace_bytes": 2 << 20},
        "import time\nfor i in range(4): open(f'{i}', 'wb').write(bytes(1 << 20))\ntime.sleep(60)",
        *("crashed", "DiskLimit", "the files take up more than 2,097,152 bytes"),
    ),
    "arguments of a tool": Case(
        *({"call_bytes": 10_000}, "echo('x' * 20_000)", "error", "ValueError"),
        "the arguments of echo() are too large",
    ),
    "the answer": Case(
        *({"call_bytes": 10_000}, "final_answer('x' * 20_000)", "error", "ValueError"),
        "the value is too large",
    ),
    "calls of tools": Case(
        *({"calls": 2}, "for i in range(3): echo(i)", "error", "RuntimeError"),
        "a cell may make 2 tool calls",
    ),
    "processes": Case({}, "import os\nos.fork()", "error", "PermissionError", "not permitted"),
    "threads": Case(
        {},
        "import threading, time\n"
        "for i in range(65): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        *("error", "RuntimeError", "can't start new thread: a cell may have 64"),
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items()])
async def test_a_limit(case: Case) -> None:
    async with local("os", "threading", **case.limits) as (executor, _):
        await value_of(executor, "kept = [1]")
        end = await end_of(executor, f"kept.append(2)\n{case.code}")
        assert end.error is not None
        assert (end.outcome, end.error.name) == (case.outcome, case.name)
        assert case.message in end.error.message
        assert end.state_kept
        kept = "[1, 2]" if case.outcome == "error" else "[1]"
        assert await value_of(executor, "kept") == kept


async def test_what_is_printed_and_shown_is_cut() -> None:
    async with local(output_chars=1_000, value_chars=100) as (executor, _):
        text = printed(await events_of(executor, "print('a' * 500 + 'b' * 500 + 'c' * 500)"))
        assert text.startswith("a" * 500)
        assert text.endswith("c" * 499 + "\n")
        assert "characters cut" in text
        value = await value_of(executor, "'v' * 1_000")
        assert value is not None
        assert value.startswith("'" + "v" * 99)
        assert value.endswith("(1,002 characters)")
