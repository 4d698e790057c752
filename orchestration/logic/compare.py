"""Two states of the market side by side: what came, what went, which fields differ. Pure."""

from collections.abc import Sequence

import polars as pl

KEY = ["source", "listing_key"]
SCHEMA = dict.fromkeys([*KEY, "what", "field", "before", "after"], pl.String())


def compare(before: pl.DataFrame, after: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """One row a listing that came or went, and one a field that differs.

    Args:
        before: source, listing_key and `columns`, one row a key.
        after: the same.
        columns: what is compared, as text.

    Returns:
        source, listing_key, what (came, went, changed), field, before, after (text; null unless changed), in order.
    """
    left, right = (frame.select(*KEY, *(_text(frame, name) for name in columns)) for frame in (before, after))
    none = [pl.lit(None, pl.String).alias(name) for name in ("field", "before", "after")]
    came = right.join(left, on=KEY, how="anti").select(*KEY, pl.lit("came").alias("what"), *none)
    went = left.join(right, on=KEY, how="anti").select(*KEY, pl.lit("went").alias("what"), *none)
    both = left.join(right, on=KEY, suffix="_after")
    fields = [
        both.filter(pl.col(name).ne_missing(pl.col(f"{name}_after"))).select(
            *KEY, what=pl.lit("changed"), field=pl.lit(name), before=name, after=f"{name}_after"
        )
        for name in columns
    ]
    return pl.concat([came, went, *fields]).select(*SCHEMA).sort(*KEY, "what", "field")


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    text = pl.col(name).list.sort().list.join(", ") if frame.schema[name] == pl.List(pl.String) else pl.col(name)
    return text.cast(pl.String)
