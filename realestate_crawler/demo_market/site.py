"""What the portal answers to a path: routes, pages and status codes. No sockets here."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from realestate_crawler.demo_market import html
from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.search import PER_PAGE, BadQueryError, Query, read_query

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
ROBOTS = "User-agent: *\nDisallow: /account/\nDisallow: /admin/\n"
DEFAULT_CAP = 1000
_SIMILAR = 4
_SEARCHES_KEPT = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: status code, text and its type, and the name of the route for the statistics."""

    route: str
    status: int
    text: str
    content_type: str = HTML


class Site:
    """The portal's content on one day of the market, which may be moved on while it runs.

    Args:
        cap: how many listings of one search can be reached by paging.
    """

    def __init__(self, market: Market, *, day: int = 1, cap: int = DEFAULT_CAP) -> None:
        if cap < 1:
            raise ValueError(f"a result cap is at least 1, not {cap}")
        self.market = market
        self.cap = cap
        self._lock = threading.Lock()
        self._searches: OrderedDict[tuple[int, Query], Sequence[Advert]] = OrderedDict()
        self.show(day)

    def show(self, day: int) -> None:
        """Shows another day from now on.

        Raises:
            ValueError: for a day that the market does not have.
        """
        self.market.adverts(day)
        self._day = day

    @property
    def day(self) -> int:
        """The day being shown."""
        return self._day

    def answer(self, target: str) -> Answer:
        """What a GET of a path with its query gets."""
        day = self._day
        parts = urlsplit(target)
        path = unquote(parts.path)
        today = html.Today(day, self.market.date(day))
        if path == "/":
            return Answer("home", 200, html.home(today, self.market.adverts(day)))
        if path == "/robots.txt":
            return Answer("robots", 200, ROBOTS, TEXT)
        if path == "/search":
            return self._results(today, parts.query)
        if path.startswith("/listing/"):
            return self._listing(today, path.removeprefix("/listing/"))
        if path.startswith(("/admin/", "/account/")):
            text = html.message(today, "Not for visitors", "robots.txt says that nobody should come here.")
            return Answer(path.split("/")[1], 403, text)
        return _not_found(today, "other", f"There is no page {path}.")

    def _results(self, today: html.Today, text: str) -> Answer:
        try:
            query, page = read_query(dict(parse_qsl(text, keep_blank_values=True)))
        except (BadQueryError, ValueError) as error:
            return Answer("search", 400, html.message(today, "This search cannot be done", f"{error}."))
        found = self._found(today.day, query)
        reachable = min(len(found), self.cap)
        if page > 1 and (page - 1) * PER_PAGE >= reachable:
            beyond = len(found) > self.cap and (page - 1) * PER_PAGE < len(found)
            text = f"Only the first {self.cap:,} are shown." if beyond else f"There is no page {page} of this search."
            return _not_found(today, "search", text)
        return Answer("search", 200, html.results(today, query, page, found, self.cap))

    def _listing(self, today: html.Today, name: str) -> Answer:
        key = name.partition("-")[0]
        advert = self.market.advert(key, today.day)
        if advert is not None:
            return Answer("listing", 200, html.detail(today, advert, self._similar(today.day, advert)))
        if self.market.existed(key, today.day):
            return Answer("listing", 410, html.message(today, "Gone", f"The advert {key} is no longer on the market."))
        return _not_found(today, "listing", f"There has never been an advert {key[:40]}.")

    def _similar(self, day: int, advert: Advert) -> list[Advert]:
        alike = self._found(day, Query(city=advert.city, offer=advert.offer, property_type=advert.property_type))
        start = int(advert.key[1:]) % max(1, len(alike))
        others = [other for other in alike[start : start + _SIMILAR + 1] if other.key != advert.key]
        return others[:_SIMILAR]

    def _found(self, day: int, query: Query) -> Sequence[Advert]:
        """The results of a search; the latest searches are kept, because their pages are asked for one by one."""
        with self._lock:
            known = self._searches.get((day, query))
            if known is not None:
                self._searches.move_to_end((day, query))
                return known
        found = query.find(self.market.adverts(day))
        with self._lock:
            self._searches[(day, query)] = found
            while len(self._searches) > _SEARCHES_KEPT:
                self._searches.popitem(last=False)
        return found


def _not_found(today: html.Today, route: str, text: str) -> Answer:
    return Answer(route, 404, html.message(today, "Not found", text))
