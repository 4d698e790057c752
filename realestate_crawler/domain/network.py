"""Where an address leads: to the public network, or into a machine's or an office's own.

What belongs here: reading addresses in every form that a network stack accepts. What does not: asking a name server,
refusing requests (middlewares).
"""

import ipaddress
import socket
import unicodedata
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}
# Names that no public name server knows; a name without a dot is one of them.
INTERNAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".svc", ".localdomain")
# IPv6 networks whose addresses carry an IPv4 address in their last 32 bits (NAT64, RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Origin:
    """A host and a port: what one server is.

    Attributes:
        host: in lower case, without a final dot and without brackets.
        port: 0 where any port of the host is meant.
    """

    host: str
    port: int


def origin(url: str) -> Origin:
    """The server that an http(s) address names.

    Raises:
        ValueError: for another scheme, or without a host or a possible port.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError(f"not http(s): {url[:80]}")
    host = plain_host(parts.hostname or "")
    if not host:
        raise ValueError(f"no host: {url[:80]}")
    return Origin(host, parts.port or PORTS[parts.scheme])


def plain_host(host: str) -> str:
    """One spelling of a host: what browsers and name servers take for the same is the same."""
    return unicodedata.normalize("NFKC", host).replace("\u3002", ".").casefold().rstrip(".")


def literal(host: str) -> Address | None:
    """The address that a host is in itself, also as 127.1, 0x7f.1 or 2130706433; None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if not host or not host.isascii() or any(sign.isspace() for sign in host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the public network; what it carries within it is looked at too."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            carried = address.teredo[1]
        if address in NAT64:
            carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(carried)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def is_internal(host: str) -> bool:
    """Whether a host, by its name or number alone, is not one of the public network."""
    host = plain_host(host)
    address = literal(host)
    if address is not None:
        return not is_public(address)
    return "." not in host or host.endswith(INTERNAL_SUFFIXES)
