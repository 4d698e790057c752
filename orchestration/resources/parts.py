"""The parts of a feed as lines: verified, unpacked, nothing interpreted; and what its quarantine holds."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from realestate_crawler.contracts.feed import MANIFEST
from realestate_crawler.contracts.manifest import Manifest, Part
from realestate_crawler.landing.store import StoreError


def part_lines(landing: Landing, feed: FeedRef, part: Part) -> list[bytes]:
    """The lines of one part, newlines included.

    Raises:
        DamagedFeedError: when it is absent, or not what its manifest says.
    """
    name = feed.key.removesuffix(MANIFEST) + part.key
    try:
        data = landing.store.get(name)
        if hashlib.sha256(data).hexdigest() != part.sha256 or len(data) != part.bytes:
            raise DamagedFeedError(f"{name}: other content than its manifest says (sha256)")
        lines = gzip.decompress(data).splitlines(keepends=True)
    except (StoreError, OSError, EOFError, zlib.error) as error:
        raise DamagedFeedError(f"{name}: {error}") from error
    if len(lines) != part.lines:
        raise DamagedFeedError(f"{name}: {len(lines)} lines, its manifest says {part.lines}")
    return lines


def quarantined(landing: Landing, feed: FeedRef, manifest: Manifest) -> list[dict[str, Any]]:
    """What a feed's quarantine holds: `reason`, `observed_at` and `item` (its fields, or their text) of each.

    Raises:
        DamagedFeedError: see `quarantined_lines`.
    """
    return [told for _, told in quarantined_lines(landing, feed, manifest)]


def quarantined_lines(landing: Landing, feed: FeedRef, manifest: Manifest) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The same, beside each line as it lies there.

    Raises:
        DamagedFeedError: when a part is not what the manifest says, or a line is no JSON object.
    """
    for part in manifest.quarantine:
        for number, line in enumerate(part_lines(landing, feed, part), start=1):
            try:
                told = dict(json.loads(line))
            except (ValueError, TypeError) as error:
                raise DamagedFeedError(f"{feed.key}: {part.key} line {number}: {error}") from error
            yield line, told
