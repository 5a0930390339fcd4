"""The fuzzer: `python -m tests.fuzz [SECONDS]` tries new cases until the time is over.

A fault ends it with the smallest case that shows it. Where atheris is installed, a quarter of the
time is its; it finds what a byte stream has to look like by watching which lines it reaches.
"""

from __future__ import annotations

import importlib.util
import itertools
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded

from executors import wire
from tests.fuzz.campaigns import CAMPAIGNS
from tests.fuzz.targets import TARGETS

SEEDS = {
    "frames": wire.pack(wire.Wrote(stream="stdout", text="x")) * 2,
    "value": b'{"$type":"frame","index":{"$type":"range","items":[0,1,1]},"columns":["a"],'
    b'"data":[[{"$type":"decimal","text":"1.5"}]]}',
}
CASES = 300
"""How many a campaign tries in a row."""


def campaigns(seconds: float) -> None:
    """Run the campaigns in turn until the time is over."""
    end, turns = time.monotonic() + seconds, 0
    for name in itertools.cycle(CAMPAIGNS):
        if time.monotonic() >= end:
            break
        turns += 1
        number = secrets.randbits(64)
        how = settings(
            max_examples=CASES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        CAMPAIGNS[name](lambda test, how=how, number=number: how(seeded(number)(test)))
    print(f"{turns * CASES:,} cases of {', '.join(CAMPAIGNS)}: no fault", flush=True)


def guided(seconds: float) -> None:
    """Run the coverage-guided fuzzer on each target.

    Raises:
        subprocess.CalledProcessError: it found a fault, and has printed it.
    """
    for name in TARGETS:
        with tempfile.TemporaryDirectory() as folder:
            corpus = Path(folder, "corpus")
            corpus.mkdir()
            (corpus / "seed").write_bytes(SEEDS[name])
            limits = [f"-max_total_time={max(1, int(seconds / len(TARGETS)))}", "-max_len=4096"]
            found = [f"-artifact_prefix={folder}/", "-verbosity=0", "-print_final_stats=1"]
            command = [sys.executable, "-m", "tests.fuzz.guided", name, *limits, *found, corpus]
            subprocess.run(command, check=True)
        print(f"guided on {name}: no fault", flush=True)


def main() -> None:
    seconds = float(sys.argv[1]) if sys.argv[1:] else 600.0
    if importlib.util.find_spec("atheris"):
        guided(seconds / 4)
        seconds -= seconds / 4
    else:
        print("atheris is not installed: no coverage-guided part", flush=True)
    campaigns(seconds)


if __name__ == "__main__":
    main()
