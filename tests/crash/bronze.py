"""Feeds as they lie in the landing zone, each checked against its manifest: hash, size and number of lines."""

import datetime as dt
import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from tests.crash.objects import Objects

MANIFEST = re.compile(r"feeds/source=([^/]+)/scope=([^/]+)/run=([^/]*-(\d+))/manifest\.json")

Place = tuple[str, str, int]


class UnverifiedError(AssertionError):
    """A feed that can be seen is not what its manifest says."""


@dataclass(frozen=True)
class Feed:
    """A sealed feed: its manifest, and its lines by listing key."""

    source: str
    scope: str
    run_id: str
    run_seq: int
    at: dt.datetime
    complete: bool
    lines: dict[str, dict[str, Any]]
    manifest: dict[str, Any]

    @property
    def place(self) -> Place:
        """Source, scope, number of the run."""
        return self.source, self.scope, self.run_seq

    @property
    def accepts(self) -> dict[str, Any]:
        """What it lets pass of what an earlier run held; empty for a crawl."""
        return self.manifest.get("accepts") or {}

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={line.get('list_price')}" for key, line in self.lines.items())
        return f"{self.scope}#{self.run_seq} {'complete' if self.complete else 'incomplete'} {{{shown}}}"


class Bronze:
    """The landing zone; feeds never change, so each is read once, and all again by `verify_all`."""

    def __init__(self, landing: Objects) -> None:
        self.feeds: dict[Place, Feed] = {}
        self.keys: dict[str, Feed] = {}
        self._landing = landing

    def catch_up(self) -> list[Feed]:
        """The feeds that are new."""
        found = []
        for match in filter(None, map(MANIFEST.fullmatch, self._landing.keys("feeds/"))):
            place = match[1], match[2], int(match[4])
            if place not in self.feeds:
                self.feeds[place] = self.keys[match.string] = self._read(match)
                found.append(self.feeds[place])
        return found

    def verify_all(self) -> None:
        """Reads every feed anew: none has changed."""
        there = {m.string: m for m in map(MANIFEST.fullmatch, self._landing.keys("feeds/")) if m}
        if len(there) < len(self.feeds):
            raise UnverifiedError("a feed that was there is gone")
        for match in there.values():
            feed = self._read(match)
            if self.feeds.get(feed.place, feed) != feed:
                raise UnverifiedError(f"{match.string}: has changed")

    def _read(self, match: re.Match[str]) -> Feed:
        key = match.string
        manifest = json.loads(self._landing.get(key))
        named = (manifest["source"], manifest["scope"], manifest["run_id"], manifest["run_seq"])
        if named != (match[1], match[2], match[3], int(match[4])):
            raise UnverifiedError(f"{key}: belongs to {named}")
        folder = key.rpartition("/")[0]
        lines: list[dict[str, Any]] = []
        for part in manifest["parts"]:
            name = f"{folder}/{part['key']}"
            lines += _verified(name, self._landing.get(name), part)
        if len(lines) != manifest["items"]:
            raise UnverifiedError(f"{key}: {manifest['items']} items, {len(lines)} lines")
        by_key: dict[str, dict[str, Any]] = {}
        for line in lines:
            by_key.setdefault(line["listing_key"], line)
        at = dt.datetime.fromisoformat(manifest["observed_at"])
        return Feed(*named, at, manifest["complete"], by_key, manifest)


def _verified(key: str, data: bytes, part: dict[str, Any]) -> list[dict[str, Any]]:
    if (hashlib.sha256(data).hexdigest(), len(data)) != (part["sha256"], part["bytes"]):
        raise UnverifiedError(f"{key}: is not what its manifest says")
    lines = [json.loads(line) for line in gzip.decompress(data).splitlines()]
    if len(lines) != part["lines"]:
        raise UnverifiedError(f"{key}: {len(lines)} lines, its manifest says {part['lines']}")
    return lines
