"""What the report is made of, and the few derived frames that several sections share.

What belongs here: the input, and what is present, priced and placed in it. What does not: anything to be shown.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from orchestration.logic.market import AREA, last_observation, market_daily
from orchestration.logic.price_changes import KEY
from orchestration.report.areas import with_area
from orchestration.report.market import MARKET, Market

DAYS_SHOWN = 90
MARKETS_SHOWN = 6
# The largest market is drawn however small it is.
LISTINGS_TO_DRAW = 10

_SHOWN = (*KEY, *AREA, *MARKET, "title", "unparsed_address", "listing_url")
_COUNTS = ("new", "changed", "unchanged", "missing", "removed", "relisted", "held", "quarantined", "dropped")
_NEEDED = {
    "listings": (
        *(*_SHOWN, "presence", "property_type", "list_price", "price_per_sqm", "held"),
        *("living_area_sqm", "latitude", "longitude"),
    ),
    "history": _SHOWN,
    "changes": ("scope", "run_id"),
    "market_daily": ("date", "supply"),
    "feeds": (
        *("source", "scope", "run_seq", "observed_at", "complete", "reasons", "claimed_total", "result_pages"),
        *("unique_listings", *_COUNTS, "held_changes", "rekeyed", "holds", "flags", "new_columns", "gone_columns"),
        *("accepts_run", "retries_run"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """The frames of the lake at one time.

    Attributes:
        title: headline of the page.
        generated_at: when the report was made (with a zone).
        lake_versions: table name → the Delta version that was read.
        listings: silver/listings.
        history: silver/listing_history.
        changes: silver/listing_changes.
        market_daily: gold/market_daily; its dates are the days the report shows.
        feeds: one row per applied feed: source, scope, run_id, run_seq, observed_at, complete, reasons,
            claimed_total, result_pages, items, unique_listings, quarantined, dropped, new, changed, unchanged,
            missing, removed, relisted, held, held_changes, rekeyed, holds, flags, new_columns, gone_columns,
            accepts_run, retries_run.
    """

    title: str
    generated_at: datetime.datetime
    lake_versions: Mapping[str, int]
    listings: pl.DataFrame
    history: pl.DataFrame
    changes: pl.DataFrame
    market_daily: pl.DataFrame
    feeds: pl.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What the sections read.

    Attributes:
        source: the input itself.
        present: rows of listings that are not removed + area, price and per_sqm (Float64, finite and above 0 or null).
        days: the days shown, in order, the last `DAYS_SHOWN` of gold/market_daily up to `as_of`.
        daily: market_daily by country, state_or_province, city and `MARKET` + area, without the first inventory.
        first_inventory: listings that the first run of their search found in these days; they were there before.
        markets: those that are drawn, by number of listings, the largest first.
        small: the others, with the number of their listings.
        as_of: when a feed saw the market last; None when none did.
    """

    source: ReportData
    present: pl.DataFrame
    days: list[datetime.date]
    daily: pl.DataFrame
    first_inventory: int
    markets: list[Market]
    small: list[tuple[Market, int]]
    as_of: datetime.datetime | None


def derive(data: ReportData) -> Derived:
    """Derives the shared frames; they are plain functions of the input.

    Raises:
        ValueError: for a column that is missing, with its table.
    """
    for table, columns in _NEEDED.items():
        frame: pl.DataFrame = getattr(data, table)
        if missing := [name for name in columns if name not in frame.columns]:
            raise ValueError(f"{table} lacks the columns {', '.join(missing)}")
    as_of = last_observation(data.feeds.lazy())
    days = _days(data.market_daily, as_of)
    present = with_area(data.listings.filter(pl.col("presence") != "removed")).with_columns(
        price=_positive("list_price"), per_sqm=_positive("price_per_sqm")
    )
    news, inventory = _split_first_inventory(data.changes, days)
    daily = with_area(market_daily(data.history, news, days=days, by=(*AREA, *MARKET)))
    counted = (
        pl.concat([present.select(*MARKET, n=1), daily.select(*MARKET, n=0)])
        .group_by(MARKET)
        .agg(pl.col("n").sum())
        .sort("n", *MARKET, descending=[True, False, False, False], nulls_last=True)
    )
    markets = [(Market(*row[:-1]), row[-1]) for row in counted.iter_rows()]
    drawn = [market for market, many in markets[:MARKETS_SHOWN] if many >= LISTINGS_TO_DRAW or market == markets[0][0]]
    return Derived(
        source=data,
        present=present,
        days=days,
        daily=daily,
        first_inventory=inventory,
        markets=drawn,
        small=markets[len(drawn) :],
        as_of=as_of,
    )


def _days(market: pl.DataFrame, as_of: datetime.datetime | None) -> list[datetime.date]:
    # A table of an earlier version may go on to the day of a crawl that saw nothing.
    known = market.filter(pl.col("date") <= as_of.date()) if as_of else market.clear()
    return known["date"].unique().sort().to_list()[-DAYS_SHOWN:]


def _positive(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64)
    return pl.when(number.is_finite() & (number > 0)).then(number)


def _split_first_inventory(changes: pl.DataFrame, days: list[datetime.date]) -> tuple[pl.DataFrame, int]:
    """The changes without what the first run of each search found, and how many that were in the days shown."""
    searches = ["source", "scope"]
    firsts = changes.group_by(searches).agg(run_id=pl.col("run_id").sort_by("observed_at").first())
    first = changes.filter(pl.col("change_type") == "new").join(
        firsts, on=[*searches, "run_id"], how="semi", nulls_equal=True
    )
    rest = changes.join(first, on=[*KEY, "scope", "run_id", "change_type"], how="anti", nulls_equal=True)
    shown = first.filter(pl.col("observed_at").dt.convert_time_zone("UTC").dt.date().is_in(days))
    return rest, shown.height
