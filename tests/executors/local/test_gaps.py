"""New objects lie together once the gaps between old ones are filled."""

import os
import subprocess
import sys

PROGRAM = """
import sys
from executors.local.gaps import filled_gaps

made = [[float(n), bytes(40), bytes(300)] for n in range(20_000)]
left = [one for number, one in enumerate(made) if number % 40]
del made
# The last one comes first when blocks are given out again: a few in order, where gaps are.
later = [bytes(300) for _ in range(2_000)]
first = next(i for i, one in enumerate(later) if i > 700 and id(one) % (16 << 10) == 48)
kept, short = later[:first] + later[first + 6 :], later[first : first + 6]
del later
del short
filled = filled_gaps() if sys.argv[1] == "filled" else []
new = [[float(n), bytes(40), bytes(300)] for n in range(100)]
print(len({id(part) >> 12 for one in new for part in one}))
print(sum(map(sys.getsizeof, filled)))
"""


def pages(how: str) -> tuple[int, int]:
    """How many pages 300 new objects are on, and how many bytes fill gaps."""
    told = subprocess.run(
        (sys.executable, "-c", PROGRAM, how),
        env={name: text for name, text in os.environ.items() if not name.startswith("PYTHON")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    on, filling = told.split()
    return int(on), int(filling)


def test_new_objects_lie_together() -> None:
    scattered, _ = pages("left")
    together, filling = pages("filled")
    assert together <= 30  # 100 objects of 32, 80 and 336 bytes need 11, and some for their lists
    assert scattered > 2 * together
    assert filling < 4 << 20
