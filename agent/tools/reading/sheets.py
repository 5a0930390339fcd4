"""The tables of an Excel workbook, as they were last calculated."""

from __future__ import annotations

import io
from collections.abc import Generator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any

from agent.tools.reading.archive import check_archive
from agent.tools.reading.table import markdown_table

MOST_ROWS = 20_000
"""Of one sheet."""
MOST_COLUMNS = 200


def read_sheets(data: bytes) -> Generator[str, None, None]:
    """Yield each sheet as a Markdown table.

    Raises:
        ValueError: it is no workbook, or unpacks to too much.
    """
    check_archive(data)
    openpyxl: Any = import_module("openpyxl")  # it has no types
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
        table = markdown_table(_first(rows))
        yield f"## Sheet: {sheet.title}\n\n{table or '(empty)'}"
        if next(rows, None) is not None:
            yield f"(The sheet goes on after {MOST_ROWS:,} rows.)"


def _first(rows: Any) -> list[Sequence[Any]]:
    return list(islice(rows, MOST_ROWS))
