"""What every spider of result pages shares: searches cut until the source shows all of them, page after page, and each
listing's own page only where its card does not say that it is as it was.

What belongs here: which request follows which. What does not: addresses and pages of a source (its spider), where a
search is cut (`domain.splitting`), what is known of a listing (`domain.refresh`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from realestate_crawler.domain.account import Ending
from realestate_crawler.domain.cards import card_hash, typed
from realestate_crawler.domain.dimensions import Dimension, Words, as_number
from realestate_crawler.domain.search_tree import Branch, Orders
from realestate_crawler.domain.searches import Search
from realestate_crawler.domain.splitting import Splitter
from realestate_crawler.items import Listing
from realestate_crawler.spiders.base import GONE, CrawlSpider
from realestate_crawler.spiders.looking_back import look_back
from realestate_crawler.spiders.result_pages import Reading, Results

MOST_PAGES = 500
# Result pages go before listings: the less time they take, the less moves from one to another meanwhile.
PAGES_FIRST = 10


class ResultsSpider(CrawlSpider):
    """A spider of a source with pages of results and a page for each listing.

    Attributes:
        detail_max_age_days: the page of a listing whose card is as it was is fetched again after so long; 0 = always.
        all_why: why all pages are fetched, where somebody asks for it.
        cards_suffice: whether a card that leads to no page of the site's own is a sighting; else it is a failure.
    """

    cards_suffice = False
    detail_max_age_days: float = 0.0
    all_why: str = ""

    @staticmethod
    def explained(dimensions: Sequence[Dimension], cap: int | None, days: float) -> list[str]:
        """What a crawl will do where a search is too large, and with listings that it knows already."""
        large = f"a search that finds more than {f'{cap} results' if cap else 'the source shows'}"
        by = ", ".join(dimension.name for dimension in dimensions)
        return [
            f"{large} is cut by {by}" if by else f"{large} cannot be cut and stays incomplete",
            f"the page of a listing whose result card is as it was is fetched again after {days:g} days at the latest"
            if days
            else "every listing's page is fetched in each crawl",
        ]

    def begin(self, dimensions: list[Dimension], cap: int | None) -> None:
        """Makes the spider ready; called once, when the crawl is known."""
        self.splitter = Splitter(dimensions, cap)
        self.readings: dict[int, Reading] = {}
        self.met: set[str] = set()
        self.absent: dict[str, set[str]] = {}
        self.looked = False

    def address(self, words: Mapping[str, str]) -> str:
        """The first page of a search, narrowed by words such as `list_price_min`; of the whole one without any."""
        raise NotImplementedError

    def next_address(self, url: str, page: int) -> str | None:
        """A following page of a search whose pages no link joins; None where only links lead on."""
        return None

    def read_results(self, response: Response, page: int, left: int | None) -> Results:
        """What a page of results says.

        Args:
            response: the page.
            page: its number in its search, from 1.
            left: how many results the search has after those of the pages before; None for a first page, or where the
                source does not say.
        """
        raise NotImplementedError

    def read_listing(self, response: Response, key: str) -> Listing | str | None:
        """What a listing's own page says; None where it says that it is gone, a text for what else is wrong with it.

        Args:
            response: the page.
            key: of the listing, as its card tells it; empty where it does not.
        """
        raise NotImplementedError

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """See CrawlSpider: looks at the searches as a whole when nothing is left to do."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.nothing_left, signal=signals.spider_idle)
        return spider

    def nothing_left(self) -> None:
        """Notes what wider searches showed and none of those that took their place did."""
        leaves = {branch.number for branch in self.splitter.leaves()}
        read = set[str]().union(*(reading.names for number, reading in self.readings.items() if number in leaves))
        cut = set[str]().union(*(reading.names for number, reading in self.readings.items() if number not in leaves))
        searches, unproved = self.crawl.ledger.searches, self.splitter.unproved()
        searches.shown, searches.unfound = len(cut), len(cut - read)
        searches.unstated = sum(bool(self.absent.get(name, set()) & unproved) for name in cut - read)

    async def start(self) -> AsyncIterator[Any]:
        """Asks for the first page of the whole search."""
        yield self._ask(self.splitter.root)

    async def parse_results(self, response: Response, number: int, page: int) -> AsyncIterator[Any]:
        """Follows the cards, and goes on with this search or with its parts."""
        self.arrived()
        branch, reading = self.splitter.branches[number], self.readings[number]
        found = self.read_results(response, page, reading.left() if page > 1 else None)
        ledger = self.crawl.ledger
        ledger.searches.pages += 1
        reading.search.pages.add(page)
        if found.trouble:
            ledger.gaps.append(found.trouble)
            for request in self._carry_out(self.splitter.failed(branch)) if page == 1 else ():
                yield request
            return
        if not self.looked:
            self.looked = True
            await asyncio.to_thread(look_back, self.crawl, self.detail_max_age_days, self.all_why)
        if found.total is not None:
            reading.search.claimed_total = found.total
            if branch is self.splitter.root:
                ledger.claimed_total = found.total if found.exact else None
        before = len(reading.names)
        for one in self._meet_all(found, reading, page):
            yield one
        self._find_next(found, reading, page, fresh=len(reading.names) > before)
        if page == 1:
            for name, values in found.facets.items():
                if name not in self.splitter.dimensions and name not in branch.narrowed:
                    self.splitter.offer(Words(name=name, values=values))
            orders = self.splitter.answered(branch, found.total, exact=found.exact, cap=found.cap)
        else:
            orders = Orders(read=[branch])
        for request in self._carry_out(orders):
            yield request

    def results_failed(self, failure: Failure) -> Iterator[Any]:
        """Notes that a page of results could not be had; a page beyond the last that the source shows is the end."""
        told = failure.request.cb_kwargs  # type: ignore[attr-defined]
        branch, reading = self.splitter.branches[told["number"]], self.readings[told["number"]]
        status = failure.value.response.status if isinstance(failure.value, HttpError) else None
        if status in GONE and reading.guessed and reading.search.claimed_total is not None:
            self.crawl.ledger.requests["beyond the last page"] += 1
            reading.next_url = None
            yield from self._carry_out(Orders(read=[branch]))
            return
        self.request_failed(failure)
        if told["page"] == 1:
            yield from self._carry_out(self.splitter.failed(branch))

    def parse_listing(self, response: Response, name: str, key: str, card: str | None) -> Iterator[Listing]:
        """Reads a listing's own page."""
        ledger = self.crawl.ledger
        try:
            found = self.read_listing(response, key)
        except BaseException:
            self.arrived()
            raise
        if found is None:
            ledger.requests["gone"] += 1
            ledger.account.end(name, Ending.GONE)
            return
        self.arrived()
        if isinstance(found, str):
            ledger.gaps.append(found)
            ledger.account.end(name, Ending.FAILED)
            return
        found.card_hash = card if found.listing_key == key else None
        ledger.columns.update(found.extra)
        ledger.account.rename(name, found.listing_key)
        yield found

    def _meet_all(self, found: Results, reading: Reading, page: int) -> Iterator[Any]:
        ledger = self.crawl.ledger
        if found.whole is not None:
            reading.names.add(found.whole.listing_key)
            if found.whole.listing_key not in self.met:
                self.met.add(found.whole.listing_key)
                ledger.account.schedule(found.whole.listing_key)
                yield found.whole
        for number, card in enumerate(found.cards):
            name = card.listing_key or card.listing_url or ""
            if not name:
                ledger.notes["cards without key and address"] += 1
                continue
            reading.names.add(name)
            shown = typed(card)
            if page == 1 or not reading.branch.exact:
                self._learn(shown, name, reading.branch)
            if name not in self.met:
                self.met.add(name)
                yield self._meet(card, shown, name, found.page_wide[number] if found.page_wide else frozenset())
        reading.search.listings = len(reading.names)

    def _learn(self, shown: Listing, name: str, branch: Branch) -> None:
        """Tells the splitter what a card states; it knows best where to cut what looks like this."""
        values = {of: as_number(getattr(shown, of, None)) for of in self.splitter.dimensions}
        absent = self.splitter.show(branch, values)
        if absent:
            self.absent[name] = absent

    def _meet(self, card: Listing, shown: Listing, name: str, page_wide: frozenset[str]) -> Any:
        """What follows from the card of a listing that is met for the first time."""
        self.crawl.ledger.account.schedule(name)
        digest = card_hash(shown, self.crawl.volatile | page_wide)
        if self.cards_suffice and not (card.listing_url and self.owns(card.listing_url)):
            card.card_hash = digest or None
            self.crawl.ledger.account.rename(name, card.listing_key)
            return card
        sighting = self.crawl.known.seen(shown, digest)
        if sighting is not None:
            return sighting
        told = {"name": name, "key": card.listing_key, "card": digest or None}
        return self.request(card.listing_url or "", self.parse_listing, cb_kwargs=told, meta=self.meta(listing=name))

    def meta(self, **more: Any) -> dict[str, Any]:
        """What each request of the source carries beside `more`."""
        return more

    def _ask(self, branch: Branch) -> Any:
        words = self.splitter.words(branch)
        self.readings.setdefault(branch.number, Reading(branch, Search(words)))
        return self._request(self.address(words), branch, page=1)

    def _request(self, url: str, branch: Branch, *, page: int) -> Any:
        self.readings[branch.number].asked.add(url)
        return self.request(
            url,
            self.parse_results,
            errback=self.results_failed,
            cb_kwargs={"number": branch.number, "page": page},
            meta=self.meta(),
            priority=PAGES_FIRST,
            dont_filter=True,  # a search may be asked once more, to see whether the market has moved
        )

    def _find_next(self, found: Results, reading: Reading, page: int, *, fresh: bool) -> None:
        """Notes where a search goes on after a page."""
        reading.next_url, reading.guessed = None, False
        following = found.next_url
        if following is None and fresh and reading.left() != 0:
            following = self.next_address(self.address(reading.search.words), page + 1)
            reading.guessed = following is not None
        if following is None or following in reading.asked:
            return
        if page >= MOST_PAGES:
            self.crawl.ledger.gaps.append(f"{reading.search.named()} has more than {MOST_PAGES} pages")
        elif not self.owns(following):
            self.crawl.ledger.gaps.append(f"result page {page} leads to another site: {following}")
        else:
            reading.next_url = following

    def _carry_out(self, orders: Orders) -> Iterator[Any]:
        for branch in orders.ask:
            yield self._ask(branch)
        for branch in orders.read:
            reading = self.readings[branch.number]
            if reading.next_url:
                yield self._request(reading.next_url, branch, page=max(reading.search.pages) + 1)
            else:
                yield from self._carry_out(self.splitter.ended(branch, len(reading.names)))
        self._account_for_searches()

    def _account_for_searches(self) -> None:
        """Tells the ledger which searches there are now, and what they lack."""
        searches = self.crawl.ledger.searches
        leaves = [branch for branch in self.splitter.leaves() if branch.number in self.readings]
        for branch in leaves:
            self.readings[branch.number].search.capped = branch.capped
        searches.read = [self.readings[branch.number].search for branch in leaves]
        searches.unreached, searches.limited = self.splitter.unreached, self.splitter.limited
