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


class Search(BaseModel):
    """One search that was read to its end.

    Attributes:
        words: to what it is narrower than the criterion, because the source shows only so many results of one search;
            empty for the whole of it.
        claimed_total: results that the source claims; None when it does not say.
        pages: result pages read.
        listings: different listings on them; one may be in several searches.
        capped: whether the source shows only part of its results.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: dict[str, str] = Field(default_factory=dict)
    claimed_total: int | None = None
    pages: int = 0
    listings: int = 0
    capped: bool = False


class Accepted(BaseModel):
    """What was held and a person lets pass: a run of its own among the runs of the scope, without a crawl.

    Attributes:
        run_id: the run that held it.
        proves: whether that run was complete.
        keys: the listings whose removal it held.
        changes: field → the listings whose change it held; what they change to is in the lines of this run.
        rekeyed: listing that vanished → its twin under another key, which is in the lines of this run.
        by: who lets it pass.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    run_id: str
    proves: bool = True
    keys: list[str] = Field(default_factory=list)
    changes: dict[str, list[str]] = Field(default_factory=dict)
    rekeyed: dict[str, str] = Field(default_factory=dict)
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


class Decided(BaseModel):
    """What was too much for a market when the run was applied, as far as the listings are still there.

    Attributes:
        removals: whether its removals were held.
        changes: field → pattern → listings whose change was held.
        rekeyed: listing that vanished → its twin under another key, both held.
        new_columns: source columns that were new then, and not compared.
        gone_columns: those that were gone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    removals: bool = False
    changes: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    rekeyed: dict[str, str] = Field(default_factory=dict)
    new_columns: list[str] = Field(default_factory=list)
    gone_columns: list[str] = Field(default_factory=list)


class Manifest(BaseModel):
    """What one crawl of one scope did, and whether it saw everything.

    Attributes:
        item: what its lines are.
        run_seq: orders the runs of one scope, whatever the clocks say; 1, 2, 3 …
        observed_at: when the market looked like this (UTC).
        criterion: what was asked for.
        requests: how requests ended, outcome → count.
        result_pages: result pages read.
        searches: the searches that they belong to, less those that were cut into narrower ones.
        listings: how the listings that were to be read ended (item, dropped, quarantined, failed, gone, never ended),
            outcome → count.
        claimed_total: how many listings the source itself says there are; None when it does not say.
        listing_pages: why the listings' own pages were fetched, and how many were not, reason → count.
        follows: `run_seq` of the newest run that was there when this one looked; None when it did not look.
        unique_listings: different keys among items and drops.
        details: lines that are whole listings, not only what a result card shows.
        filled: field → how many of those have it, for the fields that later runs are compared by.
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
        doubts: those of the reasons that follow from what earlier runs saw.
        failed: whether the crawl itself went wrong (not only: was declared partial).
        accepts: what a person lets pass of what an earlier run held; only in a run that is no crawl.
        retries: the lines of quarantine that it is made of; only in a run that is no crawl. It is as old as the run in
            whose quarantine they lay, and never undoes anything newer.
        erased: lines that were taken out of `parts` and `quarantine` at somebody's request, long after the crawl.
        decided: what was held when it was applied, where listings that were counted then were erased since: whoever
            applies it again must not judge anew.
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
    searches: list[Search] = Field(default_factory=list)
    listings: dict[str, int] = Field(default_factory=dict)
    claimed_total: int | None = None
    listing_pages: dict[str, int] = Field(default_factory=dict)
    follows: int | None = None
    unique_listings: int = 0
    details: int = 0
    filled: dict[str, int] = Field(default_factory=dict)
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
    doubts: list[str] = Field(default_factory=list)
    failed: bool = False
    accepts: Accepted | None = None
    retries: Retried | None = None
    erased: int = 0
    decided: Decided | None = None

    @property
    def is_crawl(self) -> bool:
        """Whether it looked at the source itself."""
        return self.accepts is None and self.retries is None

    @property
    def healthy(self) -> bool:
        """Whether it is a measure for later runs: complete, or nothing is said against it but its doubts."""
        return self.is_crawl and (self.complete or (bool(self.doubts) and self.reasons == self.doubts))
