"""How each scope stands: its last runs, its listings, and what waits for a run or for a person. Reads only."""

import datetime
from typing import Any

import polars as pl

from orchestration.logic.held import HeldKind, held_counts, held_entries
from orchestration.logic.schemas import FEEDS, IS_CRAWL, LISTINGS
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from realestate_crawler.contracts.manifest import ItemKind

SCOPE = ["source", "scope"]
SCHEMA: dict[str, pl.DataType] = {
    "item": pl.String(),
    "source": pl.String(),
    "scope": pl.String(),
    "last_run": pl.String(),
    "last_run_at": pl.Datetime("us", "UTC"),
    "last_run_complete": pl.Boolean(),
    "last_complete_run": pl.String(),
    "last_complete_at": pl.Datetime("us", "UTC"),
    "age_hours": pl.Float64(),
    "present": pl.Int64(),
    "missing": pl.Int64(),
    "held": pl.Int64(),
    "held_changes": pl.Int64(),
    "held_keys": pl.Int64(),
    "waiting": pl.Int64(),
    "damaged": pl.String(),
    "quarantined": pl.Int64(),
}


def scope_status(lake: Lake, landing: Landing, now: datetime.datetime) -> pl.DataFrame:
    """One row a scope that has a feed anywhere.

    Columns: `item` is listing; the last run and the last complete run by number, applied or waiting; `age_hours` since
    the last complete observation; listings `present` in the scope and `missing` (first miss, or held); removals `held`,
    `held_changes` of single fields, and listings under another key (`held_keys`) that wait for a person; feeds
    `waiting`; `damaged`: why the first waiting feed that is damaged stops the scope, else null; listings `quarantined`
    by the latest run.
    """
    applied = lake.read(FEEDS)
    runs = applied.select(
        *SCOPE, "run_seq", "run_id", "observed_at", "complete", "quarantined", "accepts_run", "retries_run"
    )
    counted = {key: int(seq) for key, seq in _newest(applied)}
    waiting: list[dict[str, Any]] = []
    damaged: dict[tuple[str, str], str] = {}
    for feed in landing.feeds():
        if feed.run_seq <= counted.get((feed.source, feed.scope), 0):
            continue
        waiting.append({"source": feed.source, "scope": feed.scope, "run_seq": feed.run_seq, **_told(landing, feed)})
        reason = waiting[-1].pop("damaged")
        if reason:
            damaged.setdefault((feed.source, feed.scope), reason)
    found = pl.DataFrame(waiting, schema=runs.schema)
    every = pl.concat([runs, found]).sort("run_seq")
    if every.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    told = every.group_by(SCOPE).agg(
        last_run=pl.col("run_id").filter(IS_CRAWL).last(),
        last_run_at=pl.col("observed_at").filter(IS_CRAWL).last(),
        last_run_complete=pl.col("complete").filter(IS_CRAWL).last(),
        last_complete_run=pl.col("run_id").filter(pl.col("complete")).last(),
        last_complete_at=pl.col("observed_at").filter(pl.col("complete")).last(),
        quarantined=pl.col("quarantined").filter(IS_CRAWL).drop_nulls().last(),
    )
    held = held_counts(held_entries(lake.scan(LISTINGS))).rename(
        {HeldKind.REMOVALS: "held", HeldKind.CHANGES: "held_changes", HeldKind.KEYS: "held_keys"}
    )
    reasons = pl.DataFrame(
        [(*key, reason) for key, reason in damaged.items()],
        schema={**dict.fromkeys(SCOPE, pl.String()), "damaged": pl.String()},
        orient="row",
    )
    return (
        told.join(_listings(lake), on=SCOPE, how="left")
        .join(held, on=SCOPE, how="left")
        .join(found.group_by(SCOPE).agg(waiting=pl.len().cast(pl.Int64)), on=SCOPE, how="left")
        .join(reasons, on=SCOPE, how="left")
        .with_columns(item=pl.lit(ItemKind.LISTING.value))
        .with_columns(age_hours=((pl.lit(now) - pl.col("last_complete_at")).dt.total_minutes() / 60).round(1))
        .with_columns(
            pl.col("present", "missing", "held", "held_changes", "held_keys", "waiting", "quarantined").fill_null(0)
        )
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort(SCOPE)
    )


def _newest(applied: pl.DataFrame) -> list[tuple[tuple[str, str], int]]:
    newest = applied.group_by(SCOPE).agg(pl.col("run_seq").max())
    return [((source, scope), seq) for source, scope, seq in newest.iter_rows()]


def _told(landing: Landing, feed: FeedRef) -> dict[str, Any]:
    """What the manifest of a waiting feed says; its parts are verified: damage shows before a run meets it."""
    try:
        manifest = landing.manifest(feed)
        told = {
            "run_id": manifest.run_id,
            "observed_at": manifest.observed_at,
            "complete": manifest.complete,
            "quarantined": manifest.quarantined,
            "accepts_run": manifest.accepts.run_id if manifest.accepts else None,
            "retries_run": manifest.retries.run_id if manifest.retries else None,
        }
    except DamagedFeedError as error:
        run_id = feed.key.rpartition("run=")[2].partition("/")[0]
        return {"run_id": run_id, "observed_at": None, "complete": None, "quarantined": None, "damaged": str(error)}
    try:
        flaws = landing.observe(feed, manifest).flaws
    except DamagedFeedError as error:
        return {**told, "complete": None, "damaged": str(error)}
    return {**told, "complete": manifest.complete and not flaws.bad, "damaged": None}


def _listings(lake: Lake) -> pl.DataFrame:
    """Listings that each scope sees, and those that it missed."""
    active = lake.scan(LISTINGS).filter("is_active").select("source", "present_in", "missing_in").collect()
    counts = [
        active.select("source", scope=column).explode("scope").drop_nulls().group_by(SCOPE).agg(pl.len().alias(name))
        for name, column in (("present", "present_in"), ("missing", "missing_in"))
    ]
    return counts[0].join(counts[1], on=SCOPE, how="full", coalesce=True)
