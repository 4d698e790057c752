"""A RESO Web API service (OData 4): $metadata first, then one query, page by page.

    scrapy crawl reso -a criteria=FILE [-a only=ID]        (options.url is the service root)

What belongs here: asking, waiting, following. What does not: questions and answers themselves (`reso`).
"""

import asyncio
import datetime
from collections.abc import AsyncIterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.dates import parse_timestamp
from realestate_crawler.landing.history import manifests
from realestate_crawler.landing.store import open_store
from realestate_crawler.reso.metadata import Resource, ServiceError, read_metadata
from realestate_crawler.reso.options import read_options
from realestate_crawler.reso.pages import Page, address, error_message, read_page, skipping
from realestate_crawler.reso.query import MODIFIED, build_query
from realestate_crawler.reso.rows import VOLATILE, read_row
from realestate_crawler.reso.since import Start, find_start
from realestate_crawler.reso.waiting import seconds_to_wait
from realestate_crawler.settings import reso_token
from realestate_crawler.spiders.arguments import understand
from realestate_crawler.spiders.base import CriterionSpider

MAX_TRIES = 6
MAX_WAIT_SECONDS = 600.0
# Between the clocks of a service's web server and of its database.
CLOCK_MARGIN = datetime.timedelta(seconds=60)
TOKEN_NAMES = "REALESTATE_RESO_TOKEN or REALESTATE_RESO_TOKEN_FILE"  # noqa: S105 (names, no secret)


