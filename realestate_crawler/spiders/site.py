"""Any listing site that has a profile: results, then each listing's own page, read by the generic reader.

    scrapy crawl site -a profile=NAME-or-FILE -a criteria=FILE [-a only=ID] [-a refresh=full]

In a criteria file: `source: site` and `options: {profile: NAME-or-FILE}`. What belongs here: addresses, and what makes
a page unusable. What does not: their order (`results`), what a page says (`pages`), what is special about a site
(`profiles`).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from realestate_crawler.browser.settings import NoBrowserError, browser_settings, rendered
from realestate_crawler.contracts.criteria import CriteriaError, Word
from realestate_crawler.contracts.options import Refreshed, read_options
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.dimensions import Dimension
from realestate_crawler.domain.network import origin
from realestate_crawler.items import Listing
from realestate_crawler.pages.few_results import few_results, way_of
from realestate_crawler.pages.identifiers import url_key
from realestate_crawler.pages.limits import MAX_BYTES
from realestate_crawler.pages.page import PARSE_SUSPECT, Page, Reading, Verdict
from realestate_crawler.pages.reader import read_page
from realestate_crawler.profiles.model import PLACES, Profile
from realestate_crawler.profiles.narrowing import dimensions
from realestate_crawler.profiles.registry import ProfileError, load
from realestate_crawler.profiles.search import (
    SearchAddress,
    SearchError,
    narrowed_address,
    page_address,
    search_address,
)
from realestate_crawler.settings import PROFILES, USER_AGENT
from realestate_crawler.spiders.arguments import Request, understand, without_refresh
from realestate_crawler.spiders.contact import check_address, check_contact
from realestate_crawler.spiders.result_pages import Results
from realestate_crawler.spiders.results import ResultsSpider
from realestate_crawler.stopping import give_up


class SiteOptions(Refreshed):
    """The options of a criterion whose source is `site`.

    Attributes:
        profile: name of a profile, or a file.
        url: the search, copied from the browser.
        split_by: places that together cover the search, for cutting it where the site shows only part of its results:
            {postal_code: [1010, 1020]}.
    """

    profile: str | None = None
    url: str | None = None
    split_by: dict[str, tuple[Word, ...]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    request: Request
    profile: Profile
    search: SearchAddress
    dimensions: list[Dimension]
    days: float
    all_why: str


class SiteSpider(ResultsSpider):
    """Crawls one search of one site."""

    name = "site"
    custom_settings = {"DOWNLOAD_MAXSIZE": MAX_BYTES}  # noqa: RUF012 (Scrapy's own way)
    cards_suffice = True

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        asked = _understand(arguments)
        if len(asked.request.criteria) != 1:
            raise CriteriaError("one crawl follows one criterion: select one with -a only=")
        self.profile, self.search, self.all_why = asked.profile, asked.search, asked.all_why
        self.crawl = Crawl(
            source=self.profile.name,
            criterion=asked.request.criteria[0],
            observed_at=asked.request.observed_at,
            volatile=frozenset(self.profile.volatile),
            versions={"profile": _digest(self.profile)},
        )
        self.own_addresses = (self.search.url,)
        self.detail_max_age_days = asked.days
        self.ways: set[str] = set()  # how ids and addresses belong together, as larger pages have shown
        self.begin(asked.dimensions, self.profile.search.result_cap)

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider: one crawl for each selected criterion; each must be expressible as an address."""
        words = without_refresh(arguments)[0]
        asked = understand(cls.name, {name: text for name, text in words.items() if name != "profile"})
        plans = asked.plans(arguments)
        for plan in plans:
            _understand(plan)
        return plans

    @classmethod
    def explain(cls, arguments: Mapping[str, str]) -> list[str]:
        """See CrawlSpider."""
        asked = _understand(arguments)
        told = cls.explained(asked.dimensions, asked.profile.search.result_cap, asked.days)
        return [f"begins at {asked.search.url}", *told]

    @classmethod
    def settings_for(cls, arguments: Mapping[str, str]) -> dict[str, Any]:
        """See CrawlSpider: the profile's politeness, and a browser where it asks for one."""
        profile = _understand(arguments).profile
        gentle = {
            "DOWNLOAD_DELAY": profile.politeness.delay_seconds,
            "CONCURRENT_REQUESTS_PER_DOMAIN": profile.politeness.concurrent_requests,
        }
        try:
            return {**gentle, **(browser_settings(USER_AGENT) if profile.needs_javascript else {})}
        except NoBrowserError as error:
            raise CriteriaError(str(error)) from error

    def address(self, words: Mapping[str, str]) -> str:
        """See ResultsSpider."""
        return narrowed_address(self.profile, self.search.url, words)

    def next_address(self, url: str, page: int) -> str | None:
        """See ResultsSpider."""
        return page_address(self.profile, url, page)

    def read_results(self, response: Response, page: int, left: int | None) -> Results:
        """See ResultsSpider."""
        if not self.looked:
            rest = ", ".join(self.search.not_expressed) or "nothing"
            self.logger.info("the search begins at %s; filtered after reading: %s", self.search.url, rest)
        found = self._read(response)
        if found.verdict is Verdict.RESULTS:
            self.ways |= {way_of(card.listing_key, card.listing_url) for card in found.listings if card.listing_url}
        elif not response.meta.get("redirect_urls") and not found.reason.startswith(PARSE_SUSPECT):
            found = self._few(response, left) or found
        if found.verdict is Verdict.LISTING and page == 1 and self._led_to(response):
            return Results(total=1, whole=found.listings[0])
        if found.verdict is Verdict.EMPTY:
            return Results(total=0 if page == 1 else None)
        if found.verdict is not Verdict.RESULTS:
            return Results(trouble=f"result page {page} shows no results ({_said(found)}): {response.url}")
        return Results(
            total=found.reported_total,
            exact=not found.total_is_least,
            cards=found.listings,
            page_wide=[_page_wide(reading) for reading in found.readings],
            next_url=found.next_page_url,
        )

    def _led_to(self, response: Response) -> bool:
        """Whether a listing is shown because a search with one result leads to it at once."""
        pattern = self.profile.links.listing
        return bool(response.meta.get("redirect_urls")) or not pattern or bool(re.search(pattern, response.url))

    def _few(self, response: Response, left: int | None) -> Page | None:
        """A page with so few results that nothing repeats; None where it is none, or their ids would be a guess."""
        found = few_results(response.body, response.url, self.profile, left)
        told = {way_of(card.listing_key, card.listing_url or "") for card in found.listings} if found else set()
        return found if told and told == self.ways else None

    def read_listing(self, response: Response, key: str) -> Listing | str | None:
        """See ResultsSpider."""
        gone = self.profile.links.gone
        if gone and response.meta.get("redirect_urls") and re.search(gone, response.url):
            return None
        way = [*response.meta.get("redirect_urls", ()), response.url]
        if len({url_key(url) for url in way} - {None}) > 1:
            return f"led from {way[0]} to another listing: {response.url}"
        found = self._read(response)
        if found.verdict is Verdict.GONE:
            return None
        if found.verdict is not Verdict.LISTING or not found.listings:
            return f"no listing could be read ({_said(found)}): {response.url}"
        listing = found.listings[0]
        listing.listing_key = key or listing.listing_key
        return listing

    def _read(self, response: Response) -> Page:
        """Reads a page; a page that blocks ends the crawl of this site, politely and at once.

        Raises:
            CloseSpider: for a block page.
        """
        found = read_page(response.body, response.url, self.profile, charset(response))
        if found.encoding_suspect:
            self.crawl.ledger.notes[f"pages whose letters may be wrong: {found.encoding_suspect}"] += 1
        if found.verdict is Verdict.BLOCKED:
            self.crawl.ledger.gaps.append(f"the site blocks ({found.reason}): {response.url}")
            give_up(self.crawler, "the site blocks")
            raise CloseSpider("blocked")
        return found

    def meta(self, **more: Any) -> dict[str, Any]:
        """See ResultsSpider: how a page is fetched that needs a browser."""
        return more | (rendered() if self.profile.needs_javascript else {})

    def owns(self, url: str) -> bool:
        """See CrawlSpider: the profile's hosts and those below them."""
        try:
            return self.profile.owns(origin(url).host)
        except ValueError:  # javascript:, mailto:, data: and what else stands in links
            return False


