"""Untrusted text to safe HTML: everything is escaped, or sanitised down to a short list of tags.

Nothing that comes out of here can run a script, load anything from elsewhere, post a form or cover
the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from agent.text import well_formed

# One loop serves everybody, so nothing that code or a model makes may keep it for long.
MAX_HTML_CHARS = 64_000
"""Longer HTML (a huge table) is not shown; its text stands in for it."""
MAX_HTML_DEPTH = 100
"""HTML that is nested deeper is not shown: cleaning it takes the square of its depth."""
MAX_MARKDOWN_CHARS = 30_000
MAX_MARKDOWN_MS = 80.0
"""Markdown that is longer, or might take more milliseconds, is shown as plain text."""
MAX_HIGHLIGHT_CHARS = 12_000

_TABLE_TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
_INLINE_TAGS = {"span", "br", "b", "strong", "i", "em", "s", "del", "sub", "sup", "small", "code"}
_TEXT_TAGS = _INLINE_TAGS | {"p", "div", "hr", "pre", "ul", "ol", "li"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
_CELLS = {"th": {"colspan", "rowspan", "scope", "style"}, "td": {"colspan", "rowspan", "style"}}
_ALIGNED = {"text-align"}
# Languages whose lexers take linear time on any text; those of others can be kept busy for minutes.
_COLOURED = {"python", "py", "python3", "json", "bash", "sh", "shell", "sql", "css"}
_VOID_TAGS = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
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


@lru_cache(maxsize=32)  # the same code is shown anew with each statement that runs
def highlight(code: str, language: str = "python") -> str:
    """Code as escaped HTML with `span`s of pygments' short class names."""
    language = language.lower()
    if len(code) > MAX_HIGHLIGHT_CHARS or language not in _COLOURED:
        return escape(code)
    return pygments_highlight(code, _lexer(language), HtmlFormatter(nowrap=True))


def markdown(text: str) -> str:
    """Markdown as HTML. Raw HTML stays text, images become their description, links are marked.

    Text that would take too long is shown as it is.
    """
    text = well_formed(text)
    if len(text) > MAX_MARKDOWN_CHARS or _milliseconds(text) > MAX_MARKDOWN_MS:
        return (
            '<p class="hint">This text is too long to be laid out, so it is shown as it is.</p>'
            f'<pre class="plain">{escape(plain(text))}</pre>'
        )
    return nh3.clean(
        _markdown().render(text, {"room": MAX_HIGHLIGHT_CHARS}),
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
    """Foreign HTML (of a DataFrame) down to tables and text; None where it is too much to show."""
    html = well_formed(html)
    if len(html) > MAX_HTML_CHARS or _too_deep(html):
        return None
    return nh3.clean(
        html,
        tags=_TABLE_TAGS | _TEXT_TAGS | _HEADINGS,
        attributes=_CELLS,
        filter_style_properties=_ALIGNED,
    )


def _too_deep(html: str) -> bool:
    """Whether tags may be nested too deep. Only an end that fits the newest start counts."""
    stack: list[str] = []
    for end, name in _TAG.findall(html):
        tag = name.lower()
        if not end and tag not in _VOID_TAGS:
            stack.append(tag)
            if len(stack) > MAX_HTML_DEPTH:
                return True
        elif end and stack and stack[-1] == tag:
            stack.pop()
    return False


def _milliseconds(text: str) -> float:
    """How long Markdown may take at worst: measured costs a line, a table's cell and a mark."""
    text = text.replace("\r", "\n")
    brackets = text.count("[") + text.count("]")
    emphasis = text.count("*") + text.count("_") + text.count("~")
    cells = 0
    for paragraph in text.split("\n\n") if "|" in text else ():
        lines = paragraph.split("\n")
        cells += len(lines) * max(line.count("|") for line in lines)
    return (
        2 * len(text) + 35 * text.count("\n") + 25 * cells + 30 * brackets + 6 * emphasis
    ) / 1000


@cache
def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def snippet(code: str, language: str, *, coloured: bool = True) -> str:
    """A code block with its language and a copy button."""
    shown = highlight(code, language) if coloured else escape(code)
    return (
        f'<div class="snippet"><div class="bar"><span>{escape(language or "text")}</span>'
        '<button type="button" class="copy" data-copy="code" aria-label="Copy code">Copy</button>'
        f"</div><pre><code>{shown}</code></pre></div>"
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
    _self: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: EnvType
) -> str:
    token = tokens[idx]
    language = token.info.split()[0][:30] if token.info.strip() else ""
    code = token.content.rstrip("\n")
    env["room"] -= len(code)  # all code of a text together is as long as one piece may be
    return snippet(code, language, coloured=env["room"] >= 0)


def _table_open(
    _self: RendererHTML, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    return '<div class="table"><table>'


def _table_close(
    _self: RendererHTML, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType
) -> str:
    return "</table></div>"
