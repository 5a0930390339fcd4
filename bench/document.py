"""docs/benchmarks.md: each benchmark replaces its own section and leaves the others alone."""

from __future__ import annotations

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
_TITLE = """# Benchmarks

What came out of `make bench` and `make bench-agents`; each section is written by
`python -m bench.<name> --write`.
"""


def write_section(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Put `text` in place of that benchmark's section, or at the end where there is none."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = f"{begin}\n{text.strip()}\n{end}\n"
    old = document.read_text(encoding="utf-8") if document.exists() else _TITLE
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    new, found = pattern.subn(lambda _: section, old)
    document.write_text(new if found else f"{old}\n{section}", encoding="utf-8")
