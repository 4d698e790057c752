"""One number out of a column, with its type."""

import polars as pl


def total(column: pl.Series) -> int:
    """The sum of whole numbers; 0 of none."""
    return int(column.sum())


def median(column: pl.Series) -> float | None:
    """The median of the known numbers; None of none."""
    value = column.cast(pl.Float64).median()
    return value if isinstance(value, float) else None


def ends(column: pl.Series) -> tuple[float, float]:
    """The smallest and the largest number.

    Raises:
        ValueError: for an empty column.
    """
    return between(column, 0, 1)


def between(column: pl.Series, low: float, high: float) -> tuple[float, float]:
    """Two quantiles, interpolated.

    Raises:
        ValueError: for an empty column.
    """
    first, last = column.quantile(low, "linear"), column.quantile(high, "linear")
    if first is None or last is None:
        raise ValueError(f"{column.name} holds no number")
    return first, last
