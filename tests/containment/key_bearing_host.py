"""A host with a key in its environment; prints whether a worker of it has found the key."""

from __future__ import annotations

import asyncio
import os
import sys

from executors.base import ExecutorSpec
from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import LOCKED, OPEN, run

SEARCH = """
import glob, os
found = KEY in str(dict(os.environ))
for path in [*glob.glob('/proc/[0-9]*/environ'), '/proc/self/environ', f'/proc/{HOST}/environ']:
    try:
        found = found or KEY in open(path).read()
    except OSError:
        pass
found"""


async def main(walls: str) -> None:
    factory = LocalExecutorFactory(_walls={"open": OPEN, "locked": LOCKED}[walls])
    key = os.environ["HF_TOKEN"]
    async with factory(ExecutorSpec(call_tool=print)) as executor:
        end = await run(executor, f"KEY, HOST = {key!r}, {os.getpid()}\n{SEARCH}")
    await factory.aclose()
    print(end.value)


asyncio.run(main(sys.argv[1]))
