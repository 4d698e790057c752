"""What names or reaches people is dropped, hashed or kept before anything is written."""

from typing import Self

from scrapy.crawler import Crawler

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.policies import Policies, Policy
from realestate_crawler.domain.privacy import protect
from realestate_crawler.items import Listing
from realestate_crawler.settings import personal_data_key


class PrivacyPipeline:
    """Applies the configured policies to every item."""

    def __init__(self, policies: Policies | Policy, key: bytes, crawl: Crawl) -> None:
        self.policies = policies
        self.key = key
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Reads PERSONAL_DATA; the key comes from the environment only."""
        return cls(Policies.parse(crawler.settings["PERSONAL_DATA"]), personal_data_key(), crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Protects the item."""
        met = protect(item, self.policies, self.key, self.crawl.personal)
        notes = self.crawl.of(item).ledger.notes
        default = self.policies.default if isinstance(self.policies, Policies) else self.policies
        if met.values:
            notes[f"personal values: {default}"] += met.values
        if met.masked:
            notes["phone numbers, e-mail addresses and names masked in texts"] += met.masked
        return item
