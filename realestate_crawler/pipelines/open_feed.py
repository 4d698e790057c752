"""One feed while it is written: lines in, parts delivered, and at the very end the manifest.

What belongs here: the life of one feed. What does not: which item goes where (`feed`), bytes (`landing.feed_writer`),
whether the crawl was complete (`domain.completeness`).
"""

import asyncio
import datetime
import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from realestate_crawler.contracts.feed import (
    MANIFEST,
    ROOTS,
    UnwritableError,
    encode,
    part_name,
    quarantine_name,
    to_line,
)
from realestate_crawler.contracts.manifest import ItemKind, Manifest
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.account import Ending
from realestate_crawler.domain.completeness import OUTSIDE
from realestate_crawler.domain.doubts import REQUIRED, Measure
from realestate_crawler.items import Listing
from realestate_crawler.landing.delivery import keep_sealed
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.history import measures, refuse_older
from realestate_crawler.landing.manifests import build_manifest, told
from realestate_crawler.landing.runs import Run, claim_run
from realestate_crawler.landing.store import ObjectStore, StoreError
from realestate_crawler.pipelines.quarantine import QuarantineItem
from realestate_crawler.sale import Item
from realestate_crawler.vocabulary import Kind

logger = logging.getLogger(__name__)

# So many remarks of a kind are named.
NAMED = 6


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a feed.

    Attributes:
        outcome: complete, delivered, partial, unusable, undelivered or busy.
        reasons: why it is not complete, or not there.
        manifest: its key in the landing zone; None where there is none.
        asked: what it asked for, in a line; empty where it read no results.
        remarks: what was left out, put aside, or kept raw, in a line each.
    """

    scope: str
    outcome: str
    reasons: list[str] = field(default_factory=list)
    manifest: str | None = None
    asked: str = ""
    remarks: list[str] = field(default_factory=list)


class OpenFeed:
    """One run's feed, in `<landing>/feeds/source=…/scope=…/run=…/`.

    Args:
        run: the run that was claimed for it.
        spool: local folder for parts until they are delivered.
        lines_per_part: lines after which a part is delivered.
    """

    def __init__(self, store: ObjectStore, spool: Path, crawl: Crawl, run: Run, lines_per_part: int) -> None:
        self.store = store
        self.crawl = crawl
        self.run = run
        self.folder = spool / crawl.source / crawl.scope / run.run_id
        self.listings = FeedWriter(store, run.prefix, self.folder, part_name, lines_per_part)
        self.quarantine = FeedWriter(store, run.prefix, self.folder, quarantine_name, lines_per_part)
        self.details = 0
        self.filled: Counter[str] = Counter()
        self.undelivered: list[str] = []
        self.past: list[Measure] = []

    @classmethod
    async def claim(
        cls, store: ObjectStore, spool: Path, crawl: Crawl, now: datetime.datetime, lines_per_part: int
    ) -> "OpenFeed":
        """Takes the next run of the scope.

        Raises:
            BusyError: when another crawl of it is at work.
            OlderLookError: when the scope was seen later already.
            StoreError: when the landing zone cannot be used.
        """
        if (
            crawl.item is ItemKind.LISTING
        ):  # of sales, what an older file says is never applied over what a newer one said
            await asyncio.to_thread(refuse_older, store, crawl.source, crawl.scope, crawl.observed_at)
        run = await asyncio.to_thread(claim_run, store, crawl.source, crawl.scope, now, ROOTS[crawl.item])
        feed = cls(store, spool, crawl, run, lines_per_part)
        await feed._look_back()
        return feed

    async def write(self, item: Item) -> None:
        """Writes one line; a full part is delivered at once.

        Raises:
            QuarantineItem: for an item that strict JSON cannot hold.
        """
        item.run_id = self.run.run_id
        try:
            line = to_line(item)
        except UnwritableError as error:
            raise QuarantineItem(f"unwritable: {error}", item) from error
        sealed = self.listings.write(line)
        self.crawl.ledger.seen.add(item.listing_key)
        self.crawl.ledger.account.end(item.listing_key, Ending.ITEM)
        if isinstance(item, Listing) and item.kind is Kind.DETAIL:
            self.details += 1
            self.filled.update(name for name in REQUIRED if getattr(item, name) is not None)
        await self._deliver(self.listings, sealed)

    async def put_aside(self, item: Item, reason: str) -> None:
        """Writes a quarantined item with its reason; what cannot be written as it is, as Python shows it."""
        record = {"reason": reason, "observed_at": self.crawl.observed_at}
        try:
            line = encode({**record, "item": _fields(item)})
        except UnwritableError:
            line = encode({**record, "item": ascii(item)})
        sealed = self.quarantine.write(line)
        if item.listing_key:
            self.crawl.ledger.seen.add(item.listing_key)
        self.crawl.ledger.account.end(item.listing_key, Ending.QUARANTINED)
        await self._deliver(self.quarantine, sealed)

    async def close(self, *, spider: str, started_at: datetime.datetime, finish_reason: str, errors: int) -> Told:
        """Seals the last parts; the manifest comes last, and only when every part has been delivered."""
        for writer in (self.listings, self.quarantine):
            await self._deliver(writer, writer.seal())
        manifest = build_manifest(
            self.crawl,
            self.run,
            spider=spider,
            started_at=started_at,
            finished_at=datetime.datetime.now(datetime.UTC),
            finish_reason=finish_reason,
            parts=self.listings.parts,
            quarantine=self.quarantine.parts,
            errors=errors,
            now=Measure(len(self.crawl.ledger.seen), self.details, dict(sorted(self.filled.items()))),
            past=self.past,
        )
        return await self._commit(manifest)

    async def _look_back(self) -> None:
        """What earlier runs measured, read while the landing zone is there: it may be gone when this one has ended.

        A past that cannot be read makes the feed incomplete.
        """
        try:
            self.past = await asyncio.to_thread(measures, self.store, self.run)
        except StoreError as error:
            self.crawl.ledger.gaps.append(f"what earlier runs saw could not be read: {error}")

    async def _commit(self, manifest: Manifest) -> Told:
        data = manifest.model_dump_json(indent=1).encode()
        key = self.run.prefix + MANIFEST
        try:
            if not self.undelivered and not await asyncio.to_thread(self.store.put_if_absent, key, data):
                self.undelivered.append(f"{key}: is there already")
        except StoreError as error:
            self.undelivered.append(str(error))
        if self.undelivered:
            keep_sealed(self.folder, data)
            reasons = [*self.undelivered, f"the local copy is kept: {self.folder}"]
            return Told(self.crawl.scope, "undelivered", reasons)
        shutil.rmtree(self.folder, ignore_errors=True)
        outcome = "complete" if manifest.complete else "partial" if manifest.failed else "delivered"
        return Told(self.crawl.scope, outcome, manifest.reasons, key, told(manifest), list(_remarks(manifest)))

    async def _deliver(self, writer: FeedWriter, sealed: Path | None) -> None:
        if sealed is None:
            return
        try:
            await asyncio.to_thread(writer.deliver, sealed)
        except StoreError as error:
            logger.error("%s (the local copy is kept: %s)", error, sealed)  # noqa: TRY400 (a traceback says no more)
            self.undelivered.append(str(error))


def _fields(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _remarks(manifest: Manifest) -> Iterator[str]:
    outside = {r.removeprefix(OUTSIDE): count for r, count in manifest.drops.items() if r.startswith(OUTSIDE)}
    if outside:
        yield f"{sum(outside.values())} listings lie outside the criterion and are left out: {_list(outside)}"
    others = {reason: count for reason, count in manifest.drops.items() if not reason.startswith(OUTSIDE)}
    if others:
        yield f"{sum(others.values())} lines are left out: {_list(others)}"
    if manifest.notes:
        yield f"counted, and kept raw: {_list(manifest.notes)}"


def _list(counts: Mapping[str, int]) -> str:
    """The most frequent first."""
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{what} {count}" for what, count in most[:NAMED]) + (" …" if len(most) > NAMED else "")
