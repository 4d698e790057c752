"""What one version of `listings` says happened: rows for listing_changes, and steps for listing_history.

Each row of `listings` carries its latest change, so the version that a feed made is all that is needed: the derived
tables can be caught up or rebuilt at any time, and never disagree with it.
"""

import polars as pl

from orchestration.logic.schemas import FACTS, LISTING_CHANGES, LISTING_HISTORY
from realestate_crawler.vocabulary import ChangeType

_OPENS = (ChangeType.NEW, ChangeType.CHANGED, ChangeType.RELISTED)
_CLOSES = (ChangeType.CHANGED, ChangeType.REMOVED)


def changed_rows(listings: pl.LazyFrame, source: str, scope: str, run_id: str) -> pl.DataFrame:
    """The rows of a version of `listings` whose latest change came with that run."""
    return listings.filter(
        pl.col("source") == source,
        pl.col("last_change_run_id") == run_id,
        pl.col("last_change_scope") == scope,
    ).collect()


def change_events(rows: pl.DataFrame) -> pl.DataFrame:
    """listing_changes rows: one a changed field, one a listing that is new, missing, removed or relisted."""
    told = rows.select(
        "source",
        "listing_key",
        scope="last_change_scope",
        run_id="last_change_run_id",
        observed_at="last_change_at",
        change_type="last_change_type",
        changes="last_changes",
    )
    whole = told.filter(pl.col("change_type") != ChangeType.CHANGED).with_columns(
        pl.lit(None, pl.String).alias(name) for name in ("field_name", "previous_value", "new_value")
    )
    fields = (
        told.filter(pl.col("changes").list.len() > 0)
        .explode("changes")
        .unnest("changes")
        .with_columns(change_type=pl.lit(ChangeType.CHANGED.value))
    )
    columns = list(LISTING_CHANGES.columns)
    return pl.concat([whole.select(columns), fields.select(columns)]).sort("listing_key", "change_type", "field_name")


def history_steps(rows: pl.DataFrame) -> pl.DataFrame:
    """listing_history columns plus `closes` (key of the current version to close at valid_from, else null).

    A changed listing closes its current version and opens another: two rows.
    """
    base = rows.select(
        *FACTS,
        "living_area_sqm",
        "lot_size_sqm",
        "price_per_sqm",
        "first_seen_at",
        "last_change_type",
        valid_from="last_change_at",
        valid_to=pl.lit(None, pl.Datetime("us", "UTC")),
        is_current=pl.lit(True),
        run_id="last_change_run_id",
    )
    opens = base.filter(pl.col("last_change_type").is_in([t.value for t in _OPENS]))
    closes = base.filter(pl.col("last_change_type").is_in([t.value for t in _CLOSES]))
    columns = list(LISTING_HISTORY.columns)
    return pl.concat(
        [
            opens.select(*columns, closes=pl.lit(None, pl.String)),
            closes.select(*columns, closes=pl.col("listing_key")),
        ]
    )
