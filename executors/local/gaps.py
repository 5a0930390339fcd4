"""Has what a process makes from now on lie together: fewer pages for the kernel to copy.

After a fork, the first write to each page copies it. Imports leave small gaps in thousands of them,
and Python's allocator fills those first, so that the few hundred objects of a short cell would be
spread over as many pages. Objects that nobody uses fill them here instead.

The allocator is CPython's own (`Objects/obmalloc.c`): it cuts pools of 16 KB, whose first block
comes after a header of 48 bytes, into blocks of one size each, from one block to the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from sys import getsizeof

_POOL, _HEADER = 16 << 10, 48
_FLOAT, _STEP, _LARGEST = 32, 16, 512
"""Sizes of blocks, in bytes: that of a float, and those of bytes objects. What is larger comes from
elsewhere."""
_RUN = 4
"""So many blocks in order, from a pool's first one on, show that it is a fresh pool."""
_MOST = 256 << 10
"""Bytes of each size that are given up, at most."""


def filled_gaps() -> list[object]:
    """Objects that fill the gaps for as long as they are kept."""
    kept: list[object] = []
    for size in range(_FLOAT, _LARGEST + 1, _STEP):
        kept.extend(_fillers(size))
    return kept


def _fillers(size: int) -> Iterator[object]:
    run, last = 0, 0
    for number in range(_MOST // size):
        filler = float(number) if size == _FLOAT else bytes(size - getsizeof(b""))
        yield filler
        place = id(filler)
        if place % _POOL == _HEADER:
            run = 1
        else:
            run = run + 1 if run and place == last + size else 0
        if run == _RUN:
            return
        last = place
