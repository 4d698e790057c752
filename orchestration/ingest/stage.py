"""Stages the waiting feeds of one scope: verify, read, diff each against the listings as the one before leaves them.

The merge uses the staged rows (`resources.staging`) as long as nobody else has touched the source.
"""

import datetime
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl
from deltalake import DeltaTable

from orchestration.ingest.telling import told_by
from orchestration.logic.diff import Counts, Diff, Look, diff
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from orchestration.resources import staging
from orchestration.resources.lake import Lake, done
from orchestration.resources.landing import DamagedFeedError, FeedRef, Flaws, Landing
from realestate_crawler.contracts.manifest import Absence, Manifest


@dataclass(frozen=True, slots=True)
class StagedFeed:
    """What one feed does, without the rows themselves; see `Diff`.

    Attributes:
        unread: lines that are no records.
        reasons: why it is not complete, beside what its manifest says.
        incomplete: all of why nothing that it lacks is missing; empty where nothing went wrong.
    """

    ref: FeedRef
    observed_at: datetime.datetime
    counts: Counts
    new_columns: list[str]
    gone_columns: list[str]
    holds: list[str]
    flags: list[str]
    unread: int = 0
    reasons: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StagedScope:
    """The waiting feeds of one scope, in the order of their runs.

    Attributes:
        base_version: version of `listings` that the diffs started from.
        reached: newest run of the scope in that version; the staged feeds are all newer.
        staged: where the rows are (`resources.staging`; LISTINGS columns and run_seq); empty without feeds.
        damaged: why the next feed, and with it the scope, cannot go on; empty when all is well.
    """

    source: str
    scope: str
    base_version: int
    reached: int = 0
    staged: str = ""
    feeds: list[StagedFeed] = field(default_factory=list)
    damaged: str = ""


def look_of(manifest: Manifest, flaws: Flaws) -> Look:
    """What the diff must know of a feed."""
    return Look(
        source=manifest.source,
        scope=manifest.scope,
        run_id=manifest.run_id,
        observed_at=manifest.observed_at,
        complete=manifest.complete and not flaws.bad,
        partial=manifest.absence is Absence.PARTIAL,
        volatile=frozenset(manifest.volatile),
        accepts=manifest.accepts,
        retried=manifest.retries is not None,
        decided=manifest.decided,
    )


def state_for(lake: Lake, version: int | None, source: str, observed: pl.DataFrame) -> pl.DataFrame:
    """Listings of a source that a diff needs: all active ones, and removed ones that are in the feed."""
    keys = observed["listing_key"].unique().to_list()
    wanted = pl.col("is_active") | pl.col("listing_key").is_in(keys)
    return (
        lake.scan(LISTINGS, version).filter((pl.col("source") == source) & wanted).select(*LISTINGS.columns).collect()
    )


def stage_waiting(lake: Lake, landing: Landing, source: str, scope: str, guard: Guard) -> StagedScope:
    """Diffs the feeds of a scope that wait at the version of `listings` where the diffs start, and no others.

    Whatever another run has applied or put back since somebody looked: no feed is diffed twice, none is left out.
    """
    table = lake.open(LISTINGS)
    feeds = landing.feeds_of(source, scope)
    return _stage(lake, landing, feeds, table, guard) if feeds else StagedScope(source, scope, table.version())


def stage_feeds(lake: Lake, landing: Landing, feeds: list[FeedRef], guard: Guard) -> StagedScope:
    """Diffs the named feeds of one scope, as far as they have not been applied."""
    return _stage(lake, landing, feeds, lake.open(LISTINGS), guard)


def _stage(lake: Lake, landing: Landing, feeds: list[FeedRef], table: DeltaTable, guard: Guard) -> StagedScope:
    """Diffs one feed after the other, in the order of their runs.

    A damaged feed stops its scope: what came before it is staged, what comes after it waits, and nothing is lost.
    """
    source, scope = feeds[0].source, feeds[0].scope
    version, reached = table.version(), max(done(table, feeds[0].app), 0)
    staged: list[StagedFeed] = []
    rows: list[pl.DataFrame] = []
    touched = LISTINGS.empty()
    damaged = ""
    for ref in (feed for feed in feeds if feed.run_seq > reached):
        try:
            manifest = landing.manifest(ref)
            read = landing.observe(ref, manifest)
        except DamagedFeedError as error:
            damaged = str(error)
            break
        state = _as_left(state_for(lake, version, source, read.frame), touched)
        found = diff(read.frame, state, look_of(manifest, read.flaws), guard)
        touched = _as_left(touched, found.rows)
        rows.append(found.rows.with_columns(run_seq=pl.lit(ref.run_seq, pl.Int64)))
        staged.append(staged_feed(ref, manifest, found, read.flaws))
    key = _write(lake, source, scope, rows) if rows else ""
    return StagedScope(source, scope, version, reached, key, staged, damaged)


def _as_left(state: pl.DataFrame, newer: pl.DataFrame) -> pl.DataFrame:
    """The state after rows were replaced or added."""
    return pl.concat([state.join(newer, on="listing_key", how="anti"), newer])


def staged_feed(ref: FeedRef, manifest: Manifest, found: Diff, flaws: Flaws) -> StagedFeed:
    """What a diff says of a feed, without its rows."""
    return StagedFeed(
        ref,
        manifest.observed_at,
        found.counts,
        found.new_columns,
        found.gone_columns,
        found.holds,
        [*found.flags, *flaws.emptied_words],
        len(flaws.bad),
        flaws.reasons,
        [*manifest.reasons, *flaws.reasons] if manifest.failed or flaws.bad else [],
    )


def _write(lake: Lake, source: str, scope: str, rows: list[pl.DataFrame]) -> str:
    return staging.write(lake.root, source, scope, pl.concat(rows))


def read_staged(lake: Lake, scope: StagedScope, run_seq: int) -> pl.DataFrame | None:
    """The staged rows of one feed; None where they have been cleared away."""
    rows = staging.read(lake.root, scope.staged)
    return None if rows is None else rows.filter(pl.col("run_seq") == run_seq).select(*LISTINGS.columns)


def told(manifest: Manifest, found: StagedFeed) -> dict[str, Any]:
    """What the commit of a feed tells of it; a row of `feeds` is made from it."""
    return {
        **told_by(manifest, unread=found.unread, reasons=found.reasons),
        "claimed_total": manifest.claimed_total,
        "result_pages": manifest.result_pages,
        "items": manifest.items,
        "unique_listings": manifest.unique_listings,
        "retries_run": manifest.retries.run_id if manifest.retries else None,
        "new_columns": found.new_columns,
        "gone_columns": found.gone_columns,
        "holds": found.holds,
        "flags": found.flags,
        "counts": asdict(found.counts),
    }
