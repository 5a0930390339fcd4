"""The coverage-guided fuzzer on one target: `python -m tests.fuzz.guided TARGET [options]`.

It needs atheris (`pip install -e ".[fuzz]"`), which instruments the code that it drives.
"""

from __future__ import annotations

import sys


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["executors", "json"]):
        from tests.fuzz.targets import TARGETS
    _, target, *options = sys.argv
    atheris.Setup([sys.argv[0], *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
