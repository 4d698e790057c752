"""The manifest of a run, put together from what the crawl knows."""

import datetime
import platform
from collections.abc import Sequence
from importlib.metadata import version

from realestate_crawler.contracts.manifest import Absence, Manifest, Part
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.completeness import Outcome, judge
from realestate_crawler.domain.doubts import Measure, doubts
from realestate_crawler.landing.runs import Run

CRAWLER_VERSION = "0.1.0"


def build_manifest(
    crawl: Crawl,
    run: Run,
    *,
    spider: str,
    started_at: datetime.datetime,
    finished_at: datetime.datetime,
    finish_reason: str,
    parts: list[Part],
    quarantine: list[Part],
    errors: int,
    now: Measure,
    past: Sequence[Measure],
) -> Manifest:
    """Everything that readers of the feed must know, and whether it proves absence.

    `now` is what this run saw, `past` what the runs before it saw, the newest first.
    """
    ledger = crawl.ledger
    outcome = Outcome(
        unique=now.unique,
        items=sum(part.lines for part in parts),
        quarantined=sum(part.lines for part in quarantine),
        dropped=sum(ledger.drops.values()),
        gone=ledger.requests["gone"],
        errors=errors,
    )
    complete, reasons, failed = judge(ledger, outcome, finish_reason, crawl.absence)
    # What shows only a part of its listings varies as it likes.
    doubted = [_writable(doubt) for doubt in doubts(now, past)] if crawl.absence is Absence.COMPLETE else []
    return Manifest(
        item=crawl.item,
        source=run.source,
        scope=run.scope,
        run_id=run.run_id,
        run_seq=run.run_seq,
        observed_at=crawl.observed_at,
        started_at=started_at,
        finished_at=finished_at,
        finish_reason=finish_reason,
        spider=spider,
        criterion=crawl.criterion.model_dump(mode="json", exclude_none=True),
        versions={
            "realestate_crawler": CRAWLER_VERSION,
            "scrapy": version("scrapy"),
            "python": platform.python_version(),
        },
        requests=dict(sorted(ledger.requests.items())),
        result_pages=len(ledger.result_pages),
        claimed_total=ledger.claimed_rows if ledger.claimed_total is None else ledger.claimed_total,
        unique_listings=outcome.unique,
        details=now.details,
        filled=dict(now.filled),
        items=outcome.items,
        drops=dict(sorted(ledger.drops.items())),
        quarantined=outcome.quarantined,
        parts=parts,
        quarantine=quarantine,
        columns=sorted(map(_writable, ledger.columns)),
        volatile=sorted(crawl.volatile),
        notes={_writable(what): count for what, count in ledger.notes.most_common(200)},
        watermark=None if failed or doubted else ledger.watermark,
        absence=crawl.absence,
        complete=complete and not doubted,
        reasons=[*(_writable(reason) for reason in reasons), *doubted],
        doubts=doubted,
        failed=failed or bool(doubted),
    )


def _writable(text: str) -> str:
    """A source's own words, as UTF-8 can hold them: one broken letter must not cost the whole feed."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
