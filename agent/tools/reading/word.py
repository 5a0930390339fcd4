"""The text of a Word document, with its headings, lists and tables in their order."""

from __future__ import annotations

import io
from collections.abc import Generator
from typing import TYPE_CHECKING

from agent.tools.reading.archive import check_archive
from agent.tools.reading.table import markdown_table

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph


def read_word(data: bytes) -> Generator[str, None, None]:
    """Yield each paragraph and table as Markdown.

    Raises:
        ValueError: it is no Word document, or unpacks to too much.
    """
    check_archive(data)
    from docx import Document
    from docx.table import Table

    for block in Document(io.BytesIO(data)).iter_inner_content():
        text = _table(block) if isinstance(block, Table) else _paragraph(block)
        if text:
            yield text


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text.strip()
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if not text:
        return ""
    if style == "Title":
        return f"# {text}"
    if style.startswith("Heading ") and style.removeprefix("Heading ").isdigit():
        return f"{'#' * min(int(style.removeprefix('Heading ')), 6)} {text}"
    return f"- {text}" if style.startswith("List") else text


def _table(table: Table) -> str:
    return markdown_table([cell.text for cell in row.cells] for row in table.rows)
