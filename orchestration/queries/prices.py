"""Queries about asking prices."""

import polars as pl

from orchestration.queries.query import (
    CITY,
    COUNTRY,
    LIMIT,
    OFFER,
    PROPERTY_TYPE,
    Parameter,
    Query,
    Table,
    Values,
    equal_or_all,
    quantile,
)


def _present(table: Table, values: Values, *filters: str) -> pl.LazyFrame:
    """Listings on the market of one offer, narrowed by the named parameters."""
    wanted = [equal_or_all(name, values[name]) for name in filters]
    return table("listings").filter(pl.col("presence") == "present", pl.col("offer") == values["offer"], *wanted)


def _price_per_sqm_by_month(table: Table, values: Values) -> pl.LazyFrame:
    return (
        table("listings")
        .filter(
            pl.col("offer") == values["offer"],
            pl.col("price_per_sqm").is_not_null(),
            equal_or_all("country", values["country"]),
        )
        .group_by("country", "city", "currency", month=pl.col("first_seen_at").dt.strftime("%Y-%m"))
        .agg(listings=pl.len(), median_price_per_sqm=quantile(pl.col("price_per_sqm"), 0.5))
    )


def _price_summary(table: Table, values: Values) -> pl.LazyFrame:
    price = pl.col("list_price").cast(pl.Float64)
    return (
        _present(table, values, "property_type")
        .group_by("country", "city", "currency")
        .agg(
            listings=pl.len(),
            with_price=price.count(),
            mean_price=price.mean(),
            median_price=quantile(price, 0.5),
            p90_price=quantile(price, 0.9),
        )
    )


def _price_bands(table: Table, values: Values) -> pl.LazyFrame:
    band = (pl.col("list_price").cast(pl.Float64) / values["width"]).floor() * values["width"]
    return (
        _present(table, values, "city", "property_type")
        .filter(pl.col("list_price").is_not_null())
        .group_by("currency", price_from=band)
        .agg(listings=pl.len())
    )


def _cheapest_per_sqm(table: Table, values: Values) -> pl.LazyFrame:
    return (
        _present(table, values, "city", "property_type")
        .filter(
            pl.col("price_per_sqm").is_not_null(),
            pl.col("living_area_sqm") >= values["min_area"],
            pl.col("bedrooms_total").fill_null(0) >= values["min_bedrooms"],
        )
        .select(
            "source",
            "listing_key",
            "city",
            "currency",
            "listing_url",
            "price_per_sqm",
            "living_area_sqm",
            list_price=pl.col("list_price").cast(pl.Float64),
        )
        .sort("price_per_sqm", "source", "listing_key")
        .limit(int(values["limit"]))
    )


def _rent_yield(table: Table, values: Values) -> pl.LazyFrame:
    yearly = {"day": 365.0, "week": 52.0, "month": 12.0, "year": 1.0}
    rent = pl.col("price_per_sqm") * pl.col("price_period").replace_strict(
        yearly, default=None, return_dtype=pl.Float64
    )
    rented, sold = pl.col("offer") == "rent", pl.col("offer") == "sale"
    priced = pl.col("price_per_sqm").is_not_null()
    sale_median, rent_median = pl.col("sale_price_per_sqm"), pl.col("yearly_rent_per_sqm")
    return (
        table("listings")
        .filter(
            pl.col("presence") == "present",
            equal_or_all("country", values["country"]),
            equal_or_all("property_type", values["property_type"]),
        )
        .group_by("country", "city", "currency")
        .agg(
            sales=(sold & priced).sum(),
            rents=(rented & rent.is_not_null()).sum(),
            sale_price_per_sqm=quantile(pl.col("price_per_sqm").filter(sold), 0.5),
            yearly_rent_per_sqm=quantile(rent.filter(rented), 0.5),
        )
        .filter(pl.col("sales") >= values["min_listings"], pl.col("rents") >= values["min_listings"])
        .with_columns(rent_yield=rent_median / sale_median)
    )


MIN_LISTINGS = Parameter("min_listings", int, "areas with at least so many sales and so many rents", 5)

