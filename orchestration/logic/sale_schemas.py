"""Columns, types and grain of the tables about sales; the columns of a sale are derived from the item itself.

What belongs here: the tables as data. What does not: the tables about listings (`schemas`).
"""

import polars as pl

from orchestration.logic.schemas import DTYPES, FIELD_CHANGE, LISTING_CHANGES, UTC, Table
from realestate_crawler.sale import SALE_MEANINGS

# What one record adds to the facts; the rest of the item is facts.
RECORD = ("record", "line_number", "scope", "run_id", "observed_at")
SALE_SCHEMA: dict[str, pl.DataType] = {name: DTYPES[meaning.form] for name, meaning in SALE_MEANINGS.items()}
SALE_FACTS: tuple[str, ...] = tuple(name for name in SALE_MEANINGS if name not in RECORD)
COMPARED_FACTS: tuple[str, ...] = tuple(name for name in SALE_FACTS if SALE_MEANINGS[name].compared)


def _said(name: str) -> str:
    meaning = SALE_MEANINGS[name]
    words = f" One of: {', '.join(member.value for member in meaning.vocabulary)}." if meaning.vocabulary else ""
    unit = f" Unit: {meaning.unit}." if meaning.unit else ""
    return f"{meaning.meaning}{unit}{words}" + (f" RESO: {meaning.reso}." if meaning.reso else "")


SALES = Table(
    "silver",
    "sales",
    "one row per registered sale: what is known of it now, deleted ones included",
    {
        **{name: SALE_SCHEMA[name] for name in SALE_FACTS},
        "full_in": pl.List(pl.String()),
        "first_seen_at": UTC,
        "last_seen_at": UTC,
        "deleted_at": UTC,
        "last_change_type": pl.String(),
        "last_change_at": UTC,
        "last_change_scope": pl.String(),
        "last_change_run_id": pl.String(),
        "last_changes": pl.List(FIELD_CHANGE),
    },
    (),
    {
        **{name: _said(name) for name in SALE_FACTS},
        "full_in": "Scopes whose latest full file lists it; when the last of them no longer does, it is deleted.",
        "first_seen_at": "Time of the first file that told of it.",
        "last_seen_at": "Time of the latest file that told of it; what older files say is not applied.",
        "deleted_at": "Time of the file that deleted it; null while it is registered.",
        "last_change_type": "Latest change: new, changed, deleted, restored.",
        "last_change_at": "Time of the file with the latest change.",
        "last_change_scope": "Scope of the latest change.",
        "last_change_run_id": "Run of the latest change.",
        "last_changes": "Fields of the latest change, old → new.",
    },
)

SALE_CHANGES = Table(
    "silver",
    "sale_changes",
    "one row per changed field of a sale, and one per sale that is deleted or restored",
    dict(LISTING_CHANGES.columns),
    (),
    {
        "source": "The register.",
        "listing_key": "The register's own id of the transaction.",
        "scope": "Scope of the file.",
        "run_id": "Run that read the file.",
        "observed_at": "When the file said so.",
        "change_type": "changed, deleted or restored; that a sale is new, its row in sales says.",
        "field_name": "Field of the sale; null unless changed.",
        "previous_value": "Value before, as text; null unless changed, or where there was none.",
        "new_value": "Value now, as text; null unless changed, or where there is none.",
    },
)

_COUNTS = {
    "records": "Records of the file.",
    "superseded": "Records with a later record of the same sale in the same file.",
    "stale": "Sales of which a newer file has told already; nothing was applied.",
    "new": "Sales told for the first time.",
    "changed": "Sales with a changed field.",
    "unchanged": "Sales as they were.",
    "deleted": "Sales that a record deletes.",
    "restored": "Deleted sales that are registered again.",
    "absent": "Sales deleted because no full file lists them any more.",
    "held": "Deletions by absence held for a person: more than the guard lets pass at once.",
}

SALE_FEEDS = Table(
    "silver",
    "sale_feeds",
    "one row per file of sales that was applied",
    {
        "source": pl.String(),
        "scope": pl.String(),
        "run_id": pl.String(),
        "run_seq": pl.Int64(),
        "observed_at": UTC,
        "complete": pl.Boolean(),
        "reasons": pl.List(pl.String()),
        "quarantined": pl.Int64(),
        "dropped": pl.Int64(),
        "accepts_run": pl.String(),
        **dict.fromkeys(_COUNTS, pl.Int64()),
        "sales_version": pl.Int64(),
    },
    (),
    {
        "source": "The register.",
        "scope": "Scope of the file.",
        "run_id": "Run that read the file.",
        "run_seq": "Place of the run among the runs of its scope.",
        "observed_at": "When the file said so.",
        "complete": "Whether absence in this file proves anything.",
        "reasons": "Why not complete.",
        "quarantined": "Records in quarantine.",
        "dropped": "Records outside the criterion.",
        "accepts_run": "Run whose held deletions a person let pass here; null for a file.",
        **_COUNTS,
        "sales_version": "Version of silver/sales that this file made.",
    },
)

SALES_MATCHES = Table(
    "gold",
    "sales_matches",
    "one row per listing and registered sale of the same address",
    {
        "source": pl.String(),
        "listing_key": pl.String(),
        "sale_source": pl.String(),
        "sale_key": pl.String(),
        "match_method": pl.String(),
        "matched_address": pl.String(),
        "postal_code": pl.String(),
        "offer": pl.String(),
        "list_price": DTYPES[SALE_MEANINGS["close_price"].form],
        "currency": pl.String(),
        "close_price": DTYPES[SALE_MEANINGS["close_price"].form],
        "sale_currency": pl.String(),
        "close_date": pl.Date(),
        "days_after_first_seen": pl.Int64(),
        "close_to_list": pl.Float64(),
    },
    (),
    {
        "source": "Collection of the listing.",
        "listing_key": "Key of the listing.",
        "sale_source": "The register.",
        "sale_key": "Key of the sale.",
        "match_method": "How the match was made: which parts of the address, normalised, are equal.",
        "matched_address": "The normalised address that both have.",
        "postal_code": "Postcode, normalised.",
        "offer": "Offer of the listing.",
        "list_price": "Asking price, last known.",
        "currency": "Currency of list_price.",
        "close_price": "Price paid.",
        "sale_currency": "Currency of close_price.",
        "close_date": "Date of the transfer deed.",
        "days_after_first_seen": "Days from the first sight of the listing to the sale; negative: an earlier sale.",
        "close_to_list": "close_price by list_price, for offers to buy in the same currency; else null.",
    },
)

SALE_TABLES: tuple[Table, ...] = (SALES, SALE_CHANGES, SALE_FEEDS, SALES_MATCHES)
