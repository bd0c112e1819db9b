"""Which machines may be called: those of the public internet alone, never one of our own network. Pure."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Addresses that stand for an IPv4 one, or lead through somebody's relay to one.
_TRANSLATED = ip_network("64:ff9b::/96")
_LEADING_ON = tuple(
    ip_network(block) for block in ("64:ff9b:1::/48", "2001::/32", "2002::/16", "::/96", "::ffff:0:0:0/96")
)
# All of IPv6 that is given out to the internet. Site-local addresses (fec0::/10) lie outside; Python lets them in.
_GIVEN_OUT = ip_network("2000::/3")
_EXAMPLES = ip_network("3fff::/20")
# Set apart for special use, although Python counts some of them as reachable from everywhere.
_SPECIAL = tuple(
    ip_network(block)
    for block in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4")
)


def is_public(address: str) -> bool:
    """Tell whether an address is one that anybody can reach, and nothing that leads into a private network.

    Loopback, private, link-local (with a cloud's metadata service), site-local, shared (100.64.0.0/10), multicast and
    reserved addresses are not, nor is an IPv6 address that holds one or would be translated to an IPv4 one elsewhere.
    """
    try:
        found = ip_address(address)
    except ValueError:  # such as fe80::1%eth0
        return False
    if isinstance(found, IPv6Address):
        inner = _inner(found)
        if inner is None:
            is_given_out = found in _GIVEN_OUT and found not in _EXAMPLES
            return is_given_out and _is_global(found) and not any(found in block for block in _LEADING_ON)
        found = inner
    return _is_global(found) and not any(found in block for block in _SPECIAL)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATED else None


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
