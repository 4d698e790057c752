"""The landing zone as readers see it: feeds with a manifest, whole and verified, nothing else.

What belongs here: finding, verifying, reading. What does not: writing feeds (that is the crawler's).
"""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dagster as dg
import polars as pl
from pydantic import ValidationError

from orchestration.logic.observed import READ_SCHEMA, ColumnTypeError, typed
from realestate_crawler.contracts.feed import FEEDS, MANIFEST
from realestate_crawler.contracts.manifest import FORMAT, Manifest
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore, StoreError

_MANIFEST_KEY = re.compile(
    rf"[^/]+/source=(?P<source>[^/]+)/scope=(?P<scope>[^/]+)/run=(?P<run>[^/]*-(?P<seq>\d+))/{re.escape(MANIFEST)}"
)


class DamagedFeedError(ValueError):
    """A feed that is not what its manifest says; the message names the object."""


@dataclass(frozen=True, slots=True, order=True)
class FeedRef:
    """A feed that has a manifest."""

    source: str
    scope: str
    run_seq: int
    key: str

    @property
    def run_id(self) -> str:
        """Id of the run, as its folder is named."""
        return self.key.rpartition("/run=")[2].partition("/")[0]

    @property
    def app(self) -> str:
        """Names the scope in Delta transactions."""
        return app_of(self.source, self.scope)


def app_of(source: str, scope: str) -> str:
    """Names a scope in Delta transactions; the run's sequence number is the version."""
    return f"feed/{source}/{scope}"


class Landing(dg.ConfigurableResource[Any]):
    """Feeds below one root.

    Attributes:
        root: a folder or `s3://bucket/prefix`.
    """

    root: str

    @cached_property
    def store(self) -> ObjectStore:
        """The object store behind."""
        return open_store(self.root)

    def feeds(self, root: str = FEEDS) -> list[FeedRef]:
        """All feeds that have a manifest, by source, scope and run; of listings where no other root is named."""
        found = (_MANIFEST_KEY.fullmatch(key) for key in self.store.keys(f"{root}/"))
        return sorted(FeedRef(m["source"], m["scope"], int(m["seq"]), m.string) for m in found if m)

    def waiting(self, applied: Mapping[str, int]) -> list[FeedRef]:
        """Feeds newer than what was applied (app → sequence number)."""
        return [feed for feed in self.feeds() if feed.run_seq > applied.get(feed.app, 0)]

    def overtaken(self, applied: Collection[tuple[str, str, str]], newest: Mapping[str, int]) -> list[FeedRef]:
        """Feeds that came after a newer one of their scope was applied: they never will be.

        Args:
            applied: source, scope and run id of every applied feed.
            newest: app → sequence number of the newest applied feed.
        """
        return [
            feed
            for feed in self.feeds()
            if feed.run_seq <= newest.get(feed.app, 0) and (feed.source, feed.scope, feed.run_id) not in applied
        ]

    def manifest(self, feed: FeedRef) -> Manifest:
        """A feed's manifest.

        Raises:
            DamagedFeedError: when it cannot be read, or does not belong to its place.
        """
        try:
            manifest = Manifest.model_validate_json(self.store.get(feed.key))
        except (StoreError, ValidationError) as error:
            raise DamagedFeedError(f"{feed.key}: no usable manifest (format {FORMAT} is known): {error}") from error
        told = (manifest.source, manifest.scope, manifest.run_seq, manifest.run_id)
        if told != (feed.source, feed.scope, feed.run_seq, feed.run_id):
            raise DamagedFeedError(f"{feed.key}: the manifest is of another run: {manifest.scope} {manifest.run_id}")
        if manifest.format > FORMAT:
            raise DamagedFeedError(f"{feed.key}: format {manifest.format} is newer than {FORMAT}: update this program")
        return manifest

    def read(self, feed: FeedRef, manifest: Manifest) -> pl.DataFrame:
        """All observations of a feed (see `logic.observed.typed`), every part verified against the manifest.

        Raises:
            DamagedFeedError: for a part that is absent, altered, or not strict JSON Lines.
        """
        try:
            return typed(self.lines(feed, manifest, READ_SCHEMA))
        except ColumnTypeError as error:
            raise DamagedFeedError(f"{feed.key}: {error}") from error

    def lines(self, feed: FeedRef, manifest: Manifest, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        """All lines of a feed, read with a schema, every part verified against the manifest.

        Raises:
            DamagedFeedError: for a part that is absent, altered, or not strict JSON Lines.
        """
        folder = feed.key.removesuffix(MANIFEST)
        frames = [pl.DataFrame(schema=schema)]
        for part in manifest.parts:
            name = folder + part.key
            try:
                data = self.store.get(name)
                if hashlib.sha256(data).hexdigest() != part.sha256:
                    raise DamagedFeedError(f"{name}: other content than its manifest says (sha256)")
                text = gzip.decompress(data)
                lines = pl.read_ndjson(io.BytesIO(text), schema=dict(schema)) if text else frames[0]
            except (StoreError, OSError, EOFError, zlib.error, pl.exceptions.PolarsError) as error:
                raise DamagedFeedError(f"{name}: {error}") from error
            if lines.height != part.lines:
                raise DamagedFeedError(f"{name}: {lines.height} lines, its manifest says {part.lines}")
            frames.append(lines)
        found = pl.concat(frames)
        foreign = found.filter(pl.col("source").ne_missing(manifest.source))
        if foreign.height:
            raise DamagedFeedError(f"{feed.key}: {foreign.height} lines are of another source: {foreign['source'][0]}")
        if found.filter(pl.col("listing_key").fill_null("") == "").height:
            raise DamagedFeedError(f"{feed.key}: a line has no listing_key")
        return found
