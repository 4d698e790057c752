"""What every spider shares: one criterion a crawl, and a ledger in which every request ends exactly once.

What belongs here: arguments, time, bookkeeping of requests. What does not: addresses and pages of a source.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, ClassVar, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.account import Ending
from realestate_crawler.domain.network import origin
from realestate_crawler.spiders.arguments import understand

GONE = frozenset({404, 410})
# Scrapy unpacks bodies at 590; a higher number is nearer to the network.
AFTER_COMPRESSION = 595


class CrawlSpider(Spider):
    """A spider that fills one feed.

    Attributes:
        crawl: what this crawl is about; all item pipelines read it.
        own_addresses: http(s) addresses that the operator named: only these may lead to this machine or network.
    """

    crawl: Crawl
    own_addresses: tuple[str, ...] = ()

    def owns(self, url: str) -> bool:
        """Whether an address is the site's own, so that a link or a redirect may lead there."""
        try:
            return origin(url).host in {origin(own).host for own in self.own_addresses}
        except ValueError:  # javascript:, mailto:, data: and what else stands in links
            return False

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """The crawls that the arguments of a command ask for, as arguments of one crawl each.

        Raises:
            CriteriaError: for anything that cannot be used; nothing has been requested then.
        """
        raise NotImplementedError

    @classmethod
    def explain(cls, arguments: Mapping[str, str]) -> list[str]:
        """What one crawl of the plan would do that its criterion does not say, a sentence each."""
        return []

    @classmethod
    def settings_for(cls, arguments: Mapping[str, str]) -> dict[str, Any]:
        """Scrapy settings that one crawl of the plan needs beside the project's own; none by default.

        Raises:
            CriteriaError: for anything that cannot be had on this machine.
        """
        return {}

    def request(self, url: str, callback: Callable[..., Any], **more: Any) -> Request | None:
        """A request whose end is noted in the ledger; None (noted too) for what is no http(s) address.

        A request for a listing's own page names it in `meta["listing"]`, as it was scheduled in the account.
        """
        self.crawl.ledger.asked += 1
        try:
            origin(url)
        except ValueError as error:
            self.crawl.ledger.requests["failed: blocked: not http(s)"] += 1
            self.logger.warning("%s", error)
            name = (more.get("meta") or {}).get("listing")
            if name:
                self.crawl.ledger.account.end(name, Ending.FAILED)
            return None
        return Request(url, callback=callback, **{"errback": self.request_failed, **more})

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """See Spider: notes too what Scrapy leaves out."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.request_dropped, signal=signals.request_dropped)
        crawler.signals.connect(spider.callback_failed, signal=signals.spider_error)
        return spider

    def request_dropped(self, request: Request) -> None:
        """Notes a request that is not made because its address was asked already: nothing is lost by it."""
        ledger = self.crawl.ledger
        ledger.requests["asked already"] += 1
        name = request.meta.get("listing")
        if name == request.url:  # nothing but its address is known: it is the other one
            ledger.drop("", "met again without its key")
            ledger.account.end(name, Ending.DROPPED)
        elif name:  # two keys, one page: whose it is nobody can say
            ledger.gaps.append(f"listing {name} leads to the page of another: {request.url}")
            ledger.account.end(name, Ending.FAILED)
        self.logger.debug("asked already: %s", request.url)

    def arrived(self) -> None:
        """Notes a request that ended well; called first thing in every callback."""
        self.crawl.ledger.requests["ok"] += 1

    def callback_failed(self, response: Response | None) -> None:
        """Notes a listing whose page was answered, but raised while it was read."""
        name = response.meta.get("listing") if response is not None and response.request is not None else None
        if name and self.crawl.ledger.account.waits(name):
            self.crawl.ledger.account.end(name, Ending.FAILED)

    def request_failed(self, failure: Failure) -> None:
        """Notes a request that ended badly; the page of a listing that answers 404 or 410 is gone."""
        request: Request = failure.request  # type: ignore[attr-defined]
        status = failure.value.response.status if isinstance(failure.value, HttpError) else None
        name = request.meta.get("listing")
        if status in GONE and name:
            self.crawl.ledger.requests["gone"] += 1
            self.crawl.ledger.account.end(name, Ending.GONE)
            return
        if name:
            self.crawl.ledger.account.end(name, Ending.FAILED)
        how = f"HTTP {status}" if status else self._why(failure)
        self.crawl.ledger.requests[f"failed: {how}"] += 1
        self.logger.warning("%s: %s", request.url, how)

    @staticmethod
    def _why(failure: Failure) -> str:
        if isinstance(failure.value, IgnoreRequest):
            return str(failure.value) or "refused"
        return type(failure.value).__name__

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """See Spider: every spider of ours reads whole bodies only."""
        super().update_settings(settings)
        stages = settings["DOWNLOADER_MIDDLEWARES"].copy()
        stages["realestate_crawler.middlewares.whole_bodies.WholeBodiesMiddleware"] = AFTER_COMPRESSION
        settings.set("DOWNLOADER_MIDDLEWARES", stages, priority="spider")


class CriterionSpider(CrawlSpider):
    """A spider that follows search criteria.

    Attributes:
        volatile: fields and extra columns of the source that are stored and never compared.
    """

    volatile: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        asked = understand(self.name, arguments)
        if len(asked.criteria) != 1:
            ids = ", ".join(c.id for c in asked.criteria)
            raise CriteriaError(f"one crawl follows one criterion: select one with -a only= ({ids})")
        self.crawl = Crawl(
            source=self.name, criterion=asked.criteria[0], observed_at=asked.observed_at, volatile=self.volatile
        )

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider: one crawl for each selected criterion of this source."""
        return understand(cls.name, arguments).plans(arguments)

    async def start(self) -> AsyncIterator[Any]:
        """The first requests of the criterion."""
        raise NotImplementedError
        yield  # makes this an asynchronous generator, as the real ones are
