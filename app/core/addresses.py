"""Whose address it is, where requests of strangers are counted."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network


def source(address: str) -> str:
    """What one line or machine has: an IPv4 address, or the /64 of an IPv6 one.

    Whoever has one IPv6 address has 2^64 of them, and a budget for each would be none.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found.packed, 64), strict=False))
