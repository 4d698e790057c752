"""The rows of `feeds` after listings were erased: what they count is counted anew, from manifests and events.

So they say what a replay of the feeds would say, whenever this is done. What belongs here: `feeds` of listings. What
does not: the rows that were erased (`tables`).
"""

from typing import Any

import polars as pl
from deltalake import write_deltalake

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES
from orchestration.resources.lake import Lake
from orchestration.resources.landing import FeedRef, Landing
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.vocabulary import ChangeType

RUN = ["source", "scope", "run_id"]
_EVENTS = (ChangeType.NEW, ChangeType.MISSING, ChangeType.REMOVED, ChangeType.RELISTED)


def recount(lake: Lake, landing: Landing, sources: set[str]) -> int:
    """Corrects the rows of some sources; how many were changed.

    Raises:
        DamagedFeedError: when a feed cannot be read.
    """
    if not lake.exists(FEEDS):
        return 0
    rows = lake.read(FEEDS).select(*FEEDS.columns)
    feeds = {(f.source, f.scope, f.run_seq): f for f in landing.feeds()}
    events = _events(lake, sources)
    held = _held(rows, landing, feeds, sources)
    told: list[dict[str, Any]] = []
    for row in rows.iter_rows(named=True):
        feed = feeds.get((row["source"], row["scope"], row["run_seq"]))
        if row["source"] not in sources or feed is None:
            told.append(row)
            continue
        manifest = landing.manifest(feed)
        lines = sum(row[name] or 0 for name in ("late", "new", "relisted", "changed", "unchanged"))
        # Where a feed has a listing once, as feeds of crawls have, its lines are its listings.
        seen = manifest.items if lines == row["items"] else landing.read(feed, manifest).height
        after = _row(row, manifest, events.get((row["source"], row["scope"], row["run_id"]), {}), seen)
        after["held"] = held.get((row["source"], row["scope"], row["run_seq"]), row["held"])
        told.append(after)
    changed = sum(one != other for one, other in zip(told, rows.iter_rows(named=True), strict=True))
    if changed:
        write_deltalake(lake.open(FEEDS), pl.DataFrame(told, schema=FEEDS.columns, orient="row"), mode="overwrite")
    return changed


def _row(row: dict[str, Any], manifest: Manifest, counts: dict[str, int], seen: int) -> dict[str, Any]:
    after = {**row, "items": manifest.items, "unique_listings": manifest.unique_listings}
    after |= {"quarantined": manifest.quarantined, "reasons": manifest.reasons}
    after |= {kind.value: counts.get(kind.value, 0) for kind in (*_EVENTS, ChangeType.CHANGED)}
    after["unchanged"] = seen - sum(after[name] or 0 for name in ("late", "new", "relisted", "changed"))
    return after


def _events(lake: Lake, sources: set[str]) -> dict[tuple[str, str, str], dict[str, int]]:
    """Run → kind of event → listings. A relisted listing with changed fields counts as relisted only."""
    kinds = (
        lake.scan(LISTING_CHANGES)
        .filter(pl.col("source").is_in(sorted(sources)))
        .group_by(*RUN, "listing_key")
        .agg(kind=pl.col("change_type").sort_by(pl.col("change_type") == ChangeType.CHANGED).first())
        .group_by(*RUN, "kind")
        .len()
        .collect()
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for source, scope, run_id, kind, count in kinds.iter_rows():
        found.setdefault((source, scope, run_id), {})[kind] = count
    return found


def _held(
    rows: pl.DataFrame, landing: Landing, feeds: dict[tuple[str, str, int], FeedRef], sources: set[str]
) -> dict[tuple[str, str, int], int]:
    """Runs that held removals → how many they hold of the listings that are left."""
    found: dict[tuple[str, str, int], int] = {}
    holding = rows.filter(pl.col("held") > 0, pl.col("source").is_in(sorted(sources)))
    for source, scope in holding.select("source", "scope").unique().iter_rows():
        own = rows.filter(pl.col("source") == source, pl.col("scope") == scope).sort("run_seq")
        present, missed = set[str](), set[str]()
        for row in own.iter_rows(named=True):
            feed = feeds.get((source, scope, row["run_seq"]))
            if feed is None or row["retries_run"] is not None:
                continue
            manifest = landing.manifest(feed)
            if manifest.accepts is not None:
                missed -= set(manifest.accepts.keys)
                continue
            seen = set(landing.read(feed, manifest)["listing_key"])
            present, missed = present | seen, missed - seen
            if row["complete"]:
                if row["held"]:
                    found[source, scope, row["run_seq"]] = len(missed)
                else:
                    missed = set()
                missed |= present - seen
                present = seen
    return found
