"""Which addresses the browser's gateway may connect: those that the crawl itself may, looked up in the same way.

What belongs here: one name → its addresses. What does not: the rules (`domain.network`, `middlewares.own_servers`).
"""

import asyncio
from typing import Any

from twisted.internet.interfaces import IResolutionReceiver
from zope.interface import implementer

from realestate_crawler.domain.network import is_internal
from realestate_crawler.middlewares.own_servers import OF_THIS_PROCESS


def may_ask(host: str, port: int) -> bool:
    """Whether a host may be asked, by its name or number alone."""
    return not is_internal(host) or OF_THIS_PROCESS.has(host, port)


async def lookup(host: str, port: int) -> list[str]:
    """The addresses of a host that may be connected; the reactor's resolver keeps back the others (`resolver`)."""
    from twisted.internet import reactor  # noqa: PLC0415 (importing it chooses one)

    found: asyncio.Future[list[str]] = asyncio.get_running_loop().create_future()
    resolver: Any = reactor.nameResolver
    resolver.resolveHostName(_Receiver(found), host, port)
    return [address for address in await found if OF_THIS_PROCESS.may_reach(host, port, address)]


@implementer(IResolutionReceiver)
class _Receiver:
    def __init__(self, found: "asyncio.Future[list[str]]") -> None:
        self.found = found
        self.addresses: list[str] = []

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803 (Twisted's names)
        """Nothing is there yet."""

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.addresses.append(str(address.host))

    def resolutionComplete(self) -> None:  # noqa: N802
        if not self.found.done():
            self.found.set_result(self.addresses)
