"""Untrusted text to safe HTML: everything is escaped, or sanitised down to a short list of tags.

Nothing that comes out of here can run a script, load anything from elsewhere, post a form or cover
the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_HTML_CHARS = 400_000
"""Longer HTML (a huge table) is not shown; its text stands in for it."""
MAX_HIGHLIGHT_CHARS = 40_000

_TABLE_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
_INLINE_TAGS = {"span", "br", "b", "strong", "i", "em", "s", "del", "sub", "sup", "small", "code"}
_TEXT_TAGS = _INLINE_TAGS | {"p", "div", "hr", "pre", "ul", "ol", "li"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
_CELLS = {"th": {"colspan", "rowspan", "scope", "style"}, "td": {"colspan", "rowspan", "style"}}
_ALIGNED = {"text-align"}
_ESCAPES = re.compile(
    r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)?|\[[0-?]*[ -/]*[@-~]?|[@-Z\\^_])"  # OSC, CSI, others
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x9b]"
)


def plain(text: str) -> str:
    """Text as a terminal would leave it: no control characters, no lines that were drawn over."""
    text = _ESCAPES.sub("", text)
    if "\r" not in text:
        return text
    # Not by a pattern: on a long line it would look for the next return from every character.
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def highlight(code: str, language: str = "python") -> str:
    """Code as escaped HTML with `span`s of pygments' short class names."""
    if len(code) > MAX_HIGHLIGHT_CHARS:
        return escape(code)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(code)
    return pygments_highlight(code, lexer, HtmlFormatter(nowrap=True))


def markdown(text: str) -> str:
    """Markdown as HTML. Raw HTML stays text, images become their description, links are marked."""
    return nh3.clean(
        _markdown().render(text),
        tags=_TABLE_TAGS | _TEXT_TAGS | _HEADINGS | {"a", "button"},
        attributes={
            "a": {"href", "title"},
            "span": {"class"},
            "div": {"class"},
            "code": {"class"},
            "ol": {"start"},
            "button": {"type", "class", "data-copy", "aria-label"},
            **_CELLS,
        },
        filter_style_properties=_ALIGNED,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def table(html: str) -> str | None:
    """Foreign HTML (of a DataFrame) down to tables and text; None where it is too long to show."""
    if len(html) > MAX_HTML_CHARS:
        return None
    return nh3.clean(
        html,
        tags=_TABLE_TAGS | _TEXT_TAGS | _HEADINGS,
        attributes=_CELLS,
        filter_style_properties=_ALIGNED,
    )


def snippet(code: str, language: str) -> str:
    """A code block with its language and a copy button."""
    return (
        f'<div class="snippet"><div class="bar"><span>{escape(language or "text")}</span>'
        '<button type="button" class="copy" data-copy="code" aria-label="Copy code">Copy</button>'
        f"</div><pre><code>{highlight(code, language or 'text')}</code></pre></div>"
    )


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(
        ["table", "strikethrough"]
    )
    parser.add_render_rule("image", _image)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("code_block", _fence)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _image(
    _self: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    # Loading it would tell a stranger's server what was on the page.
    return f'<span class="no-image">{escape(tokens[idx].content or "image")}</span>'


def _fence(
    _self: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    token = tokens[idx]
    language = token.info.split()[0] if token.info.strip() else ""
    return snippet(token.content.rstrip("\n"), language[:30])


def _table_open(
    _self: RendererHTML, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    return '<div class="table"><table>'


def _table_close(
    _self: RendererHTML, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table></div>"
