"""What waits for a person: the entries of `listings.held`, and how they are told.

What belongs here: reading the column. What does not: what is held (`belief`, `misses`).
"""

from enum import StrEnum

import polars as pl

from orchestration.logic.keeping import REKEYED, REMOVAL

SCOPE = ["source", "scope"]


class HeldKind(StrEnum):
    """What may be accepted apart."""

    REMOVALS = "removals"
    CHANGES = "changes"
    KEYS = "keys"


_KINDS = {REMOVAL: HeldKind.REMOVALS, REKEYED: HeldKind.KEYS}


def held_entries(listings: pl.LazyFrame) -> pl.DataFrame:
    """One row an entry: source, listing_key, scope, run_id, what, new_value, pattern, kind."""
    return (
        listings.filter(pl.col("held").list.len() > 0)
        .select("source", "listing_key", "held")
        .collect()
        .explode("held")
        .unnest("held")
        .with_columns(
            kind=pl.col("what").replace_strict(
                {what: kind.value for what, kind in _KINDS.items()},
                default=HeldKind.CHANGES.value,
                return_dtype=pl.String,
            )
        )
        .sort("source", "scope", "what", "pattern", "listing_key")
    )


def held_counts(entries: pl.DataFrame) -> pl.DataFrame:
    """One row a scope that holds something: source, scope, removals, changes, keys (entries)."""
    return (
        entries.group_by(SCOPE)
        .agg((pl.col("kind") == kind.value).sum().cast(pl.Int64).alias(kind.value) for kind in HeldKind)
        .sort(SCOPE)
    )


def held_words(entries: pl.DataFrame) -> str:
    """What is held of one scope, in a line: "30 removals; 350 of list_price: changed at once"."""
    told = []
    for (kind, what, pattern), of in entries.group_by(["kind", "what", "pattern"], maintain_order=True):
        if kind == HeldKind.REMOVALS:
            told.append(f"{of.height} removals")
        elif kind == HeldKind.KEYS:
            told.append(f"{of.height} listings that come back under another key")
        else:
            told.append(f"{of.height} changes of {what} ({pattern})")
    return "; ".join(told)
