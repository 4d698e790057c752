"""Applies the quality rules: an unusable value is emptied and kept raw, an unusable listing goes to quarantine."""

from typing import Self

from scrapy.crawler import Crawler

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.rules import empty, violations
from realestate_crawler.items import Listing
from realestate_crawler.pipelines.quarantine import QuarantineItem


class ValidatePipeline:
    """Calls `domain.rules` and counts what it finds."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Rules look at the day of observation, not at today."""
        return cls(crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Passes usable listings on.

        Raises:
            QuarantineItem: for a listing that cannot be used at all, or that belongs to no scope.
        """
        crawl = self.crawl.of(item)
        if crawl.unnamed:
            raise QuarantineItem(crawl.unnamed, item)
        for broken in violations(item, crawl.observed_at.date()):
            crawl.ledger.notes[f"rule broken: {broken.rule}"] += 1
            if broken.field is None:
                raise QuarantineItem(broken.rule, item)
            empty(item, broken.field)
        return item
