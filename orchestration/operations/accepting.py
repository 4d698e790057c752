"""Lets pass what a run of a scope held: a run of its own in the landing zone, recorded beside the feeds.

It takes its number among the runs of the scope and is applied like a feed, exactly once and in its place; so a replay
gives the same result. It names what the one run held, and brings that run's own lines: nothing else passes, and nothing
later.
"""

import datetime
import json
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from orchestration.logic.held import HeldKind, held_entries
from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.operations.claiming import claim_after, deliver_lines, publish
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from orchestration.resources.parts import part_lines
from realestate_crawler.contracts.feed import part_name
from realestate_crawler.contracts.manifest import Accepted, Manifest

SPIDER = "accept"


class NothingHeldError(ValueError):
    """There is nothing to accept, or it cannot be accepted now."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one run of a scope holds.

    Attributes:
        run: the run's feed.
        entries: see `held_entries`.
    """

    run: FeedRef
    manifest: Manifest
    entries: pl.DataFrame

    def of(self, kind: HeldKind) -> pl.DataFrame:
        """The entries of one kind."""
        return self.entries.filter(pl.col("kind") == kind.value)

    @property
    def words(self) -> str:
        """How much of what."""
        counts = {kind: self.of(kind).height for kind in HeldKind}
        return ", ".join(f"{count} {kind.value}" for kind, count in counts.items() if count)


def held(lake: Lake, landing: Landing, source: str, scope: str, kinds: Collection[HeldKind]) -> list[Held]:
    """What a scope holds, by the runs that hold it, the oldest first.

    Raises:
        NothingHeldError: when nothing of these kinds is held, or a newer feed waits.
        DamagedFeedError: when the manifest of such a run cannot be read.
    """
    name = f"{source}/{scope}"
    mine = (pl.col("source") == source) & (pl.col("scope") == scope)
    applied = lake.scan(FEEDS).filter(mine).select("run_id", "run_seq").collect().sort("run_seq")
    if applied.is_empty():
        raise NothingHeldError(f"{name}: no feed of it was applied")
    feeds = [feed for feed in landing.feeds() if (feed.source, feed.scope) == (source, scope)]
    if any(feed.run_seq > applied["run_seq"][-1] for feed in feeds):
        raise NothingHeldError(f"{name}: feeds wait; `materialize --no-crawl` first, then look again")
    wanted = pl.col("kind").is_in([kind.value for kind in kinds])
    entries = held_entries(lake.scan(LISTINGS)).filter(mine & wanted)
    if entries.is_empty():
        raise NothingHeldError(f"{name}: no {' or '.join(kinds)} are held")
    runs = {feed.run_id: feed for feed in feeds}
    lost = sorted(set(entries["run_id"]) - runs.keys())
    if lost:
        raise NothingHeldError(f"{name}: run {', '.join(lost)} is not in the landing zone")
    found = [
        Held(runs[str(run_id)], landing.manifest(runs[str(run_id)]), of)
        for (run_id,), of in entries.group_by("run_id", maintain_order=True)
    ]
    return sorted(found, key=lambda each: each.run.run_seq)


def accept(landing: Landing, what: Held, by: str, now: datetime.datetime) -> str:
    """Records the acceptance; the key of its manifest. The next materialization applies it.

    Raises:
        BusyError: when a crawl of the scope is, or may be, at work.
        DamagedFeedError: when the lines of the run that held it cannot be read.
        StoreError: when it could not be stored.
    """
    told = what.manifest
    accepts = _accepted(what, by)
    lines = _lines(landing, what.run, told, accepts)
    # An acceptance before the run it is about would never apply.
    run = claim_after(landing, told.source, told.scope, told.run_seq + 1, now)
    return publish(
        landing,
        run,
        told,
        now,
        finish_reason="accepted",
        spider=SPIDER,
        unique_listings=len(lines),
        items=len(lines),
        parts=deliver_lines(landing, run, part_name, lines),
        reasons=[f"no crawl: {what.words} that run {told.run_id} held are accepted by {by}"],
        accepts=accepts,
    )


def _accepted(what: Held, by: str) -> Accepted:
    changes = what.of(HeldKind.CHANGES).sort("what", "listing_key")
    return Accepted(
        run_id=what.manifest.run_id,
        proves=what.manifest.complete,
        keys=sorted(what.of(HeldKind.REMOVALS)["listing_key"]),
        changes={
            str(name): keys["listing_key"].to_list() for (name,), keys in changes.group_by("what", maintain_order=True)
        },
        rekeyed=dict(what.of(HeldKind.KEYS).sort("listing_key").select("listing_key", "new_value").iter_rows()),
        by=by,
    )


def _lines(landing: Landing, run: FeedRef, manifest: Manifest, accepts: Accepted) -> list[bytes]:
    """The run's own lines of everything that it says and is accepted now; the first one of each key."""
    wanted = {key for keys in accepts.changes.values() for key in keys} | set(accepts.rekeyed.values())
    found: dict[str, bytes] = {}
    for part in manifest.parts if wanted else ():
        for line in part_lines(landing, run, part):
            key = _key_of(line)
            if key in wanted:
                found.setdefault(key, line)
    if wanted - found.keys():
        raise DamagedFeedError(f"{run.key}: has no line of {', '.join(sorted(wanted - found.keys())[:5])}")
    return [found[key] for key in sorted(found)]


def _key_of(line: bytes) -> str:
    try:
        record = json.loads(line)
    except ValueError:  # a line that was not applied either
        return ""
    return str(record.get("listing_key", "")) if isinstance(record, dict) else ""
