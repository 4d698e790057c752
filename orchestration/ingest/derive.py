"""Catches the derived tables up with `listings`: listing_changes, listing_history and feeds.

Each version of `listings` that applied a feed is derived once: the transaction ("listings", version) of each derived
table says how far it is. A run that died between two tables is finished by the next one.
"""

import datetime
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.ingest.realign import realign
from orchestration.logic.events import change_events, changed_rows, history_steps
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, Table
from orchestration.resources.delta import quoted
from orchestration.resources.lake import Lake, commit_properties, done

logger = logging.getLogger(__name__)

APP = "listings"
ATTEMPTS = 5


def derive_changes(lake: Lake) -> int:
    """Appends what is missing in listing_changes; how many rows that was."""
    written = 0
    for version, feed in _behind(lake, LISTING_CHANGES):
        events = change_events(_rows(lake, version, feed))
        if _once(lake, LISTING_CHANGES, version, partial(_append, rows=events)):
            written += events.height
    return written


def derive_history(lake: Lake) -> int:
    """Closes and opens versions in listing_history; how many rows were opened."""
    opened = 0
    for version, feed in _behind(lake, LISTING_HISTORY):
        steps = history_steps(_rows(lake, version, feed))
        if _once(lake, LISTING_HISTORY, version, partial(_merge_history, steps=steps, source=feed["source"])):
            opened += steps.filter(pl.col("closes").is_null()).height
    return opened


def derive_feeds(lake: Lake) -> int:
    """Appends a row for each applied feed; how many there were."""
    written = 0
    for version, feed in _behind(lake, FEEDS):
        counts = feed["counts"]
        row: dict[str, Any] = {name: feed.get(name, counts.get(name)) for name in FEEDS.columns}
        row["observed_at"] = datetime.datetime.fromisoformat(feed["observed_at"])
        row["listings_version"] = version
        written += _once(lake, FEEDS, version, partial(_append, rows=pl.DataFrame([row], schema=FEEDS.columns)))
    return written


def _behind(lake: Lake, table: Table) -> list[tuple[int, dict[str, Any]]]:
    realign(lake, table)
    return lake.feeds_by_version(LISTINGS, done(lake.open(table), APP))


def _rows(lake: Lake, version: int, feed: dict[str, Any]) -> pl.DataFrame:
    return changed_rows(lake.scan(LISTINGS, version), feed["source"], feed["scope"], feed["run_id"])


def _once(lake: Lake, table: Table, version: int, write: Callable[[DeltaTable, int], None]) -> bool:
    """Writes what follows from a version, unless another run has done so; says whether this one did."""
    for attempt in range(1, ATTEMPTS + 1):
        opened = lake.open(table)
        if done(opened, APP) >= version:
            return False
        try:
            write(opened, version)
        except CommitFailedError as error:
            logger.warning("%s, version %d of listings: attempt %d: %s", table.path, version, attempt, error)
            continue
        return True
    raise RuntimeError(f"{table.path}: {ATTEMPTS} attempts met other writers; run again when they are done")


def _append(table: DeltaTable, version: int, *, rows: pl.DataFrame) -> None:
    write_deltalake(table, rows, mode="append", commit_properties=commit_properties(APP, version))


def _merge_history(table: DeltaTable, version: int, *, steps: pl.DataFrame, source: str) -> None:
    if steps.is_empty():
        _append(table, version, rows=LISTING_HISTORY.empty())
        return
    (
        table.merge(
            steps,
            predicate=f"t.is_current = true AND t.source = {quoted(source)} AND s.closes = t.listing_key",
            source_alias="s",
            target_alias="t",
            commit_properties=commit_properties(APP, version),
        )
        .when_matched_update({"valid_to": "s.valid_from", "is_current": "false"})
        .when_not_matched_insert({name: f"s.{name}" for name in LISTING_HISTORY.columns}, "s.closes IS NULL")
        .execute()
    )
