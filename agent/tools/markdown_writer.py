"""Writes Markdown from the events of an HTML parser, in one pass and in linear time.

It keeps no tree and never recurses, and what it remembers of the nesting is bounded: a page that
was made to be expensive costs no more than a long one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin

Attributes = Mapping[str, str]

_PROGRAMS = ("script", "style", "noscript", "template", "svg", "iframe", "canvas", "object")
_DROPPED = frozenset((*_PROGRAMS, "nav", "select", "textarea"))
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "kbd": "`", "samp": "`"}
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_PAGE_PARTS = ("html", "body", "main", "header", "footer", "section", "article", "aside", "div")
_PARAGRAPHS = ("p", "dl", "dt", "dd", "address", "figure", "figcaption", "caption", "center")
_PLAIN_BLOCKS = (*_PAGE_PARTS, *_PARAGRAPHS, "details", "summary", "form", "fieldset")
_SPACES = re.compile(r"\s+")
_MAX_DEPTH = 8
"""Nested lists, quotes and inline marks that are told apart; deeper ones count as their parents."""
_MAX_LABEL = 300
"""A link with more text than that is a part of the page, not a label."""
_MAX_HREF = 2_000


@dataclass(slots=True)
class _Inline:
    """An inline element that is open, and where in the buffer its text begins."""

    tag: str
    start: int
    href: str = ""


@dataclass(slots=True)
class _Table:
    """A table that is open. `row` is None between rows, and where a cell holds another table."""

    row: list[str] | None = None
    started: bool = False


class MarkdownWriter:
    """A parser's target: `start`, `data`, `end` and `close` in, `markdown` and `title` out."""

    def __init__(self, url: str) -> None:
        """Begin the page at `url`, to which its links are resolved."""
        self.title = ""
        self.size = 0
        """Characters written so far."""
        self._url = url
        self._lines: list[str] = []
        self._kind: Literal["", "block", "item", "row"] = ""
        self._buffer: list[str] = []
        self._open: list[_Inline] = []
        self._marker = ""
        self._prefixes: list[str] = []
        self._lists: list[int | None] = []
        self._tables: list[_Table] = []
        self._pre: list[str] | None = None
        self._in_title = False
        self._skipped = 0

    @property
    def markdown(self) -> str:
        """All that was written."""
        return "\n".join(self._lines)

    # ------------------------------------------------------------------ what the parser calls

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if self._skipped or tag in _DROPPED:
            self._skipped += 1
        elif handler := _STARTS.get(tag):
            handler(self, tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends; the parser ends each one that it began."""
        if self._skipped:
            self._skipped -= 1
        elif handler := _ENDS.get(tag):
            handler(self, tag)

    def data(self, text: str) -> None:
        """Text between tags."""
        if self._skipped:
            return
        if self._in_title:
            self.title = " ".join(f"{self.title}{text}".split())
        elif self._pre is not None:
            self._pre.append(text)
        else:
            self._buffer.append(_SPACES.sub(" ", text))

    def close(self) -> None:
        """The page is over."""
        self.end_pre("pre")
        while self._tables:
            self.end_table("table")
        self._open.clear()
        self._flush()

    # ------------------------------------------------------------------ inline

    def start_title(self, _tag: str, _attributes: Attributes) -> None:
        """Only the first title counts."""
        self._in_title = not self.title

    def end_title(self, _tag: str) -> None:
        """What follows is text again."""
        self._in_title = False

    def start_break(self, _tag: str, _attributes: Attributes) -> None:
        """A line ends, not a block."""
        (self._buffer if self._pre is None else self._pre).append("\n")

    def start_image(self, _tag: str, attributes: Attributes) -> None:
        """Its words are for the model; its address could carry data out if it were ever shown."""
        if alt := attributes.get("alt"):
            self.data(alt)

    def start_inline(self, tag: str, attributes: Attributes) -> None:
        """A link or a mark; inside of code they mean nothing."""
        if self._pre is None and len(self._open) < _MAX_DEPTH:
            href = self._absolute(attributes.get("href", "")) if tag == "a" else ""
            self._open.append(_Inline(tag, len(self._buffer), href))

    def end_inline(self, tag: str) -> None:
        """Put the marks around the text, and the spaces around the marks."""
        if not self._open or self._open[-1].tag != tag:
            return  # one that was too deep to be opened
        one = self._open.pop()
        text = "".join(self._buffer[one.start :])
        del self._buffer[one.start :]
        body = " ".join(text.split())
        if not body:
            self._buffer += [" "] if text else []
            return
        marked = f"[{body}]({one.href})" if one.href else f"{_MARKS.get(tag, '')}{body}"
        marked += "" if one.href else _MARKS.get(tag, "")
        before, after = (" " if edge.isspace() else "" for edge in (text[0], text[-1]))
        self._buffer.append(f"{before}{marked}{after}")

    def _absolute(self, href: str) -> str:
        """The address to follow; empty where a reader could not follow it."""
        href = href.strip()
        if not href or href.startswith("#") or len(href) > _MAX_HREF:
            return ""
        try:
            address = urljoin(self._url, href)
        except ValueError:  # malformed, such as an unclosed IPv6 bracket
            return ""
        followed = address.startswith(("http://", "https://", "mailto:"))
        return "%20".join(address.split()).replace(")", "%29") if followed else ""

    # ------------------------------------------------------------------ blocks

    def start_block(self, tag: str, _attributes: Attributes) -> None:
        """A paragraph, or a heading with its marker."""
        self._flush()
        self._marker = _HEADINGS.get(tag, self._marker)

    def end_block(self, tag: str) -> None:
        """What was gathered is a block."""
        self._flush()
        if tag in _HEADINGS or tag == "li":
            self._marker = ""

    def start_rule(self, _tag: str, _attributes: Attributes) -> None:
        """A line across."""
        self._flush()
        if not self._flows:
            self._write("block", ["---"])

    def start_nested(self, tag: str, _attributes: Attributes) -> None:
        """A list or a quote: its lines are indented."""
        self._flush()
        if tag == "blockquote":
            self._prefixes.append("> ")
            return
        self._prefixes.append("  " if self._lists else "")
        self._lists.append(1 if tag == "ol" else None)

    def end_nested(self, tag: str) -> None:
        """Back to the indentation around it."""
        self._flush()
        self._prefixes.pop()
        if tag != "blockquote":
            self._lists.pop()

    def start_item(self, _tag: str, _attributes: Attributes) -> None:
        """A bullet or the next number."""
        self._flush()
        number = self._lists[-1] if self._lists else None
        self._marker = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def start_pre(self, _tag: str, _attributes: Attributes) -> None:
        """Text that keeps its lines."""
        self._flush()
        if not self._flows and self._pre is None:
            self._pre = []

    def end_pre(self, _tag: str) -> None:
        """Fence it with more backticks than it holds in a row."""
        if self._pre is None:
            return
        code, self._pre = "".join(self._pre).strip("\n"), None
        if code.strip():
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", code)), default=0))
            self._write("block", [fence, *(line.rstrip() for line in code.split("\n")), fence])

    # ------------------------------------------------------------------ tables

    def start_table(self, _tag: str, _attributes: Attributes) -> None:
        """A table; one in a cell makes the outer one a layout, whose cells are paragraphs."""
        if self._tables and (row := self._tables[-1].row) is not None:
            cells = [*row, self._take()]
            self._tables[-1].row = None
            for cell in filter(None, cells):
                self._write("block", [cell])
        self._flush()
        self._tables.append(_Table())

    def start_row(self, _tag: str, _attributes: Attributes) -> None:
        """From here to its end, blocks are text of cells."""
        if self._tables:
            self._flush()
            self._tables[-1].row = []

    def end_cell(self, _tag: str) -> None:
        """What was gathered is a cell."""
        if self._tables and (row := self._tables[-1].row) is not None:
            row.append(self._take().replace("|", "\\|"))

    def end_row(self, _tag: str) -> None:
        """A line of the table; a lone first cell is a paragraph."""
        row = None
        if self._tables:
            row, self._tables[-1].row = self._tables[-1].row, None
        if row is None or not any(row):
            self._flush()
        elif len(row) == 1 and not self._tables[-1].started:
            self._write("block", row)
        else:
            self._write_row(row, first=not self._tables[-1].started)
            self._tables[-1].started = True

    def end_table(self, _tag: str) -> None:
        """Back to the table around it, if any."""
        self.end_row("tr")
        if self._tables:
            self._tables.pop()

    def _write_row(self, row: list[str], *, first: bool) -> None:
        lines = [f"| {' | '.join(row)} |"]
        if first:
            self._kind = "block"
            lines.append("|" + " --- |" * len(row))
        self._write("row", lines)

    # ------------------------------------------------------------------ output

    @property
    def _flows(self) -> bool:
        """Whether blocks count as spaces: in the cell of a table, and in a link that wraps some."""
        if self._tables and self._tables[-1].row is not None:
            return True
        link = next((one for one in self._open if one.tag == "a" and one.href), None)
        return link is not None and sum(map(len, self._buffer[link.start :])) < _MAX_LABEL

    def _take(self) -> str:
        """The text of the buffer, on one line; the buffer is empty then."""
        text = " ".join("".join(self._buffer).split())
        self._buffer.clear()
        for one in self._open:
            one.start = 0
        return text

    def _flush(self) -> None:
        """End the block that was gathered, if there is one."""
        if self._flows:
            self._buffer.append(" ")
            return
        *earlier, last = "".join(self._buffer).split("\n")
        self._buffer[:] = [last]
        lines = [line for part in earlier if (line := " ".join(part.split()))]
        if text := self._take():
            lines.append(text)
        if lines:
            lines[0] = self._marker + lines[0]
            self._write("item" if self._marker.endswith(("- ", ". ")) else "block", lines)
            self._marker = ""

    def _write(self, kind: Literal["block", "item", "row"], lines: list[str]) -> None:
        if self._lines and (kind == "block" or kind != self._kind):
            self._lines.append("")
        prefix = "".join(self._prefixes[:_MAX_DEPTH])
        self._lines += [f"{prefix}{line}" for line in lines]
        self.size += sum(len(prefix) + len(line) + 1 for line in lines)
        self._kind = kind


_STARTS: dict[str, Callable[[MarkdownWriter, str, Attributes], None]] = {
    "title": MarkdownWriter.start_title,
    "br": MarkdownWriter.start_break,
    "img": MarkdownWriter.start_image,
    "hr": MarkdownWriter.start_rule,
    "pre": MarkdownWriter.start_pre,
    "li": MarkdownWriter.start_item,
    "table": MarkdownWriter.start_table,
    "tr": MarkdownWriter.start_row,
    **dict.fromkeys(("ul", "ol", "blockquote"), MarkdownWriter.start_nested),
    **dict.fromkeys(("a", *_MARKS), MarkdownWriter.start_inline),
    **dict.fromkeys((*_HEADINGS, *_PLAIN_BLOCKS), MarkdownWriter.start_block),
}
_ENDS: dict[str, Callable[[MarkdownWriter, str], None]] = {
    "title": MarkdownWriter.end_title,
    "pre": MarkdownWriter.end_pre,
    "table": MarkdownWriter.end_table,
    "tr": MarkdownWriter.end_row,
    "td": MarkdownWriter.end_cell,
    "th": MarkdownWriter.end_cell,
    **dict.fromkeys(("ul", "ol", "blockquote"), MarkdownWriter.end_nested),
    **dict.fromkeys(("a", *_MARKS), MarkdownWriter.end_inline),
    **dict.fromkeys(("li", *_HEADINGS, *_PLAIN_BLOCKS), MarkdownWriter.end_block),
}
