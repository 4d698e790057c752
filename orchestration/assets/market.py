"""market_daily: the market by area and day."""

import datetime
import logging
from typing import Any

import dagster as dg
import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.assets.tables import listing_changes, listing_history, table_metadata
from orchestration.ingest.in_step import InStep, in_step
from orchestration.ingest.realign import in_line, realign
from orchestration.logic.market import AREA, OBSERVED, last_observation
from orchestration.logic.market import market_daily as by_area_and_day
from orchestration.logic.schemas import FEEDS, LISTINGS, MARKET_DAILY
from orchestration.resources.lake import Lake, commit_properties, done
from orchestration.resources.places import PlacesResource

logger = logging.getLogger(__name__)

ATTEMPTS = 5

# A rent per week and a rent per month have no common median.
GROUPS = (*AREA, "offer", "property_type", "currency", "price_period")


@dg.asset(group_name="gold", deps=[listing_changes, listing_history], description=MARKET_DAILY.grain)
def market_daily(context: dg.AssetExecutionContext, places: PlacesResource) -> dg.MaterializeResult[None]:
    """Computes the days that the newest feeds are about, and every day after them up to the last observation."""
    lake = places.lake()
    days = refresh_market_daily(lake)
    context.log.info(f"{len(days)} days computed" if days else "nothing new")
    return dg.MaterializeResult(metadata={**table_metadata(lake, MARKET_DAILY), "days_computed": len(days)})


def refresh_market_daily(lake: Lake) -> list[datetime.date]:
    """Replaces the days from the first new observation on; says which. No new version of listings: no day."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _refresh_once(lake)
        except CommitFailedError as error:  # another run was faster: what it wrote may be all there is to do
            logger.warning("%s: attempt %d: %s", MARKET_DAILY.path, attempt, error)
    raise RuntimeError(f"{MARKET_DAILY.path}: {ATTEMPTS} attempts met other writers; run again when they are done")


def recompute_market_daily(lake: Lake) -> None:
    """Computes all days anew; for when what happened on them was changed."""
    for attempt in range(1, ATTEMPTS + 1):
        table, known = lake.open(MARKET_DAILY), in_step(lake)
        first = lake.scan(FEEDS).select(pl.col("observed_at").min().dt.date()).collect().item()
        if first is None:
            return
        _, rows = _days(known, first, max(_last_day(table), _last_applied(lake)))
        properties = commit_properties("listings", known.version)
        try:
            write_deltalake(table, rows, mode="overwrite", commit_properties=properties)
        except CommitFailedError as error:
            logger.warning("%s: attempt %d: %s", MARKET_DAILY.path, attempt, error)
            continue
        return
    raise RuntimeError(f"{MARKET_DAILY.path}: {ATTEMPTS} attempts met other writers; run again when they are done")


def _days(known: InStep, first: datetime.date, last: datetime.date) -> tuple[list[datetime.date], pl.DataFrame]:
    changes = known.changes.filter(pl.col("observed_at").dt.date() >= first)
    days = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
    rows = by_area_and_day(known.history, changes, days=days, by=GROUPS)
    return days, rows.select(pl.col(name).cast(dtype) for name, dtype in MARKET_DAILY.columns.items())


def _refresh_once(lake: Lake) -> list[datetime.date]:
    realign(lake, MARKET_DAILY)
    table = lake.open(MARKET_DAILY)
    known = in_step(lake)
    so_far = done(table, "listings")
    # Looked at after the table was opened: whoever puts it back now is met by the commit.
    if not in_line(lake, so_far, known.version):
        logger.warning("%s: listings was put back meanwhile; the next run goes on", MARKET_DAILY.path)
        return []
    waiting = lake.feeds_by_version(LISTINGS, so_far)
    new = [(version, feed) for version, feed in waiting if version <= known.version]
    if not new:
        return []
    first = min(datetime.datetime.fromisoformat(feed["observed_at"]) for _, feed in new).date()
    last_day = _last_day(table)
    if last_day > datetime.date.min:  # days without a feed have a market as well
        first = min(first, last_day + datetime.timedelta(days=1))
    days, rows = _days(known, first, max(last_day, _last_told(new), _last_applied(lake)))
    write_deltalake(
        table,
        rows,
        mode="overwrite",
        predicate=f"date >= '{first.isoformat()}'",
        commit_properties=commit_properties("listings", known.version),
    )
    return days


def _last_day(table: DeltaTable) -> datetime.date:
    found = pl.scan_delta(table).select(pl.col("date").max()).collect().item()
    return found if isinstance(found, datetime.date) else datetime.date.min


def _last_applied(lake: Lake) -> datetime.date:
    """The last observation of earlier runs: a market that was empty then may not be any more by a late one."""
    realign(lake, FEEDS)
    return _day(last_observation(lake.scan(FEEDS)))


def _last_told(new: list[tuple[int, dict[str, Any]]]) -> datetime.date:
    """The last observation of the new feeds; the table of feeds may not have them yet."""
    schema = {name: FEEDS.columns[name] for name in OBSERVED} | {"observed_at": pl.String()}
    told = pl.LazyFrame([{name: feed[name] for name in OBSERVED} for _, feed in new], schema=schema)
    return _day(last_observation(told.with_columns(pl.col("observed_at").str.to_datetime(time_zone="UTC"))))


def _day(moment: datetime.datetime | None) -> datetime.date:
    return datetime.date.min if moment is None else moment.date()
