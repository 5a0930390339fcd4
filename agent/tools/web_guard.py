"""An HTTP transport that reaches public servers only, whatever a URL, name or redirect says.

The name is resolved here, every address is judged, and the connection goes to a judged address: a
name that changes between the check and the connection cannot lead anywhere else.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Sequence

import httpx

from agent.tools.addresses import refusal

WEB_PORTS = frozenset({80, 443})
TRIES = 4
"""How many of a host's addresses are tried, one after the other."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host and a port to IP addresses. Raises `OSError` where there are none."""


async def system_resolve(host: str, port: int) -> list[str]:
    """Ask the operating system, which also reads every odd spelling of an address (`0x7f.1`)."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Checks each request, redirects included, and connects to the address that it checked."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        ports: Collection[int] = WEB_PORTS,
        resolve: Resolve = system_resolve,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        """Set what may be reached.

        Args:
            allow_private: switch the judging of addresses off, for an intranet that the operator
                trusts the agent with. Cloud metadata can be reached then, too.
            ports: the TCP ports that may be connected to.
            resolve: where addresses come from.
            verify: the certificate authorities to trust; None means the usual ones.
        """
        self._allow_private = allow_private
        self._ports = frozenset(ports)
        self._resolve = resolve
        # No connection is kept: one that was opened for another name at the same address would
        # carry that name's certificate check.
        self._inner = httpx.AsyncHTTPTransport(
            verify=verify or True, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to a checked address of its host.

        Raises:
            ValueError: the URL, the port or the address is refused.
            ConnectionError: the host has no address.
            httpx.TransportError: no address could be reached, or the connection broke.
        """
        port = check_url(request.url, self._ports)
        addresses = await self._addresses(request.url.host, port)
        *spare, last = addresses[:TRIES]
        for address in spare:
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # nothing was sent yet: the host's next address may answer
        return await self._inner.handle_async_request(_pinned(request, last))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as exc:
            raise ConnectionError(
                f"There is no host named {host!r}, or this machine is offline: check the spelling."
            ) from exc
        if not addresses:
            raise ConnectionError(f"The host {host!r} has no address: check the spelling.")
        for address in addresses:
            # One bad address refuses the host: mixed answers are how a rebinding attack looks.
            if not self._allow_private and (kind := refusal(address)):
                raise ValueError(
                    f"{host!r} is not on the public internet ({address} is a {kind} address), and "
                    "this tool only visits public pages: use another page."
                )
        return addresses


def check_url(url: httpx.URL, ports: Collection[int]) -> int:
    """The port that `url` leads to.

    Raises:
        ValueError: the scheme, the port or credentials in it are refused; says what to do.
    """
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"The URL must be like 'https://example.com/page', not {str(url)!r}.")
    if url.userinfo:
        raise ValueError("The URL holds a user name or a password: leave them out.")
    port = url.port or (443 if url.scheme == "https" else 80)
    if port not in ports:
        raise ValueError(
            f"Port {port} is not allowed, only {', '.join(map(str, sorted(ports)))}: "
            "use a page on the usual web ports."
        )
    return port


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to a fixed address; Host header and certificate check keep the name."""
    host = request.url.raw_host.decode("ascii").strip("[]")
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
