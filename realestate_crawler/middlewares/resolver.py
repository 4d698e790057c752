"""Names are looked up as Scrapy does; an answer that leads into an internal network is not passed on.

The answer is looked at when the connection is made, so that a name that is answered differently the second time is
caught too. What belongs here: answers. What does not: addresses in requests (`addresses`).
"""

import logging
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer

from realestate_crawler.domain.network import plain_host
from realestate_crawler.middlewares.own_servers import OF_THIS_PROCESS

logger = logging.getLogger(__name__)

# Names whose answers were refused; `addresses.ResolvedMiddleware` tells the request why it failed.
REFUSED: set[str] = set()


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver behind the guard."""

    def install_on_reactor(self) -> None:
        """See CachingThreadedResolver."""
        super().install_on_reactor()
        self.reactor.installNameResolver(_guard(self.reactor.nameResolver))


def _guard(inner: Any) -> Any:
    return _Guard(inner)


@implementer(IHostnameResolver)
class _Guard:  # zope's interfaces say nothing to a type checker, hence Any
    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def resolveHostName(  # noqa: N802 (Twisted's name)
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Any = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        receiver = _Receiver(resolutionReceiver, hostName, portNumber)
        return self.inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Receiver:
    def __init__(self, inner: Any, host: str, port: int) -> None:
        self.inner, self.host, self.port = inner, plain_host(host), port

    def resolutionBegan(self, resolutionInProgress: Any) -> None:  # noqa: N802, N803
        self.inner.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        found = str(getattr(address, "host", ""))
        if OF_THIS_PROCESS.may_reach(self.host, self.port, found):
            REFUSED.discard(self.host)
            self.inner.addressResolved(address)
            return
        REFUSED.add(self.host)
        logger.warning("%s leads to %s, which is not public: refused", self.host, found)

    def resolutionComplete(self) -> None:  # noqa: N802
        self.inner.resolutionComplete()
