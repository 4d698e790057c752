"""From where an incremental pull goes on: pure, earlier manifests in, a moment or "in full, because" out."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.domain.dates import parse_timestamp
from realestate_crawler.reso.options import ResoOptions

# Options that change how much is asked at once, not what.
_HOW = ("incremental", "full_after_days", "page_size")


@dataclass(frozen=True, slots=True)
class Start:
    """How a pull starts.

    Attributes:
        since: only what was modified after it; None = everything.
        why_full: why everything; empty for an incremental pull.
    """

    since: datetime.datetime | None
    why_full: str = ""


def find_start(
    earlier: Iterable[Manifest], criterion: dict[str, Any], options: ResoOptions, now: datetime.datetime
) -> Start:
    """Looks through earlier runs, the newest first.

    Args:
        earlier: manifests of the scope, the newest first; read only as far as needed.
        criterion: what is asked for now, as a manifest tells it.
        options: of this pull.
        now: when the market is looked at.
    """
    if not options.incremental:
        return Start(None, "the criterion asks for it")
    since: datetime.datetime | None = None
    for manifest in earlier:
        if _question(manifest.criterion) != _question(criterion):
            return Start(None, "the criterion has changed since the last pull")
        if since is None and manifest.watermark:
            since = parse_timestamp(manifest.watermark)
        if since is None or (options.full_after_days and not manifest.complete):
            continue
        age = (now - manifest.observed_at).total_seconds() / 86_400
        if options.full_after_days and age > options.full_after_days:
            return Start(None, f"the last complete pull is {age:.1f} days old")
        return Start(since)
    return Start(None, "there is no earlier complete pull")


def _question(criterion: dict[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in criterion.items() if value not in (None, [], {})}
    options = {name: value for name, value in criterion.get("options", {}).items() if name not in _HOW}
    return {**asked, "options": options}
