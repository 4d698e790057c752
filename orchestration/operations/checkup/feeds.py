"""Invariant 5: is every feed what its manifest says? Quickly by names, or deeply by content."""

from orchestration.logic.sale_schemas import SALE_SCHEMA
from orchestration.logic.schemas import ITEM_SCHEMA
from orchestration.operations.checkup.finding import Finding, verdict
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from orchestration.resources.parts import quarantined
from realestate_crawler.contracts.feed import MANIFEST, ROOTS
from realestate_crawler.contracts.manifest import ItemKind


def check_feeds(landing: Landing, *, deep: bool) -> list[Finding]:
    """Every manifest is read; with `deep`, every part is read, hashed, unpacked and counted."""
    keys = {key for root in ROOTS.values() for key in landing.store.keys(f"{root}/")}
    feeds = [feed for root in ROOTS.values() for feed in landing.feeds(root)]
    problems = [told for feed in feeds for told in _complaints(landing, feed, keys, deep=deep)]
    how = "every part hashed and counted" if deep else "every part is there (--deep reads them)"
    return verdict("invariant 5, feeds", problems, f"{len(feeds)} feeds: {how}")


def _complaints(landing: Landing, feed: FeedRef, keys: set[str], *, deep: bool) -> list[str]:
    try:
        manifest = landing.manifest(feed)
    except DamagedFeedError as error:
        return [str(error)]
    folder = feed.key.removesuffix(MANIFEST)
    parts = [*manifest.parts, *manifest.quarantine]
    absent = [f"{folder}{part.key}: is not there" for part in parts if folder + part.key not in keys]
    if absent or not deep:
        return absent
    try:
        landing.records(feed, manifest, ITEM_SCHEMA if manifest.item is ItemKind.LISTING else SALE_SCHEMA)
        quarantined(landing, feed, manifest)
    except DamagedFeedError as error:
        return [str(error)]
    return []
