"""Swallowing limits: a cell that has used up its operations does not get over it.

In plain Python each of these gets over any exception: the control raises one where the guarded cell
runs into its limit.
"""

from __future__ import annotations

import pytest

from tests.containment.guard.trial import Duel, conversation
from tests.containment.scene import run

LIMIT = "[0 for _ in iter(int, 1)]"
"""Runs into the limit of operations."""
RAISED = "raise_it()"
RAISE_IT = "class Limit(BaseException): pass\ndef raise_it(): raise Limit\n"

SWALLOWED = {
    "a bare except": "try:\n    {limit}\nexcept:\n    pass",
    "except BaseException": "try:\n    {limit}\nexcept BaseException:\n    pass",
    "except a tuple": "try:\n    {limit}\nexcept (ValueError, BaseException) as exc:\n    pass",
    "except an expression": "try:\n    {limit}\nexcept [BaseException][0]:\n    pass",
    "except the type itself": (
        "kinds = []\nclass Look:\n    def __enter__(self): pass\n"
        "    def __exit__(self, kind, error, trace):\n"
        "        kinds.append(kind)\n        return True\n"
        "with Look(): {limit}\ntry:\n    {limit}\nexcept kinds[0]:\n    pass"
    ),
    "except in except": (
        "try:\n    try:\n        {limit}\n    except:\n        {limit}\nexcept:\n    pass"
    ),
    "return in finally": (
        "def f():\n    try:\n        {limit}\n    finally:\n        return 1\nf()"
    ),
    "break in finally": ("for _ in (1,):\n    try:\n        {limit}\n    finally:\n        break"),
    "continue in finally": (
        "for _ in (1, 2):\n    try:\n        {limit}\n    finally:\n        continue"
    ),
    "suppress": ("from contextlib import suppress\nwith suppress(BaseException):\n    {limit}"),
    "__exit__ that says yes": (
        "class Yes:\n    def __enter__(self): pass\n    def __exit__(self, *a): return True\n"
        "with Yes():\n    {limit}"
    ),
    "a context manager of a generator": (
        "from contextlib import contextmanager\n@contextmanager\ndef yes():\n"
        "    try:\n        yield\n    except BaseException:\n        pass\nwith yes():\n    {limit}"
    ),
    "an exit stack": (
        "from contextlib import ExitStack\nwith ExitStack() as stack:\n"
        "    stack.push(lambda *a: True)\n    {limit}"
    ),
    "a decorator of a context manager": (
        "from contextlib import ContextDecorator\nclass Yes(ContextDecorator):\n"
        "    def __enter__(self): pass\n    def __exit__(self, *a): return True\n"
        "@Yes()\ndef f(): {limit}\nf()"
    ),
    "__del__": "class A:\n    def __del__(self): {limit}\na = A()\ndel a",
    "a generator that is closed": (
        "def f():\n    try:\n        yield\n    finally:\n        {limit}\ng = f()\nnext(g)\ndel g"
    ),
    "a generator that catches": (
        "def f():\n    try:\n        yield {limit}\n    except BaseException:\n        yield 1\n"
        "next(f())"
    ),
    "a task that nobody waits for": (
        "import asyncio\nasync def f(): {limit}\nasync def main():\n"
        "    t = asyncio.create_task(f())\n    await asyncio.wait([t])\n    t.exception()\n"
        "asyncio.run(main())"
    ),
    "gather": (
        "import asyncio\nasync def f(): {limit}\nasync def main():\n"
        "    await asyncio.gather(f(), return_exceptions=True)\nasyncio.run(main())"
    ),
    "__aexit__ that says yes": (
        "import asyncio\nclass Yes:\n    async def __aenter__(self): pass\n"
        "    async def __aexit__(self, *a): return True\nasync def main():\n"
        "    async with Yes():\n        {limit}\nasyncio.run(main())"
    ),
    "a callback of a loop": (
        "import asyncio\nasync def main():\n    loop = asyncio.get_running_loop()\n"
        "    loop.set_exception_handler(lambda *a: None)\n    loop.call_soon(lambda: {limit})\n"
        "    await asyncio.sleep(0)\nasyncio.run(main())"
    ),
    "a callback of a weak reference": (
        "import weakref\nclass A: pass\na = A()\nr = weakref.ref(a, lambda r: {limit})\ndel a"
    ),
    "isinstance with its hook": (
        "class M(type):\n    def __instancecheck__(c, v): {limit}\nclass A(metaclass=M): pass\n"
        "try:\n    isinstance(1, A)\nexcept BaseException:\n    pass"
    ),
    "hasattr": (
        "class A:\n    @property\n    def x(self): {limit}\ntry:\n    hasattr(A(), 'x')\n"
        "except BaseException:\n    pass"
    ),
    "a key function": (
        "def key(x): {limit}\ntry:\n    sorted([2, 1], key=key)\nexcept BaseException:\n    pass"
    ),
    "a comparison": (
        "class A:\n    def __eq__(self, other): {limit}\ntry:\n    A() in [A()]\n"
        "except BaseException:\n    pass"
    ),
    "a hash": (
        "class A:\n    def __hash__(self): {limit}\ntry:\n    hash(A())\n"
        "except BaseException:\n    pass"
    ),
    "a default of a dict": (
        "from collections import defaultdict\nd = defaultdict(lambda: {limit})\ntry:\n    d[1]\n"
        "except BaseException:\n    pass"
    ),
    "a chain of suppressions": (
        "from contextlib import suppress\nfor _ in (1, 2, 3):\n"
        "    with suppress(BaseException): {limit}"
    ),
}


