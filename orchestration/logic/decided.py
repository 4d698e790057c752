"""What was decided about a feed when it was applied: whoever applies it again after an erasure decides the same. Pure.

How much may change at once depends on how many listings there are, and an erased one is not there any more. So what
was held then is held again, for those that are left, and nothing else is.

What belongs here: decisions out of a diff, and out of decisions what is held. What does not: the rules (`mass_changes`,
`twins`, `misses`).
"""

import polars as pl

from orchestration.logic.keeping import REKEYED, REMOVAL, entries
from orchestration.logic.look import Diff, Look
from orchestration.logic.mass_changes import PAIRS, Suspects
from orchestration.logic.twins import TWINS
from realestate_crawler.contracts.manifest import Decided

KEY = "listing_key"


def decisions(found: Diff, look: Look) -> Decided:
    """What a diff has decided about its feed."""
    mine = (pl.col("scope") == look.scope) & (pl.col("run_id") == look.run_id)
    held = entries(found.rows, "held").filter(mine).sort("what", "pattern", KEY)
    changes: dict[str, dict[str, list[str]]] = {}
    rekeyed: dict[str, str] = {}
    for key, what, pattern, value in held.select(KEY, "what", "pattern", "new_value").iter_rows():
        if what == REKEYED:
            rekeyed[key] = value
        elif what != REMOVAL:
            changes.setdefault(what, {}).setdefault(pattern, []).append(key)
    return Decided(
        removals=bool((held["what"] == REMOVAL).any()),
        changes=changes,
        rekeyed=rekeyed,
        new_columns=found.new_columns,
        gone_columns=found.gone_columns,
    )


def held_then(found: pl.DataFrame, decided: Decided, flags: list[str]) -> Suspects:
    """The changes that were held, of all that there are now (listing_key, field_name, previous_value, new_value)."""
    rows = [
        (key, name, pattern)
        for name, patterns in sorted(decided.changes.items())
        for pattern, keys in sorted(patterns.items())
        for key in keys
    ]
    named = pl.DataFrame(rows, schema=PAIRS, orient="row")
    pairs = named.join(found, on=[KEY, "field_name"], how="semi")
    holds = []
    for (name, pattern), of in pairs.group_by(["field_name", "pattern"], maintain_order=True):
        was, now = of.join(found, on=[KEY, "field_name"]).sort(KEY).select("previous_value", "new_value").row(0)
        holds.append(f"{name}: {of.height} {pattern}, for example {was or 'nothing'} → {now or 'nothing'}")
    return Suspects(pairs, holds, flags)


def twins_then(new: pl.DataFrame, vanished: pl.DataFrame, decided: Decided) -> pl.DataFrame:
    """The pairs that were held (`listing_key`, `twin`), of the listings that vanish and are new now."""
    pairs = pl.DataFrame(sorted(decided.rekeyed.items()), schema=TWINS, orient="row")
    return pairs.join(vanished, on=KEY, how="semi").join(new, left_on="twin", right_on=KEY, how="semi")
