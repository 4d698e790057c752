"""What of a feed is believed: all but what is too much for a market; of an acceptance, only what a person accepted.

What belongs here: which of the changes are taken. What does not: what is too much (`mass_changes`, `twins`), what
follows for a listing (`diff`).
"""

from dataclasses import dataclass, field

import polars as pl

from orchestration.logic.decided import held_then, twins_then
from orchestration.logic.guard import Guard
from orchestration.logic.keeping import entries, held_changes, keep, keep_all_but, unshown
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
        held: listing_key, what, kept_value, new_value, pattern of the changes that are held.
        stays: listing_key and what of earlier entries of the scope that this look does not settle.
        twins: vanished listings (listing_key) whose twin is among the new ones and is not taken.
        holds: what is held, in words.
        flags: what is taken and still looks like no market, in words.
    """

    rows: pl.DataFrame
    found: pl.DataFrame
    held: pl.DataFrame
    stays: pl.DataFrame
    twins: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TWINS))
    holds: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def judged(
    observed: pl.DataFrame,
    joined: pl.DataFrame,
    found: pl.DataFrame,
    held_by_scope: pl.DataFrame,
    *,
    look: Look,
    guard: Guard,
) -> Belief:
    """What is believed of a feed.

    Args:
        observed: its lines as they came.
        joined: the same beside what was known, sightings filled in.
        found: all changes in it.
        held_by_scope: rows of `listings` that the scope held before.
        look: what the feed's manifest says.
        guard: the thresholds.
    """
    # What a source calls changed is changed: only beside all that it left out it can be too much.
    suspects = mass_changes(observed, joined, found, guard, least=held_by_scope.height if look.partial else 0)
    new = joined.filter(pl.col("presence_was").is_null())
    vanished = held_by_scope.join(observed, on=KEY, how="anti")
    if look.decided is None:
        twins = rekeyed(new, vanished, held_by_scope.height, guard)
    else:
        suspects = held_then(found, look.decided, suspects.flags)
        twins = twins_then(new, vanished, look.decided)
    return Belief(
        rows=keep(joined, suspects.pairs).join(twins, left_on=KEY, right_on="twin", how="anti"),
        found=found.join(suspects.pairs, on=[KEY, "field_name"], how="anti"),
        held=held_changes(suspects.pairs, found),
        stays=unshown(observed, entries(joined, "held_was"), look.scope),
        twins=twins,
        holds=suspects.holds,
        flags=suspects.flags,
    )


def accepted(joined: pl.DataFrame, found: pl.DataFrame, look: Look, accepts: Accepted) -> Belief:
    """What is taken of the lines of an acceptance: the named changes, of values that are still those that were kept."""
    named = pl.DataFrame(
        [(key, name) for name, keys in sorted(accepts.changes.items()) for key in keys],
        schema={KEY: pl.String(), "what": pl.String()},
        orient="row",
    )
    held = entries(joined, "held_was").filter(pl.col("scope") == look.scope)
    meant = held.filter(pl.col("run_id") == accepts.run_id).join(named, on=[KEY, "what"], how="semi")
    # Another scope may have seen another value since.
    taken = found.join(
        meant.select(KEY, field_name="what", previous_value="kept_value"),
        on=[KEY, "field_name", "previous_value"],
        how="semi",
        nulls_equal=True,
    )
    fields = {str(name): keys[KEY].to_list() for (name,), keys in taken.group_by("field_name")}
    return Belief(
        rows=keep_all_but(joined, fields),
        found=taken,
        held=held_changes(pl.DataFrame(schema=PAIRS), found),
        stays=held.join(named, on=[KEY, "what"], how="anti").select(KEY, "what"),
    )