@pytest.mark.parametrize("name", SWALLOWED)
async def test_the_limit_is_met_all_the_same(name: str, walls: Duel) -> None:
    guarded, unguarded = walls
    code = SWALLOWED[name]
    async with conversation(unguarded) as executor:
        plain = RAISE_IT + code.replace("{limit}", RAISED) + "\n'went on'"
        assert (await run(executor, plain)).value == "'went on'", "in plain Python it is swallowed"
    async with conversation(guarded, operations=2_000) as executor:
        await run(executor, "x = 1")
        end = await run(executor, code.replace("{limit}", LIMIT) + "\n'went on'")
        assert end.error is not None, f"the limit was swallowed: {end.value}"
        assert (end.error.name, end.outcome, end.state_kept) == ("OperationLimit", "error", True)
        assert (await run(executor, "x")).value == "1"


async def test_an_answer_is_given_once_and_cannot_be_taken_back(walls: Duel) -> None:
    code = (
        "from contextlib import suppress\ntry:\n    with suppress(BaseException):\n"
        "        final_answer(1)\n    final_answer(2)\nfinally:\n    1 / 0"
    )
    async with conversation(walls[0]) as executor:
        end = await run(executor, code)
        assert (end.is_answer, end.answer) == (True, 1)


SWALLOWERS = {
    "a loop that catches everything": (
        "while True:\n    try:\n        {limit}\n    except:\n        pass"
    ),
    "a recursion in finally": (
        "def f():\n    try:\n        {limit}\n    finally:\n        f()\nf()"
    ),
    "a loop of callbacks": (
        "import asyncio\nasync def main():\n    loop = asyncio.get_running_loop()\n"
        "    loop.set_exception_handler(lambda *a: None)\n"
        "    def again():\n        loop.call_soon(again)\n    again()\n"
        "    await asyncio.Event().wait()\nasyncio.run(main())"
    ),
    "a generator that does not close": (
        "def f():\n    while True:\n        try:\n            yield\n"
        "        except BaseException:\n            pass\ng = f()\nnext(g)\n"
        "while True: g.throw(ValueError)"
    ),
    "a comparison that sorts for ever": (
        "import functools\nsorted(iter(int, 1), key=functools.cmp_to_key(lambda a, b: 0))"
    ),
}


@pytest.mark.parametrize("name", SWALLOWERS)
async def test_what_goes_on_for_ever_is_ended(name: str, walls: Duel) -> None:
    """By its operations, or from outside, and earlier variables stay."""
    code = SWALLOWERS[name].replace("{limit}", LIMIT)
    async with conversation(walls[0], operations=2_000, seconds=2) as executor:
        await run(executor, "x = 1")
        end = await run(executor, code)
        assert end.outcome in ("error", "timeout", "crashed")
        assert end.state_kept
        assert (await run(executor, "x")).value == "1"
