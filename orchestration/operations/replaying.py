"""Rebuilds every table from the feeds, in the order in which they were applied, into another lake."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from orchestration.assets.market import refresh_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.derive_sales import derive_sale_changes, derive_sale_feeds, refresh_matches
from orchestration.ingest.merge import merge_staged
from orchestration.ingest.sales import apply_file
from orchestration.ingest.stage import stage_feeds
from orchestration.logic.digests import differing, digest
from orchestration.logic.guard import Guard
from orchestration.logic.sale_schemas import SALE_CHANGES, SALE_FEEDS, SALES, SALES_MATCHES
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY, Table
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from realestate_crawler.contracts.feed import SALE_FEEDS as SALES_ROOT

# What tells how often a table was written, not what it says.
LEFT_OUT = {FEEDS.name: ("listings_version",), SALE_FEEDS.name: ("sales_version",)}
KEYS: dict[str, tuple[str, ...]] = {
    LISTINGS.name: ("source", "listing_key"),
    LISTING_CHANGES.name: ("source", "listing_key"),
    LISTING_HISTORY.name: ("source", "listing_key"),
    FEEDS.name: ("source", "scope", "run_seq"),
    MARKET_DAILY.name: ("date", "country", "state_or_province", "city", "offer", "property_type", "currency"),
    SALES.name: ("source", "listing_key"),
    SALE_CHANGES.name: ("source", "listing_key"),
    SALE_FEEDS.name: ("source", "scope", "run_seq"),
    SALES_MATCHES.name: ("source", "listing_key", "sale_source", "sale_key"),
}
_LISTING_TABLES = (LISTINGS, LISTING_CHANGES, LISTING_HISTORY, FEEDS, MARKET_DAILY)
_SALE_TABLES = (SALES, SALE_CHANGES, SALE_FEEDS, SALES_MATCHES)


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
    return _there(lake.read(FEEDS).sort("listings_version"), landing.feeds(), landing.root)


def applied_sales(lake: Lake, landing: Landing) -> list[FeedRef]:
    """The files of sales that a lake is made of, in the order in which they were applied.

    Raises:
        LostFeedError: naming those that the landing zone does not have.
    """
    return _there(lake.read(SALE_FEEDS).sort("sales_version"), landing.feeds(SALES_ROOT), landing.root)


def _there(rows: pl.DataFrame, feeds: list[FeedRef], root: str) -> list[FeedRef]:
    there = {(ref.source, ref.scope, ref.run_seq): ref for ref in feeds}
    wanted = list(rows.select("source", "scope", "run_seq").iter_rows())
    lost = [f"{source}/{scope} run {seq}" for source, scope, seq in wanted if (source, scope, seq) not in there]
    if lost:
        raise LostFeedError(f"applied, but not in {root}: {', '.join(lost)}")
    return [there[key] for key in wanted]


def rebuild_sales(files: list[FeedRef], landing: Landing, into: Lake, say: Callable[[str], None]) -> None:
    """Applies files of sales, one after the other, then derives what follows; matches need the listings rebuilt.

    Raises:
        LostFeedError: when a file is damaged.
    """
    guard = Guard()
    for number, file in enumerate(files, start=1):
        try:
            apply_file(into, landing, file, guard)
        except DamagedFeedError as error:
            raise LostFeedError(str(error)) from error
        say(f"{number} of {len(files)} files of sales: {file.source}/{file.scope} run {file.run_seq}")
    if files:
        derive_sale_changes(into)
        derive_sale_feeds(into)
    if files and into.exists(LISTINGS):
        refresh_matches(into)


def rebuild(feeds: list[FeedRef], landing: Landing, into: Lake, say: Callable[[str], None]) -> None:
    """Applies the feeds to an empty lake, one after the other, then derives all other tables.

    Raises:
        LostFeedError: when a feed is damaged.
    """
    guard = Guard()
    for number, feed in enumerate(feeds, start=1):
        staged = stage_feeds(into, landing, [feed], guard)
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
    """Each table of the live lake beside the rebuilt one; those of sales where there are any."""
    found = []
    for table in (*_LISTING_TABLES, *(each for each in _SALE_TABLES if live.exists(each) or rebuilt.exists(each))):
        leave_out = LEFT_OUT.get(table.name, ())
        left, right = _rows(live, table), _rows(rebuilt, table)
        digests = digest(left, leave_out), digest(right, leave_out)
        keys = differing(left, right, KEYS[table.name], leave_out) if digests[0] != digests[1] else []
        found.append(Comparison(table, *digests, left.height, keys))
    return found


def _rows(lake: Lake, table: Table) -> pl.DataFrame:
    return lake.read(table).select(*table.columns)
