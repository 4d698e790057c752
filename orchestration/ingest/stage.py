"""Stages the waiting feeds of one scope: verify, read, diff each against the listings as the one before leaves them.

The merge uses the staged rows (`resources.staging`) as long as nobody else has touched the source.
"""

import datetime
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from orchestration.logic.diff import Counts, Diff, Look, diff
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from orchestration.resources import staging
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from realestate_crawler.contracts.manifest import Decided, Manifest


@dataclass(frozen=True, slots=True)
class StagedFeed:
    """What one feed does, without the rows themselves."""

    ref: FeedRef
    observed_at: datetime.datetime
    counts: Counts
    new_columns: list[str]
    gone_columns: list[str]


@dataclass(frozen=True, slots=True)
class StagedScope:
    """The waiting feeds of one scope, in the order of their runs.

    Attributes:
        base_version: version of `listings` that the diffs started from.
        path: the staged rows (Parquet, LISTINGS columns and run_seq); empty without feeds.
        damaged: why the next feed, and with it the scope, cannot go on; empty when all is well.
    """

    source: str
    scope: str
    base_version: int
    path: str = ""
    feeds: list[StagedFeed] = field(default_factory=list)
    damaged: str = ""


def look_of(manifest: Manifest) -> Look:
    """What the diff must know of a feed."""
    return Look(
        source=manifest.source,
        scope=manifest.scope,
        run_id=manifest.run_id,
        observed_at=manifest.observed_at,
        complete=manifest.complete,
        volatile=frozenset(manifest.volatile),
        accepted=frozenset(manifest.accepts.keys if manifest.accepts else ()),
        retried=manifest.retries is not None,
        decided=None if manifest.decided is None else manifest.decided is Decided.HELD,
    )


def state_for(lake: Lake, version: int | None, source: str, observed: pl.DataFrame) -> pl.DataFrame:
    """Listings of a source that a diff needs: all active ones, and removed ones that are in the feed."""
    keys = observed["listing_key"].unique().to_list()
    wanted = pl.col("is_active") | pl.col("listing_key").is_in(keys)
    return (
        lake.scan(LISTINGS, version).filter((pl.col("source") == source) & wanted).select(*LISTINGS.columns).collect()
    )


def stage_scope(lake: Lake, landing: Landing, feeds: list[FeedRef], guard: Guard) -> StagedScope:
    """Diffs the waiting feeds of one scope, one after the other.

    A damaged feed stops its scope: what came before it is staged, what comes after it waits, and nothing is lost.
    """
    source, scope = feeds[0].source, feeds[0].scope
    version = lake.open(LISTINGS).version()
    staged: list[StagedFeed] = []
    rows: list[pl.DataFrame] = []
    touched = LISTINGS.empty()
    damaged = ""
    for ref in feeds:
        try:
            manifest = landing.manifest(ref)
            observed = landing.read(ref, manifest)
        except DamagedFeedError as error:
            damaged = str(error)
            break
        state = _as_left(state_for(lake, version, source, observed), touched)
        found = diff(observed, state, look_of(manifest), guard)
        touched = _as_left(touched, found.rows)
        rows.append(found.rows.with_columns(run_seq=pl.lit(ref.run_seq, pl.Int64)))
        staged.append(_staged(ref, manifest, found))
    path = _write(lake, source, scope, rows) if rows else ""
    return StagedScope(source, scope, version, path, staged, damaged)


def _as_left(state: pl.DataFrame, newer: pl.DataFrame) -> pl.DataFrame:
    """The state after rows were replaced or added."""
    return pl.concat([state.join(newer, on="listing_key", how="anti"), newer])


def _staged(ref: FeedRef, manifest: Manifest, found: Diff) -> StagedFeed:
    return StagedFeed(ref, manifest.observed_at, found.counts, found.new_columns, found.gone_columns)


def _write(lake: Lake, source: str, scope: str, rows: list[pl.DataFrame]) -> str:
    return staging.write(lake.root, source, scope, pl.concat(rows))


def read_staged(staged: StagedScope, run_seq: int) -> pl.DataFrame | None:
    """The staged rows of one feed; None where another run has cleared them away."""
    rows = staging.read(staged.path)
    return None if rows is None else rows.filter(pl.col("run_seq") == run_seq).select(*LISTINGS.columns)


def told(manifest: Manifest, found: StagedFeed) -> dict[str, Any]:
    """What the commit of a feed tells of it; a row of `feeds` is made from it."""
    return {
        "source": manifest.source,
        "scope": manifest.scope,
        "run_id": manifest.run_id,
        "run_seq": manifest.run_seq,
        "observed_at": manifest.observed_at.isoformat(),
        "complete": manifest.complete,
        "reasons": manifest.reasons,
        "claimed_total": manifest.claimed_total,
        "result_pages": manifest.result_pages,
        "items": manifest.items,
        "unique_listings": manifest.unique_listings,
        "quarantined": manifest.quarantined,
        "dropped": sum(manifest.drops.values()),
        "accepts_run": manifest.accepts.run_id if manifest.accepts else None,
        "retries_run": manifest.retries.run_id if manifest.retries else None,
        "new_columns": found.new_columns,
        "gone_columns": found.gone_columns,
        "counts": asdict(found.counts),
    }
