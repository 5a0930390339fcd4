"""Which internet addresses a tool may connect to: public ones, and nothing else.

The tables follow IANA's special-purpose registries. They are written out because `is_global` of the
standard library differs between Python versions.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_REFUSED_V4 = {
    IPv4Network(network): kind
    for network, kind in {
        "0.0.0.0/8": "unspecified",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "carrier-grade NAT",
        "127.0.0.0/8": "loopback",
        "168.63.129.16/32": "cloud metadata",  # Azure's platform address, though publicly routed
        "169.254.0.0/16": "link-local or cloud metadata",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "reserved",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "6to4 relay",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
_PUBLIC_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = {  # inside of _PUBLIC_V6; all that is outside is refused as a whole
    IPv6Network(network): kind
    for network, kind in {
        "2001::/23": "Teredo or reserved",
        "2001:db8::/32": "documentation",
        "2002::/16": "6to4",
        "3fff::/20": "documentation",
    }.items()
}
_NAT64 = IPv6Network("64:ff9b::/96")


def refusal(address: str) -> str:
    """Why `address` may not be connected to, as its kind (`loopback`); empty if it is public.

    An IPv4 address inside an IPv6 one (mapped, NAT64) is judged as the IPv4 address.

    Raises:
        ValueError: `address` is not the text of an IP address.
    """
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        embedded = _embedded(parsed)
        return _refusal_v6(parsed) if embedded is None else _refusal_v4(embedded)
    return _refusal_v4(parsed)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped


def _refusal_v4(address: IPv4Address) -> str:
    return next((kind for network, kind in _REFUSED_V4.items() if address in network), "")


def _refusal_v6(address: IPv6Address) -> str:
    if address.is_loopback:
        return "loopback"
    if address not in _PUBLIC_V6:
        return "private, link-local, multicast or reserved"
    return next((kind for network, kind in _REFUSED_V6.items() if address in network), "")
