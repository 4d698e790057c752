"""What follows for listings that a scope held and its feed lacks: missing, removed, held, or nothing.

What belongs here: presence after a miss. What does not: listings that were seen (`diff`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from orchestration.logic.guard import Guard
from orchestration.logic.keeping import REKEYED, REMOVAL, TOO_MANY_REMOVALS, TWIN, put_held
from orchestration.logic.look import Look
from orchestration.logic.schemas import FIELD_CHANGE, LISTINGS
from orchestration.logic.stamps import dated, last_change
from realestate_crawler.vocabulary import Presence

KEY = "listing_key"


@dataclass(frozen=True, slots=True)
class Missed:
    """What became of the listings that were not seen.

    Attributes:
        rows: listings columns of those of which something follows.
        counts: by the names of `Counts`.
        holds: what is held, in words.
    """

    rows: pl.DataFrame
    counts: dict[str, int]
    holds: list[str] = field(default_factory=list)


def after_miss(unseen: pl.DataFrame, twins: pl.DataFrame, scope_before: int, look: Look, guard: Guard) -> Missed:
    """The listings of a scope after a feed that lacks them.

    Args:
        unseen: rows of `listings` that the scope held and the feed lacks, with `this_scope`.
        twins: those of them whose twin the feed has under another key (listing_key, twin): nothing follows for them.
        scope_before: listings that the scope held before.
        look: what the feed's manifest says.
        guard: how many removals may pass.
    """
    first, second = _misses(unseen.join(twins, on=KEY, how="anti"), look)
    too_many = guard.holds(second.height, scope_before) if look.decided is None else look.decided.removals
    held = look.accepts is None and too_many
    stay = second if held else second.clear()
    moved = first.with_columns(
        present_in=pl.col("present_in").list.set_difference("this_scope").list.sort(),
        missing_in=pl.col("missing_in").list.set_union("this_scope").list.sort(),
    )
    dropped = second.join(stay, on=KEY, how="anti").with_columns(
        missing_in=pl.col("missing_in").list.set_difference("this_scope")
    )
    kept = unseen.join(pl.concat([stay.select(KEY), twins.select(KEY)]), on=KEY, how="semi")
    touched = pl.concat([moved, dropped, kept]).with_columns(presence_was=pl.col("presence"), presence=_presence())
    removed = pl.col("presence") == Presence.REMOVED
    happened = pl.col("presence") != pl.col("presence_was")
    told = touched.with_columns(
        removed_at=pl.when(removed & happened).then(dated(look)).otherwise("removed_at"),
        is_active=~removed,
        changes=pl.lit(None, pl.List(FIELD_CHANGE)),
    )
    rows = told.with_columns(last_change(look, happened=happened, change_type=pl.col("presence"), suffix=""))
    events = rows.filter(happened)["presence"]
    rows = put_held(rows.rename({"held": "held_was"}), "held_was", _entries(stay, twins), look)
    return Missed(
        rows.select(*LISTINGS.columns),
        {
            "waiting": unseen.height - first.height - second.height - twins.height,
            "first_misses": moved.height,
            "missing": int((events == Presence.MISSING).sum()),
            "dropped": dropped.height,
            "removed": int((events == Presence.REMOVED).sum()),
            "held": stay.height,
            "rekeyed": twins.height,
        },
        list(_words(stay.height, twins, scope_before)),
    )


def _misses(unseen: pl.DataFrame, look: Look) -> tuple[pl.DataFrame, pl.DataFrame]:
    """First misses and second misses that the look proves; nothing where it proves nothing."""
    missed = pl.col("missing_in").list.contains(look.scope)
    if look.accepts is not None:
        proven = unseen.filter(pl.col(KEY).is_in(list(look.accepts.rekeyed)) & ~missed)
        first = proven if look.accepts.proves else proven.clear()
        return first, unseen.filter(pl.col(KEY).is_in(look.accepts.keys) & missed)
    if not look.complete:
        return unseen.clear(), unseen.clear()
    return unseen.filter(~missed), unseen.filter(missed)


def _presence() -> pl.Expr:
    return (
        pl.when(pl.col("present_in").list.len() > 0)
        .then(pl.lit(Presence.PRESENT.value))
        .when(pl.col("missing_in").list.len() > 0)
        .then(pl.lit(Presence.MISSING.value))
        .otherwise(pl.lit(Presence.REMOVED.value))
    )


def _entries(stay: pl.DataFrame, twins: pl.DataFrame) -> pl.DataFrame:
    """What is held of the unseen: listing_key, what, kept_value, new_value, pattern."""
    removals = stay.select(
        KEY,
        what=pl.lit(REMOVAL),
        kept_value="presence",
        new_value=pl.lit(Presence.REMOVED.value),
        pattern=pl.lit(TOO_MANY_REMOVALS),
    )
    under_another = twins.select(
        KEY, what=pl.lit(REKEYED), kept_value=pl.col(KEY), new_value="twin", pattern=pl.lit(TWIN)
    )
    return pl.concat([removals, under_another])


def _words(stay: int, twins: pl.DataFrame, scope_before: int) -> Iterator[str]:
    if stay:
        yield f"{stay} of {scope_before} listings would be removed at once"
    if twins.height:
        was, now = twins.row(0)
        told = f"{twins.height} of {scope_before} listings vanish and come back under another key"
        yield f"{told}, for example {was} → {now}"
