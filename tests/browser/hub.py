"""Stands in for Hugging Face: a proxy that answers every request over TLS itself, with a refusal.

The app reaches it by HTTPS_PROXY and trusts it by SSL_CERT_FILE, and knows nothing of it otherwise.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "router.huggingface.co"
REFUSAL = json.dumps({"error": "Invalid username or password."}).encode()


@dataclass(kw_only=True)
class Hub:
    """What the app is started with, and the heads of the requests that arrived."""

    environment: dict[str, str]
    heads: list[str] = field(default_factory=list)


@contextmanager
def refusing_hub(folder: Path) -> Iterator[Hub]:
    """The stand-in, in a thread of its own; `folder` takes its certificate."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    hub = Hub(environment={})
    context = _context(folder)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")  # CONNECT
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.start_tls(context)
        hub.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
        size = f"Content-Length: {len(REFUSAL)}\r\nConnection: close\r\n\r\n".encode()
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n" + size)
        writer.write(REFUSAL)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def end() -> None:
        server.close()
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=5)

    starting = asyncio.run_coroutine_threadsafe(asyncio.start_server(refuse, "127.0.0.1", 0), loop)
    server = starting.result(60)
    hub.environment = {
        "HTTPS_PROXY": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        "NO_PROXY": "127.0.0.1",
        "SSL_CERT_FILE": str(folder / "hub.pem"),
    }
    try:
        yield hub
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(60)
        loop.close()


def _context(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    names = [x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "hub.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "hub-key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "hub.pem", folder / "hub-key.pem")
    return context
