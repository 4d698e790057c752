"""The CDC diff: one feed of one scope against the current listings → the rows that change, and counts that reconcile.

Contract 3 in one place: identity is (source, listing_key); presence is per scope and a listing is present while any
scope sees it; only a complete feed makes a listing missing, the second complete miss in a row removes it; what no
market does at once waits for a person.

What belongs here: the rules. What does not: which fields changed (`field_changes`), what is believed (`belief`), what
follows from a miss (`misses`), storage (`resources.lake`).
"""

import polars as pl

from orchestration.logic.belief import accepted, judged
from orchestration.logic.extra_columns import extra_changes, seen_columns
from orchestration.logic.field_changes import field_changes
from orchestration.logic.guard import Guard
from orchestration.logic.keeping import put_held
from orchestration.logic.late import without_late
from orchestration.logic.look import Counts, Diff, Look
from orchestration.logic.misses import after_miss
from orchestration.logic.observed import with_derived
from orchestration.logic.schemas import FIELD_CHANGE, LISTINGS
from orchestration.logic.sightings import SIGHTING, filled_in
from orchestration.logic.stamps import last_change
from realestate_crawler.vocabulary import ChangeType, Presence

KEY = "listing_key"

__all__ = ["Counts", "Diff", "Look", "diff"]


def diff(observed: pl.DataFrame, state: pl.DataFrame, look: Look, guard: Guard) -> Diff:
    """Compares a feed with the current listings of its source.

    Args:
        observed: typed lines of the feed (see `observed.typed`), one row a key.
        state: rows of `listings` of the same source: all active ones, and removed ones whose key is in the feed.
        look: what the feed's manifest says.
        guard: how much may change at once.
    """
    # As a column: the set operations on lists do not take a literal beside a frame without rows.
    state = state.with_columns(this_scope=pl.lit([look.scope], pl.List(pl.String)))
    height = observed.height
    observed = without_late(observed, state, look) if look.retried else observed
    observed = observed.with_columns(this_scope=pl.lit([look.scope], pl.List(pl.String)))
    here = pl.col("present_in").list.contains(look.scope) | pl.col("missing_in").list.contains(look.scope)
    held_by_scope = state.filter(here)
    new_columns, gone_columns = _columns(observed, held_by_scope, look)

    joined = _joined(observed, state)
    found = _found(joined, look.volatile, look.volatile | new_columns | gone_columns)
    if look.accepts is None:
        belief = judged(observed, joined, found, held_by_scope, look=look, guard=guard)
    else:
        belief = accepted(joined, found, look, look.accepts)
    seen = _after_sight(_with_changes(belief.rows, belief.found), look)
    seen = put_held(seen, "held_was", belief.held, look, belief.stays)
    unseen = held_by_scope.join(observed, on=KEY, how="anti")
    missed = after_miss(unseen, belief.twins, held_by_scope.height, look, guard)

    outcome = dict(seen["outcome"].value_counts().iter_rows())
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
        held_changes=belief.held.height,
        **missed.counts,
    )
    rows = pl.concat([seen.select(*LISTINGS.columns), missed.rows]).sort(KEY)
    return Diff(
        rows,
        counts,
        sorted(new_columns),
        sorted(gone_columns),
        [*missed.holds, *belief.holds],
        belief.flags,
    )


def _columns(observed: pl.DataFrame, held_by_scope: pl.DataFrame, look: Look) -> tuple[set[str], set[str]]:
    """Source columns that are new, and those that are gone."""
    if look.accepts is not None:
        return set(), set()
    if look.decided is not None:
        return set(look.decided.new_columns), set(look.decided.gone_columns)
    before, now = seen_columns(held_by_scope["extra"]), seen_columns(observed["extra"])
    # A result card shows some columns only: where there are cards, nothing follows from a column that is absent.
    whole = look.complete and observed.height and not observed.select(SIGHTING.any()).item()
    return now - before if held_by_scope.height else set(), before - now if whole else set()


def _joined(observed: pl.DataFrame, state: pl.DataFrame) -> pl.DataFrame:
    """Feed rows beside what was known; a sighting keeps what it does not show."""
    was = state.rename({name: f"{name}_was" for name in state.columns if name != KEY})
    return with_derived(filled_in(observed.join(was, on=KEY, how="left", maintain_order="left")))


def _found(joined: pl.DataFrame, volatile: frozenset[str], ignored: frozenset[str]) -> pl.DataFrame:
    """Every changed field of every known listing: listing_key, field_name, previous_value, new_value."""
    candidates = joined.filter(
        pl.col("presence_was").is_not_null()
        & (pl.col("content_hash").ne_missing(pl.col("content_hash_was")) | SIGHTING)
    )
    return pl.concat([field_changes(candidates, volatile), extra_changes(candidates, ignored)])


def _with_changes(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Adds `changes`: the list of changed fields, null where there are none."""
    changes = (
        found.sort(KEY, "field_name")
        .group_by(KEY, maintain_order=True)
        .agg(changes=pl.struct("field_name", "previous_value", "new_value").cast(FIELD_CHANGE))
    )
    told = rows.join(changes, on=KEY, how="left", maintain_order="left")
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
    happened = pl.col("outcome") != "unchanged"
    return told.with_columns(last_change(look, happened=happened, change_type=pl.col("outcome"), suffix="_was"))
