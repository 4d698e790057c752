"""What really happened in the market: the answer that crawls and tables are compared with.

What belongs here: differences between days, computed from the market alone. What does not: any of the code that
computes the same from crawled pages; an answer that shares code with the question proves nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from realestate_crawler.demo_market.advert import Advert, item_fields
from realestate_crawler.demo_market.market import Market
from realestate_crawler.items import MEANINGS

# Old and new value of each compared field that differs; None stands for empty.
FieldChanges = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class DayTruth:
    """What is different from the day before; on day 1 everything is new.

    Attributes:
        new: keys seen for the first time ever.
        gone: there the day before, not any more.
        back: there, not the day before, but earlier.
        changed: per key what differs from the last day on which it was there.
    """

    day: int
    listings: int
    new: frozenset[str]
    gone: frozenset[str]
    back: frozenset[str]
    changed: Mapping[str, FieldChanges]


@dataclass(frozen=True, slots=True)
class CrawlTruth:
    """What one complete crawl must find out, given all crawls before it.

    Attributes:
        day: the market day that was crawled.
        seen: every key in the scope.
        new: never seen by an earlier crawl.
        changed: per key that an earlier crawl saw (relisted ones too) what differs from what was seen last.
        missing: seen by the crawl before, not by this one.
        removed: not seen for the second time in a row, or held before and let go now.
        relisted: seen again after it was removed.
        held: would be removed, but there are too many at once; they stay missing.
    """

    day: int
    seen: frozenset[str]
    new: frozenset[str]
    changed: Mapping[str, FieldChanges]
    missing: frozenset[str]
    removed: frozenset[str]
    relisted: frozenset[str]
    held: frozenset[str]


def day_truth(market: Market, day: int) -> DayTruth:
    """What differs between `day - 1` and `day`.

    Raises:
        ValueError: for a day that the market does not have.
    """
    now = {advert.key: advert for advert in market.adverts(day)}
    before = {advert.key: advert for advert in market.adverts(day - 1)} if day > 1 else {}
    appeared = [key for key in now if key not in before]
    back = frozenset(key for key in appeared if day > 1 and market.existed(key, day - 1))
    last = {key: before[key] if key in before else _last_seen(market, key, day) for key in now.keys() - appeared | back}
    return DayTruth(
        day=day,
        listings=len(now),
        new=frozenset(appeared) - back,
        gone=frozenset(before.keys() - now.keys()),
        back=back,
        changed=_differences(last, now),
    )


def expected_changes(
    market: Market, days: Sequence[int], matches: Callable[[Advert], bool] = lambda _: True
) -> list[CrawlTruth]:
    """What complete crawls of the given days must find, one after the other, each of the whole scope.

    A complete crawl that does not see a known listing makes it missing; the next one that does not see it either makes
    it removed, unless more than max(20, 10 %) of the listings not yet removed would go at once: then all of them are
    held. A removed listing that is seen is relisted, a missing one merely there again. A listing that no longer
    matches is not seen.

    Args:
        market: what is crawled.
        days: of the market, in the order of the crawls.
        matches: which adverts belong to the scope; all when left out.
    """
    known: dict[str, _Known] = {}
    told = []
    for day in days:
        seen = {advert.key: advert for advert in market.adverts(day) if matches(advert)}
        told.append(_crawl(day, seen, known))
    return told


@dataclass(slots=True)
class _Known:
    advert: Advert
    misses: int = 0
    removed: bool = False


def _crawl(day: int, seen: Mapping[str, Advert], known: dict[str, _Known]) -> CrawlTruth:
    """Judges one crawl and brings `known` up to date."""
    active = sum(not one.removed for one in known.values())
    unseen = {key: one for key, one in known.items() if key not in seen and not one.removed}
    for one in unseen.values():
        one.misses += 1
    due = frozenset(key for key, one in unseen.items() if one.misses >= 2)
    held = due if len(due) > max(20, active / 10) else frozenset()
    for key in due - held:
        known[key].removed = True
    truth = CrawlTruth(
        day=day,
        seen=frozenset(seen),
        new=frozenset(seen.keys() - known.keys()),
        changed=_differences({key: one.advert for key, one in known.items()}, seen),
        missing=frozenset(key for key, one in unseen.items() if one.misses == 1),
        removed=due - held,
        relisted=frozenset(key for key in seen if key in known and known[key].removed),
        held=held,
    )
    for key, advert in seen.items():
        known[key] = _Known(advert)
    return truth


def _differences(old: Mapping[str, Advert], new: Mapping[str, Advert]) -> dict[str, FieldChanges]:
    told = {}
    for key, advert in new.items():
        if key in old:
            changes = field_changes(old[key], advert)
            if changes:
                told[key] = changes
    return told


def field_changes(old: Advert, new: Advert) -> FieldChanges:
    """The compared fields of the item that differ between two adverts."""
    before, after = item_fields(old), item_fields(new)
    names = [name for name in MEANINGS if MEANINGS[name].compared and (name in before or name in after)]
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _last_seen(market: Market, key: str, day: int) -> Advert:
    for earlier in range(day - 1, 0, -1):
        advert = market.advert(key, earlier)
        if advert is not None:
            return advert
    raise LookupError(f"{key} was never there before day {day}")
