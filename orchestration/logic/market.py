"""The market by area and day, from the history of listings and their changes.

What belongs here: the one definition of supply, of each daily count and of each daily median, and which feeds saw the
market at all. What does not: where the tables lie.
"""

import datetime
from collections.abc import Sequence

import polars as pl

from orchestration.logic.price_changes import KEY, price_changes
from orchestration.logic.versions import with_version

AREA = ("country", "state_or_province", "city")
COUNTS = ("supply", "new_listings", "removed_listings", "relisted_listings", "price_cuts", "price_rises")
MEDIANS = ("median_list_price", "median_price_per_sqm", "median_days_on_market")

# What `last_observation` reads of a feed.
OBSERVED = ("observed_at", "complete", "unique_listings", "claimed_total", "reasons")
# How the crawler ends the reason of a crawl that went well and was never meant to show everything.
_MEANS_NOTHING = "absence means nothing"

_EVENTS = {"new": "new_listings", "removed": "removed_listings", "relisted": "relisted_listings"}
_TIME = pl.Datetime("us", "UTC")


def market_daily(
    history: pl.DataFrame,
    changes: pl.DataFrame,
    *,
    days: Sequence[datetime.date],
    by: Sequence[str] = (*AREA, "offer", "property_type", "currency"),
) -> pl.DataFrame:
    """Supply, events and medians of each group on each day (UTC).

    A version counts towards the supply of the days at whose last microsecond it was valid. An event counts on its own
    day, in the group of the version it is about (`versions.with_version`). A price that moved together with its
    currency, period or offer is neither cut nor rise. Nulls in `by` are a group like any other.

    Args:
        history: silver/listing_history; needs source, listing_key, valid_from, valid_to, first_seen_at, list_price,
            price_per_sqm and the columns of `by`.
        changes: silver/listing_changes.
        days: the days asked for; doubles and order do not matter.
        by: columns of `history` that make a group.

    Returns:
        date, the columns of `by`, `COUNTS` (Int64), `MEDIANS` (Float64; price in the group's currency, price per m²,
        whole days from first_seen_at to the day). One row for each group and day with supply or a counted event;
        sorted by date and `by`, nulls last.

    Raises:
        ValueError: for a column that is missing or a time without a zone.
    """
    by = list(by)
    _check("history", history, (*KEY, *by, "list_price", "price_per_sqm"), ("valid_from", "valid_to", "first_seen_at"))
    _check("changes", changes, (*KEY, "run_id", "change_type", "field_name", "previous_value", "new_value"))
    _check("changes", changes, (), ("observed_at",))
    asked = pl.Series("date", sorted(set(days)), dtype=pl.Date)
    history = history.with_columns(pl.col("valid_from", "valid_to", "first_seen_at").cast(_TIME))
    stock, happened = _stock(history, asked, by), _happened(history, changes, asked, by)
    joined = stock.join(happened, on=["date", *by], how="full", coalesce=True, nulls_equal=True)
    return joined.select("date", *by, *(pl.col(name).fill_null(0).cast(pl.Int64) for name in COUNTS), *MEDIANS).sort(
        "date", *by, nulls_last=True
    )


def last_observation(feeds: pl.LazyFrame) -> datetime.datetime | None:
    """When the market was seen last; None when it never was.

    Args:
        feeds: silver/feeds; needs `OBSERVED`.
    """
    found = feeds.filter(saw_the_market()).select(pl.col("observed_at").max()).collect().item()
    return found if isinstance(found, datetime.datetime) else None


def saw_the_market() -> pl.Expr:
    """Of a feed in silver/feeds (needs `OBSERVED`), whether it saw the market.

    A feed without a listing saw nothing (a dead site, a changed page), unless it proves that there is none, or was
    asked for what is new only and the source said that nothing is.
    """
    only_window = (pl.col("reasons").list.len() == 1) & pl.col("reasons").list.first().str.ends_with(_MEANS_NOTHING)
    nothing_new = (pl.col("claimed_total") == 0) & only_window
    return pl.col("complete") | (pl.col("unique_listings") > 0) | nothing_new


def _stock(history: pl.DataFrame, days: pl.Series, by: list[str]) -> pl.DataFrame:
    """Supply and medians: each version is repeated for the asked days at whose end it is valid."""
    # The last microsecond of each day: [valid_from, valid_to) holds it or not.
    ends = days.cast(_TIME) + datetime.timedelta(days=1, microseconds=-1)
    begins = ends.search_sorted(history["valid_from"], side="left")
    forever = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    stops = ends.search_sorted(history["valid_to"].fill_null(forever), side="left")
    groups = history.select(by).unique().with_row_index("_group")
    daily = (
        history.with_columns(_day=pl.int_ranges(begins, stops, dtype=pl.Int32))
        .join(groups, on=by, how="left", nulls_equal=True)
        .select(
            "_group",
            "_day",
            price=_finite("list_price"),
            per_sqm=_finite("price_per_sqm"),
            seen=pl.col("first_seen_at").dt.date(),
        )
        .lazy()
        .explode("_day", empty_as_null=False)
        .with_columns(date=pl.lit(days).gather(pl.col("_day")))
    )
    return (
        daily.group_by("_group", "date")
        .agg(
            supply=pl.len(),
            median_list_price=pl.col("price").median(),
            median_price_per_sqm=pl.col("per_sqm").median(),
            median_days_on_market=(pl.col("date") - pl.col("seen")).dt.total_days().cast(pl.Float64).median(),
        )
        .join(groups.lazy(), on="_group")
        .drop("_group")
        .collect()
    )


def _happened(history: pl.DataFrame, changes: pl.DataFrame, days: pl.Series, by: list[str]) -> pl.DataFrame:
    """Counts of events by group and day, only the asked days."""
    changes = changes.with_columns(pl.col("observed_at").cast(_TIME))
    moved = price_changes(changes).with_columns(
        count=pl.when(pl.col("new_price") < pl.col("previous_price"))
        .then(pl.lit("price_cuts"))
        .otherwise(pl.lit("price_rises"))
    )
    came_and_went = changes.filter(pl.col("change_type").is_in(list(_EVENTS))).with_columns(
        count=pl.col("change_type").replace_strict(_EVENTS, return_dtype=pl.String)
    )
    columns = [*KEY, "observed_at", "change_type", "count"]
    events = (
        pl.concat([moved.select(columns), came_and_went.select(columns)])
        .with_columns(date=pl.col("observed_at").dt.date())
        .filter(pl.col("date").is_in(days.implode()))
    )
    placed = with_version(events, history, by)
    return placed.group_by("date", *by).agg(
        (pl.col("count") == name).sum().alias(name) for name in COUNTS if name != "supply"
    )


def _finite(column: str) -> pl.Expr:
    """The column as Float64, without NaN and infinities, which would spoil a median."""
    number = pl.col(column).cast(pl.Float64)
    return pl.when(number.is_finite()).then(number)


def _check(table: str, frame: pl.DataFrame, columns: Sequence[str], times: Sequence[str] = ()) -> None:
    missing = [name for name in (*columns, *times) if name not in frame.columns]
    if missing:
        raise ValueError(f"{table} lacks the columns {', '.join(missing)}")
    for name in times:
        kind = frame.schema[name]
        if not isinstance(kind, pl.Datetime) or kind.time_zone is None:
            raise ValueError(f"{table}.{name} must be a time with a zone, it is {kind}")
