"""May the absence of a listing in this crawl prove anything? Pure: what the crawl counted in, reasons out."""

from collections import Counter
from dataclasses import dataclass, field

from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.domain.account import Account, Ending
from realestate_crawler.domain.searches import Searches

# The site's own total is a moving target while one reads its pages.
CLAIM_TOLERANCE = 0.02
# Where a site answers with another place than was asked, all that it shows is left out.
OUTSIDE = "outside the criterion: "
PLACES = {OUTSIDE + key for key in ("city", "state_or_province", "postal_code", "country")}
# A site that changed its pages gives one gap a page.
MAX_GAPS = 20


@dataclass(slots=True)
class Ledger:
    """What one crawl did, as far as completeness depends on it.

    Attributes:
        asked: requests that were made; each must end.
        requests: how requests ended, outcome → count ("ok", "gone", "failed: …").
        account: the listings that were to be read, and how each ended.
        searches: the result pages that were read, search by search.
        claimed_total: listings the source says there are; None when it does not say.
        claimed_rows: rows that a table says it has, repetitions counted; None when it does not say.
        gaps: anything else that makes the crawl incomplete, in words.
        unusable: what was configured cannot be used with what the source gave.
        notes: what was counted and kept raw.
        columns: source columns that no field names.
        seen: keys of all listings that were met, dropped ones included.
        drops: listings left out on purpose, reason → count.
        watermark: latest change that the source told (see the manifest).
    """

    asked: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    account: Account = field(default_factory=Account)
    searches: Searches = field(default_factory=Searches)
    claimed_total: int | None = None
    claimed_rows: int | None = None
    gaps: list[str] = field(default_factory=list)
    unusable: bool = False
    notes: Counter[str] = field(default_factory=Counter)
    columns: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    drops: Counter[str] = field(default_factory=Counter)
    watermark: str | None = None

    def drop(self, listing_key: str, reason: str) -> None:
        """Notes a listing that is left out on purpose."""
        if listing_key:
            self.seen.add(listing_key)
        self.drops[reason] += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the listings.

    Attributes:
        unique: different keys seen.
        items: lines in the feed.
        quarantined: lines in quarantine.
        errors: exceptions in callbacks or pipelines.
    """

    unique: int
    items: int
    quarantined: int
    errors: int


def failures(ledger: Ledger, outcome: Outcome, finish_reason: str) -> list[str]:
    """Everything that went wrong; empty when the crawl did all it set out to do."""
    reasons = [] if finish_reason == "finished" else [f"the crawl was stopped: {finish_reason}"]
    reasons += [f"{count} requests {how}" for how, count in sorted(ledger.requests.items()) if how.startswith("failed")]
    if ledger.asked > ledger.requests.total():
        reasons.append(f"{ledger.asked - ledger.requests.total()} requests never ended")
    if outcome.errors:
        reasons.append(f"{outcome.errors} errors while reading pages or items")
    if outcome.quarantined:
        reasons.append(f"{outcome.quarantined} listings in quarantine")
    reasons += ledger.account.reasons()
    ended = ledger.account.ended
    if (outcome.items, outcome.quarantined) != (ended[Ending.ITEM], ended[Ending.QUARANTINED]):
        reasons.append(f"{outcome.items + outcome.quarantined} lines were written, not one for each listing")
    reasons += ledger.searches.reasons()
    claimed, met = ledger.claimed_total, outcome.unique + ended[Ending.GONE]
    if claimed is not None and not ledger.searches.capped and abs(met - claimed) > CLAIM_TOLERANCE * claimed:
        reasons.append(f"the source claims {claimed} listings, {outcome.unique} were seen")
    rows, there = ledger.claimed_rows, ledger.account.count()
    if rows is not None and abs(there - rows) > CLAIM_TOLERANCE * rows:
        reasons.append(f"the table claims {rows} rows, it has {there}")
    more = len(ledger.gaps) - MAX_GAPS
    return reasons + ledger.gaps[:MAX_GAPS] + ([f"{more} more of this kind"] if more > 0 else [])


def judge(ledger: Ledger, outcome: Outcome, finish_reason: str, absence: Absence) -> tuple[bool, list[str], bool]:
    """Whether absence proves removal, why not, and whether something failed: (complete, reasons, failed)."""
    reasons = failures(ledger, outcome, finish_reason)
    failed = bool(reasons)
    nothing_new = absence is not Absence.COMPLETE and ledger.claimed_total == 0
    if not outcome.unique and not nothing_new:
        reasons.append("no listing at all was seen: an empty crawl proves nothing")
        failed = True
    elsewhere = sum(count for reason, count in ledger.drops.items() if reason in PLACES)
    if elsewhere and not outcome.items and not outcome.quarantined:
        reasons.append(
            f"all {elsewhere} listings that were seen lie elsewhere: was another place asked for than is meant?"
        )
        failed = True
    if absence is Absence.PARTIAL:
        reasons.append("the source is declared partial: absence means nothing")
    if absence is Absence.WINDOW:
        reasons.append("the source shows only its newest listings: absence means nothing")
    return not reasons, reasons, failed
