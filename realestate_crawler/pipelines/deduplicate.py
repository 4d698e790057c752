"""A key seen twice in one run is written once: the first one stays, the others are counted."""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.items import Listing


class DeduplicatePipeline:
    """Drops repeated keys; equal repetitions and contradicting ones are counted apart."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl
        self.seen: dict[tuple[str, str], str] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """One memory a crawl."""
        return cls(crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Passes the first item of a key on; items without a key are the validate stage's business."""
        place = (item.scope, item.listing_key)
        if not item.listing_key or place not in self.seen:
            self.seen[place] = item.content_hash
            return item
        same = self.seen[place] == item.content_hash
        reason = f"duplicate key, {'equal' if same else 'different'} content"
        self.crawl.of(item).ledger.drop(item.listing_key, reason)
        raise DropItem(reason)
