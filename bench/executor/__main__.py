"""`python -m bench.executor [--quick] [--write]`: a report in Markdown on stdout."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import time

from bench.document import write_section
from bench.executor.latency import latencies
from bench.executor.report import conditions, report
from bench.executor.runners import runners
from bench.executor.speed import compare
from bench.executor.workloads import CHECKPOINTED, WORKLOADS

_ROUNDS, _QUICK_ROUNDS = 7, 3
_SECONDS, _QUICK_SECONDS = 70.0, 10.0
"""After so many seconds no round begins."""


async def measure(*, quick: bool) -> str:
    """Measure everything, and tell it as Markdown."""
    where = conditions(os.getloadavg()[0])
    started = time.monotonic()
    figures = await latencies(quick=quick)
    async with runners(quick) as (found, notes):
        gc.collect()
        gc.freeze()  # plain Python must not pay for what the peers have imported
        comparisons, rounds = await compare(
            found,
            WORKLOADS,
            rounds=_QUICK_ROUNDS if quick else _ROUNDS,
            deadline=started + (_QUICK_SECONDS if quick else _SECONDS),
        )
        (aside,), _ = await compare(found[:2], [CHECKPOINTED], rounds=rounds)
    return report(
        comparisons, figures, aside=aside.worst[1], rounds=rounds, notes=notes, where=where
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.executor", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, no peers")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md as well")
    options = parser.parse_args()
    text = asyncio.run(measure(quick=options.quick))
    print(text)
    if options.write:
        write_section("executor", text)


if __name__ == "__main__":
    main()
