"""The text of a PDF, page by page."""

from __future__ import annotations

import io
from collections.abc import Generator

MOST_PAGES = 2_000


def read_pdf(data: bytes) -> Generator[str, None, None]:
    """Yield each page as Markdown.

    Raises:
        ValueError: it is locked with a password, or holds no text.
    """
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is locked with a password")
    empty = True
    for number, page in enumerate(reader.pages, 1):
        if number > MOST_PAGES:
            yield f"(There are more than {MOST_PAGES:,} pages.)"
            return
        text = page.extract_text().strip()
        empty = empty and not text
        yield f"## Page {number}\n\n{text or '(no text)'}"
    if empty:
        raise ValueError("it holds no text, only pictures of pages")
