"""A RESO Web API service (OData 4): $metadata first, then one query, page by page.

    scrapy crawl reso -a criteria=FILE [-a only=ID]        (options.url is the service root)

What belongs here: asking, waiting, following. What does not: questions and answers themselves (`reso`).
"""

import asyncio
import datetime
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.dates import parse_timestamp
from realestate_crawler.domain.policies import Policies
from realestate_crawler.domain.searches import Search
from realestate_crawler.landing.history import manifests
from realestate_crawler.landing.opening import open_store
from realestate_crawler.reso.lookup_resource import Lookups, lookup_address, read_lookups
from realestate_crawler.reso.metadata import Resource, ServiceError, read_metadata
from realestate_crawler.reso.options import read_options
from realestate_crawler.reso.pages import Page, address, read_page, skipping
from realestate_crawler.reso.query import MODIFIED, after, build_query
from realestate_crawler.reso.rows import VOLATILE, read_row
from realestate_crawler.reso.since import Start, find_start
from realestate_crawler.spiders.arguments import understand
from realestate_crawler.spiders.odata import ODataSpider, read_token

# Between the clocks of a service's web server and of its database.
CLOCK_MARGIN = datetime.timedelta(seconds=60)


class ResoSpider(ODataSpider):
    """Pulls one criterion from one service, in full or incrementally."""

    name = "reso"
    volatile = VOLATILE

    def __init__(self, **arguments: str) -> None:
        super().__init__(**arguments)
        self.options = read_options(self.crawl.criterion)
        self.crawl.source = self.options.source()
        self.own_addresses = (self.options.url,)
        self.search = Search()
        self.crawl.ledger.searches.read = [self.search]
        self.start_at = Start(None)
        self.resource = Resource(self.options.resource, (), {})
        self.first = ""
        self.may_simplify = False
        self.parameters: Mapping[str, str] = {}
        self.last_key: Any = None
        self.latest: datetime.datetime | None = None
        self.clock: datetime.datetime | None = None

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider; the options and the token are looked at before anything is asked."""
        read_token()
        for criterion in understand(cls.name, arguments).criteria:
            read_options(criterion)
        return super().plan(arguments)

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the metadata."""
        self.start_at = await asyncio.to_thread(self._find_start)
        if self.start_at.since is not None:
            self.crawl.absence = Absence.WINDOW
            self.logger.info("what changed after %s", self.start_at.since.isoformat())
        else:
            self.logger.info("a full pull: %s", self.start_at.why_full)
        yield self.ask(f"{self.options.url}/$metadata", self.parse_metadata, accept="application/xml")

    async def parse_metadata(self, response: Response) -> AsyncIterator[Any]:
        """Asks for what is wanted of what the service has."""
        again = await self.answered(response)
        if again is not None:
            yield again
        if response.status != 200:
            return
        self.arrived()
        try:
            self.resource = read_metadata(response.body, self.options.resource)
        except ServiceError as error:
            self.unusable(str(error))
            return
        if self.start_at.since is not None and MODIFIED not in self.resource.fields:
            self.unusable(f"the service has no {MODIFIED}: leave out options.incremental")
            return
        if self.resource.lookups:
            yield self.ask(lookup_address(self.options.url), self.parse_lookups, lookups={})
        else:
            yield self._first_page(nulls=True)

    async def parse_lookups(self, response: Response, lookups: Lookups) -> AsyncIterator[Any]:
        """Learns what the service's own words mean; a service that does not tell is asked for its listings anyway."""
        again = await self.paused(response)
        if again is not None:
            yield again
            return
        following = None
        try:
            if response.status != 200:
                raise ServiceError(f"HTTP {response.status}")
            found = read_page(response.body, response.url)
            lookups = read_lookups(found.rows, lookups)
            following = found.next_url if found.next_url not in self.asked else None
        except ServiceError as error:
            self.crawl.ledger.notes[f"the Lookup resource cannot be used: {self.clean(str(error))}"] += 1
        self.arrived()
        self.resource = self.resource.explained(lookups)
        if following:
            yield self.ask(following, self.parse_lookups, lookups=lookups)
        else:
            yield self._first_page(nulls=True)

    def _first_page(self, *, nulls: bool) -> Request | None:
        query = build_query(
            self.crawl.criterion,
            self.options,
            self.resource,
            since=self.start_at.since,
            personal=Policies.parse(self.settings["PERSONAL_DATA"]).keep_people,
            nulls=nulls,
        )
        notes = self.crawl.ledger.notes
        notes |= Counter(
            [f"the service has no field {name}" for name in query.missing]
            + [f"filtered after reading: {key}" for key in query.unexpressed]
        )
        self.parameters = query.parameters
        self.first = address(self.options.url, self.options.resource, query.parameters)
        self.may_simplify = nulls and " null " in query.parameters.get("$filter", "")
        return self.ask(self.first, self.parse_page, page=1)

    def _rest(self) -> Request | None:
        """The same query for the rows after the last one, where a service shows only so many rows of one query.

        Rows come in the order of their key, so that nothing lies between the two. None where that cannot be asked.
        """
        term = after(self.resource, self.last_key)
        if term is None or not self.search.listings:
            self.search.capped = True
            return None
        self.search.goes_on = True
        asked = self.parameters.get("$filter")
        parameters = {**self.parameters, "$filter": f"({asked}) and {term}" if asked else term}
        self.search = Search({"$filter": term})
        self.crawl.ledger.searches.read = [*self.crawl.ledger.searches.read, self.search]
        self.first = address(self.options.url, self.options.resource, parameters)
        return self.ask(self.first, self.parse_page, page=1)

    async def parse_page(self, response: Response, page: int, guessed: bool = False) -> AsyncIterator[Any]:
        """Yields the rows and asks for the next page."""
        first = self.crawl.ledger.searches.pages == 0
        if response.status == 400 and first and self.may_simplify:
            self.crawl.ledger.notes["asked again without null: the service refused the first query"] += 1
            self.crawl.ledger.requests["refused, asked again"] += 1
            yield self._first_page(nulls=False)
            return
        if response.status == 400 and guessed:
            self.crawl.ledger.requests["beyond the last page"] += 1
            yield self._rest()
            return
        again = await self.answered(response)
        if again is not None:
            yield again
        if response.status != 200:
            return
        self.arrived()
        self.clock = self.clock or _date(response)
        ledger = self.crawl.ledger
        try:
            found = read_page(response.body, response.url)
        except ServiceError as error:
            ledger.gaps.append(f"page {page}: {self.clean(str(error))}")
            return
        self.search.pages.add(page)
        ledger.searches.pages += 1
        if found.count is not None:
            self.search.claimed_total = found.count
            if len(ledger.searches.read) == 1:
                ledger.claimed_total = found.count
        self.search.listings += len(found.rows)
        for row in found.rows:
            changed = parse_timestamp(str(row.get(MODIFIED) or ""))
            self.latest = max(filter(None, (self.latest, changed)), default=None)
            listing = read_row(row, self.resource, self.options)
            ledger.columns.update(listing.extra)
            if "LivingArea" in listing.extra:
                ledger.notes["LivingArea without a unit: set options.living_area_units"] += 1
            ledger.account.schedule(listing.listing_key)
            self.last_key = row.get(self.resource.key[0]) if len(self.resource.key) == 1 else None
            yield listing
        following = self._following(found)
        if following is None and self._more(found):
            yield self._rest()
        elif following is None:
            ledger.watermark = self._watermark()
        elif following in self.asked:
            ledger.gaps.append(f"page {page} leads back to a page that was read")
        else:
            yield self.ask(following, self.parse_page, page=page + 1, guessed=not found.next_url)

    def _following(self, found: Page) -> str | None:
        """The next page: where the service says; where it says nothing, after as many rows as were read."""
        if found.next_url or not found.rows:
            return found.next_url
        return skipping(self.first, self.search.listings) if self._more(found) else None

    def _more(self, found: Page) -> bool:
        """Whether the query has more rows than were read so far."""
        total = self.search.claimed_total
        return self.search.listings < total if total is not None else len(found.rows) >= self.options.page_size

    def _find_start(self) -> Start:
        criterion = self.crawl.criterion.model_dump(mode="json", exclude_none=True)
        earlier = manifests(open_store(Places().landing), self.crawl.source, self.crawl.scope)
        return find_start(earlier, criterion, self.options, self.crawl.observed_at)

    def _watermark(self) -> str | None:
        """The latest change seen, but not later than the first page: what changed meanwhile may be on a page before."""
        latest = self.latest or self.start_at.since
        if latest is None:
            return None
        return min(latest, self.clock - CLOCK_MARGIN if self.clock else latest).isoformat()


def _date(response: Response) -> datetime.datetime | None:
    header = response.headers.get("Date")
    try:
        return parsedate_to_datetime(header.decode("latin-1")) if header else None
    except ValueError:
        return None
