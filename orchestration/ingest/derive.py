"""Catches the derived tables up with `listings`: listing_changes, listing_history and feeds.

Each version of `listings` that applied a feed is derived once: the transaction ("listings", version) of each derived
table says how far it is. A run that died between two tables is finished by the next one.
"""

import datetime
import logging
from collections.abc import Callable
from typing import Any

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.ingest.realign import in_line, realign
from orchestration.logic.events import change_events, changed_rows, history_steps
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, Table
from orchestration.resources.delta import quoted
from orchestration.resources.lake import Lake, commit_properties, done

logger = logging.getLogger(__name__)

APP = "listings"
ATTEMPTS = 5

# Writes to an opened table what follows from a version of listings and its feed; how many rows that was.
Write = Callable[[DeltaTable, int, dict[str, Any]], int]


class PutBackError(RuntimeError):
    """`listings`, or the table itself, was put back to an older version meanwhile."""


def derive_changes(lake: Lake) -> int:
    """Appends what is missing in listing_changes; how many rows that was."""

    def write(opened: DeltaTable, version: int, feed: dict[str, Any]) -> int:
        events = change_events(_rows(lake, version, feed))
        _append(opened, version, rows=events)
        return events.height

    return _catch_up(lake, LISTING_CHANGES, write)


def derive_history(lake: Lake) -> int:
    """Closes and opens versions in listing_history; how many rows were opened."""

    def write(opened: DeltaTable, version: int, feed: dict[str, Any]) -> int:
        steps = history_steps(_rows(lake, version, feed))
        _merge_history(opened, version, steps=steps, source=feed["source"])
        return steps.filter(pl.col("closes").is_null()).height

    return _catch_up(lake, LISTING_HISTORY, write)


def derive_feeds(lake: Lake) -> int:
    """Appends a row for each applied feed; how many there were."""

    def write(opened: DeltaTable, version: int, feed: dict[str, Any]) -> int:
        counts = feed["counts"]
        row: dict[str, Any] = {name: feed.get(name, counts.get(name)) for name in FEEDS.columns}
        row["observed_at"] = datetime.datetime.fromisoformat(feed["observed_at"])
        row["listings_version"] = version
        _append(opened, version, rows=pl.DataFrame([row], schema=FEEDS.columns))
        return 1

    return _catch_up(lake, FEEDS, write)


def _catch_up(lake: Lake, table: Table, write: Write) -> int:
    """Derives what a table lacks, version by version; the sum of what `write` says."""
    written = 0
    for attempt in range(1, ATTEMPTS + 1):
        realign(lake, table)
        reached = done(lake.open(table), APP)
        try:
            for step in lake.feeds_by_version(LISTINGS, reached):
                written += _once(lake, table, reached, step, write)
                reached = step[0]
        except PutBackError as error:
            logger.warning("%s: attempt %d: %s", table.path, attempt, error)
            continue
        return written
    raise RuntimeError(f"{table.path}: {ATTEMPTS} attempts met a restore; run again when it is done")


def _rows(lake: Lake, version: int, feed: dict[str, Any]) -> pl.DataFrame:
    return changed_rows(lake.scan(LISTINGS, version), feed["source"], feed["scope"], feed["run_id"])


def _once(lake: Lake, table: Table, follows: int, step: tuple[int, dict[str, Any]], write: Write) -> int:
    """Writes what follows from a version and its feed, unless another run has done so; how many rows.

    Raises:
        PutBackError: when the version, or the one that the table was derived up to, does not count any more.
    """
    version, feed = step
    for attempt in range(1, ATTEMPTS + 1):
        opened = lake.open(table)
        reached = done(opened, APP)
        if reached >= version:
            return 0
        # Looked at after the table was opened: whoever puts it back now is met by the commit.
        if reached != follows or not in_line(lake, follows, version):
            raise PutBackError(f"derived up to version {reached} of listings, {follows} was expected before {version}")
        try:
            return write(opened, version, feed)
        except CommitFailedError as error:
            logger.warning("%s, version %d of listings: attempt %d: %s", table.path, version, attempt, error)
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
