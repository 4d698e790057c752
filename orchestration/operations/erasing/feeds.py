"""Feeds and quarantine: parts without the lines, or without the people in them, then the manifest.

A feed is what its manifest says at every moment: new parts have names of their own, and the manifest, which is replaced
at once, says which ones count; the old ones are removed afterwards (`strays`). What belongs here: the objects of runs.
What does not: what a line says (`cut`).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from orchestration.operations.erasing.cut import Cut
from orchestration.operations.erasing.part_writing import new_part, put
from orchestration.resources.landing import FeedRef, Landing
from orchestration.resources.parts import part_lines
from realestate_crawler.contracts.feed import MANIFEST, ROOTS, encode, line_digest
from realestate_crawler.contracts.manifest import Manifest, Part

Left = Callable[[Mapping[str, Any]], dict[str, Any] | None]
Scope = tuple[str, str]


@dataclass(slots=True)
class _Rewritten:
    """A part after it was looked through.

    Attributes:
        part: None when no line is left.
        keys: listings whose lines went, one a line.
        digests: lines that lost people: how they were called → how they are called now.
    """

    part: Part | None
    keys: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def every_feed(landing: Landing) -> list[FeedRef]:
    """All feeds of listings and sales, in the order of their runs."""
    return [feed for root in ROOTS.values() for feed in landing.feeds(root)]


def erase_lines(landing: Landing, cut: Cut, identifier: str) -> int:
    """Takes it out of all feeds; how many lines went or changed.

    Raises:
        DamagedFeedError: for a feed that is not what its manifest says; the ones before it are done.
        StoreError: when something could not be stored.
    """
    lines = 0
    moved: dict[Scope, dict[str, str]] = {}
    for feed in every_feed(landing):
        manifest = landing.manifest(feed)
        rewrite = partial(_rewrite, landing, feed, identifier)
        parts = [rewrite(part, partial(cut.line, feed.source)) for part in manifest.parts]
        aside = [rewrite(part, partial(cut.aside, feed.source)) for part in manifest.quarantine]
        digests = moved.setdefault((feed.source, feed.scope), {})
        for each in aside:
            digests |= each.digests
        after = _manifest(manifest, cut, parts, aside, digests)
        if after != manifest:
            put(landing.store, feed.key, after.model_dump_json(indent=1).encode())
        lines += after.erased - manifest.erased + sum(len(each.digests) for each in [*parts, *aside])
    return lines


def _rewrite(landing: Landing, feed: FeedRef, identifier: str, part: Part, left: Left) -> _Rewritten:
    found = _Rewritten(part)
    lines: list[bytes] = []
    for line in part_lines(landing, feed, part):
        told = json.loads(line)
        after = left(told)
        if after is None:
            item = told.get("item", told)
            found.keys.append(str(item["listing_key"]) if isinstance(item, dict) else line_digest(line))
            continue
        lines.append(line if after == told else encode(after))
        if after != told:
            found.digests[line_digest(line)] = line_digest(lines[-1])
    if found.keys or found.digests:
        found.part = new_part(landing.store, feed.key.removesuffix(MANIFEST), part, identifier, lines)
    return found


def _manifest(
    manifest: Manifest, cut: Cut, parts: list[_Rewritten], aside: list[_Rewritten], digests: Mapping[str, str]
) -> Manifest:
    keys = {key for each in [*parts, *aside] for key in each.keys}
    after = Manifest.model_validate(cut.manifest(manifest.source, manifest.model_dump(mode="json")))
    update: dict[str, Any] = {
        "parts": [each.part for each in parts if each.part],
        "quarantine": [each.part for each in aside if each.part],
        "unique_listings": manifest.unique_listings - len(keys),
        "erased": manifest.erased + sum(len(each.keys) for each in [*parts, *aside]),
    }
    update["items"] = manifest.items - sum(len(each.keys) for each in parts)
    update["quarantined"] = manifest.quarantined - sum(len(each.keys) for each in aside)
    if after.retries is not None:
        lines = sorted(digests.get(line, line) for line in after.retries.lines)
        update["retries"] = after.retries.model_copy(update={"lines": lines})
    return after.model_copy(update=update)


def strays(landing: Landing, holding: Iterable[str]) -> list[str]:
    """Of objects that hold it, those that no manifest names: parts that were replaced, and parts of runs that died."""
    named = set()
    for feed in every_feed(landing):
        manifest = landing.manifest(feed)
        prefix = feed.key.removesuffix(MANIFEST)
        named |= {feed.key, *(prefix + part.key for part in [*manifest.parts, *manifest.quarantine])}
    return [key for key in holding if key not in named]
