"""From the body of a web page to the Markdown that a model reads."""

from __future__ import annotations

import re
from urllib.parse import urljoin

_DROPPED = ("script", "style", "nav", "noscript", "template", "svg", "iframe", "canvas", "object")
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


def html_to_markdown(html: bytes | str, *, url: str, charset: str | None = None) -> str:
    """Convert a page: its title, then its text with absolute links, without scripts and menus.

    Args:
        html: the page. Bytes are decoded by `charset`, else by what the page itself declares.
        url: where the page is, to which its relative links are resolved.
        charset: the charset of the HTTP header, if there was one.
    """
    # Half of the engine's start-up time would go into these two.
    from bs4 import BeautifulSoup
    from markdownify import MarkdownConverter

    known = charset if isinstance(html, bytes) else None
    soup = BeautifulSoup(html, "html.parser", from_encoding=known)
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    for tag in soup.find_all([*_DROPPED, "title"]):
        tag.decompose()
    for link in soup.find_all("a", href=True):
        link["href"] = _absolute(url, str(link["href"]))
    for image in soup.find_all("img"):
        # The words are for the model; an address could carry data out if it were ever shown.
        image.replace_with(str(image.get("alt") or ""))
    try:
        text = MarkdownConverter(
            heading_style="ATX", bullets="-", escape_asterisks=False, escape_underscores=False
        ).convert_soup(soup)
    except RecursionError:  # nested deeper than Python's stack: the words are still there
        text = soup.get_text("\n")
    body = _BLANK_LINES.sub("\n\n", text).strip()
    return f"# {title}\n\n{body}" if title and not body.startswith(f"# {title}") else body


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # a malformed address, such as an unclosed IPv6 bracket
        return href
