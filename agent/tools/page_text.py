"""From the body of a web page to the Markdown that a model reads."""

from __future__ import annotations

import codecs
import re
from importlib import import_module
from typing import Any

from agent.tools.markdown_writer import MarkdownWriter

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"' ]{0,2}([\w-]{1,40})", re.IGNORECASE)
_CHARSETS = ("utf", "ascii", "iso", "cp", "koi8", "gb", "big5", "shift_jis", "euc", "mac", "hz")
"""Beginnings of the codecs that are charsets of pages. Others are transformations (base64), or take
quadratic time (punycode)."""
_HEAD_BYTES = 4096
_CHUNK = 1 << 15


def html_to_markdown(html: str, *, url: str, max_chars: int) -> tuple[str, bool]:
    """Convert a page: its title, then its text with absolute links, without scripts and menus.

    Args:
        html: the page.
        url: where it is, to which its relative links are resolved.
        max_chars: after about that many characters the rest of the page is not looked at.

    Returns:
        The Markdown, and whether there was more.
    """
    # A C library without types, loaded when a page is read. Python's own html.parser takes
    # quadratic time on hostile pages.
    etree: Any = import_module("lxml.etree")
    writer = MarkdownWriter(url)
    parser = etree.HTMLParser(target=writer, no_network=True)
    html = html.replace("\0", "")
    position = 0
    while position < len(html) and writer.size < max_chars:
        parser.feed(html[position : position + _CHUNK])
        position += _CHUNK
    if position:
        parser.close()
    text = writer.markdown.strip()
    if writer.title and not text.startswith(f"# {writer.title}"):
        text = f"# {writer.title}\n\n{text}".strip()
    return text, position < len(html)


def decoded(body: bytes, charset: str | None, *, html: bool = False) -> str:
    """The text of `body`: by its byte order mark, the HTTP header, its own meta tag, or as UTF-8.

    What is no text in that charset becomes the replacement character.
    """
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, errors="replace")
    if charset is None and html and (declared := _META_CHARSET.search(body[:_HEAD_BYTES])):
        charset = declared[1].decode("ascii")
    return body.decode(_known(charset) or "utf-8", errors="replace")


def _known(charset: str | None) -> str | None:
    """The codec's name where Python has one for text; an unknown charset is no charset."""
    try:
        codec = codecs.lookup(charset) if charset else None
    except LookupError:
        return None
    return codec.name if codec is not None and codec.name.startswith(_CHARSETS) else None
