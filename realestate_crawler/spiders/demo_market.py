"""The bundled demo market (`scrapy demo-market`): result pages, then each listing's own page.

What belongs here: addresses and their order. What does not: reading the pages (`pages.demo_market`).
"""

import datetime
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from realestate_crawler.items import Listing
from realestate_crawler.pages.demo_market import VOLATILE, read_listing, read_results
from realestate_crawler.pages.limits import MAX_BYTES, SuspectPageError
from realestate_crawler.pages.page import PARSE_SUSPECT
from realestate_crawler.settings import DEMO_MARKET_URL
from realestate_crawler.spiders.arguments import understand
from realestate_crawler.spiders.base import CriterionSpider
from realestate_crawler.spiders.contact import check_address

# The market's day has a date but no time.
HOUR_OF_DAY = datetime.time(6, tzinfo=datetime.UTC)


class DemoMarketSpider(CriterionSpider):
    """Crawls one search of the demo market."""

    name = "demo_market"
    volatile = frozenset(VOLATILE)
    # The market is served on this machine: there is nobody to be polite to but the reader who waits.
    custom_settings = {  # noqa: RUF012 (Scrapy's own way)
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "DOWNLOAD_MAXSIZE": MAX_BYTES,
    }

    def __init__(self, **arguments: str) -> None:
        super().__init__(**arguments)
        self.told_time = "observed_at" in arguments
        self.market = str(self.crawl.criterion.options.get("url", DEMO_MARKET_URL)).rstrip("/")
        self.own_addresses = (self.market,)
        self.keys: set[str] = set()

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider; the market's address is looked at before anything is asked."""
        for criterion in understand(cls.name, arguments).criteria:
            where = f"criterion {criterion.id}: key options.url"
            check_address(str(criterion.options.get("url", DEMO_MARKET_URL)), where)
        return super().plan(arguments)

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the first result page."""
        yield self.request(
            f"{self.market}/search?{urlencode(self._query())}", self.parse_results, cb_kwargs={"page": 1}
        )

    def parse_results(self, response: Response, page: int) -> Iterator[Any]:
        """Follows the cards and the next page."""
        self.arrived()
        ledger = self.crawl.ledger
        try:
            results = read_results(response.body, response.url)
        except SuspectPageError as error:
            ledger.gaps.append(f"result page {page} could not be read ({PARSE_SUSPECT}: {error}): {response.url}")
            return
        ledger.result_pages.add(page)
        ledger.claimed_total = results.claimed_total
        ledger.capped = ledger.capped or results.capped
        if results.market_date and not self.told_time:
            self.crawl.observed_at = datetime.datetime.combine(results.market_date, HOUR_OF_DAY)
        if results.claimed_total is None or (results.claimed_total and not results.listing_urls):
            ledger.gaps.append(f"result page {page} could not be read: {response.url}")
        for key, url in results.listing_urls:
            if key not in self.keys:  # a listing may move from one page to the next while they are read
                self.keys.add(key)
                ledger.expected += 1
                yield self.request(url, self.parse_listing, meta={"listing": key})
        if results.next_page_url:
            yield self.request(results.next_page_url, self.parse_results, cb_kwargs={"page": page + 1})

    def parse_listing(self, response: Response) -> Iterator[Listing]:
        """Reads a listing's page."""
        self.arrived()
        try:
            listing, why = read_listing(response.body, response.url), ""
        except SuspectPageError as error:
            listing, why = None, f" ({PARSE_SUSPECT}: {error})"
        if listing is None:
            self.crawl.ledger.gaps.append(f"no listing could be read{why}: {response.url}")
            return
        asked = response.meta["listing"]
        if listing.listing_key != asked:  # sites lead the links of dead adverts to others
            self.crawl.ledger.gaps.append(f"asked for {asked}, got {listing.listing_key}: {response.url}")
        self.crawl.ledger.columns.update(listing.extra)
        yield listing

    def _query(self) -> dict[str, str]:
        """What the market's own search can express; the rest is filtered after reading."""
        wanted = self.crawl.criterion
        told: dict[str, Any] = {"city": wanted.city, "offer": wanted.offer}
        if len(wanted.property_types) == 1:
            told["property_type"] = wanted.property_types[0]
        if wanted.list_price:
            told |= {"min_price": wanted.list_price.min, "max_price": wanted.list_price.max}
        if wanted.bedrooms_total and wanted.bedrooms_total.min is not None:
            told["bedrooms_min"] = int(wanted.bedrooms_total.min)
        return {name: _word(value) for name, value in told.items() if value}


def _word(value: Any) -> str:
    """Every digit of a number: a rounded limit would leave listings out."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
