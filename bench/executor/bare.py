"""What the worker's own code adds to a `1+1` cell, in seconds: `python -m bench.executor.bare`.

The interpreter of the worker runs here without walls, and without the fork that is each cell's
checkpoint; a cell's frames go through a socket pair as they do there.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from statistics import median

from executors.base import Limits
from executors.local.cell import Interpreter, Link

_TIMES = 1000


def main() -> None:
    """Print the median of the differences to plain Python."""
    stdout, limits = sys.stdout, Limits()
    interpreter = Interpreter((), (), limits)
    ours, theirs = socket.socketpair()
    link = Link(theirs, limits)
    added: list[float] = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        link.send(interpreter.run("1+1", link))
        between = time.perf_counter()
        eval(compile("1+1", "<cell>", "eval"), {})
        added.append(2 * between - started - time.perf_counter())
        ours.recv(1 << 16)
    json.dump(median(added), stdout)


if __name__ == "__main__":
    main()
