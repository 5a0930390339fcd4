"""`python -m bench [--list] [arguments]`: run the benchmarks, each in a process of its own."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import bench

APART = {"agents"}
"""Takes hours and a language model, so it is not among the others: `make bench-agents`."""


def benchmarks() -> dict[str, str]:
    """What each benchmark of this package measures, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.ispkg)
    return {name: importlib.import_module(f"bench.{name}").__doc__ or "" for name in names}


def main(arguments: list[str]) -> int:
    """Run all but those apart with `arguments`; how many failed."""
    found = benchmarks()
    for name, text in found.items():
        print(f"bench.{name}: {text.strip()}", flush=True)
    if arguments == ["--list"]:
        return 0
    return sum(
        subprocess.run([sys.executable, "-m", f"bench.{name}", *arguments], check=False).returncode
        != 0
        for name in found
        if name not in APART
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
