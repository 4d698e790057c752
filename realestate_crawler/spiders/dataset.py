"""A table of listings as its source publishes it: a local file, an address, or an object in a store.

    scrapy crawl dataset -a mapping=FILE -a input=FILE-or-URI [-a scope=ID] [-a observed_at=ISO-TIME]

What belongs here: getting the bytes. What does not: formats (`dataset.table`) and meaning (`dataset.rows`).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from scrapy.http import Response

from realestate_crawler.contracts.criteria import CriteriaError, Criterion
from realestate_crawler.contracts.places import Places
from realestate_crawler.crawl import Crawl
from realestate_crawler.dataset.mapping import Mapping as DatasetMapping
from realestate_crawler.dataset.mapping import read_mapping
from realestate_crawler.dataset.rows import RowReader
from realestate_crawler.dataset.scopes import claimed_number
from realestate_crawler.dataset.table import Row, Table, TableError, read_table
from realestate_crawler.items import Listing
from realestate_crawler.landing.history import branches
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError
from realestate_crawler.spiders.arguments import moment, understand
from realestate_crawler.spiders.base import CrawlSpider
from realestate_crawler.spiders.branches import await_known, part
from realestate_crawler.spiders.contact import check_address, check_contact

# Items that are under way at once.
BATCH = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    mapping: DatasetMapping
    input: str
    crawl: Crawl


class DatasetSpider(CrawlSpider):
    """Reads one table into one feed; its scope is the table, or its scopes are the values of one column."""

    name = "dataset"
    # Scrapy unpacks a cut gzip body as far as it goes and says nothing; `dataset.table` unpacks all of it or refuses.
    custom_settings = {"COMPRESSION_ENABLED": False}  # noqa: RUF012 (Scrapy's own way)

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        asked = _understand(arguments)
        self.mapping, self.input, self.crawl = asked.mapping, asked.input, asked.crawl
        self.reader = RowReader(asked.mapping)
        self.own_addresses = (self.input,) if self.input.startswith(("http://", "https://")) else ()

    def owns(self, url: str) -> bool:
        """See CrawlSpider: what was asked for may lie wherever its publisher's redirects lead."""
        return True

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider. With `criteria`, one crawl for each criterion whose source is `dataset`."""
        if not arguments and not Places().criteria.exists():
            raise CriteriaError("nothing to read: give -a mapping=FILE -a input=FILE-or-URI, or -a criteria=FILE")
        plans = [dict(arguments)] if "mapping" in arguments else understand(cls.name, arguments).plans(arguments)
        for plan in plans:
            asked = _understand(plan)
            where = "argument input" if "mapping" in plan else f"criterion {asked.crawl.scope}: key options.input"
            _check_input(asked.input, where)
            RowReader(asked.mapping)
        return plans

    async def start(self) -> AsyncIterator[Any]:
        """Gets the table and yields its listings."""
        await self._await_known()
        if self.input.startswith(("http://", "https://")):
            yield self.request(self.input, self.parse_table, dont_filter=True)
            return
        try:
            data = await asyncio.to_thread(_read_object if self.input.startswith("s3://") else _read_file, self.input)
        except OSError as error:
            self._refuse(f"{self.input}: cannot be read: {error.strerror or error}")
            return
        for number, listing in enumerate(self._listings(data, self.input), start=1):
            yield listing
            if number % BATCH == 0:
                await self._written()
        await self._written()

    async def _await_known(self) -> None:
        """Of a snapshot that is split, the scopes that must come."""
        if self.mapping.scopes is None:
            return
        try:
            store = open_store(Places().landing)
            earlier = await asyncio.to_thread(lambda: list(branches(store, self.crawl.source, self.crawl.scope)))
        except StoreError as error:
            self.crawl.ledger.gaps.append(f"which scopes earlier runs had cannot be read: {error}")
            earlier = []
        await_known(self.crawl, self.mapping.scopes, earlier)

    async def _written(self) -> None:
        """Waits until the items so far are through the pipelines.

        Scrapy starts one task for each item of `start`, however many there are, and after the last one it notices
        only with its heartbeat, 5 seconds later, that nothing is left to do.
        """
        engine = self.crawler.engine
        while engine and engine.scraper.slot and not engine.scraper.slot.is_idle():
            await asyncio.sleep(0.01)

    def parse_table(self, response: Response) -> Iterator[Listing]:
        """Yields the listings of a downloaded table."""
        self.arrived()
        yield from self._listings(response.body, response.url)

    def _listings(self, data: bytes, name: str) -> Iterator[Listing]:
        try:
            table = read_table(data, name, rows=self.mapping.rows, delimiter=self.mapping.delimiter)
            self.reader.check_columns(table.rows, name)
            rows = list(self._scoped(table))
        except (TableError, CriteriaError) as error:
            self._refuse(str(error))
            return
        except ValueError as error:
            self._refuse(f"{name}: {error}")
            return
        self._note_absent(table.rows, name)
        places: dict[str, str] = {}
        for scope, row in rows:
            listing = self.reader.read(row)
            listing.scope = scope
            ledger = self.crawl.of(listing).ledger
            ledger.columns.update(listing.extra)
            if places.setdefault(listing.listing_key, scope) != scope:
                ledger.notes["key that another scope has as well"] += 1
            ledger.account.schedule(listing.listing_key, announced=True)
            yield listing

    def _scoped(self, table: Table) -> Iterable[tuple[str, Row]]:
        """Each row with its scope, the empty one for the crawl's own."""
        if self.mapping.scopes is not None:
            return part(self.crawl, self.mapping.scopes, table)
        ledger = self.crawl.ledger
        ledger.account.announce(len(table.rows))
        if self.mapping.claimed is not None:
            try:
                ledger.claimed_rows = claimed_number(table.document, self.mapping.claimed)
            except ValueError as error:
                ledger.gaps.append(str(error))
        return [("", row) for row in table.rows]

    def _note_absent(self, rows: list[Row], name: str) -> None:
        for column in self.reader.absent_columns(rows) if rows else ():
            self.logger.warning(
                "%s: no row has the column %s, which the mapping calls volatile or personal", name, column
            )
            for crawl in self.crawl.branches.values() if self.mapping.scopes else (self.crawl,):
                crawl.ledger.notes[f"column not there: {column}"] += 1

    def _refuse(self, reason: str) -> None:
        self.crawl.ledger.gaps.append(reason)
        self.crawl.ledger.unusable = True
        self.logger.error("%s", reason)


