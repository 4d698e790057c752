"""What lies in quarantine, line by line: what a later run has taken out of it (`retrying`) lies there no more.

Reads only. What belongs here: finding lines. What does not: what becomes of them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from orchestration.resources.parts import quarantined_lines
from realestate_crawler.contracts.feed import ROOTS, line_digest
from realestate_crawler.contracts.manifest import Manifest

SCHEMA = {"source": pl.String(), "scope": pl.String(), "run": pl.String(), "reason": pl.String(), "lines": pl.Int64()}


@dataclass(frozen=True, slots=True)
class Aside:
    """One line in quarantine.

    Attributes:
        told: `reason`, `observed_at` and `item` (its fields, or their text).
    """

    line: bytes
    told: dict[str, Any]

    @property
    def reason(self) -> str:
        """Why it is there."""
        return str(self.told.get("reason"))

    @property
    def digest(self) -> str:
        """Names the line."""
        return line_digest(self.line)


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The quarantine of one run, and the run itself."""

    feed: FeedRef
    manifest: Manifest
    lines: list[Aside]


def every_feed(landing: Landing) -> list[FeedRef]:
    """The feeds of listings, then those of sales."""
    return [feed for root in ROOTS.values() for feed in landing.feeds(root)]


def quarantines(landing: Landing) -> tuple[list[Quarantine], list[str]]:
    """Every run's quarantine that still holds lines, and what of them cannot be read, in words."""
    found: list[Quarantine] = []
    damaged: list[str] = []
    manifests: list[tuple[FeedRef, Manifest]] = []
    for feed in every_feed(landing):
        try:
            manifests.append((feed, landing.manifest(feed)))
        except DamagedFeedError as error:
            damaged.append(str(error))
    taken = taken_lines(manifest for _, manifest in manifests)
    for feed, manifest in manifests:
        try:
            lines = lines_of(landing, feed, manifest, taken.get((feed.source, feed.scope, feed.run_id), frozenset()))
        except DamagedFeedError as error:
            damaged.append(str(error))
            continue
        if lines:
            found.append(Quarantine(feed, manifest, lines))
    return found, damaged


def lines_of(landing: Landing, feed: FeedRef, manifest: Manifest, taken: frozenset[str]) -> list[Aside]:
    """The lines in quarantine of one run, less those that were taken out.

    Raises:
        DamagedFeedError: when they are not what the manifest says.
    """
    every = (Aside(line, told) for line, told in quarantined_lines(landing, feed, manifest))
    return [aside for aside in every if aside.digest not in taken]


def unreadable_of(landing: Landing, feed: FeedRef, manifest: Manifest) -> list[dict[str, Any]]:
    """The lines of a feed that are no records, each with its place and reason.

    Raises:
        DamagedFeedError: when there are too many, or the feed is not what its manifest says.
    """
    bad = landing.observe(feed, manifest).flaws.bad
    return [{"reason": f"{part} line {line.number}: {line.reason}", "line": line.text} for part, line in bad]


def taken_lines(manifests: Iterator[Manifest]) -> dict[tuple[str, str, str], frozenset[str]]:
    """(source, scope, run id) → the lines that later runs took out of that run's quarantine."""
    taken: dict[tuple[str, str, str], frozenset[str]] = {}
    for manifest in manifests:
        if manifest.retries is not None:
            place = (manifest.source, manifest.scope, manifest.retries.run_id)
            taken[place] = taken.get(place, frozenset()).union(manifest.retries.lines)
    return taken


def quarantine_counts(found: list[Quarantine]) -> pl.DataFrame:
    """One row a run and reason."""
    rows: list[tuple[str, str, str, str, int]] = []
    for each in found:
        reasons = Counter(aside.reason for aside in each.lines)
        run = (each.feed.source, each.feed.scope, each.feed.run_id)
        rows += [(*run, reason, count) for reason, count in sorted(reasons.items())]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")
