"""The CDC diff: one feed of one scope against the current listings → the rows that change, and counts that reconcile.

Contract 3 in one place: identity is (source, listing_key); presence is per scope and a listing is present while any
scope sees it; only a complete feed makes a listing missing, the second complete miss in a row removes it.

What belongs here: the rules. What does not: which fields changed (`field_changes`), storage (`resources.lake`).
"""

import datetime
from dataclasses import dataclass, field

import polars as pl

from orchestration.logic.extra_columns import extra_changes, seen_columns
from orchestration.logic.field_changes import field_changes
from orchestration.logic.guard import Guard
from orchestration.logic.late import without_late
from orchestration.logic.observed import with_derived
from orchestration.logic.schemas import FIELD_CHANGE, LISTINGS
from orchestration.logic.sightings import SIGHTING, filled_in
from realestate_crawler.vocabulary import ChangeType, Presence

KEY = "listing_key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the diff must know of the feed beside its lines.

    Attributes:
        complete: whether absence proves anything.
        volatile: fields and extra columns that are never compared.
        accepted: listings whose held removal a person lets pass; such a look saw nothing itself.
        retried: whether its lines come from an older run's quarantine: what is known since is not touched by them.
        decided: whether the guard held the removals when the feed was applied before; None where it is to say so now.
    """

    source: str
    scope: str
    run_id: str
    observed_at: datetime.datetime
    complete: bool
    volatile: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    retried: bool = False
    decided: bool | None = None


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

    def reconciles(self) -> bool:
        """Both inputs are accounted for, listing by listing."""
        seen = self.late + self.new + self.relisted + self.changed + self.unchanged
        before = self.scope_seen + self.waiting + self.first_misses + self.dropped + self.held
        return self.observed == seen and self.scope_before == before


@dataclass(frozen=True, slots=True)
class Diff:
    """What one feed does to the listings.

    Attributes:
        rows: listings columns; every row of `listings` that is new or different afterwards.
    """

    rows: pl.DataFrame
    counts: Counts
    new_columns: list[str] = field(default_factory=list)
    gone_columns: list[str] = field(default_factory=list)


def diff(observed: pl.DataFrame, state: pl.DataFrame, look: Look, guard: Guard) -> Diff:
    """Compares a feed with the current listings of its source.

    Args:
        observed: typed lines of the feed (see `observed.typed`), one row a key.
        state: rows of `listings` of the same source: all active ones, and removed ones whose key is in the feed.
        look: what the feed's manifest says.
        guard: how many removals may pass at once.
    """
    # As a column: the set operations on lists do not take a literal beside a frame without rows.
    state = state.with_columns(this_scope=pl.lit([look.scope], pl.List(pl.String)))
    height = observed.height
    observed = without_late(observed, state, look) if look.retried else observed
    observed = observed.with_columns(this_scope=pl.lit([look.scope], pl.List(pl.String)))
    held_by_scope = state.filter(pl.col("present_in").list.contains(look.scope) | _missed(look))
    columns_before, columns_now = seen_columns(held_by_scope["extra"]), seen_columns(observed["extra"])
    new_columns = columns_now - columns_before if held_by_scope.height else set()
    # A result card shows some columns only: where there are cards, nothing follows from a column that is absent.
    whole = look.complete and observed.height and not observed.select(SIGHTING.any()).item()
    gone_columns = columns_before - columns_now if whole else set()
    ignored = look.volatile | new_columns | gone_columns

    seen = _changes(_joined(observed, state), look.volatile, ignored)
    seen = _after_sight(seen, look)
    unseen = held_by_scope.join(observed, on=KEY, how="anti")
    gone, missed = _after_miss(unseen, held_by_scope.height, look, guard)

    counted = seen["outcome"].value_counts()
    outcome = dict(zip(counted["outcome"], counted["count"], strict=True))
    counts = Counts(
        observed=height,
        late=height - observed.height,
        new=outcome.get(ChangeType.NEW, 0),
        relisted=outcome.get(ChangeType.RELISTED, 0),
        changed=outcome.get(ChangeType.CHANGED, 0),
        unchanged=outcome.get("unchanged", 0),
        back=seen.filter(pl.col("presence_was") == Presence.MISSING).height,
        scope_before=held_by_scope.height,
        scope_seen=held_by_scope.height - unseen.height,
        **missed,
    )
    rows = pl.concat([seen.select(*LISTINGS.columns), gone.select(*LISTINGS.columns)]).sort(KEY)
    return Diff(rows, counts, sorted(new_columns), sorted(gone_columns))


def _missed(look: Look) -> pl.Expr:
    return pl.col("missing_in").list.contains(look.scope)


def _joined(observed: pl.DataFrame, state: pl.DataFrame) -> pl.DataFrame:
    """Feed rows beside what was known; a sighting keeps what it does not show."""
    was = state.rename({name: f"{name}_was" for name in state.columns if name != KEY})
    return with_derived(filled_in(observed.join(was, on=KEY, how="left", maintain_order="left")))


def _changes(joined: pl.DataFrame, volatile: frozenset[str], ignored: frozenset[str]) -> pl.DataFrame:
    """Adds `changes`: the list of changed fields, null where there are none."""
    candidates = joined.filter(
        pl.col("presence_was").is_not_null()
        & (pl.col("content_hash").ne_missing(pl.col("content_hash_was")) | SIGHTING)
    )
    found = pl.concat([field_changes(candidates, volatile), extra_changes(candidates, ignored)])
    changes = (
        found.sort(KEY, "field_name")
        .group_by(KEY, maintain_order=True)
        .agg(changes=pl.struct("field_name", "previous_value", "new_value").cast(FIELD_CHANGE))
    )
    told = joined.join(changes, on=KEY, how="left", maintain_order="left")
    # The digest is of a whole page; after a sighting changed a part of it, only a comparison tells what is different.
    outdated = SIGHTING & pl.col("changes").is_not_null()
    return told.with_columns(content_hash=pl.when(~outdated).then("content_hash"))


def _after_sight(seen: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The listings rows of what was seen, with `outcome` and the presence before."""
    at = pl.lit(look.observed_at, pl.Datetime("us", "UTC"))
    outcome = (
        pl.when(pl.col("presence_was").is_null())
        .then(pl.lit(ChangeType.NEW.value))
        .when(pl.col("presence_was") == Presence.REMOVED)
        .then(pl.lit(ChangeType.RELISTED.value))
        .when(pl.col("changes").is_not_null())
        .then(pl.lit(ChangeType.CHANGED.value))
        .otherwise(pl.lit("unchanged"))
    )
    none = pl.lit([], pl.List(pl.String))
    told = seen.with_columns(
        outcome=outcome,
        present_in=pl.col("present_in_was").fill_null(none).list.set_union("this_scope").list.sort(),
        missing_in=pl.col("missing_in_was").fill_null(none).list.set_difference("this_scope").list.sort(),
        first_seen_at=pl.coalesce("first_seen_at_was", at),
        last_seen_at=pl.max_horizontal("last_seen_at_was", at),
        removed_at=pl.lit(None, pl.Datetime("us", "UTC")),
        presence=pl.lit(Presence.PRESENT.value),
        is_active=pl.lit(True),
    )
    return told.with_columns(
        _last_change(look, happened=pl.col("outcome") != "unchanged", change_type=pl.col("outcome"), suffix="_was")
    )


