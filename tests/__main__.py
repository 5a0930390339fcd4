"""The test command: make sure of what the tests need, say plainly what is missing, run them all.

`python -m tests` runs them folder by folder, a few at a time, because many of them wait for
processes; `python -m tests [arguments of pytest]` runs what is asked for, in one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tests.needs import chromium, chromium_advice, model_advice

ROOT = Path(__file__).parents[1]
PYTEST = (sys.executable, "-m", "pytest")
LANES = 3
"""Parts that run at the same time; each lane takes the next part when it has done one."""
LONG = ("browser", "containment", "executors_e2b", "executors", "conformance")
"""Folders that take long, the longest first: begun late, one would go on alone at the end."""


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
    """Run all tests, part by part; what a part said is shown when it has ended."""
    with tempfile.TemporaryDirectory(prefix="lanes-") as folder, ThreadPoolExecutor(LANES) as lanes:
        codes = list(lanes.map(partial(run_part, Path(folder)), parts().items()))
    return next((code for code in codes if code), 0)


def parts() -> dict[str, list[str]]:
    """What there is to run, by name, with the arguments that choose it; the longest come first."""
    tests = ROOT / "tests"
    loose = [str(path) for path in sorted(tests.glob("test_*.py"))]
    folders = {path.name for path in tests.iterdir() if any(path.glob("**/test_*.py"))} - {*LONG}
    paths = {name: [f"tests/{name}"] for name in (*LONG, *sorted(folders))} | {"the rest": loose}
    others = {name: ["-m", "not embedded", *found] for name, found in paths.items()}
    real = [str(path) for path in tests.glob("**/test_*.py") if "mark.embedded" in path.read_text()]
    return {"the real model": ["-m", "embedded", *sorted(real)], **others}


def run_part(folder: Path, part: tuple[str, list[str]]) -> int:
    """Run one part with a folder for temporary files of its own; paths of sockets must be short."""
    name, arguments = part
    print(f"-- {name} …", flush=True)
    own = Path(tempfile.mkdtemp(prefix="", dir=folder))
    (own / "t").mkdir()
    began = time.monotonic()
    done = subprocess.run(
        [*PYTEST, f"--basetemp={own / 'p'}", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(own / "t")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    took = time.monotonic() - began
    print(f"\n== {name}: {took:.0f} s\n{done.stdout}", end="", flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
