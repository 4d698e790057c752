"""What the portal answers to a path: routes, pages and status codes. No sockets here.

Two sections show the same listings: plain pages below /search and /listing/, and below /app/ pages that are empty until
a browser has run their script, which reads /app/api/.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from realestate_crawler.demo_market import api, html
from realestate_crawler.demo_market.catalogue import DEFAULT_CAP, Catalogue, RefusalError
from realestate_crawler.demo_market.market import Market

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
JSON = "application/json"
ROBOTS = "User-agent: *\nDisallow: /account/\nDisallow: /admin/\n"


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
        market: what there is to show.
        day: shown first.
        cap: how many listings of one search can be reached by paging.

    Raises:
        ValueError: for a day or a cap that cannot be.
    """

    def __init__(self, market: Market, *, day: int = 1, cap: int = DEFAULT_CAP) -> None:
        self.market = market
        self._catalogue = Catalogue(market, cap)
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
        parts = urlsplit(target)
        path = unquote(parts.path)
        today = html.Today(self._day, self.market.date(self._day))
        for prefix, route in _ROUTES.items():
            if path == prefix or (prefix.endswith("/") and prefix != "/" and path.startswith(prefix)):
                return route(self, today, path.removeprefix(prefix), parts.query)
        return _message("other", today, RefusalError(404, "Not found", f"There is no page {path[:80]}."))

    def home(self, today: html.Today, _rest: str, _query: str) -> Answer:
        """The start page."""
        return Answer("home", 200, html.home(today, self.market.adverts(today.day)))

    def robots(self, _today: html.Today, _rest: str, _query: str) -> Answer:
        """What crawlers may do."""
        return Answer("robots", 200, ROBOTS, TEXT)

    def search(self, today: html.Today, _rest: str, query: str) -> Answer:
        """A page of results."""
        try:
            found = self._catalogue.search(today.day, query)
        except RefusalError as refusal:
            return _message("search", today, refusal)
        return Answer("search", 200, html.results(today, found, self._catalogue.cap))

    def listing(self, today: html.Today, rest: str, _query: str) -> Answer:
        """A listing's own page."""
        try:
            advert = self._catalogue.listing(today.day, rest)
        except RefusalError as refusal:
            return _message("listing", today, refusal)
        return Answer("listing", 200, html.detail(today, advert, self._catalogue.similar(today.day, advert)))

    def app(self, today: html.Today, _rest: str, _query: str) -> Answer:
        """A page that its script fills."""
        return Answer("app", 200, html.app(today))

    def api_search(self, today: html.Today, _rest: str, query: str) -> Answer:
        """What the script asks for a page of results."""
        return _json(lambda: api.results(self._catalogue.search(today.day, query), self._catalogue.cap))

    def api_listing(self, today: html.Today, rest: str, _query: str) -> Answer:
        """What the script asks for a listing."""
        return _json(lambda: api.detail(self._catalogue.listing(today.day, rest)))

    def admin(self, today: html.Today, _rest: str, _query: str) -> Answer:
        """A trap that robots.txt forbids."""
        return _forbidden("admin", today)

    def account(self, today: html.Today, _rest: str, _query: str) -> Answer:
        """Another one."""
        return _forbidden("account", today)


# Path, or with a slash at its end the beginning of one → who answers; the first that fits.
_ROUTES: dict[str, Callable[[Site, html.Today, str, str], Answer]] = {
    "/": Site.home,
    "/robots.txt": Site.robots,
    "/search": Site.search,
    "/listing/": Site.listing,
    "/app/api/search": Site.api_search,
    "/app/api/listing/": Site.api_listing,
    "/app/": Site.app,
    "/admin/": Site.admin,
    "/account/": Site.account,
}


def _message(route: str, today: html.Today, refusal: RefusalError) -> Answer:
    return Answer(route, refusal.status, html.message(today, refusal.title, str(refusal)))


def _forbidden(route: str, today: html.Today) -> Answer:
    text = "robots.txt says that no crawler should come here."
    return _message(route, today, RefusalError(403, "Not for visitors", text))


def _json(told: Callable[[], dict[str, Any]]) -> Answer:
    try:
        return Answer("api", 200, json.dumps(told(), ensure_ascii=False), JSON)
    except RefusalError as refusal:
        return Answer("api", refusal.status, json.dumps({"error": str(refusal)}, ensure_ascii=False), JSON)
