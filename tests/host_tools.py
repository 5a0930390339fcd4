"""Real tools of the host, for the tests of every executor."""

from __future__ import annotations

import asyncio
from typing import Any

from executors.base import Parameter, ToolSpec


class Oddity(Exception):
    """An exception type that Python does not have."""


class Tools:
    """Real tools on the host that remember how they were called and whether they were cancelled."""

    specs = (
        ToolSpec(
            name="search",
            description="Searches.",
            parameters=(
                Parameter(name="query", annotation="str"),
                Parameter(name="limit", annotation="int", required=False, default=5),
            ),
        ),
        ToolSpec(name="echo", description="Gives back.", parameters=(Parameter(name="value"),)),
        ToolSpec(name="fail", description="Fails.", parameters=(Parameter(name="kind"),)),
        ToolSpec(name="wait", description="Waits.", parameters=(Parameter(name="seconds"),)),
        ToolSpec(
            name="meet",
            description="Waits until so many calls wait here.",
            parameters=(Parameter(name="count"),),
        ),
    )

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.cancelled = 0
        self._met: list[asyncio.Event] = []

    async def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((name, arguments))
        match name:
            case "search":
                return [{"title": f"{arguments['query']} {i}"} for i in range(arguments["limit"])]
            case "echo":
                return arguments["value"]
            case "fail":
                raise {"value": ValueError, "key": KeyError, "odd": Oddity}[arguments["kind"]]("no")
            case "meet":
                return await self._meet(arguments["count"])
            case _:
                try:
                    await asyncio.sleep(arguments["seconds"])
                except asyncio.CancelledError:
                    self.cancelled += 1
                    raise
                return "done"

    async def _meet(self, count: int) -> int:
        self._met.append(here := asyncio.Event())
        if len(self._met) >= count:
            for one in self._met:
                one.set()
        await here.wait()
        return count
