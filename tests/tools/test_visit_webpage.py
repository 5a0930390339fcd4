"""`visit_webpage` against a real server."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib

import pytest

from agent.tools.visit_webpage import VisitWebpageTool
from tests.tools.conftest import BOMB, Answer, WebServer


def visitor(web: WebServer, **limits: float) -> VisitWebpageTool:
    options = {"seconds": 100, **limits}
    return VisitWebpageTool(allow_private=True, ports={web.port}, **options)  # type: ignore[arg-type]


async def test_a_page_becomes_markdown(web: WebServer) -> None:
    assert await visitor(web).call({"url": web.url}) == (
        "# A page\n\n# Heading\n\n"
        f"Some **bold** snake_case text and a [link]({web.url}/next?x=1).\n\n- one\n- two\n\n"
        "a cat broken"
    )


async def test_nothing_that_tells_who_we_are_is_sent(web: WebServer) -> None:
    web.pages["/set"] = Answer(
        302, headers={"Location": "/", "Set-Cookie": "id=1; Path=/", "Content-Type": "text/html"}
    )
    tool = visitor(web)
    await tool.forward(web.url + "/set")
    await tool.forward(web.url)
    assert "cookie" not in web.hits[-1][1]  # each visit starts without cookies
    assert {"authorization", "referer"}.isdisjoint(web.hits[-1][1])


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain", b"just text", "just text"),
        ("application/json", b'{"a": [1, 2]}', '{"a": [1, 2]}'),
        ("application/ld+json", b"[]", "[]"),
        ("text/csv; charset=latin-1", "é,1".encode("latin-1"), "é,1"),
        ("text/plain; charset=nonsense", "é".encode(), "é"),
        ("application/rss+xml", b"<rss/>", "<rss/>"),
        ("", b"no type", "no type"),
        ("", b"<!DOCTYPE html><p>x <b>y</b>", "x **y**"),
        ("text/html; charset=iso-8859-1", "<p>é</p>".encode("latin-1"), "é"),
        ("text/html", '<meta charset="cp1251"><p>Привет</p>'.encode("cp1251"), "Привет"),
        ("text/html", b"", ""),
    ],
)
async def test_kinds_of_text(web: WebServer, kind: str, body: bytes, text: str) -> None:
    web.pages["/t"] = Answer(body=body, headers={"Content-Type": kind} if kind else {})
    assert await visitor(web).forward(web.url + "/t") == text


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream"])
async def test_what_is_no_text(web: WebServer, kind: str) -> None:
    web.pages["/f"] = Answer(body=b"%PDF", headers={"Content-Type": kind})
    with pytest.raises(ValueError, match=f"is {kind}, which this tool cannot read"):
        await visitor(web).forward(web.url + "/f")


async def test_bytes_without_a_type(web: WebServer) -> None:
    web.pages["/f"] = Answer(body=b"\x7fELF\0\0", headers={})
    with pytest.raises(ValueError, match="is not text"):
        await visitor(web).forward(web.url + "/f")


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (404, ValueError, "answered 404 Not Found: there is no page"),
        (403, ValueError, "answered 403 Forbidden: it does not let this tool in"),
        (429, ConnectionError, "answered 429 Too Many Requests: try later"),
        (503, ConnectionError, "answered 503 Service Unavailable: try later"),
    ],
)
async def test_statuses(web: WebServer, status: int, error: type[Exception], message: str) -> None:
    web.pages["/s"] = Answer(status)
    with pytest.raises(error, match=message):
        await visitor(web).forward(web.url + "/s")


async def test_a_long_page_is_cut_and_says_so(web: WebServer) -> None:
    web.pages["/long"] = Answer(body=b"a" * 5000, headers={"Content-Type": "text/plain"})
    text = await visitor(web, max_chars=100).forward(web.url + "/long")
    assert text == "a" * 100 + "\n\n[The page goes on: these are its first 100 characters.]"


async def test_a_large_page_is_not_read_to_its_end(web: WebServer) -> None:
    web.pages["/large"] = Answer(body=b"a" * 20_000_000, headers={"Content-Type": "text/plain"})
    text = await visitor(web, max_bytes=1000).forward(web.url + "/large")
    assert text == "a" * 1000 + "\n\n[The page goes on: these are its first 1000 characters.]"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
async def test_a_packed_page(web: WebServer, pack: object) -> None:
    packed = pack(b"<p>packed</p>" * 5)  # type: ignore[operator]
    encoding = "gzip" if pack is gzip.compress else "deflate"
    headers = {"Content-Type": "text/html", "Content-Encoding": encoding}
    web.pages["/gz"] = Answer(body=packed, headers=headers)
    assert (await visitor(web).forward(web.url + "/gz")).count("packed") == 5
    assert web.hits[0][1]["accept-encoding"] == "gzip"


async def test_a_bomb_costs_no_more_than_the_limit(web: WebServer) -> None:
    web.pages["/bomb"] = Answer(
        body=BOMB, headers={"Content-Type": "text/plain", "Content-Encoding": "gzip"}
    )
    tracemalloc.start()
    try:
        text = await visitor(web, max_bytes=10_000).forward(web.url + "/bomb")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert text.startswith("x" * 10_000 + "\n\n[The page goes on")
    assert peak < 5_000_000  # of the 50 MB that it unpacks to


@pytest.mark.parametrize(
    ("encoding", "body", "message"),
    [("br", b"??", "packed as 'br'"), ("gzip", b"no gzip", "a broken page")],
)
async def test_what_cannot_be_unpacked(
    web: WebServer, encoding: str, body: bytes, message: str
) -> None:
    web.pages["/z"] = Answer(
        body=body, headers={"Content-Type": "text/plain", "Content-Encoding": encoding}
    )
    with pytest.raises(ValueError, match=message):
        await visitor(web).forward(web.url + "/z")


async def test_a_page_that_trickles_is_given_up(web: WebServer) -> None:
    web.pages["/slow"] = Answer(
        body=b"a" * 65536 * 50, headers={"Content-Type": "text/plain"}, slow=0.05
    )
    with pytest.raises(ConnectionError, match=r"took longer than 0\.3 seconds"):
        await visitor(web, seconds=0.3).forward(web.url + "/slow")


async def test_a_visit_can_be_cancelled(web: WebServer) -> None:
    web.pages["/slow"] = Answer(body=b"a" * 65536 * 50, slow=0.05)
    visit = asyncio.create_task(visitor(web).forward(web.url + "/slow"))
    await asyncio.sleep(0.2)
    visit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await visit


async def test_a_circle_of_redirects(web: WebServer) -> None:
    web.pages["/a"] = Answer(302, headers={"Location": "/a"})
    with pytest.raises(ValueError, match="redirects more than 5 times"):
        await visitor(web).forward(web.url + "/a")
    assert len(web.hits) == 6


async def test_a_closed_port() -> None:
    tool = VisitWebpageTool(allow_private=True, ports={9})
    with pytest.raises(ConnectionError, match="could not be reached"):
        await tool.forward("http://127.0.0.1:9/")


@pytest.mark.parametrize("url", ["", "not a url", "http://a:b/", "//example.com"])
async def test_what_is_no_url(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be like 'https://example\.com/page'"):
        await VisitWebpageTool().forward(url)


async def test_a_page_nested_without_end(web: WebServer) -> None:
    web.pages["/deep"] = Answer(body=b"<div>" * 20_000 + b"the words")
    assert "the words" in await visitor(web).forward(web.url + "/deep")


def test_the_spec_is_what_the_model_needs() -> None:
    spec = VisitWebpageTool().spec
    assert (spec.name, [p.name for p in spec.parameters], spec.returns) == (
        "visit_webpage",
        ["url"],
        "str",
    )
    assert spec.description.startswith("Read a public web page and return its text as Markdown.")
    assert "Returns: The page as Markdown" in spec.description
    assert spec.parameters[0].description == "the full address, with http:// or https://."
