"""The one line that stands for something while it is folded."""

from __future__ import annotations

GIST_CHARS = 90


def gist(text: str) -> str:
    """The first line of the text that says something, cut to `GIST_CHARS`."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= GIST_CHARS else line[: GIST_CHARS - 1].rstrip() + "…"
