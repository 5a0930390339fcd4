"""Reads one public web page and returns it as Markdown."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection

import httpx

from agent.tools.base import Tool
from agent.tools.body import ACCEPT_ENCODING, read_body
from agent.tools.page_text import decoded, html_to_markdown
from agent.tools.web_guard import TRIES, WEB_PORTS, GuardedTransport, Resolve, system_resolve

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_HTML_STARTS = (b"<!doctype html", b"<html")
_TEXT = frozenset({"application/json", "application/xml", "application/javascript"})
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Sandglass/0.1)",
    "Accept": "text/html,application/xhtml+xml,text/*,application/json;q=0.9,*/*;q=0.1",
    "Accept-Encoding": ACCEPT_ENCODING,
}
_PASSING = frozenset({408, 425, 429})
"""Client errors that pass by themselves."""


class VisitWebpageTool(Tool):
    """`visit_webpage(url)`: a page as Markdown, within limits of size and time.

    It only reaches public servers (see `agent.tools.web_guard`), sends no cookies or credentials,
    and ignores proxies from the environment.
    """

    name = "visit_webpage"
    general = True

    def __init__(
        self,
        *,
        seconds: float = 20.0,
        max_bytes: int = 2_000_000,
        max_chars: int = 40_000,
        max_redirects: int = 5,
        allow_private: bool = False,
        ports: Collection[int] = WEB_PORTS,
        resolve: Resolve = system_resolve,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        """Set the limits.

        Args:
            seconds: for one page, redirects included.
            max_bytes: how much of a page is read, unpacked.
            max_chars: how much of the text is returned.
            max_redirects: how many redirects are followed.
            allow_private: also reach private addresses, cloud metadata included; only for an
                intranet that the operator trusts the agent with.
            ports: the TCP ports that may be connected to.
            resolve: where addresses of hosts come from.
            verify: the certificate authorities to trust; None means the usual ones.
        """
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._max_chars = max_chars
        self._max_redirects = max_redirects
        self._allow_private = allow_private
        self._ports = ports
        self._resolve = resolve
        self._verify = verify

    async def forward(self, url: str) -> str:
        """Read a public web page and return its text as Markdown.

        Reads HTML, plain text and JSON; not PDF, images or pages that need a sign-in.

        Args:
            url: the full address, with http:// or https://.

        Returns:
            The page as Markdown, with absolute links. A long page is cut, and says so at its end.

        Raises:
            ValueError: the address is refused or there is no readable page; use another one.
            ConnectionError: the server could not be reached or failed; try later or another one.
        """
        try:
            async with asyncio.timeout(self._seconds):
                response, body, cut = await self._fetch(url)
                # Parsing may take a second or two: not on the event loop.
                return await asyncio.to_thread(self._text, response, body, cut)
        except (TimeoutError, httpx.TimeoutException) as exc:
            raise ConnectionError(
                f"{url} took longer than {self._seconds:g} seconds: try another page."
            ) from exc
        except httpx.TooManyRedirects as exc:
            raise ValueError(
                f"{url} redirects more than {self._max_redirects} times: use another page."
            ) from exc
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
            raise ValueError(
                f"The URL must be like 'https://example.com/page', not {url!r}."
            ) from exc
        except httpx.TransportError as exc:
            raise ConnectionError(
                f"{url} could not be reached ({exc or type(exc).__name__}): try another page."
            ) from exc

    async def _fetch(self, url: str) -> tuple[httpx.Response, bytes, bool]:
        transport = GuardedTransport(
            allow_private=self._allow_private,
            ports=self._ports,
            resolve=self._resolve,
            verify=self._verify,
        )
        async with (
            httpx.AsyncClient(
                transport=transport,
                trust_env=False,
                headers=_HEADERS,
                # A host that is silent at one address leaves time for its others.
                timeout=httpx.Timeout(self._seconds, connect=self._seconds / TRIES),
                follow_redirects=True,
                max_redirects=self._max_redirects,
            ) as client,
            client.stream("GET", url) as response,
        ):
            _check_status(response)
            _check_type(response)
            body, cut = await read_body(response, self._max_bytes)
            return response, body, cut

    def _text(self, response: httpx.Response, body: bytes, cut: bool) -> str:
        kind = _media_type(response)
        is_html = kind in _HTML or (
            not kind and body.lstrip()[:15].lower().startswith(_HTML_STARTS)
        )
        if not kind and b"\0" in body[:1024]:
            raise ValueError(f"{response.url} is not text: use another page.")
        text = decoded(body, response.charset_encoding, html=is_html)
        if is_html:
            text, more = html_to_markdown(text, url=str(response.url), max_chars=self._max_chars)
            cut = cut or more
        if not cut and len(text) <= self._max_chars:
            return text
        kept = text[: self._max_chars]
        return f"{kept}\n\n[The page goes on: these are its first {len(kept)} characters.]"


def _check_status(response: httpx.Response) -> None:
    code, where = response.status_code, f"{response.url} answered {response.status_code}"
    if response.is_success:
        return
    if code >= 500 or code in _PASSING:
        raise ConnectionError(f"{where} {response.reason_phrase}: try later, or another page.")
    if code in (401, 402, 403, 451):
        raise ValueError(
            f"{where} {response.reason_phrase}: it does not let this tool in. Use another page."
        )
    raise ValueError(
        f"{where} {response.reason_phrase}: there is no page. Check the address, or use another."
    )


def _media_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _check_type(response: httpx.Response) -> None:
    kind = _media_type(response)
    structured = kind.endswith(("+json", "+xml"))
    if kind and not (kind.startswith("text/") or kind in _HTML | _TEXT or structured):
        raise ValueError(
            f"{response.url} is {kind}, which this tool cannot read (it reads HTML, text and "
            "JSON): look for an HTML version of it."
        )
