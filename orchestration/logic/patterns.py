"""Shapes of change that no market makes, each found in the changes of one field.

Each function takes `listing_key`, `was` and `now` of the listings whose field differs and gives the keys of those that
have the shape. What belongs here: the shapes. What does not: how many are too many for which field (`mass_changes`).
"""

from collections.abc import Sequence

import polars as pl

KEY = "listing_key"


def common_factor(changes: pl.DataFrame, same: float) -> tuple[pl.Series, float]:
    """The listings whose amount changed by the factor that most have in common, and that factor.

    Args:
        changes: `was` and `now` are numbers or null.
        same: how far factors may lie from the common one (0.001: a thousandth of it).
    """
    rising = (
        changes.filter((pl.col("was") > 0) & (pl.col("now") > 0))
        .select(KEY, log=(pl.col("now").cast(pl.Float64) / pl.col("was").cast(pl.Float64)).log())
        .sort("log", KEY)
    )
    if rising.is_empty():
        return rising[KEY], 1.0
    log = rising["log"]
    ends = pl.Series(log.search_sorted(log + 2 * same, side="right"))
    lengths = ends.cast(pl.Int64) - pl.int_range(0, rising.height, eager=True)
    start = lengths.arg_max() or 0
    alike = rising.slice(start, int(lengths[start]))
    return alike[KEY], float(alike.select(pl.col("log").median().exp()).item())


def permuted(changes: pl.DataFrame, others: Sequence[str]) -> dict[str, pl.Series]:
    """Per other field, the listings whose value is now what that field was before.

    Args:
        changes: has a column for each of `others` as well, with its earlier value.
        others: fields of the same kind.
    """
    # Amounts of different precision are the same number.
    number = changes.schema["now"].is_numeric()
    now = pl.col("now").cast(pl.Float64) if number else pl.col("now")
    return {
        name: changes.filter(now.eq(pl.col(name).cast(pl.Float64) if number else pl.col(name)))[KEY] for name in others
    }


def emptied(changes: pl.DataFrame) -> pl.Series:
    """The listings that had a value and have none now."""
    return changes.filter(pl.col("was").is_not_null() & pl.col("now").is_null())[KEY]


def filled(changes: pl.DataFrame) -> pl.Series:
    """The listings that had no value and have one now."""
    return changes.filter(pl.col("was").is_null() & pl.col("now").is_not_null())[KEY]
