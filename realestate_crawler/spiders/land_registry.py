"""HM Land Registry Price Paid Data: registered sales of England and Wales, from its full and its monthly files.

    scrapy crawl land_registry -a input=FILE-or-URI -a file=full|changes [-a scope=ID] [-a observed_at=ISO-TIME]
    scrapy crawl land_registry -a criteria=FILE [-a only=ID]       (options.input and options.file)

What belongs here: getting the file. What does not: its layout, codes and selection (`land_registry`).
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from realestate_crawler.contracts.criteria import CriteriaError, Criterion
from realestate_crawler.contracts.manifest import Absence, ItemKind
from realestate_crawler.contracts.places import Places
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.completeness import OUTSIDE
from realestate_crawler.land_registry.files import FileError, read_lines
from realestate_crawler.land_registry.rows import read_row
from realestate_crawler.land_registry.selection import check, outside
from realestate_crawler.spiders.arguments import moment, understand
from realestate_crawler.spiders.base import CrawlSpider
from realestate_crawler.spiders.local_copy import FetchError, local_copy

# What it proves that a sale is not in the file.
FILES = {"full": Absence.COMPLETE, "changes": Absence.PARTIAL}
# The arguments that name a file without a criterion.
_OWN = frozenset({"input", "file", "scope"})
BREATH = 2000  # records between two looks at whatever else there is to do


@dataclass(frozen=True, slots=True)
class _Asked:
    input: str
    crawl: Crawl


class LandRegistrySpider(CrawlSpider):
    """Reads one file into one feed of sales."""

    name = "land_registry"
    custom_settings = {  # noqa: RUF012 (Scrapy's own way)
        "ITEM_PIPELINES": {
            "realestate_crawler.pipelines.erased.ErasedPipeline": 150,
            "realestate_crawler.pipelines.sales.SalePipeline": 400,
            "realestate_crawler.pipelines.feed.FeedPipeline": 900,
        },
    }

    def __init__(self, **arguments: str) -> None:
        super().__init__()
        asked = _understand(arguments)
        self.input, self.crawl = asked.input, asked.crawl

    @classmethod
    def plan(cls, arguments: Mapping[str, str]) -> list[dict[str, str]]:
        """See CrawlSpider. With `criteria`, one crawl for each criterion whose source is `land_registry`."""
        plans = [dict(arguments)] if _OWN & set(arguments) else understand(cls.name, arguments).plans(arguments)
        for plan in plans:
            asked = _understand(plan)
            if "://" not in asked.input and not Path(asked.input).is_file():
                raise CriteriaError(f"input {asked.input}: no such file")
        return plans

    async def start(self) -> AsyncIterator[Any]:
        """Gets the file and yields its records, in its order."""
        ledger = self.crawl.ledger
        folder = Places().spool / "downloads" / self.crawl.source / self.crawl.scope
        try:
            path = await asyncio.to_thread(local_copy, self.input, folder, str(self.settings["USER_AGENT"]))
        except FetchError as error:
            ledger.requests["failed: the file could not be fetched"] += 1
            self.logger.error("%s", error)  # noqa: TRY400 (the message says where; a traceback says no more)
            return
        ledger.requests["ok"] += 1
        read = 0
        try:
            for line in read_lines(path, self.input):
                read += 1
                sale = read_row(line)
                ledger.columns.update(sale.extra)
                key = outside(sale, self.crawl.criterion) if sale.listing_key else None
                if key is None:
                    ledger.account.schedule(sale.listing_key)
                    yield sale
                else:
                    ledger.drops[OUTSIDE + key] += 1
                if not read % BREATH:
                    await asyncio.sleep(0)
        except FileError as error:
            ledger.gaps.append(str(error))
            ledger.unusable = True
            self.logger.error("%s", error)  # noqa: TRY400
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if read and read == sum(ledger.drops.values()):
            ledger.claimed_total = 0  # the file is there and says nothing about the place


def _understand(arguments: Mapping[str, str]) -> _Asked:
    words = dict(arguments)
    if _OWN & set(words):
        if not words.get("input"):
            raise CriteriaError("argument input: missing: a file, http(s) address or s3://bucket/key")
        unknown = sorted(set(words) - {"input", "file", "scope", "observed_at"})
        if unknown:
            raise CriteriaError(f"argument {', '.join(unknown)}: unknown; there are input, file, scope, observed_at")
        options = {"input": words["input"], "file": words.get("file", "")}
        try:
            criterion = Criterion(
                id=words.get("scope", "price-paid"), source=LandRegistrySpider.name, options=dict(options)
            )
        except ValidationError as error:
            raise CriteriaError(f"argument scope: {words['scope']!r} is no identifier") from error
        observed_at = moment(words.get("observed_at"))
    else:
        asked = understand(LandRegistrySpider.name, words)
        if len(asked.criteria) != 1:
            raise CriteriaError("one crawl reads one file: select a criterion with -a only=")
        criterion, observed_at = asked.criteria[0], asked.observed_at
    options = _options(criterion)
    check(criterion)
    crawl = Crawl(
        source=LandRegistrySpider.name,
        criterion=criterion,
        observed_at=observed_at,
        absence=FILES[options["file"]],
        item=ItemKind.SALE,
    )
    return _Asked(options["input"], crawl)


def _options(criterion: Criterion) -> dict[str, str]:
    told = {name: str(value) for name, value in criterion.options.items()}
    if set(told) != {"input", "file"} or not told["input"]:
        raise CriteriaError(f"criterion {criterion.id}: key options: the register needs 'input' and 'file'")
    if told["file"] not in FILES:
        raise CriteriaError(
            f"criterion {criterion.id}: key options.file: {told['file']!r}: say 'full' (what the file does not list is "
            "not registered) or 'changes' (a monthly file, or a part of the register)"
        )
    if "://" in told["input"] and not told["input"].startswith(("http://", "https://", "s3://")):
        raise CriteriaError(f"criterion {criterion.id}: key options.input: a path, http(s)://… or s3://bucket/key")
    if "://" in told["input"] and "@" in told["input"].split("/")[2]:
        raise CriteriaError(f"criterion {criterion.id}: key options.input: an address carries no credentials")
    return told
