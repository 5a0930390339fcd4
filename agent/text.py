"""Text that every page, log and request can take."""

from __future__ import annotations


def well_formed(text: str) -> str:
    """`text` with a replacement character for each half of a character (a lone surrogate).

    Some services cut an emoji in the middle, and so do some clipboards; UTF-8 has no such halves.
    """
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
