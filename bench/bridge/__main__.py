"""`python -m bench.bridge [--quick] [--write]`: a table in Markdown on stdout."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.document import write_section
from bench.executor.report import conditions
from executors.base import ExecutorFactory, ExecutorSpec, Finished, Limits, Parameter, ToolSpec
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from tests.e2b_stand_in.server import running

DISTANCES = (0, 40, 100)
"""Milliseconds to the sandbox and back that are simulated."""
_ECHO = ToolSpec(name="echo", description="", parameters=(Parameter(name="value"),))
_MEGABYTE = 1_000_000
_CODE = """
import time
from statistics import median
def seconds(value, times):
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        assert echo(value) == value
        spent.append(time.perf_counter() - started)
    return median(spent)
seconds(0, 3)
[seconds(0, {calls}), seconds("x" * {size}, {large})]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Median seconds of a call: with a number, and with a megabyte both ways."""

    place: str
    distance: int | None
    small: float
    large: float

    @property
    def reach(self) -> tuple[float, float] | None:
        """What was aimed at, in seconds; nothing where there is no distance."""
        if self.distance is None:
            return None
        return (self.distance + 15) / 1000, (2 * self.distance + 80) / 1000


async def measure(
    factory: ExecutorFactory, place: str, distance: int | None, quick: bool
) -> Figures:
    """Run the calls in one cell of one executor."""
    code = _CODE.format(calls=5 if quick else 50, large=1 if quick else 9, size=_MEGABYTE)
    limits = Limits(seconds=300, call_bytes=4 * _MEGABYTE)
    spec = ExecutorSpec(tools=(_ECHO,), call_tool=_echo, limits=limits)
    end: Finished | None = None
    async with factory(spec) as executor:
        async for event in executor.run(code):
            if isinstance(event, Finished):
                end = event
    if end is None or end.value is None:
        raise AssertionError(f"the cell failed: {end and end.error}")
    small, large = json.loads(end.value)
    return Figures(place=place, distance=distance, small=small, large=large)


async def _echo(_name: str, arguments: dict[str, Any]) -> Any:
    return arguments["value"]


async def figures(*, quick: bool) -> list[Figures]:
    """All places, one after the other."""
    local = LocalExecutorFactory()
    try:
        found = [await measure(local, "local worker", None, quick)]
    finally:
        await local.aclose()
    for distance in DISTANCES:
        with (
            tempfile.TemporaryDirectory() as folder,
            running(Path(folder), delay_ms=distance) as server,
        ):
            address = {"api_url": server.url, "sandbox_url": server.url}
            factory = E2BExecutorFactory(api_key=server.key, **address)
            try:
                place = f"E2B stand-in, {distance} ms away"
                found.append(await measure(factory, place, distance, quick))
            finally:
                await factory.aclose()
    return found


def report(found: list[Figures], where: str) -> str:
    """A table in Markdown."""
    lines = [
        "## Tool calls across the border",
        "",
        where,
        "",
        "`python -m bench.bridge` calls a tool on the host from a cell, one call after the other, "
        "and takes the median time as the code sees it. The distance is simulated on the line to "
        "the sandbox, in both directions together.",
        "",
        "| Where the code runs | A number | Target | 1 MB both ways | Target |",
        "| --- | --: | --: | --: | --: |",
    ]
    for one in found:
        small, large = (_target(one, i) for i in (0, 1))
        lines.append(f"| {one.place} | {_ms(one.small)} | {small} | {_ms(one.large)} | {large} |")
    return "\n".join(lines)


def _target(one: Figures, which: int) -> str:
    if one.reach is None:
        return ""
    met = (one.small, one.large)[which] <= one.reach[which]
    return f"≤ {_ms(one.reach[which])}" + ("" if met else ", **missed**")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.bridge", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer calls")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md as well")
    options = parser.parse_args()
    where = conditions(os.getloadavg()[0])
    text = report(asyncio.run(figures(quick=options.quick)), where)
    print(text)
    if options.write:
        write_section("bridge", text)


if __name__ == "__main__":
    main()
