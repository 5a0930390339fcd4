"""Exhaustion: each resource has an end, and who reaches it loses no earlier variable.

Both walls stand. The control for each limit is the same code with little to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from executors.base import Finished
from executors.local.executor import LocalExecutorFactory
from tests.containment.guard.trial import conversation
from tests.containment.scene import run

ENDED = ("OperationLimit", "MemoryLimit", "TimeLimit", "WorkerDied")


@dataclass(frozen=True, slots=True)
class Hog:
    """Code with an `{n}` that says how much it takes: `much` is too much, `little` is not.

    A second is enough where it is the time that ends it; what ends for another reason gets enough
    time to get there on a machine that is busy.
    """

    code: str
    much: Any
    little: Any = 1
    ends: tuple[str, ...] = ("TimeLimit",)
    limits: dict[str, Any] = field(default_factory=dict)


LOOPS = {
    "a loop": Hog("i = 0\nwhile i < {n}: i += 1", 10**9, ends=("OperationLimit",)),
    "a for loop": Hog("for i in range({n}): pass", 10**9, ends=("OperationLimit",)),
    "a comprehension": Hog("sum([i for i in range({n})])", 10**9, ends=("OperationLimit",)),
    "a range larger than numbers of C": Hog(
        "for i in range(10 ** {n}): pass", 30, ends=("OperationLimit",)
    ),
    "ranges in each other": Hog(
        "for i in range(300):\n    for j in range({n}): pass", 9_000, ends=("OperationLimit",)
    ),
    "comprehensions of ranges in each other": Hog(
        "len([[0 for j in range({n})] for i in range(300)])", 9_000, ends=("OperationLimit",)
    ),
    "a range that goes on after the limit": Hog(
        "def f():\n    try:\n        for j in range({n}): pass\n    finally:\n        f()\nf()"
        " if {n} > 1 else 0", 9_000, ends=("OperationLimit",),
    ),
    "a recursion of two": Hog(
        "def f(n): return f(n - 1) + f(n - 1) if n else 1\nf({n})", 60, ends=("OperationLimit",)
    ),
    "a deep recursion": Hog(
        "def f(n): return n and f(n - 1)\nf({n})", 10**6, ends=("RecursionError",)
    ),
    "generators that wait for each other": Hog(
        "def f(n):\n    if n: yield from f(n - 1)\nlist(f({n}))", 10**5, ends=("RecursionError",)
    ),
    "a sum in C": Hog("sum(range({n}))", 10**12),
    "a search in C": Hog("from itertools import count\n-1 in count() if {n} > 1 else 0", 2),
    "a queue in C": Hog("from collections import deque\nfrom itertools import repeat\n"
                        "deque(repeat(0, {n}), 0)", 10**13),
    "permutations in C": Hog("from itertools import permutations\n"
                             "sum(map(len, permutations(range({n}))))", 14),
    "a power": Hog("10 ** 10 ** {n}", 9, ends=ENDED),
    "a factorial": Hog("from math import factorial\nfactorial({n})", 10**7, ends=ENDED),
    "a number as text": Hog("str(10 ** {n})", 10**6, ends=("ValueError",)),
    "a number from text": Hog("int('9' * {n})", 10**6, ends=("ValueError",)),
    "a shift": Hog("1 << {n}", 10**12, ends=("MemoryLimit",)),
    "a pattern that goes back": Hog("import re\nre.match('(a+)+$', 'a' * {n} + 'b')", 60),
    "a pattern with alternatives": Hog("import re\nre.match('(a|aa)+$', 'a' * {n} + 'b')", 80),
    "a sort of what never ends": Hog("sorted(iter(lambda: 0, {n}))", 1, 0,
                                     ends=("OperationLimit",)),
    "a sleep": Hog("import time\ntime.sleep({n})", 60, 0),
    "a task that sleeps": Hog("import asyncio\nasyncio.run(asyncio.sleep({n}))", 60, 0),
    "a lock that nobody opens": Hog(
        "import queue\nq = queue.Queue()\nq.put(1)\nfor _ in range({n}): q.get()", 2
    ),
}  # fmt: skip
MEMORY = {
    "a list": Hog("len([0] * {n})", 10**9, ends=("MemoryLimit",)),
    "a text": Hog("len('x' * {n})", 10**10, ends=("MemoryLimit",)),
    "bytes": Hog("len(bytearray({n}))", 10**10, ends=("MemoryLimit",)),
    "a text that doubles": Hog(
        "s = 'x'\nfor _ in range({n}): s += s\nlen(s)", 40, ends=("MemoryLimit",)
    ),
    "a list that lists itself": Hog(
        "a = []\nfor _ in range({n}): a = [a, a, a]\nlen(str(a))", 30, ends=ENDED
    ),
    "objects": Hog(
        "kept = [object() for _ in range({n})]", 10**8, ends=("MemoryLimit",),
        limits={"operations": 10**9, "seconds": 20, "memory_bytes": 64 << 20},
    ),
    "a dict from C": Hog("len(dict.fromkeys(range({n})))", 10**8, ends=ENDED),
    "a format with a width": Hog("len('{{:{n}}}'.format(1))", 10**10, ends=("MemoryLimit",)),
    "an f-string with a width": Hog("n = {n}\nlen(f'{{1:{{n}}}}')", 10**10, ends=("MemoryLimit",)),
    "json": Hog("import json\nlen(json.dumps([0] * {n}))", 10**8, ends=ENDED),
    "brackets": Hog("import json\njson.loads('[' * {n} + ']' * {n})", 10**5,
                    ends=("RecursionError",)),
    "a product": Hog("from itertools import product\nlen(list(product(range(10), repeat={n})))",
                     9, ends=ENDED),
    "a bomb that is packed": Hog(
        "import zlib\nsmall = zlib.compress(bytes(1 << 20))\n"
        "len(b''.join(zlib.decompress(small) for _ in range({n})))", 10**4, ends=ENDED,
    ),
}  # fmt: skip
HOGS = LOOPS | MEMORY
_ENOUGH_SECONDS = 20


@pytest.mark.parametrize("name", HOGS)
async def test_what_takes_too_much_is_ended(name: str, confined: LocalExecutorFactory) -> None:
    hog = HOGS[name]
    seconds = 1 if "TimeLimit" in hog.ends else _ENOUGH_SECONDS
    limits = {"seconds": seconds, "operations": 100_000, **hog.limits}
    async with conversation(confined, **limits) as executor:
        await run(executor, "x = 1")
        little = await run(executor, hog.code.format(n=hog.little))
        assert little.outcome == "ok", "the control: with little to do it is no attack"
        end = await run(executor, hog.code.format(n=hog.much))
        assert end.error is not None, f"it got through: {end}"
        assert end.error.name in hog.ends, end.error
        assert end.state_kept
        assert (await run(executor, "x")).value == "1"


@pytest.mark.parametrize(
    "code",
    [
        "for i in range(1_000):\n    for j in range(9_000): break",
        "for i in range(1_000): any(j == 0 for j in range(9_000))",
        "def f():\n    for j in range(9_000): return j\nfor i in range(1_000): f()",
        "def f():\n    for j in range(9_000): yield j\nfor i in range(1_000): next(f())",
    ],
)
async def test_turns_that_are_not_done_are_not_counted(
    code: str, confined: LocalExecutorFactory
) -> None:
    async with conversation(confined, operations=20_000) as executor:
        assert (await run(executor, code)).error is None


async def test_output_floods_are_cut(confined: LocalExecutorFactory) -> None:
    async with conversation(confined, output_chars=10_000) as executor:
        for code in (
            "print('x' * 1_000_000)",
            "for i in range(20_000): print(i, 'x' * 50)",
            "import sys\nsys.stdout.write('x' * 1_000_000)\nNone",
        ):
            texts, end = await printed(executor.run(code))
            assert end.outcome == "ok"
            assert len(texts) < 12_000
            assert "characters cut" in texts


async def test_a_message_of_an_exception_is_cut(confined: LocalExecutorFactory) -> None:
    async with conversation(confined) as executor:
        end = await run(executor, "raise ValueError('x' * 10_000_000)")
        assert end.error is not None
        assert len(end.error.message) + len(end.error.traceback) < 20_000


async def test_many_variables_and_files_left_open(confined: LocalExecutorFactory) -> None:
    async with conversation(confined, seconds=10) as executor:
        await run(executor, "x = 1")
        code = "files = [open(f'f{i}', 'w') for i in range(200)]"
        end = await run(executor, code)
        assert end.error is not None
        assert end.error.name == "OSError"
        end = await run(executor, "x, len([open(f'g{i}', 'w') for i in range(5)])")
        assert end.value == "(1, 5)"


async def test_a_large_file_is_refused(confined: LocalExecutorFactory) -> None:
    async with conversation(confined, file_bytes=1 << 20) as executor:
        end = await run(executor, "with open('f', 'wb') as f: f.write(bytes(2 << 20))")
        assert end.error is not None
        assert end.error.name == "OSError"
        assert (await run(executor, "open('g', 'wb').write(bytes(1 << 10))")).value == "1024"


async def test_no_other_processes(confined: LocalExecutorFactory) -> None:
    """The guard hands out nothing that makes them; without it the kernel refuses them, too."""
    for code in (
        "import multiprocessing",
        "import os\nos.fork()",
        "from concurrent.futures import ProcessPoolExecutor",
    ):
        async with conversation(confined) as executor:
            end = await run(executor, code)
            assert end.error is not None
            assert end.error.name == "NotAllowed"


async def printed(events: Any) -> tuple[str, Finished]:
    """All that a cell printed, and its end."""
    text, end = "", None
    async for event in events:
        if event.type == "output":
            text += event.text
        elif event.type == "finished":
            end = event
    assert end is not None
    return text, end
