"""Columns, types and grain of every table; item columns are derived from the item itself.

What belongs here: the tables as data. What does not: reading and writing them (`resources.lake`).
To add a table: describe it here, write it in an asset; the data dictionary follows.
"""

from dataclasses import dataclass, field

import polars as pl

from realestate_crawler.items import MEANINGS, Form

UTC = pl.Datetime("us", "UTC")
MONEY = pl.Decimal(14, 2)

DTYPES: dict[Form, pl.DataType] = {
    Form.TEXT: pl.String(),
    Form.URL: pl.String(),
    Form.CHOICE: pl.String(),
    Form.COUNTRY: pl.String(),
    Form.CURRENCY: pl.String(),
    Form.MONEY: MONEY,
    Form.AREA: pl.Decimal(16, 4),
    Form.NUMBER: pl.Decimal(10, 2),
    Form.INTEGER: pl.Int64(),
    Form.DEGREES: pl.Decimal(12, 8),
    Form.DATE: pl.Date(),
    Form.TIMESTAMP: UTC,
    Form.FLAG: pl.Boolean(),
    Form.MAPPING: pl.String(),  # JSON: sources publish what they like, and it changes from day to day
}

# What one observation adds to the facts; the rest of the item is facts.
OBSERVATION = ("kind", "scope", "run_id", "observed_at", "card_hash")
FACTS: tuple[str, ...] = tuple(name for name in MEANINGS if name not in OBSERVATION)
ITEM_SCHEMA: dict[str, pl.DataType] = {name: DTYPES[meaning.form] for name, meaning in MEANINGS.items()}
FACT_SCHEMA: dict[str, pl.DataType] = {name: ITEM_SCHEMA[name] for name in FACTS}

DERIVED: dict[str, pl.DataType] = {
    "living_area_sqm": pl.Float64(),
    "lot_size_sqm": pl.Float64(),
    "price_per_sqm": pl.Float64(),
}
FIELD_CHANGE = pl.Struct({"field_name": pl.String(), "previous_value": pl.String(), "new_value": pl.String()})
HELD = pl.Struct(dict.fromkeys(("scope", "run_id", "what", "kept_value", "new_value", "pattern"), pl.String()))