def _understand(arguments: Mapping[str, str]) -> _Asked:
    words = dict(arguments)
    if "mapping" not in words:
        criteria = understand(DatasetSpider.name, words)
        if len(criteria.criteria) != 1:
            raise CriteriaError("one crawl reads one dataset: select a criterion with -a only=")
        criterion = criteria.criteria[0]
        unknown = sorted(set(criterion.options) - {"mapping", "input"})
        if unknown or len(criterion.options) != 2:
            raise CriteriaError(f"criterion {criterion.id}: key options: a dataset needs 'mapping' and 'input'")
        mapping = read_mapping(Path(str(criterion.options["mapping"])))
        crawl = _crawl(mapping, criterion, criteria.observed_at)
        return _Asked(mapping, str(criterion.options["input"]), crawl)
    unknown = sorted(set(words) - {"mapping", "input", "scope", "observed_at"})
    if unknown:
        raise CriteriaError(f"argument {', '.join(unknown)}: unknown; there are mapping, input, scope, observed_at")
    if not words.get("input"):
        raise CriteriaError("argument input: missing: a file, http(s) address or s3://bucket/key")
    mapping = read_mapping(Path(words["mapping"]))
    scope = words.get("scope") or mapping.scope or mapping.source
    try:
        criterion = Criterion(id=scope, source=DatasetSpider.name, options={"mapping": words["mapping"]})
    except ValidationError as error:
        raise CriteriaError(f"argument scope: {scope!r} is no identifier (letters, digits, . _ -)") from error
    return _Asked(mapping, words["input"], _crawl(mapping, criterion, moment(words.get("observed_at"))))


def _check_input(name: str, where: str) -> None:
    scheme = name.partition("://")[0] if "://" in name else ""
    if scheme not in ("", "http", "https", "s3"):
        raise CriteriaError(f"{where}: {scheme}: is not read; a file, http(s) address or s3://bucket/key is")
    if scheme == "s3" and "@" in name.split("/")[2]:
        raise CriteriaError(f"{where}: an S3 address carries no credentials; set them in the environment")
    if not scheme and not Path(name).is_file():
        raise CriteriaError(f"{where}: {name}: no such file")
    if scheme in ("http", "https"):
        check_address(name, where)
        check_contact(name, where)


def _crawl(mapping: DatasetMapping, criterion: Criterion, observed_at: Any) -> Crawl:
    return Crawl(
        source=mapping.source,
        criterion=criterion,
        observed_at=observed_at,
        unnamed=f"no value in column {mapping.scopes.column}" if mapping.scopes else "",
        volatile=mapping.volatile_names(),
        personal=mapping.personal_names(),
        absence=mapping.snapshot,
    )


def _read_file(path: str) -> bytes:
    return Path(path).read_bytes()


def _read_object(uri: str) -> bytes:
    import boto3  # noqa: PLC0415 (slow to import, needed only here)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        return bytes(boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    except (BotoCoreError, ClientError, ValueError) as error:
        raise OSError(str(error)) from error
