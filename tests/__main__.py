"""The test command: make sure of what the tests need, say plainly what is missing, run them all.

`python -m tests [arguments of pytest]`
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.needs import chromium, chromium_advice, model_advice

ROOT = Path(__file__).parents[1]


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
    return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
