"""Are two tables the same, whatever their files and the order of rows? A digest, and the keys that differ. Pure."""

import hashlib
from collections.abc import Collection, Sequence

import polars as pl


def row_texts(frame: pl.DataFrame, leave_out: Collection[str] = ()) -> pl.Series:
    """Each row as one text (JSON, so that no value can pass for another), equal exactly when the rows are."""
    names = sorted(set(frame.columns) - set(leave_out))
    types = frame.schema
    values = [pl.col(n) if types[n].is_nested() else pl.col(n).cast(pl.String) for n in names]
    return frame.select(row=pl.struct(values).struct.json_encode()).to_series()


def digest(frame: pl.DataFrame, leave_out: Collection[str] = ()) -> str:
    """BLAKE2b over the sorted rows, hex; the same for the same rows on any machine."""
    found = hashlib.blake2b(digest_size=16)
    for text in row_texts(frame, leave_out).sort():
        found.update(text.encode() + b"\n")
    return found.hexdigest()


def differing(
    left: pl.DataFrame, right: pl.DataFrame, key: Sequence[str], leave_out: Collection[str] = ()
) -> list[str]:
    """The keys whose rows are not the same in both, in order; a row too many counts."""
    told = [
        frame.select(pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in key], separator="/"))
        .to_series()
        .alias("key")
        .to_frame()
        .with_columns(row_texts(frame, leave_out))
        .group_by("key", "row")
        .len()
        for frame in (left, right)
    ]
    columns = ["key", "row", "len"]
    found = pl.concat([told[0].join(told[1], on=columns, how="anti"), told[1].join(told[0], on=columns, how="anti")])
    return found["key"].unique().sort().to_list()
