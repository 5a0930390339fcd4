"""Folders of dead hosts are removed at the next start, those of living ones never."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from executors.local.scratch import Scratch, sweep
from tests.cells import value_of
from tests.executors.local.helpers import local

ROOT = Path(__file__).parents[3]
HOST = """
import time
from executors.local.scratch import Scratch
scratch = Scratch()
(scratch.path / "files").mkdir()
print(scratch.path, flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def host(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    started = subprocess.Popen(
        [sys.executable, "-c", HOST],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert started.stdout
    with started.stdout as said:
        return started, Path(said.readline().strip())


def test_only_the_folder_of_a_dead_host_is_removed(temporary: Path) -> None:
    living, kept = host(temporary)
    killed, left = host(temporary)
    mine = Scratch()
    strange = temporary / "sandglass-of-somebody"
    strange.mkdir()
    try:
        sweep()
        assert left.exists()
        killed.kill()
        killed.wait()
        assert left.exists()
        sweep()
        assert set(temporary.iterdir()) == {kept, mine.path, strange}
    finally:
        living.kill()
        living.wait()


def test_links_are_not_followed(temporary: Path) -> None:
    killed, left = host(temporary)
    killed.kill()
    killed.wait()
    elsewhere = left.rename(temporary / "elsewhere")
    left.symlink_to(elsewhere)
    sweep()
    assert (elsewhere / "files").exists()


def test_a_folder_goes_with_its_object_but_not_with_a_fork(temporary: Path) -> None:
    scratch = Scratch()
    if (child := os.fork()) == 0:
        try:
            scratch.remove()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert scratch.path.exists()
    before = len(os.listdir("/proc/self/fd"))
    del scratch
    gc.collect()
    assert list(temporary.iterdir()) == []
    assert len(os.listdir("/proc/self/fd")) == before - 1


async def test_the_next_start_removes_what_a_killed_host_left(temporary: Path) -> None:
    killed, left = host(temporary)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    async with local() as (executor, _):
        assert await value_of(executor, "1 + 1") == "2"
        assert not left.exists()
        assert executor.workspace.root.exists()
    assert list(temporary.iterdir()) == []
