"""The stage that sales go through before the feed: stamped with their observation, unusable ones to quarantine."""

from typing import Self

from scrapy.crawler import Crawler

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.land_registry.rows import unread
from realestate_crawler.pipelines.quarantine import QuarantineItem
from realestate_crawler.sale import Sale


class SalePipeline:
    """Counts what could not be read and stamps the rest."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Takes the crawl's identity."""
        return cls(crawl_of(crawler))

    def process_item(self, item: Sale) -> Sale:
        """Passes usable records on.

        Raises:
            QuarantineItem: for a record without a key, or of which nobody knows what it does.
        """
        item.source = self.crawl.source
        item.scope = self.crawl.scope
        item.observed_at = self.crawl.observed_at
        self.crawl.ledger.notes.update(unread(item))
        if not item.listing_key:
            raise QuarantineItem("wrong number of columns" if "record" in item.raw else "key_missing", item)
        if item.record is None:
            raise QuarantineItem("record status unknown", item)
        return item
