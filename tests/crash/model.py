"""Contract 3 as a dict of listings: what the tables must say after a sequence of feeds. No code of the project.

Of the facts it knows the price; `digest` stands for all others (a line's content hash).
"""

import copy
import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

from tests.crash.bronze import Feed

Key = tuple[str, str]
COUNTS = ("new", "changed", "unchanged", "missing", "removed", "relisted", "held", "held_changes")


@dataclass(frozen=True)
class Limits:
    """How much may happen at once; a number and a share: more than the larger of the two is held."""

    removals: tuple[int, float] = (20, 0.10)
    at_once: tuple[int, float] = (20, 0.50)
    factor: tuple[int, float] = (20, 0.10)
    near_factor: tuple[int, float] = (20, 0.25)


@dataclass
class Known:
    """One listing.

    Attributes:
        change: type, time, scope and run of its latest change.
        held: scope → the run that held a price of it, and the price that was kept.
    """

    price: float | None
    digest: str | None
    first: dt.datetime
    last: dt.datetime
    change: tuple[str, dt.datetime, str, str]
    presence: str = "present"
    seen: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    removed_at: dt.datetime | None = None
    held: dict[str, tuple[str, float | None]] = field(default_factory=dict)


class Model:
    """Listings, events, history and feeds."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
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
        kept = self._not_accepted(feed) if feed.accepts else self._too_many_prices(feed)
        for listing_key, line in feed.lines.items():
            key = (feed.source, listing_key)
            counts[self._sight(key, line, feed, keep=key in kept)] += 1
        counts["held_changes"] = 0 if feed.accepts else len(kept)
        absent = [k for k in mine if k[1] not in feed.lines]
        second = [k for k in absent if feed.scope in self.known[k].missed]
        first = [k for k in absent if feed.scope in self.known[k].seen]
        if feed.accepts:
            first, second = [], [k for k in second if k[1] in feed.accepts["keys"]]
        elif not feed.complete:
            first, second = [], []
        for key in first + second:
            self.known[key].held.pop(feed.scope, None)
        if not feed.accepts and _more(len(second), self.limits.removals, len(mine)):
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

    def _too_many_prices(self, feed: Feed) -> set[Key]:
        """The listings whose price is not believed: too many at once, or by one and the same factor."""
        shown = {(feed.source, k): line["list_price"] for k, line in feed.lines.items() if "list_price" in line}
        compared = {key: price for key, price in shown.items() if key in self.known}
        moved = {k: p for k, p in compared.items() if self.known[k].price not in (None, p)}
        if _more(len(moved), self.limits.at_once, len(compared)):
            return set(moved)
        logs = sorted((math.log(p / (self.known[k].price or 1)), k) for k, p in moved.items())
        windows = [[k for log, k in logs[n:] if log <= logs[n][0] + 0.002] for n in range(len(logs))]
        alike = max(windows, key=len, default=[])
        middle = math.exp(sorted(log for log, k in logs if k in alike)[len(alike) // 2]) if alike else 1.0
        limit = self.limits.near_factor if abs(middle - 1) <= 0.1 else self.limits.factor
        main = 2 * len(alike) >= len(moved)
        return set(alike) if main and _more(len(alike), limit, len(compared)) else set()

    def _not_accepted(self, feed: Feed) -> set[Key]:
        """The listings in an acceptance whose price stays: not named, not held any more, or another one by now."""
        named = {(feed.source, k) for k in feed.accepts["changes"].get("list_price", [])}
        meant = {
            k for k in named if self.known[k].held.get(feed.scope) == (feed.accepts["run_id"], self.known[k].price)
        }
        for key in named:
            self.known[key].held.pop(feed.scope, None)
        return {(feed.source, k) for k in feed.lines} - meant

    def _sight(self, key: Key, line: dict[str, Any], feed: Feed, *, keep: bool) -> str:
        price, digest = line.get("list_price"), line.get("content_hash")
        sighting = line.get("kind") == "sighting"
        if key not in self.known:
            self.known[key] = Known(price, digest, feed.at, feed.at, ("", feed.at, "", ""), seen={feed.scope})
            self._happens(key, "new", feed)
            return "new"
        one = self.known[key]
        silent = sighting and price is None
        if not silent and not feed.accepts:
            one.held.pop(feed.scope, None)
        if keep and not feed.accepts:
            one.held[feed.scope] = (feed.run_id, one.price)
        if silent or keep:
            price = one.price
        moved = price != one.price
        other = not (sighting or keep or feed.accepts) and None not in (digest, one.digest) and digest != one.digest
        what = "relisted" if one.presence == "removed" else "changed" if moved or other else "unchanged"
        was, one.price = one.price, price
        if sighting:
            digest = one.digest
        one.digest = None if keep or feed.accepts or (sighting and moved) else digest
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


def _more(count: int, limit: tuple[int, float], of: int) -> bool:
    return count > max(limit[0], int(of * limit[1]))
