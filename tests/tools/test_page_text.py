"""Pages as Markdown: each construct, broken pages, hostile ones, charsets."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.tools.page_text import decoded, html_to_markdown

URL = "https://example.com/a/b"


def markdown(html: str, max_chars: int = 100_000) -> str:
    return html_to_markdown(html, url=URL, max_chars=max_chars)[0]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("   ", ""),
        ("just text", "just text"),
        ("<p>one\n  two</p><p>three", "one two\n\nthree"),
        ("<div>one<div>two</div>three</div>", "one\n\ntwo\n\nthree"),
        ("a<br>b<br/><br>c", "a\nb\nc"),
        ("<h2>Title <i>x</i></h2>text", "## Title *x*\n\ntext"),
        ("<title> The\n page </title><p>x", "# The page\n\nx"),
        ("<title>T</title><h1>T</h1>x", "# T\n\nx"),
        ("a <b>b</b>c", "a **b**c"),
        ("a<b> b </b>c", "a **b** c"),
        ("a<b> </b>c", "a c"),
        ("<b></b>x", "x"),
        ("<b><p>one</p>two</b>", "one\n\ntwo"),
        ("run <code>x = 1</code>", "run `x = 1`"),
        ("1 &lt; 2 &amp; 3 &copy;", "1 < 2 & 3 ©"),
        ("snake_case * star", "snake_case * star"),
        ("<hr>x<hr>", "---\n\nx\n\n---"),
        ("<img alt='a cat' src='http://x.test/?q=secret'>", "a cat"),
        ("<img src='x'>y", "y"),
    ],
)
def test_text(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/c", "https://example.com/c"),
        ("c?x=1#y", "https://example.com/a/c?x=1#y"),
        ("//other.test/", "https://other.test/"),
        ("mailto:a@b.test", "mailto:a@b.test"),
        ("/a b(c)", "https://example.com/a%20b(c%29"),
    ],
)
def test_links_are_absolute(href: str, address: str) -> None:
    assert markdown(f"<a href='{href}'>x</a>") == f"[x]({address})"


@pytest.mark.parametrize(
    "href",
    ["", "#top", "javascript:alert(1)", "data:text/html,x", "http://[bad", "/" + "x" * 3000],
)
def test_links_that_nobody_could_follow(href: str) -> None:
    assert markdown(f"<a href='{href}'>x</a>") == "x"


def test_a_link_around_a_card_is_one_link() -> None:
    html = "<a href='/p'><div><h3>Name</h3><p>Text.</p></div></a><p>next</p>"
    assert markdown(html) == "[Name Text.](https://example.com/p)\n\nnext"


def test_a_link_around_a_page_is_no_label() -> None:
    text = markdown("<a href='/p'>" + f"<p>{'word ' * 50}</p>" * 5 + "</a>")
    assert text.count("\n\n") >= 1
    assert text.count("word") == 250


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b"),
        ("<ul><li>a<ol><li>b</li></ol></li><li>c</ul>", "- a\n  1. b\n- c"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n\nb"),
        ("<ul><li></li><li>b</li></ul><p>c", "- b\n\nc"),
        ("<li>stray", "- stray"),
        ("<blockquote>a<p>b</p></blockquote>c", "> a\n\n> b\n\nc"),
        ("</ul></blockquote></table></pre></b></a></td>x", "x"),
    ],
)
def test_lists_and_quotes(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<pre>a\n  b  \n</pre>c", "```\na\n  b\n```\n\nc"),
        ("<pre><code class=x>a <b>b</b></code></pre>", "```\na b\n```"),
        ("<pre>```</pre>", "````\n```\n````"),
        ("<pre>  </pre>x", "x"),
        ("<pre>a<br>b", "```\na\nb\n```"),
    ],
)
def test_code(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1|2</td><td><p>3</p></td></tr></table>x",
            "| a | b |\n| --- | --- |\n| 1\\|2 | 3 |\n\nx",
        ),
        ("<table><caption>C</caption><tr><td>a<td>b", "C\n\n| a | b |\n| --- | --- |"),
        ("<table><tr><td>only</td></tr></table>", "only"),
        ("<table><tr><td>a</td></tr><tr><td>b</td></tr></table>", "a\n\nb"),
        (
            "<table><tr><td>left</td><td><table><tr><td>x</td><td>y</td></tr></table>"
            "</td><td>right</td></tr></table>",
            "left\n\n| x | y |\n| --- | --- |\n\nright",
        ),
        ("<table><tr></tr></table>x", "x"),
    ],
)
def test_tables(html: str, text: str) -> None:
    assert markdown(html) == text


@pytest.mark.parametrize(
    "tag", ["script", "style", "nav", "noscript", "template", "svg", "iframe", "select"]
)
def test_what_is_left_out(tag: str) -> None:
    assert markdown(f"<p>a</p><{tag}><b>HIDDEN</b></{tag}><p>b</p>") == "a\n\nb"


def test_it_stops_where_enough_is_read() -> None:
    page = "<p>word</p>" * 200_000
    text, more = html_to_markdown(page, url=URL, max_chars=1000)
    assert more
    assert 1000 <= len(text) < 40_000
    assert html_to_markdown("<p>word</p>", url=URL, max_chars=1000) == ("word", False)


@pytest.mark.parametrize(
    "html",
    [
        "<a " * 100_000,
        "<a href='" * 30_000,
        "<!--" * 75_000,
        f"<p>x{' ' * 300_000}x</p>",
        f"<pre>x{' ' * 300_000}x</pre>",
        "<div>" * 60_000 + "x",
        "<b>" * 100_000 + "x",
        "<blockquote>" * 200 + "x<br>" * 60_000,
        "<table><tr><td>" * 20_000,
        "<a href=x><img><p>" * 15_000,
    ],
    ids=lambda html: html[:12],
)
def test_a_hostile_page_costs_no_more_than_a_long_one(html: str) -> None:
    """Parsers and converters in pure Python take minutes for these 300 kB; a second is plenty."""
    started = time.process_time()
    text = markdown(html, max_chars=10_000_000)
    assert time.process_time() - started < 5
    assert len(text) < 4_000_000


NESTING = ("a", "b", "p", "li", "ul", "ol", "pre", "table", "tr", "td", "th", "blockquote", "h1")
TAGS = (*NESTING, "br", "code", "div", "script", "title", "img", "nav")
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<a href='/x'>", "<img alt='|'>", "<!--", "-->", "<", "&", "\0", "\n", " "]),
    st.text(max_size=5),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_page_breaks_it(html: str) -> None:
    text, more = html_to_markdown(html, url=URL, max_chars=10_000)
    assert not more
    assert text == text.strip()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from((*NESTING, "br", "code", "div")), max_size=12))
def test_no_word_is_lost_in_any_nesting(opened: list[str]) -> None:
    words = [f"w{i}." for i in range(len(opened) + 1)]
    html = words[0] + "".join(
        f"<{tag}> {word} " for tag, word in zip(opened, words[1:], strict=True)
    )
    text = markdown(html)
    assert [word for word in words if text.count(word) != 1] == []


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("é".encode(), None, "é"),
        ("é".encode("latin-1"), "latin-1", "é"),
        ("é".encode("latin-1"), None, "\ufffd"),
        ("é".encode("latin-1"), "nonsense", "\ufffd"),
        (b"YQ==", "base64", "YQ=="),
        (b"a-", "punycode", "a-"),
        ("é".encode("utf-8-sig"), "latin-1", "é"),
        ("é".encode("utf-16"), None, "é"),
        (b"<meta charset='iso-8859-1'>\xe9", None, "<meta charset='iso-8859-1'>é"),
        (
            b'<meta http-equiv="Content-Type" content="text/html; charset=cp1251">\xcf',
            None,
            '<meta http-equiv="Content-Type" content="text/html; charset=cp1251">П',
        ),
    ],
)
def test_charsets(body: bytes, charset: str | None, text: str) -> None:
    assert decoded(body, charset, html=True) == text
