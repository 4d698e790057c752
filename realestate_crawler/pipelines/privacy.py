"""Names of people are dropped, hashed or kept before anything is written."""

from typing import Self

from scrapy.crawler import Crawler

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.privacy import Policy, protect
from realestate_crawler.items import Listing
from realestate_crawler.settings import personal_data_key


class PrivacyPipeline:
    """Applies the configured policy to every item."""

    def __init__(self, policy: Policy, key: bytes, crawl: Crawl) -> None:
        self.policy = policy
        self.key = key
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads PERSONAL_DATA; the key comes from the environment only."""
        return cls(Policy(crawler.settings["PERSONAL_DATA"]), personal_data_key(), crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Protects the item."""
        met = protect(item, self.policy, self.key, self.crawl.personal)
        if met:
            self.crawl.of(item).ledger.notes[f"personal values: {self.policy}"] += met
        return item
