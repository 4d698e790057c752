"""Contract 2: the manifest of a feed, written last and once; a feed without one does not exist for readers."""

import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 1


class Absence(StrEnum):
    """What it proves that a listing is not in the feed, when the crawl went well."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    WINDOW = "window"


class ItemKind(StrEnum):
    """What a feed is about."""

    LISTING = "listing"
    SALE = "sale"


class Part(BaseModel):
    """One object of a feed.

    Attributes:
        key: below the run's folder.
        sha256: of the stored (compressed) bytes, hex.
        bytes: stored size.
        lines: JSON lines inside.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    sha256: str
    bytes: int
    lines: int


class Accepted(BaseModel):
    """Held removals that a person lets pass: a run of its own among the runs of the scope, without a crawl.

    Attributes:
        run_id: the run whose removals were held.
        keys: the listings that it held, and no others.
        by: who lets them pass.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: str
    keys: list[str]
    by: str


class Retried(BaseModel):
    """Lines of a run's quarantine that went through the rules again: a run of its own, without a crawl.

    Attributes:
        run_id: the run in whose quarantine they lay.
        lines: `line_digest` of each; they lie there no more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: str
    lines: list[str]


class Decided(StrEnum):
    """What became of the removals of a run when it was applied."""

    PASSED = "passed"
    HELD = "held"


class Manifest(BaseModel):
    """What one crawl of one scope did, and whether it saw everything.

    Attributes:
        item: what its lines are.
        run_seq: orders the runs of one scope, whatever the clocks say; 1, 2, 3 …
        observed_at: when the market looked like this (UTC).
        criterion: what was asked for.
        requests: how requests ended, outcome → count.
        result_pages: result pages read.
        claimed_total: how many listings the source itself says there are; None when it does not say.
        unique_listings: different keys among items and drops.
        items: lines in `parts`.
        drops: items left out on purpose, reason → count.
        quarantined: lines in `quarantine`.
        columns: the source's own columns that no field names, as kept in `extra`.
        volatile: columns and fields that are stored and never compared.
        notes: what was counted and kept raw (unreadable values, words outside a vocabulary), what → count.
        watermark: latest change that the source itself told, where the next incremental pull goes on; only of a crawl
            that did all it set out to do.
        absence: what a listing's absence can prove at best.
        complete: whether a listing's absence proves that it was gone.
        reasons: why not complete; empty exactly when complete.
        failed: whether the crawl itself went wrong (not only: was declared partial).
        accepts: the held removals that it lets pass; only in a run that is no crawl.
        retries: the lines of quarantine that it is made of; only in a run that is no crawl. It is as old as the run in
            whose quarantine they lay, and never undoes anything newer.
        erased: lines that were taken out of `parts` and `quarantine` at somebody's request, long after the crawl.
        decided: what became of its removals when it was applied, where listings that were counted then were erased
            since: whoever applies it again must not count anew.
    """

    model_config = ConfigDict(extra="forbid")

    format: int = FORMAT
    item: ItemKind = ItemKind.LISTING
    source: str
    scope: str
    run_id: str
    run_seq: int = Field(ge=1)
    observed_at: datetime.datetime
    started_at: datetime.datetime
    finished_at: datetime.datetime
    finish_reason: str
    spider: str
    criterion: dict[str, Any]
    versions: dict[str, str]
    requests: dict[str, int]
    result_pages: int = 0
    claimed_total: int | None = None
    unique_listings: int = 0
    items: int = 0
    drops: dict[str, int] = Field(default_factory=dict)
    quarantined: int = 0
    parts: list[Part] = Field(default_factory=list)
    quarantine: list[Part] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)
    volatile: list[str] = Field(default_factory=list)
    notes: dict[str, int] = Field(default_factory=dict)
    watermark: str | None = None
    absence: Absence = Absence.COMPLETE
    complete: bool
    reasons: list[str] = Field(default_factory=list)
    failed: bool = False
    accepts: Accepted | None = None
    retries: Retried | None = None
    erased: int = 0
    decided: Decided | None = None
