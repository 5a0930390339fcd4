"""The wall stands for an ordinary user without any privileges as it does for root."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.containment.scene import ROOT

UNPRIVILEGED = (
    *("setpriv", "--reuid", "1000", "--regid", "1000", "--clear-groups"),
    *("--inh-caps=-all", "--bounding-set=-all"),
)
CHECK = """
import subprocess, sys
assert sys.version_info >= (3, 11)
subprocess.run([sys.executable, '-c', ''], check=True)"""
PYTHONS = [sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"]


def python_of_users() -> str | None:
    """A Python that is new enough and that an ordinary user can start."""
    for path in PYTHONS:
        if (
            os.path.exists(path)
            and not subprocess.run(
                [*UNPRIVILEGED, path, "-c", CHECK], cwd="/", stderr=subprocess.DEVNULL
            ).returncode
        ):
            return path
    return None


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests run without privileges already")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_the_wall_holds_without_privileges() -> None:
    python = python_of_users()
    if python is None:
        pytest.skip("no Python here that an ordinary user can start")
    done = subprocess.run(
        [*UNPRIVILEGED, python, "-B", "-m", "tests.containment", "files", "processes"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert "as user 1000" in done.stdout, done.stderr
    assert (done.returncode, done.stderr) == (0, "")
    counts = re.findall(r"^(\d+) (?:attacks|prove)", done.stdout, re.MULTILINE)
    attacks, moot = map(int, counts)
    assert attacks >= 50
    assert moot <= 2, done.stdout  # an ordinary user cannot change Python's own files anyway
