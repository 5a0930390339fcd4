from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from executors.base import (
    ExecutorSpec,
    Limits,
    Parameter,
    ToolSpec,
)
from executors.e2b import kernel
from executors.e2b.executor import E2BExecutor
from executors.e2b.factory import E2BExecutorFactory
from tests.e2b_stand_in.server import Server

Make = Callable[..., E2BExecutor]


@pytest.fixture
async def factory(stand_in: Server) -> AsyncIterator[E2BExecutorFactory]:
    made = E2BExecutorFactory(api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url)
    yield made
    await made.aclose()
    assert stand_in.sandboxes() == []  # whatever the test did, nothing is left behind


@pytest.fixture
def make(factory: E2BExecutorFactory) -> Make:
    """Makes an executor with the tools of these tests; the factory closes it."""

    def build(**changes: Any) -> E2BExecutor:
        spec: dict[str, Any] = {
            "tools": TOOLS,
            "call_tool": call_tool,
            "limits": Limits(seconds=100),
        }
        return factory(ExecutorSpec(**{**spec, **changes}))

    return build


TOOLS = (
    ToolSpec(
        name="pair",
        description="Both arguments.",
        parameters=(
            Parameter(name="first"),
            Parameter(name="second", required=False, default=None),
        ),
    ),
    ToolSpec(name="fail", description="Fails.", parameters=(Parameter(name="how"),)),
    ToolSpec(name="wait", description="Waits.", parameters=(Parameter(name="seconds"),)),
)


class OddError(Exception):
    """An exception that code in a sandbox cannot know."""


async def call_tool(name: str, arguments: dict[str, Any]) -> Any:
    match name:
        case "pair":
            return arguments["first"], arguments["second"]
        case "fail":
            raise {
                "value": ValueError("bad value"),
                "key": KeyError("missing"),
                "odd": OddError("strange"),
            }[arguments["how"]]
        case "wait":
            await asyncio.sleep(arguments["seconds"])
            return "waited"
        case _:
            raise AssertionError(name)


@contextmanager
def patience() -> Iterator[None]:
    """Meanwhile a kernel that was interrupted has the time that a busy machine needs to answer."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernel, "PROBES", (0.5, 60.0))
        yield


def announced(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> asyncio.Event:
    """An event that is set when that function of a class or module is called."""
    original, called = getattr(owner, name), asyncio.Event()

    def call(*args: Any, **kwargs: Any) -> Any:
        called.set()
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, call)
    return called


SLEEP_CODE = "print('on')\nimport time\ntime.sleep(60)"
