"""Queries about what changed: prices cut, listings that came, went and came back."""

import polars as pl

from orchestration.queries.query import DAYS, LIMIT, UNTIL, Parameter, Query, Table, Values, within

BY_CHANGE = pl.col("change_percent")


def _price_cuts(table: Table, values: Values) -> pl.LazyFrame:
    before, now = (pl.col(name).cast(pl.Float64, strict=False) for name in ("previous_value", "new_value"))
    return (
        table("listing_changes")
        .filter(within("observed_at", values), pl.col("field_name") == "list_price", now < before)
        .group_by("source", "listing_key", observed_at=pl.col("observed_at").dt.strftime("%Y-%m-%d"))
        .agg(previous_price=before.max(), new_price=now.min())
        .with_columns(change_percent=100 * (pl.col("new_price") / pl.col("previous_price") - 1))
        .filter(values["min_percent"] <= -BY_CHANGE)
        .sort("change_percent", "source", "listing_key", "observed_at")
        .limit(int(values["limit"]))
    )


def _changes_by_day(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listing_changes")
        .filter(within("observed_at", values))
        .group_by("change_type", day=pl.col("observed_at").dt.strftime("%Y-%m-%d"))
        .agg(listings=pl.struct("source", "listing_key").n_unique())
        .select("day", "change_type", "listings")
    )


def _changed_fields(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listing_changes")
        .filter(within("observed_at", values), pl.col("change_type") == "changed")
        .group_by("source", "field_name")
        .agg(changes=pl.len())
    )


def _relisted(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listing_changes")
        .filter(within("observed_at", values), pl.col("change_type") == "relisted")
        .group_by("source", "listing_key")
        .agg(times=pl.len(), last=pl.col("observed_at").max().dt.strftime("%Y-%m-%d"))
    )


def _listing_events(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listing_changes")
        .filter(pl.col("source") == values["source"], pl.col("listing_key") == values["listing_key"])
        .select(
            pl.col("observed_at").dt.strftime("%Y-%m-%d %H:%M:%S"),
            "change_type",
            "field_name",
            "previous_value",
            "new_value",
        )
        .sort("observed_at", "change_type", "field_name")
    )


QUERIES = (
    Query(
        "price_cuts",
        "The deepest price cuts of the last days",
        (DAYS, UNTIL, Parameter("min_percent", float, "cut by at least so much", 0.0), LIMIT),
        """SELECT source, listing_key, observed_at, previous_price, new_price,
  100 * (new_price / previous_price - 1) AS change_percent
FROM (
  SELECT source, listing_key, TIME_FORMAT(__time, 'yyyy-MM-dd') AS observed_at,
    MAX(CAST(previous_value AS DOUBLE)) AS previous_price, MIN(CAST(new_value AS DOUBLE)) AS new_price
  FROM {listing_changes}
  WHERE {within} AND field_name = 'list_price' AND CAST(new_value AS DOUBLE) < CAST(previous_value AS DOUBLE)
  GROUP BY 1, 2, 3
)
WHERE 100 * (1 - new_price / previous_price) >= $min_percent
ORDER BY 6, 1, 2, 3 LIMIT $limit""",
        _price_cuts,
        keys=("source", "listing_key", "observed_at"),
        window="listing_changes",
        ordered=True,
    ),
    Query(
        "changes_by_day",
        "How many listings were new, changed, missing, removed, relisted on each of the last days",
        (DAYS, UNTIL),
        """SELECT "day", change_type, COUNT(*) AS listings FROM (
  SELECT TIME_FORMAT(__time, 'yyyy-MM-dd') AS "day", change_type, source, listing_key
  FROM {listing_changes} WHERE {within} GROUP BY 1, 2, 3, 4
) GROUP BY 1, 2""",
        _changes_by_day,
        keys=("day", "change_type"),
        window="listing_changes",
    ),
    Query(
        "changed_fields",
        "Which fields changed how often in the last days",
        (DAYS, UNTIL),
        """SELECT source, field_name, COUNT(*) AS changes FROM {listing_changes}
WHERE {within} AND change_type = 'changed' GROUP BY 1, 2""",
        _changed_fields,
        keys=("source", "field_name"),
        window="listing_changes",
    ),
    Query(
        "relisted",
        "Listings that came back in the last days",
        (DAYS, UNTIL),
        """SELECT source, listing_key, COUNT(*) AS times, TIME_FORMAT(MAX(__time), 'yyyy-MM-dd') AS "last"
FROM {listing_changes} WHERE {within} AND change_type = 'relisted' GROUP BY 1, 2""",
        _relisted,
        keys=("source", "listing_key"),
        window="listing_changes",
    ),
    Query(
        "listing_events",
        "Everything that happened to one listing",
        (Parameter("source", str, "its source"), Parameter("listing_key", str, "its key in the source")),
        """SELECT TIME_FORMAT(__time, 'yyyy-MM-dd HH:mm:ss') AS observed_at, change_type, field_name, previous_value,
  new_value
FROM {listing_changes} WHERE source = $source AND listing_key = $listing_key
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3""",
        _listing_events,
        keys=("observed_at", "change_type", "field_name"),
        ordered=True,
    ),
)
