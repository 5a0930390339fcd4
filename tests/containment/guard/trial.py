"""The one test that every family of attacks on the guard is put to, with the kernel's wall open.

Each attack says `True` where it reached what it aimed at: another module, a frame, a builtin that
is refused. In plain Python it must get there; guarded it must be refused, in the words it names.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from executors.base import CallTool, ExecutorSpec, Finished, Limits, Parameter, ToolSpec
from executors.local.executor import LocalExecutor, LocalExecutorFactory
from executors.local.walls import Walls
from tests.containment.scene import OPEN, run

GUARDED = Walls(guard=True, kernel=False)
LIMITS: Mapping[str, Any] = {"seconds": 100, "operations": 100_000, "memory_bytes": 256 << 20}
GIVE = ToolSpec(name="give", description="Gives back.", parameters=(Parameter(name="value"),))

PRIZE = """
def prize(names):
    return names['__builtins__']['__import__']('os').getpid() > 0

def plain():
    pass

def steps():
    yield 1
"""
"""What attacks have at hand. Whoever gets hold of a function's globals has everything."""


@dataclass(frozen=True, slots=True)
class Escape:
    """An attack on the guard. Its last expression is `True` where it got through."""

    code: str
    refusal: str = ""
    """What the guard says, in part; empty where the code runs and just does not get there."""
    since: tuple[int, int] = (3, 11)
    """The first Python that knows its syntax or its way."""

    root = False

    @property
    def possible(self) -> bool:
        """Whether this Python has what it needs."""
        return sys.version_info >= self.since


Duel = tuple[LocalExecutorFactory, LocalExecutorFactory]
"""Makers of guarded and of unguarded conversations."""


@asynccontextmanager
async def duel() -> AsyncGenerator[Duel, None]:
    """Both without the kernel's wall, so that nothing else can be what stopped an attack."""
    guarded, unguarded = (LocalExecutorFactory(_walls=walls) for walls in (GUARDED, OPEN))
    yield guarded, unguarded
    await guarded.aclose()
    await unguarded.aclose()


async def test_the_guard_holds(attack: Escape, walls: Duel) -> None:
    """It gets through plain Python, so it is a real attack; and not through the guard."""
    guarded, unguarded = walls
    control = await attempt(attack, unguarded)
    assert control.value == "True", f"no attack at all: {control}"
    wrong = verdict(attack, await attempt(attack, guarded))
    assert not wrong, wrong


def verdict(attack: Escape, end: Finished) -> str:
    """What is wrong with how a guarded attack ended; empty where the guard held."""
    if end.value == "True" or end.outcome not in ("ok", "error"):
        return f"it got through: {end}"
    said = f"{end.error.name}: {end.error.message}" if end.error else f"it ran to {end.value}"
    held = attack.refusal in said if attack.refusal else end.value == "False"
    return "" if held else said


async def attempt(attack: Escape, factory: LocalExecutorFactory) -> Finished:
    """Attack in a conversation of its own, which must go on afterwards."""
    async with conversation(factory) as executor:
        await run(executor, PRIZE)
        end = await run(executor, attack.code)
        assert (await run(executor, "1 + 1")).value == "2"
    return end


@asynccontextmanager
async def conversation(
    factory: LocalExecutorFactory, *, call_tool: CallTool | None = None, **limits: Any
) -> AsyncGenerator[LocalExecutor, None]:
    """A fresh one with small limits and one tool, which gives back what it gets."""
    bounds = Limits(**{**LIMITS, **limits})
    spec = ExecutorSpec(tools=(GIVE,), call_tool=call_tool or _give, limits=bounds)
    async with factory(spec) as executor:
        yield executor


async def _give(name: str, arguments: dict[str, Any]) -> Any:
    return arguments["value"]