def _after_miss(
    unseen: pl.DataFrame, scope_before: int, look: Look, guard: Guard
) -> tuple[pl.DataFrame, dict[str, int]]:
    """The listings rows of what the scope held and the feed lacks, where something follows from it."""
    if not look.complete and not look.accepted:
        return unseen.clear(), {"waiting": unseen.height}
    second = unseen.filter(_missed(look) & (pl.col(KEY).is_in(look.accepted) if look.accepted else True))
    first = unseen.clear() if look.accepted else unseen.filter(~_missed(look))
    too_many = guard.holds(second.height, scope_before) if look.decided is None else look.decided
    held = not look.accepted and too_many
    moved = first.with_columns(
        present_in=pl.col("present_in").list.set_difference("this_scope").list.sort(),
        missing_in=pl.col("missing_in").list.set_union("this_scope").list.sort(),
    )
    dropped = (
        second.clear()
        if held
        else second.with_columns(missing_in=pl.col("missing_in").list.set_difference("this_scope"))
    )
    touched = pl.concat([moved, dropped]).with_columns(presence_was=pl.col("presence"), presence=_presence())
    removed = pl.col("presence") == Presence.REMOVED
    happened = pl.col("presence") != pl.col("presence_was")
    told = touched.with_columns(
        removed_at=pl.when(removed & happened).then(_dated(look)).otherwise("removed_at"),
        is_active=~removed,
    )
    told = told.with_columns(changes=pl.lit(None, pl.List(FIELD_CHANGE)))
    rows = told.with_columns(_last_change(look, happened=happened, change_type=pl.col("presence"), suffix=""))
    events = rows.filter(happened)["presence"]
    return rows, {
        "waiting": unseen.height - first.height - second.height,
        "first_misses": moved.height,
        "missing": int((events == Presence.MISSING).sum()),
        "dropped": dropped.height,
        "removed": int((events == Presence.REMOVED).sum()),
        "held": second.height - dropped.height,
    }


def _presence() -> pl.Expr:
    return (
        pl.when(pl.col("present_in").list.len() > 0)
        .then(pl.lit(Presence.PRESENT.value))
        .when(pl.col("missing_in").list.len() > 0)
        .then(pl.lit(Presence.MISSING.value))
        .otherwise(pl.lit(Presence.REMOVED.value))
    )


def _dated(look: Look, suffix: str = "") -> pl.Expr:
    """When a change happened: at the observation, but never before the listing's change that it follows.

    Runs are ordered by number, whatever the clocks say; a history that ran backwards could not be read.
    """
    return pl.max_horizontal(pl.lit(look.observed_at, pl.Datetime("us", "UTC")), f"last_change_at{suffix}")


def _last_change(look: Look, *, happened: pl.Expr, change_type: pl.Expr, suffix: str) -> list[pl.Expr]:
    """The last_* columns: new where something happened, elsewhere as they were (column name + suffix)."""
    told = {
        "last_change_type": change_type,
        "last_change_at": _dated(look, suffix),
        "last_change_scope": pl.lit(look.scope),
        "last_change_run_id": pl.lit(look.run_id),
        "last_changes": pl.col("changes"),
    }
    return [pl.when(happened).then(value).otherwise(pl.col(f"{n}{suffix}")).alias(n) for n, value in told.items()]
