"""What goes into the diff of one feed beside its lines, and what comes out of it.

What belongs here: the values. What does not: the rules (`diff`).
"""

import datetime
from dataclasses import dataclass, field

import polars as pl

from realestate_crawler.contracts.manifest import Accepted, Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the diff must know of the feed beside its lines.

    Attributes:
        complete: whether absence proves anything.
        partial: the feed has only what the source calls new or changed.
        volatile: fields and extra columns that are never compared.
        accepts: what a person lets pass of all that an earlier look held; such a look saw nothing itself, its lines are
            those of the earlier one.
        retried: whether its lines come from an older run's quarantine: what is known since is not touched by them.
        decided: what was held when the feed was applied before; None where that is to be judged now.
    """

    source: str
    scope: str
    run_id: str
    observed_at: datetime.datetime
    complete: bool
    partial: bool = False
    volatile: frozenset[str] = frozenset()
    accepts: Accepted | None = None
    retried: bool = False
    decided: Decided | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What the diff found, in listings. `reconciles` says whether nothing is unaccounted for.

    Attributes:
        observed: listings in the feed.
        late: those of which newer runs have told already; nothing was applied.
        back: missing ones that were seen again (part of unchanged and changed).
        scope_before: listings that the scope held before.
        scope_seen: those of them that the feed has.
        waiting: those that it lacks although nothing follows: the feed is not complete.
        missing: first misses.
        dropped: second misses that pass the guard.
        removed: dropped ones that no other scope sees.
        held: second misses that the guard holds.
        held_changes: changed fields that the guard holds, each of each listing.
        rekeyed: vanished listings held together with the new ones that are their twins.
    """

    observed: int = 0
    late: int = 0
    new: int = 0
    relisted: int = 0
    changed: int = 0
    unchanged: int = 0
    back: int = 0
    scope_before: int = 0
    scope_seen: int = 0
    waiting: int = 0
    first_misses: int = 0
    missing: int = 0
    dropped: int = 0
    removed: int = 0
    held: int = 0
    held_changes: int = 0
    rekeyed: int = 0

    def reconciles(self) -> bool:
        """Both inputs are accounted for, listing by listing."""
        seen = self.late + self.new + self.relisted + self.changed + self.unchanged + self.rekeyed
        before = self.scope_seen + self.waiting + self.first_misses + self.dropped + self.held + self.rekeyed
        return self.observed == seen and self.scope_before == before

    @property
    def all_held(self) -> int:
        """Everything that waits for a person."""
        return self.held + self.held_changes + self.rekeyed


@dataclass(frozen=True, slots=True)
class Diff:
    """What one feed does to the listings.

    Attributes:
        rows: listings columns; every row of `listings` that is new or different afterwards.
        holds: what is held and why, in words.
        flags: what is recorded and still looks like no market, in words.
    """

    rows: pl.DataFrame
    counts: Counts
    new_columns: list[str] = field(default_factory=list)
    gone_columns: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
