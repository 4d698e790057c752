"""From waiting files of sales to `sales`, each exactly once.

The commit carries the transaction (scope, sequence number), as with listings. Files are applied in the order of their
runs; across scopes in the order of observation.
"""

import logging
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.ingest.telling import told_by
from orchestration.logic.guard import Guard
from orchestration.logic.sale_schemas import SALE_SCHEMA, SALES
from orchestration.logic.sales_diff import SaleCounts, SaleDiff, SaleLook, diff_sales, listed_by
from orchestration.resources.delta import quoted
from orchestration.resources.lake import Lake, commit_properties, done
from orchestration.resources.landing import DamagedFeedError, FeedRef, Flaws, Landing
from realestate_crawler.contracts.feed import SALE_FEEDS
from realestate_crawler.contracts.manifest import Absence, ItemKind, Manifest

logger = logging.getLogger(__name__)

ATTEMPTS = 5


@dataclass(slots=True)
class SalesApplied:
    """What became of the waiting files.

    Attributes:
        counts: of each file that was applied, by scope and run.
        damaged: scope → why its next file, and with it the scope, cannot go on.
    """

    counts: dict[str, SaleCounts] = field(default_factory=dict)
    damaged: dict[str, str] = field(default_factory=dict)


def waiting_sales(lake: Lake, landing: Landing) -> list[FeedRef]:
    """Files of sales that no table has yet; no table is made to find out."""
    found = landing.feeds(SALE_FEEDS)
    if not found or not lake.exists(SALES):
        return found
    table = lake.open(SALES)
    return [feed for feed in found if feed.run_seq > done(table, feed.app)]


def apply_sales(lake: Lake, landing: Landing, guard: Guard) -> SalesApplied:
    """Applies all waiting files; a damaged one stops its scope, the others go on, and nothing is lost."""
    applied = SalesApplied()
    queues: dict[str, list[FeedRef]] = {}
    for ref in waiting_sales(lake, landing):
        queues.setdefault(ref.app, []).append(ref)
    while queues:
        heads: dict[str, Manifest] = {}
        for app, refs in list(queues.items()):
            try:
                heads[app] = _manifest(landing, refs[0])
            except DamagedFeedError as error:
                applied.damaged[app] = str(error)
                del queues[app]
        if not heads:
            break
        app = min(heads, key=lambda name: (heads[name].observed_at, name))
        ref = queues[app].pop(0)
        try:
            counts = _apply(lake, landing, ref, heads[app], guard)
        except DamagedFeedError as error:
            applied.damaged[app] = str(error)
            del queues[app]
            continue
        if counts is not None:
            applied.counts[f"{ref.scope} #{ref.run_seq}"] = counts
        if not queues[app]:
            del queues[app]
    return applied


def apply_file(lake: Lake, landing: Landing, ref: FeedRef, guard: Guard) -> SaleCounts | None:
    """Merges one file; None when it was applied before.

    Raises:
        DamagedFeedError: when it is not what its manifest says.
    """
    return _apply(lake, landing, ref, _manifest(landing, ref), guard)


def sale_look(manifest: Manifest, flaws: Flaws) -> SaleLook:
    """What the diff must know of a file."""
    return SaleLook(
        scope=manifest.scope,
        run_id=manifest.run_id,
        observed_at=manifest.observed_at,
        full=manifest.absence is Absence.COMPLETE,
        complete=manifest.complete and not flaws.bad,
        accepted=frozenset(manifest.accepts.keys) if manifest.accepts else None,
    )


def _manifest(landing: Landing, ref: FeedRef) -> Manifest:
    manifest = landing.manifest(ref)
    if manifest.item is not ItemKind.SALE:
        raise DamagedFeedError(f"{ref.key}: a feed of {manifest.item}s among the sales")
    return manifest


def _apply(lake: Lake, landing: Landing, ref: FeedRef, manifest: Manifest, guard: Guard) -> SaleCounts | None:
    """Merges one file; None when it was applied before."""
    read = landing.records(ref, manifest, SALE_SCHEMA)
    records, flaws = read.frame, read.flaws
    for words in flaws.emptied_words:
        logger.warning("%s: %s", ref.key, words)
    look = sale_look(manifest, flaws)
    tells = told_by(manifest, unread=len(flaws.bad), reasons=flaws.reasons)
    for attempt in range(1, ATTEMPTS + 1):
        table = lake.open(SALES)
        if done(table, ref.app) >= ref.run_seq:
            return None
        found = diff_sales(records, _state(lake, table.version(), records, look, ref.source), look, guard)
        try:
            _commit(table, found, ref, {**tells, **asdict(found.counts)})
        except CommitFailedError as error:
            logger.warning("%s %s: attempt %d: %s", ref.scope, manifest.run_id, attempt, error)
            if done(lake.open(SALES), ref.app) >= ref.run_seq:
                return found.counts  # our own commit arrived, only the answer was lost
            continue
        return found.counts
    raise RuntimeError(f"{ref.key}: {ATTEMPTS} attempts met other writers; run again when they are done")


def _state(lake: Lake, version: int, records: pl.DataFrame, look: SaleLook, source: str) -> pl.DataFrame:
    keys = records["listing_key"].unique().to_list()
    wanted = pl.col("listing_key").is_in([*keys, *(look.accepted or ())])
    if look.complete:
        wanted |= listed_by(look.scope)
    return lake.scan(SALES, version).filter((pl.col("source") == source) & wanted).select(*SALES.columns).collect()


def _commit(table: DeltaTable, found: SaleDiff, ref: FeedRef, tells: dict[str, Any]) -> None:
    properties = commit_properties(ref.app, ref.run_seq, tells)
    if found.rows.is_empty():  # nothing changes, and still the file is done
        write_deltalake(table, found.rows, mode="append", commit_properties=properties)
        return
    (
        table.merge(
            found.rows,
            predicate=f"t.source = {quoted(ref.source)} AND s.listing_key = t.listing_key",
            source_alias="s",
            target_alias="t",
            commit_properties=properties,
        )
        .when_matched_update_all()
        .when_not_matched_insert_all()
        .execute()
    )
