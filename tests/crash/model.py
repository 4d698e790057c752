"""Contract 3 as a dict of listings: what the tables must say after a sequence of feeds. No code of the project.

Of the facts it knows the price; `digest` stands for all others (a line's content hash).
"""

import copy
import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.crash.bronze import Feed

Key = tuple[str, str]
COUNTS = ("new", "changed", "unchanged", "missing", "removed", "relisted", "held")


@dataclass
class Known:
    """One listing. `change`: type, time, scope and run of its latest change."""

    price: float | None
    digest: str | None
    first: dt.datetime
    last: dt.datetime
    change: tuple[str, dt.datetime, str, str]
    presence: str = "present"
    seen: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    removed_at: dt.datetime | None = None


class Model:
    """Listings, events, history and feeds. `least` and `share`: the guard."""

    def __init__(self, least: int = 20, share: float = 0.10) -> None:
        self.guard = (least, share)
        self.known: dict[Key, Known] = {}
        self.events: list[tuple[Any, ...]] = []
        self.history: list[list[Any]] = []  # source, key, from, to, price, run
        self.open: dict[Key, list[Any]] = {}
        self.feeds: list[tuple[Any, ...]] = []  # place, then COUNTS

    def after(self, feed: Feed) -> "Model":
        """The same market one feed later."""
        later = copy.deepcopy(self)
        later._apply(feed)
        return later

    def _apply(self, feed: Feed) -> None:
        counts = dict.fromkeys(COUNTS, 0)
        mine = [k for k, one in self.known.items() if k[0] == feed.source and feed.scope in one.seen | one.missed]
        for listing_key, line in feed.lines.items():
            counts[self._sight((feed.source, listing_key), line, feed)] += 1
        absent = [k for k in mine if k[1] not in feed.lines]
        second = [k for k in absent if feed.scope in self.known[k].missed]
        first = [k for k in absent if feed.scope in self.known[k].seen]
        if feed.accepts:
            first, second = [], [k for k in second if k[1] in feed.accepts]
        elif not feed.complete:
            first, second = [], []
        elif len(second) > max(self.guard[0], int(self.guard[1] * len(mine))):
            counts["held"], second = len(second), []
        for key in first + second:
            one = self.known[key]
            one.seen.discard(feed.scope)
            (one.missed.add if key in first else one.missed.discard)(feed.scope)
            now = "present" if one.seen else "missing" if one.missed else "removed"
            if now != one.presence:
                counts[now] += 1
                self._happens(key, now, feed)
                one.presence = now
                one.removed_at = one.change[1] if now == "removed" else None
        self.feeds.append((*feed.place, *counts.values()))

    def _sight(self, key: Key, line: dict[str, Any], feed: Feed) -> str:
        price, digest = line.get("list_price"), line.get("content_hash")
        sighting = line.get("kind") == "sighting"
        if key not in self.known:
            self.known[key] = Known(price, digest, feed.at, feed.at, ("", feed.at, "", ""), seen={feed.scope})
            self._happens(key, "new", feed)
            return "new"
        one = self.known[key]
        if sighting:
            price, digest = one.price if price is None else price, one.digest
        what = "relisted" if one.presence == "removed" else "unchanged"
        moved = price != one.price
        if moved or (not sighting and None not in (digest, one.digest) and digest != one.digest):
            what = "changed" if what == "unchanged" else what
        was, one.price = one.price, price
        one.digest = None if sighting and moved else digest
        one.last = max(one.last, feed.at)
        one.seen.add(feed.scope)
        one.missed.discard(feed.scope)
        one.presence, one.removed_at = "present", None
        if what != "unchanged":
            self._happens(key, what, feed, was if moved else price)
        return what

    def _happens(self, key: Key, what: str, feed: Feed, was: float | None = None) -> None:
        one = self.known[key]
        at = max(feed.at, one.change[1])
        one.change = (what, at, feed.scope, feed.run_id)
        told = (*key, feed.scope, feed.run_id, at)
        if what != "changed":
            self.events.append((*told, what, None, None))
        if what in ("changed", "relisted") and was != one.price:
            self.events.append((*told, "changed", was, one.price))
        if what in ("changed", "removed"):
            self.open.pop(key)[3] = at
        if what in ("new", "changed", "relisted"):
            self.open[key] = [*key, at, None, one.price, feed.run_id]
            self.history.append(self.open[key])
