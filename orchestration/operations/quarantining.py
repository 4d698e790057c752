"""What lies in quarantine, by scope, run and reason. Reads only."""

from collections import Counter
from typing import Any

import polars as pl

from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from orchestration.resources.parts import quarantined

SCHEMA = {"source": pl.String(), "scope": pl.String(), "run": pl.String(), "reason": pl.String(), "lines": pl.Int64()}


def quarantine_counts(landing: Landing) -> tuple[pl.DataFrame, list[str]]:
    """One row a run and reason, and the feeds whose quarantine cannot be read."""
    rows: list[tuple[str, str, str, str, int]] = []
    damaged: list[str] = []
    for feed in landing.feeds():
        try:
            reasons = Counter(str(line.get("reason")) for line in quarantine_of(landing, feed))
        except DamagedFeedError as error:
            damaged.append(str(error))
            continue
        rows += [(feed.source, feed.scope, feed.run_id, reason, n) for reason, n in sorted(reasons.items())]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row"), damaged


def quarantine_of(landing: Landing, feed: FeedRef) -> list[dict[str, Any]]:
    """The lines in quarantine of one run.

    Raises:
        DamagedFeedError: when they are not what the manifest says.
    """
    return quarantined(landing, feed, landing.manifest(feed))


def unreadable_of(landing: Landing, feed: FeedRef) -> list[dict[str, Any]]:
    """The lines of a feed that are no records, each with its place and reason.

    Raises:
        DamagedFeedError: when there are too many, or the feed is not what its manifest says.
    """
    bad = landing.observe(feed, landing.manifest(feed)).flaws.bad
    return [{"reason": f"{part} line {line.number}: {line.reason}", "line": line.text} for part, line in bad]
