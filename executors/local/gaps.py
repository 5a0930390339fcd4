"""Has what a process makes from now on lie together: fewer pages for the kernel to copy.

After a fork, the first write to each page copies it. Imports leave small gaps in thousands of them,
and Python's allocator fills those first, so that the few hundred objects of a short cell would be
spread over as many pages. Objects that nobody uses fill them here instead.

The allocator is CPython's own (`Objects/obmalloc.c`): it cuts pools of 16 KB, whose first block
comes after a header of 48 bytes, into blocks of one size each, from one block to the next. Builds
that use another one are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from sys import getsizeof
from sysconfig import get_config_var

_POOL, _HEADER = 16 << 10, 48
_FLOAT, _STEP, _LARGEST = 32, 16, 512
"""Sizes of blocks, in bytes: that of a float, and those of bytes objects. What is larger comes from
elsewhere."""
_MOST = 1 << 20
"""Bytes of each size that are given up, at most."""


def filled_gaps() -> list[object]:
    """Objects that fill the gaps for as long as they are kept."""
    kept: list[object] = []
    if not get_config_var("WITH_PYMALLOC") or any(map(get_config_var, _OTHERS)):
        return kept
    for size in range(_FLOAT, _LARGEST + 1, _STEP):
        kept.extend(_fillers(size))
    return kept


_OTHERS = ("Py_DEBUG", "Py_GIL_DISABLED")
"""Builds whose blocks have something around them, or come from another allocator."""


def _fillers(size: int) -> Iterator[object]:
    # Half a pool in order, from its first block on: it is a fresh one, or nearly so. A few blocks
    # would not show that, since what a list held is given back from its end to its beginning.
    fresh = (_POOL - _HEADER) // size // 2
    run, last = 0, 0
    for number in range(_MOST // size):
        filler = float(number) if size == _FLOAT else bytes(size - getsizeof(b""))
        yield filler
        place = id(filler)
        if place % _POOL == _HEADER:
            run = 1
        else:
            run = run + 1 if run and place == last + size else 0
        if run == fresh:
            return
        last = place
