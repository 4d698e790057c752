"""No request leaves for an internal address, or by another way than http(s), because a site leads there.

Every hop passes here: start, link, redirect, retry, meta refresh, robots.txt. What belongs here: the addresses of
requests. What does not: what name servers answer (`resolver`), which hosts are a site's own (`offsite`).
"""

import logging
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from realestate_crawler.domain.network import is_internal, origin
from realestate_crawler.middlewares.own_servers import OF_THIS_PROCESS, SETTING, OwnServers, proxies
from realestate_crawler.middlewares.resolver import REFUSED

logger = logging.getLogger(__name__)


class AddressMiddleware:
    """Refuses requests by their address alone; the first stage of all."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.own = OwnServers()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Takes the operator's own servers when the spider is known."""
        stage = cls(crawler)
        crawler.signals.connect(stage.spider_opened, signal=signals.spider_opened)
        return stage

    def spider_opened(self) -> None:
        """Puts the addresses that the operator named on the lists of this crawl and of the process."""
        urls = getattr(self.crawler.spider, "own_addresses", ())
        hosts = self.crawler.settings.getlist(SETTING)
        self.own.add(urls, hosts)
        OF_THIS_PROCESS.add(urls, [*hosts, *proxies()])

    def process_request(self, request: Request) -> None:
        """Lets http(s) requests to public or named servers pass.

        Raises:
            IgnoreRequest: for any other.
        """
        try:
            server = origin(request.url)
        except ValueError:
            raise self._refusal("blocked: not http(s)", "scheme", request) from None
        if is_internal(server.host) and not self.own.has(server.host, server.port):
            raise self._refusal("blocked: an internal address", "internal", request)

    def _refusal(self, why: str, kind: str, request: Request) -> IgnoreRequest:
        logger.warning("%s (%s)", why, request.url[:200])
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(f"blocked/{kind}")
        return IgnoreRequest(why)


class ResolvedMiddleware:
    """Tells why a connection was not made whose name leads into an internal network; stands before any retry."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Keeps the crawler for its counts."""
        return cls(crawler)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Turns the failed look-up into a refusal, which is not tried again.

        Raises:
            IgnoreRequest: when the resolver refused the answer.
        """
        if isinstance(exception, IgnoreRequest) or origin(request.url).host not in REFUSED:
            return
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value("blocked/resolved")
        raise IgnoreRequest("blocked: a name that leads to an internal address")
