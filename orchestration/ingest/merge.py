"""Merges staged feeds into `listings`, each exactly once.

The commit carries the transaction (scope, sequence number), so a feed that was applied is never applied again,
whatever is retried, killed or repeated. When anybody else has touched the source since the diff, the feed is diffed
anew against what is there now; a commit conflict is the same case.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.ingest.stage import StagedFeed, StagedScope, look_of, read_staged, staged_feed, state_for, told
from orchestration.logic.diff import diff
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from orchestration.resources import staging
from orchestration.resources.delta import quoted
from orchestration.resources.lake import Lake, commit_properties, done
from orchestration.resources.landing import Landing

logger = logging.getLogger(__name__)

ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class AppliedFeed:
    """A feed that is in `listings` now, with the version it made."""

    feed: StagedFeed
    version: int


def merge_staged(lake: Lake, landing: Landing, scopes: Iterable[StagedScope], guard: Guard) -> list[AppliedFeed]:
    """Applies all staged feeds: of one scope in the order of their runs, across scopes in the order of observation."""
    queues = {(s.source, s.scope): (s, list(s.feeds)) for s in scopes if s.feeds}
    ours: set[int] = set()  # versions of `listings` that this call made
    touched_by: dict[str, set[str]] = {}  # source → scopes that this call applied
    reached = {place: scope.reached for place, (scope, _) in queues.items()}  # the run that the next feed follows
    applied: list[AppliedFeed] = []
    while queues:
        scope, feeds = min(
            queues.values(), key=lambda queue: (queue[1][0].observed_at, queue[0].source, queue[0].scope)
        )
        feed = feeds.pop(0)
        if not feeds:
            del queues[scope.source, scope.scope]
        others = touched_by.setdefault(scope.source, set())
        follows = reached[scope.source, scope.scope]
        version = _apply(lake, landing, scope, feed, guard, follows=follows, alone=others <= {scope.scope}, ours=ours)
        reached[scope.source, scope.scope] = feed.ref.run_seq
        if version is not None:
            ours.add(version[1])
            others.add(scope.scope)
            applied.append(AppliedFeed(version[0], version[1]))
        if not feeds:
            staging.discard(lake.root, scope.staged)
    return sorted(applied, key=attrgetter("version"))


def _apply(
    lake: Lake,
    landing: Landing,
    scope: StagedScope,
    feed: StagedFeed,
    guard: Guard,
    *,
    follows: int,
    alone: bool,
    ours: set[int],
) -> tuple[StagedFeed, int] | None:
    """Merges one feed; None when it was applied before."""
    for attempt in range(1, ATTEMPTS + 1):
        table = lake.open(LISTINGS)
        has = max(done(table, feed.ref.app), 0)
        if has >= feed.ref.run_seq:
            return None
        if has < follows:  # earlier feeds wait again; applied before them, this one would shut them out
            raise RuntimeError(f"{feed.ref.key}: listings was put back to run {has} meanwhile; run again")
        table_version = table.version()
        manifest = landing.manifest(feed.ref)
        fresh = set(range(scope.base_version + 1, table_version + 1)) <= ours
        found = feed
        rows = read_staged(lake, scope, feed.ref.run_seq) if fresh and alone and attempt == 1 else None
        if rows is None:
            read = landing.observe(feed.ref, manifest)
            state = state_for(lake, table_version, scope.source, read.frame)
            again = diff(read.frame, state, look_of(manifest, read.flaws), guard)
            found = staged_feed(feed.ref, manifest, again, read.flaws)
            rows = again.rows
        try:
            _commit(table, rows, scope.source, found, told(manifest, found))
        except CommitFailedError as error:
            # Either somebody else was faster, or our own commit arrived and only the answer was lost.
            logger.warning("%s %s: attempt %d: %s", feed.ref.scope, manifest.run_id, attempt, error)
        made = _version_of(lake, feed, after=table_version)
        if made is not None:
            return found, made
    raise RuntimeError(f"{feed.ref.key}: {ATTEMPTS} attempts met other writers; run again when they are done")


def _version_of(lake: Lake, feed: StagedFeed, *, after: int) -> int | None:
    """The version of `listings` that a feed made; None where it is not in there."""
    mine = (feed.ref.source, feed.ref.scope, feed.ref.run_seq)
    for version, told_of in lake.feeds_by_version(LISTINGS, after):
        if (told_of["source"], told_of["scope"], told_of["run_seq"]) == mine:
            return version
    return None


def _commit(table: DeltaTable, rows: pl.DataFrame, source: str, feed: StagedFeed, tells: dict[str, object]) -> None:
    properties = commit_properties(feed.ref.app, feed.ref.run_seq, tells)
    if rows.is_empty():  # nothing changes, and still the feed is done
        write_deltalake(table, rows, mode="append", commit_properties=properties)
        return
    (
        table.merge(
            rows,
            # The literal lets the writer read one source's files only.
            predicate=f"t.source = {quoted(source)} AND s.listing_key = t.listing_key",
            source_alias="s",
            target_alias="t",
            commit_properties=properties,
        )
        .when_matched_update_all()
        .when_not_matched_insert_all()
        .execute()
    )
