"""Catches the derived tables up with `listings`: listing_changes, listing_history and feeds.

Each version of `listings` that applied a feed is derived once: the transaction ("listings", version) of each derived
table says how far it is. A run that died between two tables is finished by the next one.
"""

import datetime
from typing import Any

import polars as pl
from deltalake import write_deltalake

from orchestration.logic.events import change_events, changed_rows, history_steps
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, Table
from orchestration.resources.lake import Lake, commit_properties, done

APP = "listings"


def derive_changes(lake: Lake) -> int:
    """Appends what is missing in listing_changes; how many rows that was."""
    written = 0
    for version, feed in _behind(lake, LISTING_CHANGES):
        events = change_events(_rows(lake, version, feed))
        _append(lake, LISTING_CHANGES, events, version)
        written += events.height
    return written


def derive_history(lake: Lake) -> int:
    """Closes and opens versions in listing_history; how many rows were opened."""
    opened = 0
    for version, feed in _behind(lake, LISTING_HISTORY):
        steps = history_steps(_rows(lake, version, feed))
        opened += steps.filter(pl.col("closes").is_null()).height
        table = lake.open(LISTING_HISTORY)
        if steps.is_empty():
            _append(lake, LISTING_HISTORY, LISTING_HISTORY.empty(), version)
            continue
        (
            table.merge(
                steps,
                predicate=f"t.is_current = true AND t.source = '{feed['source']}' AND s.closes = t.listing_key",
                source_alias="s",
                target_alias="t",
                commit_properties=commit_properties(APP, version),
            )
            .when_matched_update({"valid_to": "s.valid_from", "is_current": "false"})
            .when_not_matched_insert({name: f"s.{name}" for name in LISTING_HISTORY.columns}, "s.closes IS NULL")
            .execute()
        )
    return opened


def derive_feeds(lake: Lake) -> int:
    """Appends a row for each applied feed; how many there were."""
    behind = _behind(lake, FEEDS)
    for version, feed in behind:
        counts = feed["counts"]
        row: dict[str, Any] = {name: feed.get(name, counts.get(name)) for name in FEEDS.columns}
        row["observed_at"] = datetime.datetime.fromisoformat(feed["observed_at"])
        row["listings_version"] = version
        _append(lake, FEEDS, pl.DataFrame([row], schema=FEEDS.columns), version)
    return len(behind)


def _behind(lake: Lake, table: Table) -> list[tuple[int, dict[str, Any]]]:
    return lake.feeds_by_version(LISTINGS, done(lake.open(table), APP))


def _rows(lake: Lake, version: int, feed: dict[str, Any]) -> pl.DataFrame:
    return changed_rows(lake.scan(LISTINGS, version), feed["source"], feed["scope"], feed["run_id"])


def _append(lake: Lake, table: Table, rows: pl.DataFrame, version: int) -> None:
    write_deltalake(lake.open(table), rows, mode="append", commit_properties=commit_properties(APP, version))
