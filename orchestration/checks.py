"""Asset checks: do the counts reconcile, did the crawls end well, does anything wait for a person?

A broken invariant is an error and blocks what follows; what a person should look at is a warning.
"""

import dagster as dg
import polars as pl

from orchestration.assets.changes import staged_changes
from orchestration.assets.crawls import crawled_feeds
from orchestration.assets.tables import feeds, listing_changes, listing_history, listings
from orchestration.ingest.stage import StagedScope
from orchestration.logic.held import SCOPE, held_entries, held_words
from orchestration.logic.schemas import FEEDS, IS_CRAWL, LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.resources.crawler import CrawlResult
from orchestration.resources.landing import app_of
from orchestration.resources.places import PlacesResource
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.vocabulary import ChangeType, Presence


@dg.asset_check(asset=crawled_feeds, description="Every crawl of the run was complete.")
def crawls_complete(crawled_feeds: list[CrawlResult]) -> dg.AssetCheckResult:
    """A partial crawl is applied, but it removes nothing: worth a look."""
    bad = [result for result in crawled_feeds if result.code != ExitCode.COMPLETE]
    return dg.AssetCheckResult(
        passed=not bad,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={result.criterion: result.words for result in bad},
    )


@dg.asset_check(asset=staged_changes, blocking=True, description="Feed and listings are accounted for, one by one.")
def diffs_reconcile(staged_changes: list[StagedScope]) -> dg.AssetCheckResult:
    """New + relisted + changed + unchanged = observed; seen + missed + held = what the scope held before."""
    told = {f"{s.scope} #{f.ref.run_seq}": f.counts for s in staged_changes for f in s.feeds}
    return dg.AssetCheckResult(
        passed=all(counts.reconciles() for counts in told.values()),
        metadata={name: str(counts) for name, counts in told.items()},
    )


@dg.asset_check(asset=staged_changes, description="No feed is damaged.")
def feeds_whole(staged_changes: list[StagedScope]) -> dg.AssetCheckResult:
    """A damaged feed stops its scope until it is repaired; the others go on."""
    damaged = {scope.scope: scope.damaged for scope in staged_changes if scope.damaged}
    return dg.AssetCheckResult(passed=not damaged, metadata=damaged)


@dg.asset_check(asset=listings, blocking=True, description="One row a key; presence, removed_at and times agree.")
def listings_consistent(places: PlacesResource) -> dg.AssetCheckResult:
    """Invariant 7: one current row per key, key never null, first_seen ≤ last_seen, removed_at only when removed."""
    frame = places.lake().scan(LISTINGS)
    found = frame.select(
        rows=pl.len(),
        keys=pl.struct("source", "listing_key").n_unique(),
        null_keys=pl.col("listing_key").is_null().sum(),
        seen_backwards=(pl.col("first_seen_at") > pl.col("last_seen_at")).sum(),
        removed_at_wrong=((pl.col("presence") == Presence.REMOVED) != pl.col("removed_at").is_not_null()).sum(),
        active_wrong=(pl.col("is_active") == (pl.col("presence") == Presence.REMOVED)).sum(),
    ).collect()
    told = {name: int(value or 0) for name, value in found.row(0, named=True).items()}
    bad = told["rows"] != told["keys"] or any(n for name, n in told.items() if name not in ("rows", "keys"))
    return dg.AssetCheckResult(passed=not bad, metadata=told)


@dg.asset_check(asset=listing_changes, additional_deps=[feeds], description="As many events as the diffs counted.")
def changes_reconcile(places: PlacesResource) -> dg.AssetCheckResult:
    """Listings that are new, missing, removed, relisted in listing_changes = the sums over all applied feeds."""
    lake = places.lake()
    kinds = [ChangeType.NEW, ChangeType.MISSING, ChangeType.REMOVED, ChangeType.RELISTED]
    counted = lake.scan(LISTING_CHANGES).group_by("change_type").len().collect()
    events = dict(counted.iter_rows())
    sums = lake.scan(FEEDS).select(pl.col(kind.value).sum() for kind in kinds).collect().row(0, named=True)
    told = {kind.value: f"{events.get(kind.value, 0)} events, {sums[kind.value] or 0} counted" for kind in kinds}
    passed = all(events.get(kind.value, 0) == (sums[kind.value] or 0) for kind in kinds)
    return dg.AssetCheckResult(passed=passed, metadata=told)


@dg.asset_check(asset=listing_history, description="Every listing on the market has one current version, no other has.")
def history_reconciles(places: PlacesResource) -> dg.AssetCheckResult:
    """Current versions = listings that are not removed."""
    lake = places.lake()
    current = lake.scan(LISTING_HISTORY).filter(pl.col("valid_to").is_null()).select("source", "listing_key").collect()
    active = lake.scan(LISTINGS).filter(pl.col("is_active")).select("source", "listing_key").collect()
    lacking = active.join(current, on=["source", "listing_key"], how="anti").height
    told = {"current_versions": current.height, "active_listings": active.height, "without_version": lacking}
    return dg.AssetCheckResult(passed=current.height == active.height and not lacking, metadata=told)


@dg.asset_check(asset=listings, description="Nothing waits for a person: no removals, no mass changes.")
def nothing_held(places: PlacesResource) -> dg.AssetCheckResult:
    """More than the guard lets pass at once is held, until it heals by itself or `accept` lets it pass."""
    entries = held_entries(places.lake().scan(LISTINGS))
    held = {f"{source}/{scope}": held_words(of) for (source, scope), of in entries.group_by(SCOPE, maintain_order=True)}
    return dg.AssetCheckResult(passed=not held, severity=dg.AssetCheckSeverity.WARN, metadata=held)


@dg.asset_check(
    asset=feeds, description="No latest feed shows a mass change in what is never held: texts, own columns."
)
def nothing_flagged(places: PlacesResource) -> dg.AssetCheckResult:
    """Such changes are recorded; whoever reads them should know that no market made them."""
    latest = (
        places.lake()
        .scan(FEEDS)
        .filter(IS_CRAWL)
        .group_by(SCOPE)
        .agg(pl.col("flags").sort_by("run_seq").last())
        .filter(pl.col("flags").list.len() > 0)
        .sort(SCOPE)
        .collect()
    )
    told = {f"{row['source']}/{row['scope']}": "\n".join(row["flags"]) for row in latest.iter_rows(named=True)}
    return dg.AssetCheckResult(passed=not told, severity=dg.AssetCheckSeverity.WARN, metadata=told)


@dg.asset_check(asset=feeds, description="No feed came after a newer one of its scope had been applied.")
def none_overtaken(places: PlacesResource) -> dg.AssetCheckResult:
    """Such a feed is kept in the landing zone and never applied: the market has been seen later than it says."""
    applied = places.lake().scan(FEEDS).select("source", "scope", "run_id", "run_seq").collect()
    newest: dict[str, int] = {}
    for source, scope, _, run_seq in applied.rows():
        newest[app_of(source, scope)] = max(run_seq, newest.get(app_of(source, scope), 0))
    late = places.landing().overtaken(set(applied.drop("run_seq").rows()), newest)
    told = {f"{feed.source}/{feed.scope}/{feed.run_id}": feed.key for feed in late}
    return dg.AssetCheckResult(passed=not late, severity=dg.AssetCheckSeverity.WARN, metadata=told)


CHECKS = [
    crawls_complete,
    diffs_reconcile,
    feeds_whole,
    listings_consistent,
    changes_reconcile,
    history_reconciles,
    nothing_held,
    nothing_flagged,
    none_overtaken,
]
