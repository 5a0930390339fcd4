"""The guard of web tools. Each refusal has its control: the same request reaches the server
without the guard, so it is the guard that stops it."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from agent.tools.visit_webpage import VisitWebpageTool
from agent.tools.web_guard import GuardedTransport, check_url
from tests.tools.conftest import Answer, WebServer


def resolver(**names: str) -> Callable[[str, int], Any]:
    """Resolves `name_test` as `name.test`, and nothing else."""

    async def resolve(host: str, port: int) -> Sequence[str]:
        known = {name.replace("_", "."): address.split() for name, address in names.items()}
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known[host]

    return resolve


def guarded(web: WebServer, **options: Any) -> VisitWebpageTool:
    return VisitWebpageTool(ports={web.port}, seconds=100, **options)


def unguarded(web: WebServer, **options: Any) -> VisitWebpageTool:
    return VisitWebpageTool(ports={web.port}, seconds=100, allow_private=True, **options)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",  # decimal
        "0x7f000001",  # hexadecimal
        "0x7f.1",
        "017700000001",  # octal
        "127.1",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "127。0。0。1",  # ideographic full stops
    ],
)
async def test_no_spelling_of_this_machine_is_reached(web: WebServer, host: str) -> None:
    url = f"http://{host}:{web.port}/"
    with pytest.raises(ValueError, match="is not on the public internet"):
        await guarded(web).forward(url)
    assert web.hits == []
    assert "Heading" in await unguarded(web).forward(url)
    assert len(web.hits) == 1


@pytest.mark.parametrize("host", ["0177.0.0.1", "127.0.0.01", "①②⑦.⓪.⓪.①"])
async def test_spellings_that_are_no_url(web: WebServer, host: str) -> None:
    with pytest.raises(ValueError, match=r"URL must be like|not on the public internet"):
        await guarded(web).forward(f"http://{host}:{web.port}/")
    assert web.hits == []


async def test_ipv6_loopback() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    reached: list[bytes] = []

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            reached.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nsix")

    port = server.getsockname()[1]
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    url = f"http://[::1]:{port}/"
    with server:
        with pytest.raises(ValueError, match="::1 is a loopback address"):
            await VisitWebpageTool(ports={port}).forward(url)
        assert reached == []
        assert await VisitWebpageTool(ports={port}, allow_private=True).forward(url) == "six"
        thread.join(5)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254", "8.8.8.8 127.0.0.1"],
)
async def test_a_name_that_leads_inside(web: WebServer, address: str) -> None:
    tool = guarded(web, resolve=resolver(inside_test=address))
    with pytest.raises(ValueError, match=r"'inside\.test' is not on the public internet"):
        await tool.forward(f"http://inside.test:{web.port}/")
    assert web.hits == []


async def test_a_name_that_leads_inside_control(web: WebServer) -> None:
    tool = unguarded(web, resolve=resolver(inside_test="127.0.0.1"))
    assert "Heading" in await tool.forward(f"http://inside.test:{web.port}/")
    assert web.hits[0][1]["host"] == f"inside.test:{web.port}"


@pytest.mark.parametrize("allow_private", [False, True])
async def test_cloud_metadata(allow_private: bool) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["169.254.169.254"]

    transport = GuardedTransport(allow_private=allow_private, resolve=resolve)
    async with httpx.AsyncClient(transport=transport, timeout=0.2) as client:
        try:
            await client.get("http://169.254.169.254/latest/meta-data/")
            outcome = "tried"
        except ValueError as exc:
            outcome = str(exc)
        except httpx.TransportError:
            outcome = "tried"
    assert asked == ["169.254.169.254"]
    if allow_private:
        assert outcome == "tried"  # the control: nothing but the guard refuses
    else:
        assert "169.254.169.254 is a link-local or cloud metadata address" in outcome


async def test_a_redirect_that_leads_inside(web: WebServer) -> None:
    """The first hop is let through as a stand-in for a public server; the second is inside."""
    web.pages["/out"] = Answer(302, headers={"Location": f"http://secret.test:{web.port}/"})

    class FirstHopIsPublic(GuardedTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.path == "/out":
                return await inner.handle_async_request(request)
            return await super().handle_async_request(request)

    names = resolver(public_test="127.0.0.1", secret_test="127.0.0.1")
    inner = GuardedTransport(allow_private=True, ports={web.port}, resolve=names)
    start = f"http://public.test:{web.port}/out"
    for allow_private in (False, True):
        web.hits.clear()
        transport = FirstHopIsPublic(allow_private=allow_private, ports={web.port}, resolve=names)
        async with httpx.AsyncClient(transport=transport, follow_redirects=True) as client:
            if allow_private:
                assert b"Heading" in (await client.get(start)).content
                assert [path for path, _ in web.hits] == ["/out", "/"]
            else:
                with pytest.raises(ValueError, match=r"secret\.test"):
                    await client.get(start)
                assert [path for path, _ in web.hits] == ["/out"]
    await inner.aclose()


async def test_the_tool_checks_the_port_of_a_redirect(web: WebServer) -> None:
    web.pages["/out"] = Answer(302, headers={"Location": "http://127.0.0.1:22/"})
    with pytest.raises(ValueError, match="Port 22 is not allowed"):
        await unguarded(web).forward(web.url + "/out")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.com/"])
async def test_a_redirect_to_another_scheme(web: WebServer, location: str) -> None:
    web.pages["/out"] = Answer(302, headers={"Location": location})
    with pytest.raises(ValueError, match=r"must be like 'https://example\.com/page'"):
        await unguarded(web).forward(web.url + "/out")


async def test_an_address_that_changes_after_the_check(web: WebServer) -> None:
    """DNS rebinding: the first answer is public, later ones lead inside. One answer is asked for,
    and the connection goes to it: the server on this machine is never reached."""
    answers = iter(["192.0.2.1", "127.0.0.1", "127.0.0.1"])  # TEST-NET: nobody is there
    asked: list[str] = []

    async def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [next(answers)]

    transport = GuardedTransport(allow_private=True, ports={web.port}, resolve=resolve)
    url = f"http://rebind.test:{web.port}/"
    async with httpx.AsyncClient(transport=transport, timeout=0.3) as client:
        with pytest.raises(httpx.TransportError):
            await client.get(url)
        assert (len(asked), web.hits) == (1, [])
        second = await client.get(url, timeout=100)
        assert second.status_code == 200  # the control: the second answer
    assert (len(asked), len(web.hits)) == (2, 1)


async def test_the_next_address_is_tried(web: WebServer) -> None:
    """The first address refuses the connection; no other server listens on 127.0.0.2."""
    tool = unguarded(web, resolve=resolver(two_test="127.0.0.2 127.0.0.1"))
    assert "Heading" in await tool.forward(f"http://two.test:{web.port}/")


async def test_proxies_of_the_environment_are_ignored(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert "Heading" in await unguarded(web).forward(web.url)
    with pytest.raises(httpx.ConnectError):  # the control: the usual client obeys them
        await httpx.AsyncClient().get(web.url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://example.com/", "must be like"),
        ("file:///etc/passwd", "must be like"),
        ("example.com/page", "must be like"),
        ("http://", "must be like"),
        ("http://user:pass@example.com/", "leave them out"),
        ("http://user@example.com/", "leave them out"),
        ("http://example.com:22/", "Port 22 is not allowed, only 80, 443"),
        ("https://example.com:8443/", "Port 8443 is not allowed"),
    ],
)
def test_refused_urls(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_url(httpx.URL(url), {80, 443})


@pytest.mark.parametrize(
    ("url", "port"),
    [("http://example.com", 80), ("https://example.com", 443), ("http://example.com:443/", 443)],
)
def test_allowed_urls(url: str, port: int) -> None:
    assert check_url(httpx.URL(url), {80, 443}) == port


async def test_a_host_without_an_address(web: WebServer) -> None:
    with pytest.raises(ConnectionError, match=r"The host 'empty\.test' has no address"):
        await guarded(web, resolve=resolver(empty_test="")).forward(
            f"http://empty.test:{web.port}/"
        )


async def test_an_unknown_host(web: WebServer) -> None:
    with pytest.raises(ConnectionError, match=r"There is no host named 'nowhere\.test'"):
        await guarded(web, resolve=resolver()).forward(f"http://nowhere.test:{web.port}/")


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext, list[str]]]:
    """A TLS server for `good.test`, a context that trusts it, and the names it was asked for."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "good.test")])
    now = datetime.now(UTC)
    names = [x509.DNSName("good.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.3"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "good.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    asked: list[str] = []
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    serving.sni_callback = lambda _socket, name, _context: asked.append(str(name))
    trusting = ssl.create_default_context(
        cadata=certificate.public_bytes(serialization.Encoding.DER)
    )
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return  # the test is over
            try:
                with connection, serving.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(65536)
                    secure.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nsafe")
            except (ssl.SSLError, OSError):
                continue  # the client did not like our certificate

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield server.getsockname()[1], trusting, asked
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


async def test_the_certificate_is_checked_for_the_name_not_the_address(
    tls: tuple[int, ssl.SSLContext, list[str]],
) -> None:
    port, trusting, asked = tls
    tool = VisitWebpageTool(
        allow_private=True,
        ports={port},
        verify=trusting,
        resolve=resolver(good_test="127.0.0.1", bad_test="127.0.0.1"),
    )
    assert await tool.forward(f"https://good.test:{port}/") == "safe"
    assert asked == ["good.test"]
    with pytest.raises(ConnectionError, match="certificate"):
        await tool.forward(f"https://bad.test:{port}/")
    assert asked == ["good.test", "bad.test"]


async def test_an_unknown_authority_is_refused(
    tls: tuple[int, ssl.SSLContext, list[str]],
) -> None:
    port, _, _ = tls
    tool = VisitWebpageTool(
        allow_private=True, ports={port}, resolve=resolver(good_test="127.0.0.1")
    )
    with pytest.raises(ConnectionError, match="certificate"):
        await tool.forward(f"https://good.test:{port}/")
