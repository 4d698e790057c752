"""The feeds of a source applied once more, in memory: what each of them decides and counts, and what comes of all.

Before a listing is erased it tells what was decided while the listing was there; afterwards, what a replay will count.
What belongs here: applying. What does not: writing (`decisions`, `recount`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from orchestration.ingest.stage import StagedFeed, look_of, staged_feed, told
from orchestration.logic.decided import decisions
from orchestration.logic.diff import diff
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.operations.replaying import applied_feeds
from orchestration.resources.lake import Lake
from orchestration.resources.landing import FeedRef, Landing
from realestate_crawler.contracts.manifest import Decided, Manifest

KEY = "listing_key"


@dataclass(frozen=True, slots=True)
class Again:
    """What one feed does.

    Attributes:
        row: of `feeds`, without the version of `listings`.
        state: all listings of the source afterwards.
    """

    ref: FeedRef
    manifest: Manifest
    decided: Decided
    row: dict[str, object]
    state: pl.DataFrame


def apply_again(lake: Lake, landing: Landing, source: str) -> Iterator[Again]:
    """The applied feeds of a source, in the order in which they were applied.

    Raises:
        LostFeedError: when one is not in the landing zone any more.
        DamagedFeedError: when one cannot be read.
    """
    guard, state = Guard(), LISTINGS.empty()
    for ref in applied_feeds(lake, landing):
        if ref.source != source:
            continue
        manifest = landing.manifest(ref)
        read = landing.observe(ref, manifest)
        look = look_of(manifest, read.flaws)
        found = diff(read.frame, _needed(state, read.frame), look, guard)
        state = pl.concat([state.join(found.rows, on=KEY, how="anti"), found.rows])
        yield Again(
            ref, manifest, decisions(found, look), _row(manifest, staged_feed(ref, manifest, found, read.flaws)), state
        )


def _needed(state: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    return state.filter(pl.col("is_active") | pl.col(KEY).is_in(observed[KEY].implode()))


def _row(manifest: Manifest, found: StagedFeed) -> dict[str, object]:
    said = told(manifest, found)
    row = {name: said.get(name, said["counts"].get(name)) for name in FEEDS.columns if name != "listings_version"}
    return {**row, "observed_at": manifest.observed_at}
