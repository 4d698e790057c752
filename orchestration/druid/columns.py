"""How a table's columns travel: Delta type → the type in the Parquet file → Druid's type. Pure.

Druid reads a value of a type it did not expect as null, without a word. So only types that arrive are written:
text, 64-bit whole numbers and floats. Times are epoch milliseconds, true is 1 and false 0, amounts are floats.
"""

from dataclasses import dataclass

import polars as pl

# Says in every row which content of its chunk it belongs to; see `snapshot`.
DIGEST = "snapshot_digest"

TEXT, WHOLE, FLOAT = "VARCHAR", "BIGINT", "DOUBLE"


class UnservableError(ValueError):
    """A table that cannot be served as it is; the message names the column."""


@dataclass(frozen=True)
class Column:
    """One column: its name and the Druid type it arrives as."""

    name: str
    druid_type: str

    @property
    def numeric(self) -> bool:
        """Whether it can be summed up."""
        return self.druid_type != TEXT


def columns(schema: pl.Schema) -> list[Column]:
    """The columns of a table, as Druid gets them.

    Raises:
        UnservableError: for a type that does not arrive, or a name that Druid or we use ourselves.
    """
    for name in schema:
        if name in (DIGEST, "__time") or not name.isprintable():
            raise UnservableError(f"column {name!r}: the name cannot be used")
    return [Column(name, druid_type(name, dtype)) for name, dtype in schema.items()]


def druid_type(name: str, dtype: pl.DataType) -> str:
    """The type a column arrives as.

    Raises:
        UnservableError: for a type that does not arrive.
    """
    if isinstance(dtype, pl.String | pl.Enum | pl.Categorical):
        return TEXT
    if dtype.is_integer() or isinstance(dtype, pl.Boolean | pl.Date):
        return WHOLE
    if isinstance(dtype, pl.Datetime) and dtype.time_zone == "UTC":
        return WHOLE
    if dtype.is_float() or dtype.is_decimal():
        return FLOAT
    raise UnservableError(f"column {name}: {dtype} cannot be served")


def to_served(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in the types that arrive.

    Raises:
        UnservableError: see `columns`.
    """
    return frame.select(_expression(column, frame.schema[column.name]) for column in columns(frame.schema))


def _expression(column: Column, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column.name)
    if dtype.is_temporal():
        return value.dt.epoch("ms")
    return value.cast({TEXT: pl.String, WHOLE: pl.Int64, FLOAT: pl.Float64}[column.druid_type])
