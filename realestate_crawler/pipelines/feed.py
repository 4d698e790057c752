"""The last stage: writes the feed, delivers its parts, and at the very end the manifest.

What belongs here: the life of one feed within a crawl. What does not: bytes (`landing.feed_writer`), whether the
crawl was complete (`domain.completeness`).
"""

import asyncio
import datetime
import logging
import shutil
from pathlib import Path
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider

from realestate_crawler.contracts.feed import (
    MANIFEST,
    ROOTS,
    UnwritableError,
    encode,
    part_name,
    quarantine_name,
    to_line,
)
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.contracts.places import Places
from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.manifests import build_manifest
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.probe import UnsafeStoreError, refuse_unsafe
from realestate_crawler.landing.runs import BusyError, Run, claim_run
from realestate_crawler.landing.store import ObjectStore, StoreError
from realestate_crawler.pipelines.quarantine import QuarantineItem
from realestate_crawler.sale import Item

logger = logging.getLogger(__name__)

# How the command learns what became of the feed; see commands.crawl.
STAT_FEED = "feed/outcome"
STAT_REASONS = "feed/reasons"
STAT_MANIFEST = "feed/manifest"


class FeedPipeline:
    """One feed a crawl, in `<landing>/feeds/source=…/scope=…/run=…/`."""

    def __init__(self, crawler: Crawler, crawl: Crawl, store: ObjectStore, spool: Path, lines_per_part: int) -> None:
        self.crawler = crawler
        self.crawl = crawl
        self.store = store
        self.spool = spool
        self.lines_per_part = lines_per_part
        self.started_at = datetime.datetime.now(datetime.UTC)
        self.run: Run | None = None
        self.errors = 0
        self.undelivered: list[str] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Opens the landing zone."""
        places = Places()
        lines = crawler.settings.getint("FEED_PART_LINES")
        stage = cls(crawler, crawl_of(crawler), open_store(places.landing), places.spool, lines)
        crawler.signals.connect(stage.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(stage.error_happened, signal=signals.item_error)
        crawler.signals.connect(stage.error_happened, signal=signals.spider_error)
        crawler.signals.connect(stage.spider_closed, signal=signals.spider_closed)
        return stage

    async def open_spider(self) -> None:
        """Claims the run.

        Raises:
            CloseSpider: when another crawl of the scope is at work, or the landing zone cannot be used.
        """
        try:
            await asyncio.to_thread(refuse_unsafe, Places().landing)
            self.run = await asyncio.to_thread(
                claim_run, self.store, self.crawl.source, self.crawl.scope, self.started_at, ROOTS[self.crawl.item]
            )
        except BusyError as error:
            self._tell("busy", [str(error)])
            raise CloseSpider("busy") from error
        except StoreError as error:
            self._tell("unusable" if isinstance(error, UnsafeStoreError) else "undelivered", [str(error)])
            raise CloseSpider("landing_zone") from error
        self.folder = self.spool / self.crawl.source / self.crawl.scope / self.run.run_id
        self.listings = FeedWriter(self.store, self.run.prefix, self.folder, part_name, self.lines_per_part)
        self.quarantine = FeedWriter(self.store, self.run.prefix, self.folder, quarantine_name, self.lines_per_part)

    async def process_item(self, item: Item) -> Item:
        """Writes one line; a full part is delivered at once."""
        assert self.run is not None
        item.run_id = self.run.run_id
        try:
            line = to_line(item)
        except UnwritableError as error:
            raise QuarantineItem(f"unwritable: {error}", item) from error
        self.crawl.ledger.seen.add(item.listing_key)
        await self._deliver(self.listings, self.listings.write(line))
        return item

    async def item_dropped(self, item: Any, exception: BaseException) -> None:
        """Writes a quarantined item with its reason; what cannot be written as it is, as Python shows it."""
        if not isinstance(exception, QuarantineItem):
            return
        told = {"reason": exception.reason, "observed_at": self.crawl.observed_at}
        try:
            line = encode({**told, "item": _fields(item)})
        except UnwritableError:
            line = encode({**told, "item": ascii(item)})
        if item.listing_key:
            self.crawl.ledger.seen.add(item.listing_key)
        await self._deliver(self.quarantine, self.quarantine.write(line))

    def error_happened(self) -> None:
        """Counts exceptions in callbacks and pipelines: with one of them, the crawl is not complete."""
        self.errors += 1

    async def spider_closed(self, spider: Any, reason: str) -> None:
        """Seals the last parts; the manifest comes last, and only when every part has been delivered."""
        if self.run is None:
            return
        if self.crawl.ledger.unusable:
            self._tell("unusable", self.crawl.ledger.gaps)
            return
        for writer in (self.listings, self.quarantine):
            await self._deliver(writer, writer.seal())
        manifest = build_manifest(
            self.crawl,
            self.run,
            spider=spider.name,
            started_at=self.started_at,
            finished_at=datetime.datetime.now(datetime.UTC),
            finish_reason=reason,
            parts=self.listings.parts,
            quarantine=self.quarantine.parts,
            errors=self.errors,
        )
        await self._commit(manifest)

    async def _commit(self, manifest: Manifest) -> None:
        assert self.run is not None
        data = manifest.model_dump_json(indent=1).encode()
        key = self.run.prefix + MANIFEST
        try:
            if not self.undelivered and not await asyncio.to_thread(self.store.put_if_absent, key, data):
                self.undelivered.append(f"{key}: is there already")
        except StoreError as error:
            self.undelivered.append(str(error))
        if self.undelivered:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / MANIFEST).write_bytes(data)
            self._tell("undelivered", [*self.undelivered, f"the local copy is kept: {self.folder}"])
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        outcome = "complete" if manifest.complete else "partial" if manifest.failed else "delivered"
        self._tell(outcome, manifest.reasons, key)

    def _tell(self, outcome: str, reasons: list[str], manifest: str | None = None) -> None:
        stats = self.crawler.stats
        assert stats is not None
        stats.set_value(STAT_FEED, outcome)
        stats.set_value(STAT_REASONS, reasons)
        stats.set_value(STAT_MANIFEST, manifest)

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
