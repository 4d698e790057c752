"""Queries about how much is on the market, and for how long."""

import polars as pl

from orchestration.queries.query import (
    CITY,
    COUNTRY,
    DAYS,
    LIMIT,
    OFFER,
    UNTIL,
    Query,
    Table,
    Values,
    equal_or_all,
    quantile,
    within,
)

DAY_MS = 86_400_000


def _supply_trend(table: Table, values: Values) -> pl.LazyFrame:
    counted = ("supply", "new_listings", "removed_listings", "relisted_listings", "price_cuts", "price_rises")
    return (
        table("market_daily")
        .filter(within("date", values), pl.col("offer") == values["offer"], equal_or_all("city", values["city"]))
        .group_by(day=pl.col("date").dt.strftime("%Y-%m-%d"))
        .agg(pl.col(name).sum() for name in counted)
        .sort("day")
    )


def _observed_days() -> pl.Expr:
    return (pl.col("last_seen_at").dt.epoch("ms") - pl.col("first_seen_at").dt.epoch("ms")) / DAY_MS


def _days_on_market(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listings")
        .filter(pl.col("offer") == values["offer"], equal_or_all("city", values["city"]))
        .group_by("property_type", "presence")
        .agg(listings=pl.len(), mean_days=_observed_days().mean(), median_days=quantile(_observed_days(), 0.5))
    )


def _by_size(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listings")
        .filter(
            pl.col("presence") == "present",
            pl.col("offer") == values["offer"],
            equal_or_all("country", values["country"]),
            equal_or_all("city", values["city"]),
        )
        .group_by("property_type", "bedrooms_total", "currency")
        .agg(listings=pl.len(), median_price=quantile(pl.col("list_price").cast(pl.Float64), 0.5))
    )


def _longest_on_market(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listings")
        .filter(
            pl.col("presence") == "present", pl.col("offer") == values["offer"], equal_or_all("city", values["city"])
        )
        .select("source", "listing_key", "city", "listing_url", "first_seen_at", days_observed=_observed_days())
        .sort("days_observed", "source", "listing_key", descending=[True, False, False])
        .limit(int(values["limit"]))
        .with_columns(pl.col("first_seen_at").dt.strftime("%Y-%m-%d"))
    )


def _freshness(table: Table, _: Values) -> pl.LazyFrame:
    return (
        table("listings")
        .group_by("source", "presence")
        .agg(listings=pl.len(), last_seen=pl.col("last_seen_at").max().dt.strftime("%Y-%m-%d %H:%M:%S"))
    )


QUERIES = (
    Query(
        "supply_trend",
        "What is on the market day by day: supply, new, removed, relisted, price cuts and rises",
        (OFFER, CITY, DAYS, UNTIL),
        """SELECT TIME_FORMAT(__time, 'yyyy-MM-dd') AS "day", SUM(supply) AS supply, SUM(new_listings) AS new_listings,
  SUM(removed_listings) AS removed_listings, SUM(relisted_listings) AS relisted_listings,
  SUM(price_cuts) AS price_cuts, SUM(price_rises) AS price_rises
FROM {market_daily} WHERE {within} AND offer = $offer AND ($city = '' OR city = $city)
GROUP BY 1 ORDER BY 1""",
        _supply_trend,
        keys=("day",),
        window="market_daily",
        ordered=True,
    ),
    Query(
        "days_on_market",
        "For how many days listings have been seen, by type and presence",
        (OFFER, CITY),
        """SELECT property_type, presence, COUNT(*) AS listings, AVG(days) AS mean_days,
  {quantile days 0.5} AS median_days
FROM (
  SELECT property_type, presence, (last_seen_at - first_seen_at) / 86400000.0 AS days
  FROM {listings} WHERE offer = $offer AND ($city = '' OR city = $city)
) GROUP BY 1, 2""",
        _days_on_market,
        keys=("property_type", "presence"),
        approximate=frozenset({"median_days"}),
    ),
    Query(
        "supply_by_size",
        "What is on the market by type and bedrooms, with the median price",
        (OFFER, COUNTRY, CITY),
        """SELECT property_type, bedrooms_total, currency, COUNT(*) AS listings,
  {quantile list_price 0.5} AS median_price
FROM {listings}
WHERE presence = 'present' AND offer = $offer AND ($country = '' OR country = $country)
  AND ($city = '' OR city = $city)
GROUP BY 1, 2, 3""",
        _by_size,
        keys=("property_type", "bedrooms_total", "currency"),
        approximate=frozenset({"median_price"}),
    ),
    Query(
        "longest_on_market",
        "What has been on the market for longest",
        (OFFER, CITY, LIMIT),
        """SELECT source, listing_key, city, listing_url, TIME_FORMAT(__time, 'yyyy-MM-dd') AS first_seen_at,
  MAX((last_seen_at - first_seen_at) / 86400000.0) AS days_observed
FROM {listings}
WHERE presence = 'present' AND offer = $offer AND ($city = '' OR city = $city)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2 LIMIT $limit""",
        _longest_on_market,
        keys=("source", "listing_key"),
        ordered=True,
    ),
    Query(
        "freshness",
        "How many listings each source has, and when it was last seen",
        (),
        """SELECT source, presence, COUNT(*) AS listings,
  TIME_FORMAT(MILLIS_TO_TIMESTAMP(MAX(last_seen_at)), 'yyyy-MM-dd HH:mm:ss') AS last_seen
FROM {listings} GROUP BY 1, 2""",
        _freshness,
        keys=("source", "presence"),
    ),
)
