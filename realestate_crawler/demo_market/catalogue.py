"""What the portal can show on one day: searches cut into pages, and single listings. No HTML, no sockets."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.search import PER_PAGE, BadQueryError, Query, read_query

DEFAULT_CAP = 1000
_SIMILAR = 4
_SEARCHES_KEPT = 32


class RefusalError(Exception):
    """What was asked for cannot be shown; `status` is the HTTP status that says so."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.title = title


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results.

    Attributes:
        total: all results, whether they can be reached or not.
        last: number of the last page that can be reached.
        cards: what is on this page.
        towns: towns of all results, with how many of them; only where the cap makes narrowing worth while.
    """

    query: Query
    page: int
    total: int
    last: int
    cards: Sequence[Advert]
    towns: Mapping[str, int]


class Catalogue:
    """The market as the portal offers it, safe to share between threads.

    Args:
        market: what there is.
        cap: how many listings of one search can be reached by paging.

    Raises:
        ValueError: for a cap below 1.
    """

    def __init__(self, market: Market, cap: int) -> None:
        if cap < 1:
            raise ValueError(f"a result cap is at least 1, not {cap}")
        self.market = market
        self.cap = cap
        self._lock = threading.Lock()
        self._searches: OrderedDict[tuple[int, Query], Sequence[Advert]] = OrderedDict()

    def search(self, day: int, parameters: str) -> SearchPage:
        """The page of results that URL parameters ask for.

        Raises:
            RefusalError: for a search that cannot be understood or a page that cannot be reached.
        """
        try:
            query, page = read_query(dict(parse_qsl(parameters, keep_blank_values=True)))
        except (BadQueryError, ValueError) as error:
            raise RefusalError(400, "This search cannot be done", f"{error}.") from error
        found = self._found(day, query)
        reachable = found[: self.cap]
        first = (page - 1) * PER_PAGE
        if page > 1 and first >= len(reachable):
            capped = f"Only the first {self.cap:,} are shown."
            raise RefusalError(404, "Not found", capped if first < len(found) else f"This search has no page {page}.")
        last = max(1, -(-len(reachable) // PER_PAGE))
        over = len(found) > self.cap and not query.city
        towns = Counter(advert.city for advert in found) if over else {}
        return SearchPage(query, page, len(found), last, reachable[first : first + PER_PAGE], towns)

    def listing(self, day: int, name: str) -> Advert:
        """The advert that the last part of a page's path names: the key, and anything after a hyphen.

        Raises:
            RefusalError: 410 for a key that was there before, 404 for one that never was.
        """
        key = name.partition("-")[0]
        advert = self.market.advert(key, day)
        if advert is not None:
            return advert
        if self.market.existed(key, day):
            raise RefusalError(410, "Gone", f"The advert {key} is no longer on the market.")
        raise RefusalError(404, "Not found", f"There has never been an advert {key[:40]}.")

    def similar(self, day: int, advert: Advert) -> list[Advert]:
        """A few others of the same kind in the same town."""
        alike = self._found(day, Query(city=advert.city, offer=advert.offer, property_type=advert.property_type))
        start = int(advert.key[1:]) % max(1, len(alike))
        return [other for other in alike[start : start + _SIMILAR + 1] if other.key != advert.key][:_SIMILAR]

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
