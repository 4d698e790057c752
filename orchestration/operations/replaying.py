"""Rebuilds every table from the feeds, in the order in which they were applied, into another lake."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from orchestration.assets.market import refresh_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.merge import merge_staged
from orchestration.ingest.stage import stage_scope
from orchestration.logic.digests import differing, digest
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY, Table
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing

# What tells how often a table was written, not what it says.
LEFT_OUT = {FEEDS.name: ("listings_version",)}
KEYS: dict[str, tuple[str, ...]] = {
    LISTINGS.name: ("source", "listing_key"),
    LISTING_CHANGES.name: ("source", "listing_key"),
    LISTING_HISTORY.name: ("source", "listing_key"),
    FEEDS.name: ("source", "scope", "run_seq"),
    MARKET_DAILY.name: ("date", "country", "state_or_province", "city", "offer", "property_type", "currency"),
}


class LostFeedError(RuntimeError):
    """A feed that was applied is not in the landing zone any more, or not as it was."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table live and rebuilt; `keys`: what differs."""

    table: Table
    live: str
    rebuilt: str
    rows: int
    keys: list[str]


def applied_feeds(lake: Lake, landing: Landing) -> list[FeedRef]:
    """The feeds that a lake is made of, in the order in which they were applied.

    Raises:
        LostFeedError: naming those that the landing zone does not have.
    """
    rows = lake.read(FEEDS).sort("listings_version")
    there = {(ref.source, ref.scope, ref.run_seq): ref for ref in landing.feeds()}
    wanted = list(rows.select("source", "scope", "run_seq").iter_rows())
    lost = [f"{source}/{scope} run {seq}" for source, scope, seq in wanted if (source, scope, seq) not in there]
    if lost:
        raise LostFeedError(f"applied, but not in {landing.root}: {', '.join(lost)}")
    return [there[key] for key in wanted]


def rebuild(feeds: list[FeedRef], landing: Landing, into: Lake, say: Callable[[str], None]) -> None:
    """Applies the feeds to an empty lake, one after the other, then derives all other tables.

    Raises:
        LostFeedError: when a feed is damaged.
    """
    guard = Guard()
    for number, feed in enumerate(feeds, start=1):
        staged = stage_scope(into, landing, [feed], guard)
        if staged.damaged:
            raise LostFeedError(staged.damaged)
        try:
            merge_staged(into, landing, [staged], guard)
        except DamagedFeedError as error:
            raise LostFeedError(str(error)) from error
        say(f"{number} of {len(feeds)}: {feed.source}/{feed.scope} run {feed.run_seq}")
    derive_changes(into)
    derive_history(into)
    derive_feeds(into)
    if feeds:
        refresh_market_daily(into)


def compare(live: Lake, rebuilt: Lake) -> list[Comparison]:
    """Each table of the live lake beside the rebuilt one."""
    found = []
    for table in (LISTINGS, LISTING_CHANGES, LISTING_HISTORY, FEEDS, MARKET_DAILY):
        leave_out = LEFT_OUT.get(table.name, ())
        left, right = _rows(live, table), _rows(rebuilt, table)
        digests = digest(left, leave_out), digest(right, leave_out)
        keys = differing(left, right, KEYS[table.name], leave_out) if digests[0] != digests[1] else []
        found.append(Comparison(table, *digests, left.height, keys))
    return found


def _rows(lake: Lake, table: Table) -> pl.DataFrame:
    return lake.read(table).select(*table.columns)
