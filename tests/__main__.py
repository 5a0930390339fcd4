"""The test command: make sure of what the tests need, say plainly what is missing, run them all.

`python -m tests` runs them in two lanes at the same time, because many of them wait for processes;
`python -m tests [arguments of pytest]` runs what is asked for, in one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from tests.needs import chromium, chromium_advice, model_advice

ROOT = Path(__file__).parents[1]
Lane = subprocess.Popen[bytes]
PYTEST = (sys.executable, "-m", "pytest")
SECOND_LANE = (
    *("conformance", "containment", "executors", "executors_e2b", "fuzz", "programs", "tools"),
)
"""Folders whose tests run beside all others: about half of the time."""


def install_chromium() -> None:
    """Install Debian's Chromium where that is possible without asking anybody."""
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else [shutil.which("sudo") or "", "-n"]
    if apt is None or (sudo and not sudo[0]):
        return
    print("Installing Chromium for the browser tests …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(
            [*sudo, apt, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        if done.returncode:
            print(f"  apt-get {arguments[0]} failed: {done.stderr.strip()[-300:]}")
            return


def main() -> int:
    if chromium() is None:
        install_chromium()
    for advice in (chromium_advice(), model_advice()):
        if advice:
            print(f"NOTE: {advice}", flush=True)
    if sys.argv[1:]:
        return subprocess.run([*PYTEST, *sys.argv[1:]], cwd=ROOT).returncode
    return run_in_lanes()


def run_in_lanes() -> int:
    """Run all tests; what the second lane said is shown when both have ended."""
    beside = [f"tests/{name}" for name in SECOND_LANE]
    others = ["tests", *(f"--ignore={path}" for path in beside)]
    with tempfile.TemporaryDirectory(prefix="lanes-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            lanes = [start(others, Path(folder) / "a"), start(beside, Path(folder) / "b", output)]
            codes = [lane.wait() for lane in lanes]
        print(f"\n== {', '.join(beside)}\n{log.read_text(errors='replace')}", flush=True)
    return next((code for code in codes if code), 0)


def start(arguments: list[str], folder: Path, output: IO[bytes] | None = None) -> Lane:
    """Start pytest with a folder for temporary files of its own; paths of sockets must be short."""
    temporary = folder / "t"
    temporary.mkdir(parents=True)
    return subprocess.Popen(
        [*PYTEST, f"--basetemp={folder / 'p'}", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=output,
        stderr=output and subprocess.STDOUT,
    )


if __name__ == "__main__":
    sys.exit(main())
