"""The landing zone as readers see it: feeds with a manifest, whole and verified, nothing else.

What belongs here: finding, verifying, reading. What does not: writing feeds (that is the crawler's).
"""

import gzip
import hashlib
import io
import re
import zlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import dagster as dg
import polars as pl
from pydantic import ValidationError

from orchestration.logic.observed import ColumnTypeError, exact, observations, read_schema
from orchestration.logic.salvage import BadLine, salvage
from orchestration.logic.schemas import ITEM_SCHEMA
from realestate_crawler.contracts.feed import FEEDS, MANIFEST, scope_prefix
from realestate_crawler.contracts.manifest import FORMAT, Manifest, Part
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore, StoreError

_MANIFEST_KEY = re.compile(
    rf"[^/]+/source=(?P<source>[^/]+)/scope=(?P<scope>[^/]+)/run=(?P<run>[^/]*-(?P<seq>\d+))/{re.escape(MANIFEST)}"
)


# A feed with more bad lines than this is no feed.
MOST_BAD = 0.01
# What Polars reads as a NUL.
_NO_TEXT = (b"\\u0000", b"\\ud", b"\\uD")


class DamagedFeedError(ValueError):
    """A feed that is not what its manifest says; the message names the object."""


@dataclass(frozen=True, slots=True)
class Flaws:
    """What of a feed could not be used as it is.

    Attributes:
        bad: part and line of what is no record; with one of them, absence proves nothing.
        emptied: field → values that its column cannot hold; they are kept in `raw`.
    """

    bad: list[tuple[str, BadLine]] = field(default_factory=list)
    emptied: Counter[str] = field(default_factory=Counter)

    @property
    def bad_words(self) -> str:
        """The bad lines: how many, and where the first ones are."""
        some = "; ".join(f"{part} line {line.number}: {line.reason}" for part, line in self.bad[:3])
        return f"{len(self.bad)} lines cannot be read: {some}{' …' if len(self.bad) > 3 else ''}"

    @property
    def reasons(self) -> list[str]:
        """Why the feed is not complete, whatever its manifest says."""
        return [self.bad_words] if self.bad else []

    @property
    def emptied_words(self) -> list[str]:
        """The fields with values that their columns cannot hold."""
        return [f"{name}: {count} values do not fit their column, kept raw" for name, count in self.emptied.items()]


@dataclass(frozen=True, slots=True)
class Records:
    """The lines of a feed in table types, and what of them could not be used."""

    frame: pl.DataFrame
    flaws: Flaws


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
        return self._feeds(f"{root}/")

    def feeds_of(self, source: str, scope: str, root: str = FEEDS) -> list[FeedRef]:
        """The feeds of one scope that have a manifest, in the order of their runs: listings, or those below `root`."""
        return self._feeds(scope_prefix(source, scope, root))

    def _feeds(self, prefix: str) -> list[FeedRef]:
        found = (_MANIFEST_KEY.fullmatch(key) for key in self.store.keys(prefix))
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
        """All observations of a feed: `observe` without its flaws.

        Raises:
            DamagedFeedError: see `records`.
        """
        return self.observe(feed, manifest).frame

    def observe(self, feed: FeedRef, manifest: Manifest) -> Records:
        """All observations of a feed, one row a key, with the derived columns.

        Raises:
            DamagedFeedError: see `records`.
        """
        found = self.records(feed, manifest, ITEM_SCHEMA)
        return Records(observations(found.frame), found.flaws)

    def records(self, feed: FeedRef, manifest: Manifest, schema: Mapping[str, pl.DataType]) -> Records:
        """All lines of a feed with the types of `schema`, every part verified against the manifest.

        Raises:
            DamagedFeedError: for a part that is absent or altered, or a feed with more than 1 % bad lines.
        """
        frames, flaws = [pl.DataFrame(schema=schema)], Flaws()
        for part in manifest.parts:
            text = self._text(feed, part)
            frame = _whole(text, schema)
            bad: list[BadLine] = []
            if frame is None:
                saved = salvage(text, schema)
                frame, bad = saved.records, saved.bad
                flaws.emptied.update(saved.emptied)
                flaws.bad.extend((part.key, line) for line in bad)
            if frame.height + len(bad) != part.lines:
                found = frame.height + len(bad)
                raise DamagedFeedError(f"{_folder(feed)}{part.key}: {found} lines, its manifest says {part.lines}")
            frames.append(frame)
        records = pl.concat(frames)
        if len(flaws.bad) > MOST_BAD * sum(part.lines for part in manifest.parts):
            raise DamagedFeedError(f"{feed.key}: {flaws.bad_words}: more than {MOST_BAD:.0%} of its lines")
        foreign = records.filter(pl.col("source").ne_missing(manifest.source))
        if foreign.height:
            raise DamagedFeedError(f"{feed.key}: {foreign.height} lines are of another source: {foreign['source'][0]}")
        return Records(records, flaws)

    def _text(self, feed: FeedRef, part: Part) -> bytes:
        """A part's lines, unpacked."""
        name = _folder(feed) + part.key
        try:
            data = self.store.get(name)
            if len(data) != part.bytes:
                raise DamagedFeedError(f"{name}: {len(data)} bytes, its manifest says {part.bytes}")
            if hashlib.sha256(data).hexdigest() != part.sha256:
                raise DamagedFeedError(f"{name}: other content than its manifest says (sha256)")
            return gzip.decompress(data)
        except (StoreError, OSError, EOFError, zlib.error) as error:
            raise DamagedFeedError(f"{name}: {error}") from error


def _folder(feed: FeedRef) -> str:
    return feed.key.removesuffix(MANIFEST)


def _whole(text: bytes, schema: Mapping[str, pl.DataType]) -> pl.DataFrame | None:
    """All lines of a part at once; None where one of them must be looked at by itself."""
    if not text:
        return pl.DataFrame(schema=schema)
    if any(mark in text for mark in _NO_TEXT):
        return None
    try:
        found = exact(pl.read_ndjson(io.BytesIO(text), schema=read_schema(schema)), schema)
    except (pl.exceptions.PolarsError, ColumnTypeError):
        return None
    keyless = found.filter(pl.col("listing_key").fill_null("") == "").height
    return None if keyless or found.height != text.count(b"\n") else found
