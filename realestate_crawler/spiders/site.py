"""Any listing site that has a profile: results, then each listing's own page, read by the generic reader.

    scrapy crawl site -a profile=NAME-or-FILE -a criteria=FILE [-a only=ID]

In a criteria file: `source: site` and `options: {profile: NAME-or-FILE}`. What belongs here: which address is asked
next, and when to stop. What does not: what a page says (`pages`) and what is special about a site (`profiles`).
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from realestate_crawler.browser.settings import NoBrowserError, browser_settings, rendered
from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.network import origin
from realestate_crawler.pages.page import Page, Verdict
from realestate_crawler.pages.reader import read_page
from realestate_crawler.profiles.model import Profile
from realestate_crawler.profiles.registry import ProfileError, load
from realestate_crawler.profiles.search import SearchAddress, SearchError, page_address, search_address
from realestate_crawler.settings import USER_AGENT
from realestate_crawler.spiders.arguments import Request, understand
from realestate_crawler.spiders.base import CrawlSpider
from realestate_crawler.spiders.contact import check_address, check_contact

MOST_PAGES = 500


class SiteSpider(CrawlSpider):
    """Crawls one search of one site."""

    name = "site"

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        asked, profile, search = _understand(arguments)
        if len(asked.criteria) != 1:
            raise CriteriaError("one crawl follows one criterion: select one with -a only=")
        self.profile: Profile = profile
        self.search: SearchAddress = search
        self.crawl = Crawl(
            source=profile.name,
            criterion=asked.criteria[0],
            observed_at=asked.observed_at,
            volatile=frozenset(profile.volatile),
        )
        self.own_addresses = (search.url,)
        self.seen: set[str] = set()

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider: one crawl for each selected criterion; each must be expressible as an address."""
        asked = understand(cls.name, {name: text for name, text in arguments.items() if name != "profile"})
        plans = asked.plans(arguments)
        for plan in plans:
            _understand(plan)
        return plans

    @classmethod
    def settings_for(cls, arguments: Mapping[str, str]) -> dict[str, Any]:
        """See CrawlSpider: the profile's politeness, and a browser where it asks for one."""
        profile = _understand(arguments)[1]
        gentle = {
            "DOWNLOAD_DELAY": profile.politeness.delay_seconds,
            "CONCURRENT_REQUESTS_PER_DOMAIN": profile.politeness.concurrent_requests,
        }
        try:
            return {**gentle, **(browser_settings(USER_AGENT) if profile.needs_javascript else {})}
        except NoBrowserError as error:
            raise CriteriaError(str(error)) from error

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the first result page."""
        if self.search.not_expressed:
            self.logger.info("filtered after reading: %s", ", ".join(self.search.not_expressed))
        yield self._ask(self.search.url, self.parse_results, page=1)

    def parse_results(self, response: Response, page: int) -> Iterator[Any]:
        """Follows the cards and the next page."""
        self.arrived()
        found = self._read(response)
        ledger = self.crawl.ledger
        ledger.result_pages.add(page)
        if found.verdict is Verdict.LISTING:  # a search with one result leads there at once
            ledger.expected += 1
            yield from found.listings[:1]
            return
        if found.verdict is Verdict.EMPTY:
            ledger.claimed_total = ledger.claimed_total or 0
            return
        if found.verdict is not Verdict.RESULTS:
            ledger.gaps.append(f"result page {page} shows no results ({found.verdict}): {response.url}")
            return
        if found.reported_total is not None:
            ledger.claimed_total = found.reported_total
        cap = self.profile.search.result_cap
        ledger.capped = ledger.capped or (cap is not None and (found.reported_total or 0) > cap)
        fresh = [reading.listing for reading in found.readings if self._is_new(reading.listing)]
        for listing in fresh:
            ledger.expected += 1
            if listing.listing_url and self.owns(listing.listing_url):
                yield self._ask(listing.listing_url, self.parse_listing, key=listing.listing_key)
            else:
                yield listing
        following = found.next_page_url or (page_address(self.profile, self.search.url, page + 1) if fresh else None)
        if following and self.owns(following) and page < MOST_PAGES and self._more(found, page):
            yield self._ask(following, self.parse_results, page=page + 1)

    def parse_listing(self, response: Response, key: str) -> Iterator[Any]:
        """Reads a listing's own page."""
        gone = self.profile.links.gone
        if gone and response.meta.get("redirect_urls") and re.search(gone, response.url):
            self.crawl.ledger.requests["gone"] += 1
            return
        found = self._read(response)
        if found.verdict is Verdict.GONE:
            self.crawl.ledger.requests["gone"] += 1
            return
        self.arrived()
        if found.verdict is not Verdict.LISTING or not found.listings:
            self.crawl.ledger.gaps.append(f"no listing could be read ({found.verdict}): {response.url}")
            return
        listing = found.listings[0]
        listing.listing_key = key or listing.listing_key
        yield listing

    def _read(self, response: Response) -> Page:
        """Reads a page; a page that blocks ends the crawl of this site, politely and at once.

        Raises:
            CloseSpider: for a block page.
        """
        found = read_page(response.body, response.url, self.profile)
        if found.verdict is Verdict.BLOCKED:
            self.crawl.ledger.gaps.append(f"the site blocks ({found.reason}): {response.url}")
            raise CloseSpider("blocked")
        return found

    def _ask(self, url: str, callback: Any, **more: Any) -> Any:
        meta: dict[str, Any] = {"listing": more.get("key")} if "key" in more else {}
        if self.profile.needs_javascript:
            meta |= rendered()
        return self.request(url, callback, cb_kwargs=more, meta=meta)

    def _is_new(self, listing: Any) -> bool:
        name = listing.listing_key or listing.listing_url or ""
        if not name or name in self.seen:
            return False
        self.seen.add(name)
        return True

    def owns(self, url: str) -> bool:
        """See CrawlSpider: the profile's hosts and those below them."""
        try:
            return self.profile.owns(origin(url).host)
        except ValueError:  # javascript:, mailto:, data: and what else stands in links
            return False

    def _more(self, found: Page, page: int) -> bool:
        """Whether more results are to be expected: a link says so, or the site's own total does."""
        if found.next_page_url:
            return True
        total = found.reported_total if found.reported_total is not None else self.crawl.ledger.claimed_total
        return total is None or len(self.seen) < total


def _understand(arguments: Mapping[str, str]) -> tuple[Request, Profile, SearchAddress]:
    words = dict(arguments)
    named = words.pop("profile", None)
    asked = understand(SiteSpider.name, words)
    criterion = asked.criteria[0]
    name = named or criterion.options.get("profile")
    if not name:
        raise CriteriaError(f"criterion {criterion.id}: key options.profile: missing: which site? (or -a profile=NAME)")
    try:
        profile = load(str(name))
        search = search_address(profile, criterion)
    except (ProfileError, SearchError) as error:
        raise CriteriaError(str(error)) from error
    check_address(search.url, f"profile {profile.name}: key search.urls")
    check_contact(search.url, f"criterion {criterion.id}")
    return asked, profile, search
