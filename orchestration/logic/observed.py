"""A feed's lines as a typed frame: the item's types, one row a key, derived columns.

What belongs here: text → table types. What does not: opening feeds (`resources.landing`).
"""

from collections.abc import Mapping

import polars as pl

from orchestration.logic.schemas import DERIVED, ITEM_SCHEMA
from realestate_crawler.vocabulary import SQUARE_METERS_PER_UNIT


# Read as text and cast afterwards: numbers keep their digits, times say their zone, and nested objects stay JSON.
def read_schema(schema: Mapping[str, pl.DataType]) -> dict[str, pl.DataType]:
    """How lines are read whose columns are to have the types of `schema`."""
    as_text = pl.Decimal | pl.Datetime
    return {name: pl.String() if isinstance(dtype, as_text) else dtype for name, dtype in schema.items()}


READ_SCHEMA = read_schema(ITEM_SCHEMA)
_ZONE = r"(?:Z|[+-]\d\d:?\d\d)$"


class ColumnTypeError(ValueError):
    """A value that its column cannot hold exactly; nothing is cast silently."""


def typed(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines read with READ_SCHEMA → item columns in table types, plus the derived ones; the first line of a key stays.

    Raises:
        ColumnTypeError: naming the column and a value that it cannot hold.
    """
    return observations(exact(lines, ITEM_SCHEMA))


def observations(records: pl.DataFrame) -> pl.DataFrame:
    """Records with ITEM_SCHEMA → one row a key, the first one, with the derived columns."""
    unique = records.unique(subset="listing_key", keep="first", maintain_order=True)
    return with_derived(unique).select(*ITEM_SCHEMA, *DERIVED)


def exact(lines: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Lines read with `read_schema(schema)` → the same with the types of `schema`, no value changed.

    Raises:
        ColumnTypeError: naming the column and a value that it cannot hold.
    """
    read = lines.schema
    texts = {name: dtype for name, dtype in schema.items() if dtype != read[name]}
    if not texts:
        return lines
    cast = lines.with_columns(_cast(name, dtype) for name, dtype in texts.items())
    beside = lines.with_columns(cast[name].alias(f"{name}_cast") for name in texts)
    changed = beside.select(_changed(name, dtype).any() for name, dtype in texts.items()).row(0, named=True)
    for name, dtype in texts.items():
        if changed[name]:
            first = beside.filter(_changed(name, dtype)).row(0, named=True)
            raise ColumnTypeError(f"{name}: {first[name][:40]!r} of listing {first['listing_key']} is no {dtype}")
    return cast


def _changed(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether the cast text says something else than the text."""
    text = pl.col(name)
    lost = text.is_not_null() & pl.col(f"{name}_cast").is_null()
    if isinstance(dtype, pl.Decimal):  # the cast rounds: 1.23456, and 1.2e-07
        return lost | text.str.contains(rf"\.\d{{{dtype.scale}}}\d*[1-9]|[eE]-")
    return lost | ~text.str.contains(_ZONE)


def _cast(name: str, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Decimal):
        return pl.col(name).cast(dtype, strict=False)
    return pl.col(name).str.to_datetime(time_unit="us", time_zone="UTC", strict=False)


def with_derived(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds living_area_sqm, lot_size_sqm and price_per_sqm (currency per m², two decimals)."""
    return frame.with_columns(
        living_area_sqm=_square_meters("living_area", "living_area_units"),
        lot_size_sqm=_square_meters("lot_size_area", "lot_size_units"),
    ).with_columns(
        price_per_sqm=pl.when(pl.col("living_area_sqm") > 0)
        .then(pl.col("list_price").cast(pl.Float64) / pl.col("living_area_sqm"))
        .round(2)
    )


def _square_meters(area: str, units: str) -> pl.Expr:
    factors = {unit.value: factor for unit, factor in SQUARE_METERS_PER_UNIT.items()}
    factor = pl.col(units).fill_null("Square Meters").replace_strict(factors, default=None, return_dtype=pl.Float64)
    return (pl.col(area).cast(pl.Float64) * factor).round(4)
