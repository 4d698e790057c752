"""Leaves out what the source returned although the criterion excludes it (a source cannot express every key)."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.completeness import OUTSIDE
from realestate_crawler.domain.matching import mismatch
from realestate_crawler.items import Listing


class MatchPipeline:
    """Drops listings outside the criterion, counted by the key that excludes them."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Takes the crawl's criterion."""
        return cls(crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Passes the item on when it matches."""
        key = mismatch(item, self.crawl.criterion)
        if key is None:
            return item
        reason = OUTSIDE + key
        self.crawl.of(item).ledger.drop(item.listing_key, reason)
        raise DropItem(reason)
