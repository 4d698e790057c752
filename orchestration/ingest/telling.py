"""What the commit of a feed tells of it, whatever the feed holds: `feeds` and `sale_feeds` are made from that."""

from collections.abc import Iterable
from typing import Any

from realestate_crawler.contracts.manifest import Manifest


def told_by(manifest: Manifest, *, unread: int, reasons: Iterable[str]) -> dict[str, Any]:
    """The facts of a manifest, and what reading its records added.

    Args:
        manifest: of the feed.
        unread: records that could not be read; with one of them the feed proves no removal.
        reasons: why not, in words.
    """
    return {
        "source": manifest.source,
        "scope": manifest.scope,
        "run_id": manifest.run_id,
        "run_seq": manifest.run_seq,
        "observed_at": manifest.observed_at.isoformat(),
        "complete": manifest.complete and not unread,
        "reasons": [*manifest.reasons, *reasons],
        "quarantined": manifest.quarantined + unread,
        "dropped": sum(manifest.drops.values()),
        "accepts_run": manifest.accepts.run_id if manifest.accepts else None,
    }
