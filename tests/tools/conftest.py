"""A real web server on this machine, which the guard must keep tools away from."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from executors.base import ExecutorFactory
from executors.e2b.factory import E2BExecutorFactory
from executors.local.executor import LocalExecutorFactory
from tests.e2b_stand_in.server import Server

PAGE = b"""<!doctype html><html><head><title>A  page</title><style>b{color:red}</style>
<script>alert('no')</script></head><body><nav><a href="/menu">menu</a></nav>
<h1>Heading</h1><p>Some <b>bold</b> snake_case text and a <a href="next?x=1">link</a>.</p>
<ul><li>one</li><li>two</li></ul><img src="https://evil.test/x.png" alt="a cat">
<a href="http://[bad">broken</a></body></html>"""
BOMB = gzip.compress(b"x" * 50_000_000)


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    slow: float = 0.0


@dataclass
class WebServer:
    """What it answers by path, and every request that reached it."""

    port: int
    pages: dict[str, Answer] = field(default_factory=dict)
    hits: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def web() -> Iterator[WebServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.hits.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = site.pages.get(self.path, Answer(404))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for start in range(0, len(answer.body), 65536):
                time.sleep(answer.slow)
                try:
                    self.wfile.write(answer.body[start : start + 65536])
                except (BrokenPipeError, ConnectionResetError):
                    return  # the tool has read enough

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = WebServer(server.server_port)
    site.pages["/"] = Answer(body=PAGE)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["local", "e2b"])
async def factory(
    request: pytest.FixtureRequest, stand_in: Server
) -> AsyncIterator[ExecutorFactory]:
    """Where code runs: a factory of each kind."""
    made: ExecutorFactory
    if request.param == "local":
        made = LocalExecutorFactory()
    else:
        made = E2BExecutorFactory(
            api_key=stand_in.key, api_url=stand_in.url, sandbox_url=stand_in.url
        )
    yield made
    await made.aclose()