QUERIES = (
    Query(
        "price_per_sqm_by_month",
        "Median asking price per m² by city and month of first sight",
        (OFFER, COUNTRY),
        """SELECT country, city, currency, TIME_FORMAT(__time, 'yyyy-MM') AS "month", COUNT(*) AS listings,
  {quantile price_per_sqm 0.5} AS median_price_per_sqm
FROM {listings}
WHERE offer = $offer AND price_per_sqm IS NOT NULL AND ($country = '' OR country = $country)
GROUP BY 1, 2, 3, 4""",
        _price_per_sqm_by_month,
        keys=("country", "city", "currency", "month"),
        approximate=frozenset({"median_price_per_sqm"}),
    ),
    Query(
        "price_summary",
        "How many are on the market by city, how many with a price, and the mean, median and 90th percentile of these",
        (OFFER, PROPERTY_TYPE),
        # Asked only where there is a price, because Druid's quantile of nothing is no null but NaN.
        """SELECT country, city, currency, COUNT(*) AS listings, COUNT(list_price) AS with_price,
  CASE WHEN COUNT(list_price) > 0 THEN AVG(list_price) END AS mean_price,
  CASE WHEN COUNT(list_price) > 0 THEN {quantile list_price 0.5} END AS median_price,
  CASE WHEN COUNT(list_price) > 0 THEN {quantile list_price 0.9} END AS p90_price
FROM {listings}
WHERE presence = 'present' AND offer = $offer
  AND ($property_type = '' OR property_type = $property_type)
GROUP BY 1, 2, 3""",
        _price_summary,
        keys=("country", "city", "currency"),
        approximate=frozenset({"median_price", "p90_price"}),
    ),
    Query(
        "price_bands",
        "How many are on the market in each band of price",
        (OFFER, CITY, PROPERTY_TYPE, Parameter("width", float, "width of a band", 1_000_000.0, least=1)),
        """SELECT currency, FLOOR(list_price / $width) * $width AS price_from, COUNT(*) AS listings
FROM {listings}
WHERE presence = 'present' AND offer = $offer AND list_price IS NOT NULL
  AND ($city = '' OR city = $city) AND ($property_type = '' OR property_type = $property_type)
GROUP BY 1, 2""",
        _price_bands,
        keys=("currency", "price_from"),
    ),
    Query(
        "cheapest_per_sqm",
        "The cheapest per m² that are on the market",
        (
            OFFER,
            CITY,
            PROPERTY_TYPE,
            Parameter("min_area", float, "living area in m², at least", 0.0),
            Parameter("min_bedrooms", int, "bedrooms, at least", 0),
            LIMIT,
        ),
        # Grouped, because Druid sorts rows by nothing but time; the key makes each group one listing.
        """SELECT source, listing_key, city, currency, listing_url, MIN(price_per_sqm) AS price_per_sqm,
  MIN(living_area_sqm) AS living_area_sqm, MIN(list_price) AS list_price
FROM {listings}
WHERE presence = 'present' AND offer = $offer AND price_per_sqm IS NOT NULL AND living_area_sqm >= $min_area
  AND COALESCE(bedrooms_total, 0) >= $min_bedrooms
  AND ($city = '' OR city = $city) AND ($property_type = '' OR property_type = $property_type)
GROUP BY 1, 2, 3, 4, 5 ORDER BY 6, 1, 2 LIMIT $limit""",
        _cheapest_per_sqm,
        keys=("source", "listing_key"),
        ordered=True,
    ),
    Query(
        "rent_yield",
        "Median yearly rent per m² as a share of the median sale price per m², by city",
        (COUNTRY, PROPERTY_TYPE, MIN_LISTINGS),
        """SELECT *, yearly_rent_per_sqm / sale_price_per_sqm AS rent_yield FROM (
  SELECT country, city, currency,
    COUNT(sale) AS sales, COUNT(rent) AS rents,
    {quantile sale 0.5} AS sale_price_per_sqm, {quantile rent 0.5} AS yearly_rent_per_sqm
  FROM (
    SELECT country, city, currency,
      CASE WHEN offer = 'sale' THEN price_per_sqm END AS sale,
      CASE WHEN offer = 'rent' THEN price_per_sqm * CASE price_period
        WHEN 'day' THEN 365 WHEN 'week' THEN 52 WHEN 'month' THEN 12 WHEN 'year' THEN 1 END END AS rent
    FROM {listings}
    WHERE presence = 'present'
      AND ($country = '' OR country = $country) AND ($property_type = '' OR property_type = $property_type)
  )
  GROUP BY 1, 2, 3
) WHERE sales >= $min_listings AND rents >= $min_listings""",
        _rent_yield,
        keys=("country", "city", "currency"),
        approximate=frozenset({"sale_price_per_sqm", "yearly_rent_per_sqm", "rent_yield"}),
    ),
)
