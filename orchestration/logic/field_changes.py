"""Which item fields differ between two observations of a listing, as text: old → new.

What belongs here: the comparison of typed columns. What does not: source columns that no field names (`extra_columns`).
"""

import polars as pl

from orchestration.logic.schemas import ITEM_SCHEMA
from realestate_crawler.items import MEANINGS, Form

CHANGE_SCHEMA = {
    "listing_key": pl.String(),
    "field_name": pl.String(),
    "previous_value": pl.String(),
    "new_value": pl.String(),
}

COMPARED: tuple[str, ...] = tuple(
    name for name, meaning in MEANINGS.items() if meaning.compared and meaning.form is not Form.MAPPING
)


def field_changes(candidates: pl.DataFrame, volatile: frozenset[str]) -> pl.DataFrame:
    """One row per changed field of each candidate.

    A field that could not be read is compared by the source's own text (kept in `raw`), so that no change is lost.

    Args:
        candidates: item columns beside the same columns named `<column>_was`.
        volatile: fields that are never compared.
    """
    if candidates.is_empty():
        return pl.DataFrame(schema=CHANGE_SCHEMA)
    compared = candidates.lazy()
    frames = [
        compared.select(
            "listing_key",
            field_name=pl.lit(name),
            previous_value=_told(name, "_was"),
            new_value=_told(name, ""),
        ).filter(pl.col("previous_value").ne_missing(pl.col("new_value")))
        for name in COMPARED
        if name not in volatile
    ]
    return pl.concat(frames).collect() if frames else pl.DataFrame(schema=CHANGE_SCHEMA)


def _told(name: str, suffix: str) -> pl.Expr:
    return pl.coalesce(as_text(name, f"{name}{suffix}"), pl.col(f"raw{suffix}").str.json_path_match(f"$.{name}"))


def as_text(name: str, column: str) -> pl.Expr:
    """A value as people write it: 5.00 → 5, 7.50 → 7.5."""
    return text_of(column, ITEM_SCHEMA[name])


def text_of(column: str, dtype: pl.DataType) -> pl.Expr:
    """The same for a column of any table."""
    text = pl.col(column).cast(pl.String)
    if isinstance(dtype, pl.Decimal):
        return text.str.replace(r"(\.\d*?)0+$", "$1").str.strip_suffix(".")
    if isinstance(dtype, pl.Datetime):
        return pl.col(column).dt.to_string("%Y-%m-%dT%H:%M:%SZ")
    return text
