"""Running the graph's tables without Dagster, and tables as plain values to compare."""

from pathlib import Path
from typing import Any

import polars as pl

from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.merge import AppliedFeed, merge_staged
from orchestration.ingest.stage import StagedScope, stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.resources.lake import Lake, done
from orchestration.resources.landing import FeedRef
from tests.graph_fixtures.feeds import landing_at


def lake_at(root: Path) -> Lake:
    """The lake beside the landing zone."""
    return Lake(root=str(root / "lake"))


def waiting(root: Path) -> list[FeedRef]:
    """Feeds that no table has."""
    lake, landing = lake_at(root), landing_at(root)
    listings = lake.open(LISTINGS)
    return landing.waiting({feed.app: done(listings, feed.app) for feed in landing.feeds()})


def stage_all(root: Path, guard: Guard | None = None) -> list[StagedScope]:
    """Stages every scope that has waiting feeds."""
    scopes = dict.fromkeys((feed.source, feed.scope) for feed in waiting(root))
    return [stage_waiting(lake_at(root), landing_at(root), *scope, guard or Guard()) for scope in scopes]


def merge_all(root: Path, staged: list[StagedScope], guard: Guard | None = None) -> list[AppliedFeed]:
    """Merges what was staged."""
    return merge_staged(lake_at(root), landing_at(root), staged, guard or Guard())


def derive_all(root: Path) -> None:
    """Catches the derived tables up."""
    derive_changes(lake_at(root))
    derive_history(lake_at(root))
    derive_feeds(lake_at(root))


def refresh(root: Path, guard: Guard | None = None) -> list[AppliedFeed]:
    """What one run of the graph does with the waiting feeds."""
    applied = merge_all(root, stage_all(root, guard), guard)
    derive_all(root)
    return applied


def contents(root: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All silver tables as sorted rows; version numbers left out, they tell how often something was written."""
    lake = lake_at(root)
    frames = {table.name: lake.read(table) for table in (LISTINGS, LISTING_CHANGES, LISTING_HISTORY, FEEDS)}
    frames["feeds"] = frames["feeds"].drop("listings_version")
    return {name: sorted(map(repr, frame.rows())) for name, frame in frames.items()}


def listings_by_key(root: Path) -> dict[str, dict[str, Any]]:
    """Current listings."""
    return {row["listing_key"]: row for row in lake_at(root).read(LISTINGS).iter_rows(named=True)}


def events(root: Path, *columns: str) -> list[tuple[Any, ...]]:
    """listing_changes as sorted tuples of the columns (key, type, field, old and new unless said)."""
    wanted = columns or ("listing_key", "change_type", "field_name", "previous_value", "new_value")
    return sorted(lake_at(root).read(LISTING_CHANGES).select(*wanted).rows(), key=repr)


def history(root: Path, key: str | None = None) -> pl.DataFrame:
    """listing_history in order."""
    found = lake_at(root).read(LISTING_HISTORY).sort("source", "listing_key", "valid_from", "valid_to", nulls_last=True)
    return found if key is None else found.filter(pl.col("listing_key") == key)
