"""The bundled demo market (`scrapy demo-market`): result pages, then each listing's own page.

What belongs here: addresses. What does not: their order (`results`) and reading the pages (`pages.demo_market`).
"""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Response

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.contracts.options import Refreshed, read_options
from realestate_crawler.domain.dimensions import Dimension, Range, Words, days_before, spanning
from realestate_crawler.items import Listing
from realestate_crawler.pages.demo_market import VOLATILE, read_listing, read_results
from realestate_crawler.pages.limits import MAX_BYTES, SuspectPageError
from realestate_crawler.pages.page import PARSE_SUSPECT
from realestate_crawler.settings import DEMO_MARKET_URL
from realestate_crawler.spiders.arguments import understand, without_refresh
from realestate_crawler.spiders.base import CriterionSpider
from realestate_crawler.spiders.contact import check_address
from realestate_crawler.spiders.result_pages import Results
from realestate_crawler.spiders.results import ResultsSpider
from realestate_crawler.vocabulary import PropertyType

# The market's day has a date but no time.
HOUR_OF_DAY = datetime.time(6, tzinfo=datetime.UTC)
# Words of a criterion → the market's own.
WORDS = {
    "list_price_min": "min_price",
    "list_price_max": "max_price",
    "living_area_min": "min_area",
    "living_area_max": "max_area",
    "bedrooms_total_min": "bedrooms_min",
    "bedrooms_total_max": "bedrooms_max",
    "on_market_date_min": "listed_from",
    "on_market_date_max": "listed_to",
    "property_type": "property_type",
    "city": "city",
}


class DemoMarketOptions(Refreshed):
    """The options of a criterion whose source is `demo_market`.

    Attributes:
        url: where the market is served; REALESTATE_DEMO_MARKET_URL where left out.
    """

    url: str = DEMO_MARKET_URL


class DemoMarketSpider(ResultsSpider, CriterionSpider):
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
        words, self.all_why = without_refresh(arguments)
        super().__init__(**words)
        self.told_time = "observed_at" in arguments
        options = read_options(self.crawl.criterion, DemoMarketOptions)
        self.market = options.url.rstrip("/")
        self.detail_max_age_days = options.detail_max_age_days or 0.0
        self.own_addresses = (self.market,)
        self.begin(dimensions(self.crawl.criterion, self.crawl.observed_at.date()), None)

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider; the market's address is looked at before anything is asked."""
        words, why = without_refresh(arguments)
        for criterion in understand(cls.name, words).criteria:
            options = read_options(criterion, DemoMarketOptions)
            check_address(options.url, f"criterion {criterion.id}: key options.url")
        return [{**plan, "refresh": "full"} if why else plan for plan in super().plan(words)]

    @classmethod
    def explain(cls, arguments: Mapping[str, str]) -> list[str]:
        """See CrawlSpider."""
        asked = understand(cls.name, arguments)
        (criterion,) = asked.criteria
        days = read_options(criterion, DemoMarketOptions).detail_max_age_days or 0.0
        return cls.explained(dimensions(criterion, asked.observed_at.date()), None, days)

    def address(self, words: Mapping[str, str]) -> str:
        """See ResultsSpider: what the market's own search can express; the rest is filtered after reading."""
        wanted = self.crawl.criterion
        told: dict[str, Any] = {"city": wanted.city, "offer": wanted.offer}
        if len(wanted.property_types) == 1:
            told["property_type"] = wanted.property_types[0]
        if wanted.list_price:
            told |= {"min_price": wanted.list_price.min, "max_price": wanted.list_price.max}
        if wanted.bedrooms_total and wanted.bedrooms_total.min is not None:
            told["bedrooms_min"] = int(wanted.bedrooms_total.min)
        told |= {WORDS[name]: value for name, value in words.items()}
        return f"{self.market}/search?{urlencode({name: _word(value) for name, value in told.items() if value})}"

    def read_results(self, response: Response, page: int, left: int | None) -> Results:
        """See ResultsSpider; the market's own date is when it looked like this."""
        try:
            found = read_results(response.body, response.url)
        except SuspectPageError as error:
            why = f"result page {page} could not be read ({PARSE_SUSPECT}: {error}): {response.url}"
            return Results(trouble=why)
        if found.market_date and not self.told_time:
            self.crawl.observed_at = datetime.datetime.combine(found.market_date, HOUR_OF_DAY)
        empty = found.claimed_total is None or (found.claimed_total and not found.sightings)
        return Results(
            trouble=f"result page {page} could not be read: {response.url}" if empty else "",
            total=found.claimed_total,
            cap=found.cap,
            cards=found.sightings,
            next_url=found.next_page_url,
            facets={"city": found.towns} if found.towns else {},
        )

    def read_listing(self, response: Response, key: str) -> Listing | str | None:
        """See ResultsSpider."""
        try:
            listing, why = read_listing(response.body, response.url), ""
        except SuspectPageError as error:
            listing, why = None, f" ({PARSE_SUSPECT}: {error})"
        if listing is None:
            return f"no listing could be read{why}: {response.url}"
        if listing.listing_key != key:  # sites lead the links of dead adverts to others
            self.crawl.ledger.gaps.append(f"asked for {key}, got {listing.listing_key}: {response.url}")
        return listing


def dimensions(criterion: Criterion, today: datetime.date) -> list[Dimension]:
    """Along what the market's search can be narrowed beyond a criterion."""
    price, bedrooms = criterion.list_price, criterion.bedrooms_total
    least = int(bedrooms.min) if bedrooms and bedrooms.min is not None else None
    found: list[Dimension] = [
        Range(name="list_price", span=spanning(price.min if price else None, price.max if price else None)),
        Range(name="living_area", first=Decimal(60), most=Decimal(100_000)),
        days_before(today),
        Range(name="bedrooms_total", whole=True, most=Decimal(99), span=spanning(least)),
    ]
    if len(criterion.property_types) != 1:
        found.insert(3, Words(name="property_type", values=tuple(PropertyType)))
    return found


def _word(value: Any) -> str:
    """Every digit of a number: a rounded limit would leave listings out."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
