"""Lets the held removals of a scope pass: a run of its own in the landing zone, recorded beside the feeds.

It takes its number among the runs of the scope and is applied like a feed, exactly once and in its place; so a replay
gives the same result. It names the listings that the one run held: nothing else passes, and nothing later.
"""

import datetime
from dataclasses import dataclass

import polars as pl

from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.operations.claiming import claim_after
from orchestration.resources.lake import Lake
from orchestration.resources.landing import FeedRef, Landing
from realestate_crawler.contracts.feed import MANIFEST
from realestate_crawler.contracts.manifest import Absence, Accepted, Manifest
from realestate_crawler.landing.store import StoreError

SPIDER = "accept-removals"


class NothingHeldError(ValueError):
    """There is nothing to accept, or it cannot be accepted now."""


@dataclass(frozen=True, slots=True)
class Held:
    """Removals that the newest run of a scope holds.

    Attributes:
        run: the run's feed.
        keys: the listings.
    """

    run: FeedRef
    manifest: Manifest
    keys: list[str]


def held_removals(lake: Lake, landing: Landing, source: str, scope: str) -> Held:
    """The removals that the newest applied run of a scope holds.

    Raises:
        NothingHeldError: when none are held, or a newer feed waits.
        DamagedFeedError: when a feed that tells which ones cannot be read.
    """
    own = (pl.col("source") == source) & (pl.col("scope") == scope)
    applied = lake.scan(FEEDS).filter(own).collect().sort("run_seq")
    rows = applied.filter(pl.col("retries_run").is_null())
    feeds = {feed.run_seq: feed for feed in landing.feeds() if (feed.source, feed.scope) == (source, scope)}
    if rows.is_empty():
        raise NothingHeldError(f"{source}/{scope}: no feed of it was applied")
    newest = rows.row(-1, named=True)
    if any(seq > applied["run_seq"][-1] for seq in feeds):
        raise NothingHeldError(f"{source}/{scope}: feeds wait; `materialize --no-crawl` first, then look again")
    if not newest["held"]:
        raise NothingHeldError(f"{source}/{scope}: run {newest['run_id']} holds no removals")
    run = feeds.get(newest["run_seq"])
    if run is None:
        raise NothingHeldError(f"{source}/{scope}: run {newest['run_id']} is not in the landing zone")
    keys = _held_keys(lake, landing, rows, feeds)
    if len(keys) != newest["held"]:
        raise NothingHeldError(f"{source}/{scope}: {newest['held']} removals are held, but {len(keys)} listings found")
    return Held(run, landing.manifest(run), keys)


def _held_keys(lake: Lake, landing: Landing, rows: pl.DataFrame, feeds: dict[int, FeedRef]) -> list[str]:
    """Missed by the newest run and by the complete one before it, and in no feed since."""
    newest = rows.row(-1, named=True)
    here = (pl.col("source") == newest["source"]) & pl.col("missing_in").list.contains(newest["scope"])
    missed = lake.scan(LISTINGS).filter(here).select("listing_key").collect()
    before = rows.filter("complete")["run_seq"].to_list()[-2]
    since = [feeds[seq] for seq in rows["run_seq"] if before <= seq < newest["run_seq"] and seq in feeds]
    for feed in since:
        seen = landing.read(feed, landing.manifest(feed))
        missed = missed.join(seen, on="listing_key", how="anti")
    return sorted(missed["listing_key"])


def accept(landing: Landing, held: Held, by: str, now: datetime.datetime) -> str:
    """Records the acceptance; the key of its manifest. The next materialization applies it.

    Raises:
        BusyError: when a crawl of the scope is, or may be, at work.
        StoreError: when it could not be stored.
    """
    told = held.manifest
    # An acceptance before the run it is about would never apply.
    run = claim_after(landing, told.source, told.scope, told.run_seq + 1, now)
    manifest = Manifest(
        source=run.source,
        scope=run.scope,
        run_id=run.run_id,
        run_seq=run.run_seq,
        observed_at=told.observed_at,
        started_at=now,
        finished_at=now,
        finish_reason="accepted",
        spider=SPIDER,
        criterion=told.criterion,
        versions={},
        requests={},
        absence=Absence.PARTIAL,
        complete=False,
        reasons=[f"no crawl: {len(held.keys)} removals that run {told.run_id} held are accepted by {by}"],
        accepts=Accepted(run_id=told.run_id, keys=held.keys, by=by),
    )
    key = run.prefix + MANIFEST
    if not landing.store.put_if_absent(key, manifest.model_dump_json(indent=1).encode()):
        raise StoreError(f"{key}: is there already")
    return key
