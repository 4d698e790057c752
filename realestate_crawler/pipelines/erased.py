"""What was erased does not come back: an erased listing is left out, an erased person is taken out."""

import asyncio
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, DropItem

from realestate_crawler.contracts.places import Places
from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.erased import Erased, WrongKeyError
from realestate_crawler.items import Listing
from realestate_crawler.landing.erasures import DamagedRecordError, read_erasures
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError
from realestate_crawler.sale import Item
from realestate_crawler.settings import personal_data_key

REASON = "erased"


class ErasedPipeline:
    """Looks every item up in the records of erasures that lie beside the feeds."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl
        self.erased = Erased([], b"")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Counts into the crawl's ledger."""
        return cls(crawl_of(crawler))

    async def open_spider(self) -> None:
        """Reads the records.

        Raises:
            CloseSpider: when they cannot be used: nothing is crawled then.
        """
        try:
            records = await asyncio.to_thread(lambda: read_erasures(open_store(Places().landing)))
            self.erased = Erased(records, personal_data_key())
        except (StoreError, DamagedRecordError, WrongKeyError) as error:
            self.crawl.ledger.unusable = not isinstance(error, StoreError)
            self.crawl.ledger.gaps.append(str(error))
            raise CloseSpider("erasures") from error

    def process_item(self, item: Item) -> Item:
        """Passes what was not erased on.

        Raises:
            DropItem: for an erased listing.
        """
        if item.listing_key and self.erased.listing(self.crawl.source, item.listing_key):
            self.crawl.of(item).ledger.drop(item.listing_key, REASON)
            raise DropItem(REASON)
        if isinstance(item, Listing) and (met := self.erased.take_out_people(item)):
            self.crawl.of(item).ledger.notes["erased people taken out"] += met
        return item