class ResoSpider(CriterionSpider):
    """Pulls one criterion from one service, in full or incrementally."""

    name = "reso"
    volatile = VOLATILE
    handle_httpstatus_list = (400, 401, 403, 404, 429, 503)
    custom_settings = {  # noqa: RUF012 (Scrapy's own way)
        # What may be read of a licensed interface, its licence says; it has no pages for robots.
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_DELAY": 0.5,
        # A query names its fields and may be long; a request left out for its length would be lost without a word.
        "URLLENGTH_LIMIT": 0,
        # 429 and 503 are not tried again at once but when the service says so (see _answered).
        "RETRY_HTTP_CODES": [408, 500, 502, 504, 522, 524],
    }

    def __init__(self, **arguments: str) -> None:
        super().__init__(**arguments)
        self.options = read_options(self.crawl.criterion)
        self.crawl.source = self.options.source()
        self.own_addresses = (self.options.url,)
        self.token = _token()
        self.start_at = Start(None)
        self.resource = Resource(self.options.resource, (), {})
        self.first = ""
        self.rows = 0
        self.asked: set[str] = set()
        self.latest: datetime.datetime | None = None
        self.clock: datetime.datetime | None = None

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider; the options and the token are looked at before anything is asked."""
        _token()
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
        yield self._ask(f"{self.options.url}/$metadata", self.parse_metadata, accept="application/xml")

    async def parse_metadata(self, response: Response) -> AsyncIterator[Any]:
        """Asks for what is wanted of what the service has."""
        again = await self._answered(response)
        if again is not None:
            yield again
        if response.status != 200:
            return
        self.arrived()
        try:
            self.resource = read_metadata(response.body, self.options.resource)
        except ServiceError as error:
            self._unusable(str(error))
            return
        if self.start_at.since is not None and MODIFIED not in self.resource.fields:
            self._unusable(f"the service has no {MODIFIED}: leave out options.incremental")
            return
        query = build_query(
            self.crawl.criterion,
            self.options,
            self.resource,
            since=self.start_at.since,
            personal=self.settings.get("PERSONAL_DATA") != "drop",
        )
        notes = self.crawl.ledger.notes
        notes.update(f"the service has no field {name}" for name in query.missing)
        notes.update(f"filtered after reading: {key}" for key in query.unexpressed)
        self.first = address(self.options.url, self.options.resource, query.parameters)
        yield self._ask(self.first, self.parse_page, page=1)

    async def parse_page(self, response: Response, page: int) -> AsyncIterator[Any]:
        """Yields the rows and asks for the next page."""
        again = await self._answered(response)
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
            ledger.gaps.append(f"page {page}: {self._clean(str(error))}")
            return
        ledger.result_pages.add(page)
        ledger.claimed_total = found.count if found.count is not None else ledger.claimed_total
        ledger.expected += len(found.rows)
        self.rows += len(found.rows)
        for row in found.rows:
            changed = parse_timestamp(str(row.get(MODIFIED) or ""))
            self.latest = max(filter(None, (self.latest, changed)), default=None)
            listing = read_row(row, self.resource.key, self.options)
            ledger.columns.update(listing.extra)
            if "LivingArea" in listing.extra:
                ledger.notes["LivingArea without a unit: set options.living_area_units"] += 1
            yield listing
        following = self._following(found)
        if following is None:
            ledger.watermark = self._watermark()
        elif following in self.asked:
            ledger.gaps.append(f"page {page} leads back to a page that was read")
        else:
            yield self._ask(following, self.parse_page, page=page + 1)

    def _following(self, found: Page) -> str | None:
        """The next page: where the service says; where it says nothing, after as many rows as were read."""
        if found.next_url or not found.rows:
            return found.next_url
        total = self.crawl.ledger.claimed_total
        more = self.rows < total if total is not None else len(found.rows) >= self.options.page_size
        return skipping(self.first, self.rows) if more else None

    def _ask(self, url: str, callback: Any, *, accept: str = "application/json", **told: Any) -> Request | None:
        headers = {"Accept": accept, "OData-MaxVersion": "4.01"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.asked.add(url)
        return self.request(url, callback, headers=headers, cb_kwargs=told, dont_filter=True)

    async def _answered(self, response: Response) -> Request | None:
        """Whether to go on: notes what went wrong; after a pause that the service asks for, the request again."""
        if response.status == 200:
            return None
        request = response.request
        assert request is not None
        told = self._clean(error_message(response.body))
        if response.status in (401, 403):
            self._unusable(f"the service refuses the token (HTTP {response.status} {told}): set {TOKEN_NAMES}")
            return None
        tries = int(request.meta.get("tries", 1))
        if response.status in (429, 503):
            header = response.headers.get("Retry-After")
            now = datetime.datetime.now(datetime.UTC)
            wait = seconds_to_wait(header.decode("latin-1") if header else None, now, tries)
            if tries < MAX_TRIES and wait <= MAX_WAIT_SECONDS:
                self.crawl.ledger.notes[f"waited because of HTTP {response.status}"] += 1
                self.logger.info("HTTP %d: waiting %.0f s", response.status, wait)
                await asyncio.sleep(wait)
                return request.replace(meta={**request.meta, "tries": tries + 1}, dont_filter=True)
            told = f"{told}; asked to wait {wait:.0f} s after {tries} tries"
        how = f"failed: HTTP {response.status}" + (f" ({told})" if told else "")
        self.crawl.ledger.requests[how] += 1
        self.logger.warning("%s", how)
        return None

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

    def _unusable(self, why: str) -> None:
        self.crawl.ledger.gaps.append(why)
        self.crawl.ledger.unusable = True
        self.logger.error("%s", why)

    def _clean(self, text: str) -> str:
        return text.replace(self.token, "***") if self.token else text


def _token() -> str:
    try:
        token = reso_token()
    except (OSError, UnicodeDecodeError) as error:
        raise CriteriaError(f"REALESTATE_RESO_TOKEN_FILE: cannot be read: {type(error).__name__}") from error
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CriteriaError(f"{TOKEN_NAMES}: holds something that is no bearer token (a space or a line break)")
    return token


def _date(response: Response) -> datetime.datetime | None:
    header = response.headers.get("Date")
    try:
        return parsedate_to_datetime(header.decode("latin-1")) if header else None
    except ValueError:
        return None
