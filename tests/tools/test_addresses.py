"""Which addresses are public; the table is checked against the standard library's own view."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.tools.addresses import refusal


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("169.254.169.254", "link-local or cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("100.100.100.200", "carrier-grade NAT"),
        ("192.0.0.192", "reserved"),
        ("198.18.0.1", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::1", "loopback"),
        ("::", "private, link-local, multicast or reserved"),
        ("fe80::1", "private, link-local, multicast or reserved"),
        ("fe80::1%eth0", "private, link-local, multicast or reserved"),
        ("fc00::1", "private, link-local, multicast or reserved"),
        ("fd00:ec2::254", "private, link-local, multicast or reserved"),
        ("fec0::1", "private, link-local, multicast or reserved"),
        ("ff02::1", "private, link-local, multicast or reserved"),
        ("::127.0.0.1", "private, link-local, multicast or reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:a00:1", "private"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "link-local or cloud metadata"),
        ("64:ff9b:1::1", "private, link-local, multicast or reserved"),
        ("2002:7f00:1::", "6to4"),
        ("2001:0:1:2::3", "Teredo or reserved"),
        ("2001:db8::1", "documentation"),
    ],
)
def test_refused(address: str, kind: str) -> None:
    assert refusal(address) == kind


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "172.15.255.255",
        "172.32.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00:1450:4001:800::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_public(address: str) -> None:
    assert refusal(address) == ""


def test_not_an_address() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        refusal("example.com")


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_that_python_calls_private_is_public(address: IPv4Address | IPv6Address) -> None:
    known_public = refusal(str(address)) == ""
    judged = address
    if isinstance(address, IPv6Address) and known_public:
        judged = address.ipv4_mapped or address
        if str(address).startswith("64:ff9b::"):
            judged = ip_address(int(address) & 0xFFFF_FFFF)
    assert not known_public or (judged.is_global and not judged.is_multicast)
