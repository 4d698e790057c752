"""What of a feed is believed: all but what is too much for a market; of an acceptance, only what a person accepted.

What belongs here: which of the changes are taken. What does not: what is too much (`mass_changes`, `twins`), what
follows for a listing (`diff`).
"""

from dataclasses import dataclass, field

import polars as pl

from orchestration.logic.guard import Guard
from orchestration.logic.keeping import held_changes, keep, keep_all_but
from orchestration.logic.look import Look
from orchestration.logic.mass_changes import PAIRS, mass_changes
from orchestration.logic.twins import TWINS, rekeyed
from realestate_crawler.contracts.manifest import Accepted

KEY = "listing_key"


@dataclass(frozen=True, slots=True)
class Belief:
    """What is taken, and what is held.

    Attributes:
        rows: the feed's rows beside what was known, with the values that are taken.
        found: the changes that are recorded: listing_key, field_name, previous_value, new_value.
        held: listing_key, what, new_value, pattern of the changes that are held.
        taken: listing_key and what of held changes that an acceptance settles; None: all that the scope held before.
        twins: vanished listings (listing_key) whose twin is among the new ones and is not taken.
        holds: what is held, in words.
        flags: what is taken and still looks like no market, in words.
    """

    rows: pl.DataFrame
    found: pl.DataFrame
    held: pl.DataFrame
    taken: pl.DataFrame | None = None
    twins: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TWINS))
    holds: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def judged(
    observed: pl.DataFrame, joined: pl.DataFrame, found: pl.DataFrame, held_by_scope: pl.DataFrame, guard: Guard
) -> Belief:
    """What is believed of a feed.

    Args:
        observed: its lines as they came.
        joined: the same beside what was known, sightings filled in.
        found: all changes in it.
        held_by_scope: rows of `listings` that the scope held before.
        guard: the thresholds.
    """
    suspects = mass_changes(observed, joined, found, guard)
    new = joined.filter(pl.col("presence_was").is_null())
    twins = rekeyed(new, held_by_scope.join(observed, on=KEY, how="anti"), held_by_scope.height, guard)
    return Belief(
        rows=keep(joined, suspects.pairs).join(twins, left_on=KEY, right_on="twin", how="anti"),
        found=found.join(suspects.pairs, on=[KEY, "field_name"], how="anti"),
        held=held_changes(suspects.pairs, found),
        twins=twins,
        holds=suspects.holds,
        flags=suspects.flags,
    )


def accepted(joined: pl.DataFrame, found: pl.DataFrame, look: Look, accepts: Accepted) -> Belief:
    """What is taken of the lines of an acceptance: the named changes of listings that nobody has seen since."""
    named = pl.DataFrame(
        [(key, name) for name, keys in sorted(accepts.changes.items()) for key in keys],
        schema={KEY: pl.String(), "field_name": pl.String()},
        orient="row",
    )
    settled = named.select(KEY, what="field_name")
    overtaken = joined.filter(pl.col("last_seen_at_was") > look.observed_at)
    taken = named.join(overtaken, on=KEY, how="anti")
    fields = {str(name): keys[KEY].to_list() for (name,), keys in taken.group_by("field_name")}
    return Belief(
        rows=keep_all_but(joined, fields),
        found=found.join(taken, on=[KEY, "field_name"], how="semi"),
        held=held_changes(pl.DataFrame(schema=PAIRS), found),
        taken=settled,
    )
