"""Who the listing is and what of it is compared: source, scope, time, content hash."""

from typing import Self

from scrapy.crawler import Crawler

from realestate_crawler.contracts.feed import UnwritableError
from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.identity import content_hash
from realestate_crawler.items import Listing


class IdentifyPipeline:
    """Stamps each item with its observation and its content hash."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Takes the crawl's identity and volatile fields."""
        return cls(crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Stamps the item."""
        item.source = self.crawl.source
        item.scope = self.crawl.of(item).scope
        item.observed_at = self.crawl.observed_at
        try:
            item.content_hash = content_hash(item, self.crawl.volatile)
        except UnwritableError:
            item.content_hash = ""  # the feed stage meets the same value and quarantines the item with its reason
        return item
