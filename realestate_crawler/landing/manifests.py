"""The manifest of a run, put together from what the crawl knows."""

import datetime
import platform
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version

from realestate_crawler.contracts.manifest import Absence, Manifest, Part, Search
from realestate_crawler.crawl import Crawl
from realestate_crawler.domain.completeness import Outcome, judge
from realestate_crawler.domain.doubts import Measure, doubts
from realestate_crawler.domain.refresh import UNCHANGED
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
            **reader_versions(crawl),
            "scrapy": version("scrapy"),
            "python": platform.python_version(),
        },
        requests=dict(sorted(ledger.requests.items())),
        result_pages=ledger.searches.pages,
        searches=[
            Search(
                words={name: _writable(value) for name, value in search.words.items()},
                claimed_total=search.claimed_total,
                pages=len(search.pages),
                listings=search.listings,
                capped=search.capped,
            )
            for search in ledger.searches.read
        ],
        listings=ledger.account.told(),
        claimed_total=ledger.claimed_rows if ledger.claimed_total is None else ledger.claimed_total,
        listing_pages=dict(sorted(crawl.known.counts.items())),
        follows=crawl.known.follows,
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


def told(manifest: Manifest) -> str:
    """What a crawl asked for, in one line; empty where it read no results."""
    if not manifest.listing_pages:
        return ""
    pages = Counter(manifest.listing_pages)
    unchanged = pages.pop(UNCHANGED, 0)
    why = f" ({', '.join(f'{count} {reason}' for reason, count in pages.most_common())})" if pages else ""
    searches = f" of {len(manifest.searches)} searches" if len(manifest.searches) > 1 else ""
    return (
        f"{manifest.result_pages} result pages{searches}; {pages.total()} listing pages fetched{why}; "
        f"{unchanged} listings known by their cards"
    )


def reader_versions(crawl: Crawl) -> dict[str, str]:
    """What decides how a page is read: this program, and what the spider adds."""
    return {**crawl.versions, "realestate_crawler": CRAWLER_VERSION}


def _writable(text: str) -> str:
    """A source's own words, as UTF-8 can hold them: one broken letter must not cost the whole feed."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
