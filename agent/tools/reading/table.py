"""A table as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any


def markdown_table(rows: Iterable[Sequence[Any]]) -> str:
    """The first row is the head; short rows are filled up, and empty ones at the end are gone."""
    texts = [[_cell(value) for value in row] for row in rows]
    while texts and not any(texts[-1]):
        texts.pop()
    width = max((_used(row) for row in texts), default=0)
    if not width:
        return ""
    head, *body = ([*row[:width], *[""] * (width - len(row))] for row in texts)
    return "\n".join(_line(row) for row in (head, ["---"] * width, *body))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _used(row: Sequence[str]) -> int:
    return max((index + 1 for index, text in enumerate(row) if text), default=0)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case _:
            return " ".join(str(value).split()).replace("|", "\\|")
