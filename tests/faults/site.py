"""A site with faults, what became of its crawl, and a trap where nobody may come."""

import contextlib
import re
import socket
import threading
import time

from tests.crawl.market import KEYS
from tests.serving import Server, fetch


class Trap:
    """Listens on one port of this machine, on both families, and counts who comes.

    Attributes:
        visitors: connections so far; none is answered.
    """

    def __init__(self):
        self.visitors = 0
        self.sockets = [socket.create_server(("0.0.0.0", 0))]
        self.port = self.sockets[0].getsockname()[1]
        with contextlib.suppress(OSError):
            self.sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        self.threads = [threading.Thread(target=self._count, args=(one,), daemon=True) for one in self.sockets]
        self.open = True
        for one in self.sockets:
            one.settimeout(0.05)
        for thread in self.threads:
            thread.start()

    def _count(self, listener):
        while self.open:
            with contextlib.suppress(TimeoutError):
                listener.accept()[0].close()
                self.visitors += 1

    def close(self):
        self.open = False
        for thread in self.threads:
            thread.join()
        for one in self.sockets:
            one.close()


class Site:
    """A server on loopback and the crawl of it.

    Attributes:
        address: what the criterion says; a name that stands for this machine where the scope begins with `name-`.
        times: when each request came (monotonic seconds), with its path.
    """

    def __init__(self, scope, answer, robots=404):
        self.scope = scope
        self.times = []
        self.server = Server(lambda path: self.times.append((time.monotonic(), path)) or answer(path), robots)
        self.address = self.server.url
        if scope.startswith("name-"):
            self.address = self.address.replace("127.0.0.1", f"{scope.removeprefix('name-')}.example.com")

    def end(self, done, trap):
        self.server.close()
        self.visitors = trap.visitors
        (self.manifest,) = (manifest for manifest in done.manifests if manifest["scope"] == self.scope)
        self.lines = [line for line in done.lines() if line["scope"] == self.scope]
        self.quarantined = [line for line in done.lines("quarantine") if line["item"]["scope"] == self.scope]
        self.arrived = {line["listing_key"] for line in self.lines}
        self.told = done.err

    def failed(self, how):
        """How many requests ended like this."""
        return self.manifest["requests"].get(f"failed: {how}", 0)

    def asked(self, key):
        """When the page of a listing was asked for."""
        return [when for when, path in self.times if key in path]


def leading_to(targets):
    """A fault: the pages of the first listings redirect, each to one target."""
    where = dict(zip(KEYS, targets, strict=False))

    def answer(path, key):
        # A header's bytes are read as Latin-1.
        return (302, {"Location": where[key].encode().decode("latin-1")}, b"") if key in where else None

    return answer


def refreshing_to(targets):
    """A fault: the pages of the first listings hold a meta refresh, each to one target."""
    where = dict(zip(KEYS, targets, strict=False))

    def answer(path, key):
        return f'<meta http-equiv="refresh" content="0; url={where[key]}">'.encode() if key in where else None

    return answer


def linking_to(portal, targets):
    """A fault: the cards of the first listings link to the targets instead."""
    where = dict(zip(KEYS, targets, strict=False))

    def answer(path, key):
        if key:
            return None
        status, headers, body = fetch(portal.url, path)
        for name, target in where.items():
            body = re.sub(rf'href="/listing/{name}[^"]*"'.encode(), f'href="{target}"'.encode(), body)
        return status, headers, body

    return answer
