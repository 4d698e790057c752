"""The last stage: every item goes into the feed of its scope.

What belongs here: which feed, and what the command learns at the end. What does not: one feed's life (`open_feed`).
"""

import asyncio
import datetime
from collections import Counter
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from realestate_crawler.contracts.places import Places
from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.account import Ending
from realestate_crawler.landing.history import OlderLookError
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.probe import UnsafeStoreError, refuse_unsafe
from realestate_crawler.landing.runs import BusyError
from realestate_crawler.landing.store import ObjectStore, StoreError
from realestate_crawler.pipelines.open_feed import OpenFeed, Told
from realestate_crawler.pipelines.quarantine import QuarantineItem
from realestate_crawler.sale import Item

# How the command learns what became of the feeds, a `Told` each; see commands.crawl.
STAT_FEEDS = "feed/told"


class FeedPipeline:
    """One feed a scope: a crawl has one, a snapshot that is split one for each of its branches."""

    def __init__(self, crawler: Crawler, crawl: Crawl, store: ObjectStore, spool: Path, lines_per_part: int) -> None:
        self.crawler = crawler
        self.crawl = crawl
        self.store = store
        self.spool = spool
        self.lines_per_part = lines_per_part
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.feeds: dict[str, OpenFeed] = {}
        self.lost: dict[str, Told] = {}
        self.errors: Counter[str] = Counter()
        self.claiming = asyncio.Lock()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Opens the landing zone."""
        places = Places()
        lines = crawler.settings.getint("FEED_PART_LINES")
        stage = cls(crawler, crawl_of(crawler), open_store(places.landing), places.spool, lines)
        crawler.signals.connect(stage.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(stage.item_failed, signal=signals.item_error)
        crawler.signals.connect(stage.error_happened, signal=signals.spider_error)
        crawler.signals.connect(stage.spider_closed, signal=signals.spider_closed)
        return stage

    async def open_spider(self) -> None:
        """Claims the run; the scopes of a snapshot that is split are known, and claimed, when it has been read.

        Raises:
            CloseSpider: when another crawl of the scope is at work, when it was seen later already, or when the landing
                zone cannot be used.
        """
        try:
            await asyncio.to_thread(refuse_unsafe, Places().landing)
        except StoreError as error:
            self.lost[self.crawl.scope] = _lost(self.crawl, error)
        if not self.lost and not self.crawl.unnamed:
            await self._feed(self.crawl)
        told = self.lost.get(self.crawl.scope)
        if told is not None:
            self._tell([told])
            raise CloseSpider("busy" if told.outcome == "busy" else "landing_zone")

    async def process_item(self, item: Item) -> Item:
        """Writes one line."""
        feed = await self._feed(self.crawl.of(item))
        if feed is not None:
            await feed.write(item)
        return item

    async def item_dropped(self, item: Any, exception: BaseException) -> None:
        """Writes a quarantined item with its reason."""
        if not isinstance(exception, QuarantineItem):
            self.crawl.of(item).ledger.account.end(item.listing_key, Ending.DROPPED)
            return
        feed = await self._feed(self.crawl.of(item))
        if feed is not None:
            await feed.put_aside(item, exception.reason)

    def item_failed(self, item: Any) -> None:
        """Notes an item in which a stage raised."""
        self.error_happened(item)
        self.crawl.of(item).ledger.account.end(item.listing_key, Ending.FAILED)

    def error_happened(self, item: Any = None) -> None:
        """Counts exceptions in callbacks and pipelines: with one of them, the crawl is not complete."""
        self.errors[getattr(item, "scope", "")] += 1

    async def spider_closed(self, spider: Any, reason: str) -> None:
        """Closes every feed; the scopes of which nothing was seen get one as well, which says so."""
        if self.crawl.scope in self.lost:
            return
        if self.crawl.ledger.unusable:
            self._tell([Told(self.crawl.scope, "unusable", self.crawl.ledger.gaps)])
            return
        for branch in self.crawl.branches.values():
            branch.ledger.asked, branch.ledger.requests = self.crawl.ledger.asked, self.crawl.ledger.requests
            await self._feed(branch)
        if not self.crawl.branches:
            await self._feed(self.crawl)
        told = list(self.lost.values())
        for scope, feed in self.feeds.items():
            errors = self.errors[""] + (self.errors[scope] if scope else 0)
            told.append(
                await feed.close(spider=spider.name, started_at=self.started_at, finish_reason=reason, errors=errors)
            )
        self._tell(sorted(told, key=lambda each: each.scope))

    async def _feed(self, crawl: Crawl) -> OpenFeed | None:
        """The feed of a scope, claimed when it is first asked for; None where it cannot be had."""
        if crawl.scope in self.feeds:
            return self.feeds[crawl.scope]
        async with self.claiming:
            if crawl.scope in self.lost:
                return None
            if crawl.scope not in self.feeds:
                try:
                    self.feeds[crawl.scope] = await OpenFeed.claim(
                        self.store, self.spool, crawl, self.started_at, self.lines_per_part
                    )
                except (BusyError, OlderLookError, StoreError) as error:
                    self.lost[crawl.scope] = _lost(crawl, error)
                    return None
            return self.feeds[crawl.scope]

    def _tell(self, told: list[Told]) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.set_value(STAT_FEEDS, told)


def _lost(crawl: Crawl, error: Exception) -> Told:
    kinds = {BusyError: "busy", OlderLookError: "unusable", UnsafeStoreError: "unusable"}
    return Told(crawl.scope, kinds.get(type(error), "undelivered"), [str(error)])
