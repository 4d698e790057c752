"""Lets pass the deletions that a full file of sales held: a run of its own among the runs of the scope.

As with listings: it names what the one file held, is as old as that file, and is applied exactly once; whatever a newer
file has said of a sale stands.
"""

import datetime
from dataclasses import dataclass

import polars as pl

from orchestration.ingest.sales import sale_look, waiting_sales
from orchestration.logic.sale_schemas import SALE_FEEDS, SALE_SCHEMA, SALES
from orchestration.logic.sales_diff import listed_by, no_longer_listed
from orchestration.operations.accepting import SPIDER, NothingHeldError
from orchestration.operations.claiming import claim_after, publish
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.feed import SALE_FEEDS as ROOT
from realestate_crawler.contracts.manifest import Accepted, ItemKind, Manifest


@dataclass(frozen=True, slots=True)
class HeldDeletions:
    """What the last full file of a scope of sales holds.

    Attributes:
        manifest: of the file.
        sales: the rows of `sales` that it does not list any more.
    """

    manifest: Manifest
    sales: pl.DataFrame

    @property
    def words(self) -> str:
        """How much of what."""
        return f"{self.sales.height} deletions"


def held_deletions(lake: Lake, landing: Landing, source: str, scope: str) -> HeldDeletions:
    """The sales of a scope whose deletion waits for a person.

    Raises:
        NothingHeldError: when none are held, or a newer file waits.
        DamagedFeedError: when the file that holds them cannot be read.
    """
    name = f"{source}/{scope}"
    if any((feed.source, feed.scope) == (source, scope) for feed in waiting_sales(lake, landing)):
        raise NothingHeldError(f"{name}: files wait; `materialize --no-crawl` first, then look again")
    mine = (pl.col("source") == source) & (pl.col("scope") == scope)
    applied = lake.scan(SALE_FEEDS).filter(mine).sort("run_seq").select("run_id", "held").collect()
    if applied.is_empty() or not applied["held"][-1]:
        raise NothingHeldError(f"{name}: no deletions are held")
    run_id = applied["run_id"][-1]
    ref = next((feed for feed in landing.feeds_of(source, scope, ROOT) if feed.run_id == run_id), None)
    if ref is None:
        raise NothingHeldError(f"{name}: run {run_id} is not in the landing zone")
    manifest = landing.manifest(ref)
    read = landing.records(ref, manifest, SALE_SCHEMA)
    registered = lake.scan(SALES).filter((pl.col("source") == source) & listed_by(scope)).collect()
    found = no_longer_listed(registered, read.frame, sale_look(manifest, read.flaws))
    if found.is_empty():
        raise NothingHeldError(f"{name}: newer files have said what became of the sales that were held")
    return HeldDeletions(manifest, found.sort("listing_key"))


def accept_deletions(landing: Landing, what: HeldDeletions, by: str, now: datetime.datetime) -> str:
    """Records the acceptance; the key of its manifest. The next materialization applies it.

    Raises:
        BusyError: when a crawl of the scope is, or may be, at work.
        StoreError: when it could not be stored.
    """
    told = what.manifest
    run = claim_after(landing, told.source, told.scope, told.run_seq + 1, now, root=ROOT)
    return publish(
        landing,
        run,
        told,
        now,
        item=ItemKind.SALE,
        finish_reason="accepted",
        spider=SPIDER,
        unique_listings=0,
        items=0,
        parts=[],
        reasons=[f"no crawl: {what.words} that run {told.run_id} held are accepted by {by}"],
        accepts=Accepted(run_id=told.run_id, proves=told.complete, keys=what.sales["listing_key"].to_list(), by=by),
    )
