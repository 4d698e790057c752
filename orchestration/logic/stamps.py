"""When and by what a listing changed last: the last_* columns.

What does not belong here: whether it changed (`diff`, `misses`).
"""

import polars as pl

from orchestration.logic.look import Look


def dated(look: Look, suffix: str = "") -> pl.Expr:
    """When a change happened: at the observation, but never before the listing's change that it follows.

    Runs are ordered by number, whatever the clocks say; a history that ran backwards could not be read.
    """
    return pl.max_horizontal(pl.lit(look.observed_at, pl.Datetime("us", "UTC")), f"last_change_at{suffix}")


def last_change(look: Look, *, happened: pl.Expr, change_type: pl.Expr, suffix: str) -> list[pl.Expr]:
    """The last_* columns: new where something happened, elsewhere as they were (column name + suffix)."""
    told = {
        "last_change_type": change_type,
        "last_change_at": dated(look, suffix),
        "last_change_scope": pl.lit(look.scope),
        "last_change_run_id": pl.lit(look.run_id),
        "last_changes": pl.col("changes"),
    }
    return [pl.when(happened).then(value).otherwise(pl.col(f"{n}{suffix}")).alias(n) for n, value in told.items()]
