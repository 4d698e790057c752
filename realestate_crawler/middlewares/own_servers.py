"""The internal servers that this process may reach: those that its operator named, and no other.

An address that a person wrote (a criterion, a profile, a setting) may lead to this machine or this network; an address
that a site wrote may not. What belongs here: the list. What does not: requests (`addresses`), names (`resolver`).
"""

from collections.abc import Iterable
from urllib.request import getproxies

from realestate_crawler.domain.network import Origin, is_internal, is_public, literal, origin, plain_host

SETTING = "INTERNAL_HOSTS"


class OwnServers:
    """Internal servers, each as host and port.

    A public name that an operator wrote is not on the list: a name server may answer it with anything.
    """

    def __init__(self, origins: Iterable[Origin] = ()) -> None:
        self.origins = set(origins)

    def add(self, urls: Iterable[str], hosts: Iterable[str] = ()) -> None:
        """Adds the internal ones of `urls`, and every one of `hosts` (`name` or `name:port`)."""
        for url in urls:
            own = origin(url)
            if is_internal(own.host):
                self.origins.add(own)
        for told in hosts:
            name, _, port = told.strip().rpartition(":") if told.count(":") == 1 else (told.strip(), "", "0")
            self.origins.add(Origin(plain_host(name.strip("[]")), int(port)))

    def has(self, host: str, port: int) -> bool:
        """Whether a server is on the list; port 0 asks for any of the host's."""
        host = plain_host(host)
        return any(own.host == host and (own.port == port or 0 in (own.port, port)) for own in self.origins)

    def may_reach(self, host: str, port: int, address: str) -> bool:
        """Whether a connection may be made to what a name server answered."""
        found = literal(address)
        return (found is not None and is_public(found)) or self.has(host, port)


def proxies() -> list[str]:
    """The hosts of the proxies that the environment names: requests lead through them, wherever they stand."""
    return [origin(url).host for url in getproxies().values() if url.startswith(("http://", "https://"))]


# Of the whole process, because it has one resolver and one browser.
OF_THIS_PROCESS = OwnServers()