@dataclass(frozen=True, slots=True)
class Table:
    """One Delta table.

    Attributes:
        layer: silver or gold.
        grain: what one row is.
        columns: column → type, in order.
        meaning: column → meaning, for columns that are not the item's own.
    """

    layer: str
    name: str
    grain: str
    columns: dict[str, pl.DataType]
    partition_by: tuple[str, ...] = ()
    meaning: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Below the lake: <layer>/<table>."""
        return f"{self.layer}/{self.name}"

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        return pl.DataFrame(schema=self.columns)


_DERIVED_MEANING = {
    "living_area_sqm": "living_area in square metres.",
    "lot_size_sqm": "lot_size_area in square metres.",
    "price_per_sqm": "list_price by living_area_sqm, in currency per m² (for rents: per price_period).",
}

LISTINGS = Table(
    "silver",
    "listings",
    "one row per listing: what is known of it now",
    {
        **FACT_SCHEMA,
        **DERIVED,
        "presence": pl.String(),
        "is_active": pl.Boolean(),
        "present_in": pl.List(pl.String()),
        "missing_in": pl.List(pl.String()),
        "first_seen_at": UTC,
        "last_seen_at": UTC,
        "removed_at": UTC,
        "last_change_type": pl.String(),
        "last_change_at": UTC,
        "last_change_scope": pl.String(),
        "last_change_run_id": pl.String(),
        "last_changes": pl.List(FIELD_CHANGE),
        "held": pl.List(HELD),
    },
    ("source", "is_active"),
    {
        **_DERIVED_MEANING,
        "presence": "What the crawls observed: present, missing (one complete miss), removed (two in a row).",
        "is_active": "Not removed. Active rows lie apart from removed ones: cost follows the market, not its history.",
        "present_in": "Scopes whose last complete look saw it.",
        "missing_in": "Scopes whose last complete look missed it for the first time.",
        "first_seen_at": "First observation.",
        "last_seen_at": "Latest observation.",
        "removed_at": "Observation that confirmed the removal; null while it is not removed.",
        "last_change_type": "Latest change: new, changed, missing, removed, relisted.",
        "last_change_at": "Observation of the latest change.",
        "last_change_scope": "Scope of the latest change.",
        "last_change_run_id": "Run of the latest change.",
        "last_changes": "Fields of the latest change, old → new.",
        "held": "What a scope says and no market does (field, presence, listing_key), held until a person accepts it.",
    },
)

LISTING_CHANGES = Table(
    "silver",
    "listing_changes",
    "one row per changed field, and one per listing that is new, missing, removed or relisted",
    {
        "source": pl.String(),
        "listing_key": pl.String(),
        "scope": pl.String(),
        "run_id": pl.String(),
        "observed_at": UTC,
        "change_type": pl.String(),
        "field_name": pl.String(),
        "previous_value": pl.String(),
        "new_value": pl.String(),
    },
    (),
    {
        "observed_at": "When the market was seen like this.",
        "change_type": "new, changed, missing, removed or relisted.",
        "field_name": "Item field, or extra.<column> for a source column that no field names; null unless changed.",
        "previous_value": "Value before, as text (RESO PreviousValue); null unless changed, or where there was none.",
        "new_value": "Value now, as text (RESO NewValue); null unless changed, or where there is none.",
    },
)

LISTING_HISTORY = Table(
    "silver",
    "listing_history",
    "one row per version of a listing, valid from valid_from up to valid_to",
    {
        **FACT_SCHEMA,
        **DERIVED,
        "first_seen_at": UTC,
        "valid_from": UTC,
        "valid_to": UTC,
        "is_current": pl.Boolean(),
        "run_id": pl.String(),
    },
    ("is_current",),
    {
        **_DERIVED_MEANING,
        "first_seen_at": "First observation of the listing.",
        "valid_from": "Observation that showed this version.",
        "valid_to": "Observation that showed the next version or confirmed the removal; null = current.",
        "is_current": "valid_to is null; current versions lie apart from past ones.",
        "run_id": "Run that showed this version.",
    },
)

FEEDS = Table(
    "silver",
    "feeds",
    "one row per feed that was applied: what the crawl claimed and what the diff found",
    {
        "source": pl.String(),
        "scope": pl.String(),
        "run_id": pl.String(),
        "run_seq": pl.Int64(),
        "observed_at": UTC,
        "complete": pl.Boolean(),
        "reasons": pl.List(pl.String()),
        "claimed_total": pl.Int64(),
        "result_pages": pl.Int64(),
        "items": pl.Int64(),
        "unique_listings": pl.Int64(),
        "quarantined": pl.Int64(),
        "dropped": pl.Int64(),
        "new": pl.Int64(),
        "changed": pl.Int64(),
        "unchanged": pl.Int64(),
        "missing": pl.Int64(),
        "removed": pl.Int64(),
        "relisted": pl.Int64(),
        "held": pl.Int64(),
        "late": pl.Int64(),
        "held_changes": pl.Int64(),
        "rekeyed": pl.Int64(),
        "holds": pl.List(pl.String()),
        "flags": pl.List(pl.String()),
        "new_columns": pl.List(pl.String()),
        "gone_columns": pl.List(pl.String()),
        "accepts_run": pl.String(),
        "retries_run": pl.String(),
        "listings_version": pl.Int64(),
    },
    (),
    {
        "run_seq": "Place of the run among the runs of its scope.",
        "complete": "Whether absence in this feed proves anything.",
        "reasons": "Why not complete.",
        "claimed_total": "Listings the source itself says there are.",
        "result_pages": "Result pages read.",
        "items": "Lines of the feed.",
        "unique_listings": "Different keys seen.",
        "quarantined": "Listings in quarantine.",
        "dropped": "Listings left out on purpose (duplicates, outside the criterion).",
        "new": "Listings seen for the first time.",
        "changed": "Listings with a changed field (relisted ones not counted).",
        "unchanged": "Listings as they were.",
        "missing": "Listings missed for the first time.",
        "removed": "Listings missed for the second time in a row.",
        "relisted": "Removed listings seen again.",
        "held": "Removals held for a person: more than the guard lets pass at once.",
        "held_changes": "Changed fields held for a person, each of each listing: a mass change that no market makes.",
        "rekeyed": "Vanished listings held for a person together with new ones that are their twins.",
        "holds": "What is held and why, in words.",
        "flags": "What was taken and still looks like no market, in words.",
        "late": "Listings from quarantine of which newer runs have told already; nothing was applied.",
        "new_columns": "Source columns that appeared.",
        "gone_columns": "Source columns that vanished.",
        "accepts_run": "Run of which a person let something pass here that it had held; null for a crawl.",
        "retries_run": "Run whose quarantine went through the rules again here; null for a crawl.",
        "listings_version": "Version of silver/listings that this feed made.",
        "observed_at": "When the market was seen like this.",
    },
)
# Of a run in FEEDS, whether it looked at the source itself; an acceptance or a retry says nothing of how a crawl went.
IS_CRAWL = pl.col("accepts_run").is_null() & pl.col("retries_run").is_null()

MARKET_DAILY = Table(
    "gold",
    "market_daily",
    "one row per area, kind of property and day (UTC)",
    {
        "date": pl.Date(),
        "country": pl.String(),
        "state_or_province": pl.String(),
        "city": pl.String(),
        "offer": pl.String(),
        "property_type": pl.String(),
        "currency": pl.String(),
        "price_period": pl.String(),
        "supply": pl.Int64(),
        "new_listings": pl.Int64(),
        "removed_listings": pl.Int64(),
        "relisted_listings": pl.Int64(),
        "price_cuts": pl.Int64(),
        "price_rises": pl.Int64(),
        "median_list_price": pl.Float64(),
        "median_price_per_sqm": pl.Float64(),
        "median_days_on_market": pl.Float64(),
    },
    (),
    {
        "date": "Day, UTC.",
        "supply": "Listings on the market at the end of the day.",
        "new_listings": "Listings seen for the first time that day.",
        "removed_listings": "Listings whose removal was confirmed that day.",
        "relisted_listings": "Removed listings that came back that day.",
        "price_cuts": "Price changes downwards that day.",
        "price_rises": "Price changes upwards that day.",
        "median_list_price": "Median list_price of the supply, in currency.",
        "median_price_per_sqm": "Median price_per_sqm of the supply, in currency per m².",
        "median_days_on_market": "Median days since first seen of the supply.",
    },
)

TABLES: tuple[Table, ...] = (LISTINGS, LISTING_HISTORY, LISTING_CHANGES, FEEDS, MARKET_DAILY)
