"""Resources: each process of a worker has so much of everything, and then no more."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from executors.local.executor import LocalExecutorFactory
from tests.containment.scene import Attack, neighbours, run, running
from tests.containment.trial import test_the_wall_holds as test_the_wall_holds

Both = tuple[LocalExecutorFactory, LocalExecutorFactory]
SIZE = 300 << 20
"""Bytes: more than a worker of these tests may have."""

ATTACKS = {
    "memory at once": Attack(code=f"len(bytearray({SIZE})) == {SIZE}"),
    "memory in pieces": Attack(
        code=f"len([bytes(1 << 20) for _ in range({SIZE >> 20})]) == {SIZE >> 20}"
    ),
    "memory that is shared": Attack(code=f"import mmap\nlen(mmap.mmap(-1, {SIZE})) == {SIZE}"),
    "memory that is a file": Attack(
        code="""
memory = os.memfd_create('hoard')
os.ftruncate(memory, 1 << 20) is None"""
    ),
    "memory that is locked": Attack(
        code="""
import ctypes
space = ctypes.create_string_buffer(1 << 20)
ctypes.CDLL(None).mlock(space, 1 << 20) == 0"""
    ),
    "a large file": Attack(code="open('large', 'wb').write(bytes(2 << 20)) == 2 << 20"),
    "a large file without writing": Attack(
        code="""
file = open('large', 'wb')
os.ftruncate(file.fileno(), 2 << 20) is None"""
    ),
    "space that no size shows": Attack(
        code="""
import ctypes
file = open('hidden', 'wb')
libc = ctypes.CDLL(None)
libc.fallocate64(file.fileno(), 1, ctypes.c_int64(0), ctypes.c_int64(2 << 20)) == 0"""
    ),
    "many descriptors": Attack(
        code="len([os.open('/dev/null', os.O_RDONLY) for _ in range(200)]) == 200"
    ),
    "shared memory of System V": Attack(
        code="""
import ctypes
libc = ctypes.CDLL(None)
segment = libc.shmget(0, 1 << 20, 0o600 | 0o1000)
segment >= 0 and libc.shmctl(segment, 0, None) == 0"""
    ),
    "a message queue": Attack(
        code="""
import ctypes
queue = ctypes.CDLL(None).msgget(0, 0o600 | 0o1000)
queue >= 0 and ctypes.CDLL(None).msgctl(queue, 0, None) == 0"""
    ),
}

SPIN_LATER = """
import signal

def spin(*_):
    while True:
        pass

signal.signal(signal.SIGALRM, spin)
signal.signal = lambda *_: None
signal.setitimer = lambda *_: signal.alarm(1)  # the worker calls it when the cell has ended
__import__('os').getpid()"""


async def test_a_cell_that_goes_on_after_its_end_runs_out_of_time(
    both: Both,
) -> None:
    """It may take CPU from others for so long only, even when no further cell is ever run."""

    async def lasts(factory: LocalExecutorFactory) -> bool:
        async with neighbours(factory, Attack(code="", limits={"seconds": 1})) as (attacker, _):
            end = await run(attacker, SPIN_LATER)
            assert end.value, "the cell itself ends at once"
            pid = int(end.value)
            while running(pid) and cpu_seconds(pid) < 6:  # it may use 4
                await asyncio.sleep(0.1)
            return running(pid)

    assert await asyncio.gather(*map(lasts, both)) == [False, True]


def cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


FILL = """
for i in range({files}):
    with open(f'{name}{{i}}', 'wb') as file:
        file.write(bytes(1 << 20))
len(os.listdir('.'))"""


async def test_a_cell_that_fills_the_disk_is_ended(both: Both) -> None:
    """The control is the same cell with more room."""
    roomy = Attack(code="", limits={"workspace_bytes": 1 << 30})
    async with neighbours(both[0], roomy) as (attacker, _):
        end = await run(attacker, f"import os, time\n{FILL.format(files=40, name='a')}\n")
        assert end.outcome == "ok"
    tight = Attack(code="", limits={"workspace_bytes": 20 << 20, "seconds": 100})
    async with neighbours(both[0], tight) as (attacker, _):
        await run(attacker, "import os, time\nx = 1")
        end = await run(attacker, f"{FILL.format(files=40, name='a')}\ntime.sleep(60)")
        assert end.error is not None
        assert (end.outcome, end.error.name, end.state_kept) == ("crashed", "DiskLimit", True)
        assert end.error.message == "the files take up more than 20,971,520 bytes"
        # what is there already does not end the next cell, which can make room
        end = await run(attacker, "time.sleep(0.6)\nos.unlink('a0')\nx")
        assert end.value == "1"
        end = await run(attacker, f"{FILL.format(files=40, name='b')}\ntime.sleep(60)")
        assert end.outcome == "crashed"


async def test_many_empty_files_count_too(both: Both) -> None:
    tight = Attack(code="", limits={"workspace_bytes": 4 << 20, "seconds": 100})
    async with neighbours(both[0], tight) as (attacker, _):
        code = "import time\nfor i in range(2000): open(f'f{i}', 'x').close()\ntime.sleep(60)"
        end = await run(attacker, code)
        assert end.error is not None
        assert end.error.name == "DiskLimit"
