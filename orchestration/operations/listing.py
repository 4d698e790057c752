"""What all tables know of one listing. Reads only."""

from dataclasses import dataclass

import polars as pl

from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.resources.lake import Lake


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of one listing: at most one of `listings`, all of `listing_changes` and `listing_history`."""

    current: pl.DataFrame
    changes: pl.DataFrame
    versions: pl.DataFrame


def sources_of(lake: Lake, key: str) -> list[str]:
    """The sources that know this key."""
    found = lake.scan(LISTINGS).filter(pl.col("listing_key") == key).select("source").collect()
    return sorted(found["source"].unique())


def known(lake: Lake, source: str, key: str) -> Known:
    """Everything about (source, key)."""
    this = (pl.col("source") == source) & (pl.col("listing_key") == key)
    frames = [lake.scan(table).filter(this).collect() for table in (LISTINGS, LISTING_CHANGES, LISTING_HISTORY)]
    return Known(*frames)
