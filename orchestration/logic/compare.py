"""Two states of the market side by side: what came, what went, which fields differ. Pure."""

from collections.abc import Mapping, Sequence

import polars as pl

from orchestration.logic.extra_columns import extra_changes, seen_columns
from orchestration.logic.field_changes import COMPARED

KEY = ["source", "listing_key"]
SCHEMA = dict.fromkeys([*KEY, "what", "field", "before", "after"], pl.String())

Volatile = Mapping[str, frozenset[str]]


def compare(before: pl.DataFrame, after: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """One row a listing that came or went, and one a field that differs.

    Args:
        before: source, listing_key, raw and `columns`, one row a key.
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


def compare_extra(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row a source column that differs, named `extra.<column>`, in the form of `compare`.

    A column that one of the two states has of no listing of a source is new or gone there: that changes no listing.
    """
    both = before.select(*KEY, extra_was="extra").join(after.select(*KEY, "extra"), on=KEY)
    found = [pl.DataFrame(schema=SCHEMA)]
    for (source,), own in both.partition_by("source", as_dict=True).items():
        was, now = (seen_columns(frame.filter(pl.col("source") == source)["extra"]) for frame in (before, after))
        changes = extra_changes(own, was ^ now)
        told = changes.select("listing_key", field="field_name", before="previous_value", after="new_value")
        found.append(told.with_columns(source=pl.lit(source), what=pl.lit("changed")).select(*SCHEMA))
    return pl.concat(found)


def split_volatile(changes: pl.DataFrame, volatile: Volatile) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of `compare` without those of volatile fields and source columns, and those."""
    rows = [
        (source, field) for source, names in volatile.items() for name in names for field in (name, f"extra.{name}")
    ]
    named = pl.DataFrame(rows, schema={"source": pl.String(), "field": pl.String()}, orient="row")
    on = ["source", "field"]
    kept = changes.join(named, on=on, how="anti", maintain_order="left")
    return kept, changes.join(named, on=on, how="semi", maintain_order="left")


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    if frame.schema[name] == pl.List(pl.String):
        return pl.col(name).list.sort().list.join(", ")
    text = pl.col(name).cast(pl.String)
    # A field that could not be read is compared by the source's own text, as feeds are.
    return pl.coalesce(text, pl.col("raw").str.json_path_match(f"$.{name}")).alias(name) if name in COMPARED else text