def charset(response: Response) -> str:
    """The encoding that the Content-Type header names; empty where it names none."""
    told = (response.headers.get("Content-Type") or b"").decode("latin-1")
    found = re.search(r"charset\s*=\s*[\"']?([\w:.-]+)", told, re.I)
    return found[1] if found else ""


def _said(page: Page) -> str:
    return page.reason if page.reason.startswith(PARSE_SUSPECT) else page.verdict.value


# What of a profile decides how pages are read.
_READING = {"hosts", "country", "currency", "offer", "links", "listing", "results", "volatile", "needs_javascript"}


def _digest(profile: Profile) -> str:
    told = profile.model_dump_json(include=_READING)
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def _page_wide(reading: Reading) -> frozenset[str]:
    """The fields of a card that the page says of all its results: another search may say other things of them."""
    return frozenset(name for name, evidence in reading.provenance.items() if evidence.source == "page")


def _understand(arguments: Mapping[str, str]) -> _Asked:
    words, all_why = without_refresh(arguments)
    named = words.pop("profile", None)
    asked = understand(SiteSpider.name, words)
    criterion = asked.criteria[0]
    options = read_options(criterion, SiteOptions)
    name = named or options.profile
    where = f"criterion {criterion.id}"
    if not name:
        raise CriteriaError(f"{where}: key options.profile: missing: which site? (or -a profile=NAME)")
    try:
        profile = load(name, [PROFILES])
        search = search_address(profile, criterion)
    except (ProfileError, SearchError) as error:
        raise CriteriaError(str(error)) from error
    unknown = sorted(set(options.split_by) - (set(PLACES) & set(profile.search.parameters)))
    if unknown:
        raise CriteriaError(f"{where}: key options.split_by: {profile.name} cannot be asked by {', '.join(unknown)}")
    check_address(search.url, f"profile {profile.name}: key search.urls")
    check_contact(search.url, where)
    days = profile.detail_max_age_days if options.detail_max_age_days is None else options.detail_max_age_days
    narrower = dimensions(profile, search.url, options.split_by, asked.observed_at.date())
    return _Asked(asked, profile, search, narrower, days, all_why)
