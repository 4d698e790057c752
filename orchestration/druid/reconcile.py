"""Whether Druid serves what the Delta version holds: rows, values that are there, and sums, chunk by chunk. Pure.

Rows alone prove little: a column whose type was misread arrives as nulls, in the right number of rows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from orchestration.druid.columns import Column, columns
from orchestration.druid.ingestion_sql import literal, quoted
from orchestration.druid.intervals import Chunk, Granularity

# Sums of floats depend on their order.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Totals:
    """What is counted of the rows of one chunk.

    Attributes:
        rows: how many.
        values: column → how many rows have a value.
        sums: numeric column → the sum of its values; times in epoch milliseconds.
    """

    rows: int
    values: Mapping[str, int]
    sums: Mapping[str, float]


def totals_of(frame: pl.DataFrame) -> Totals:
    """Counted from the rows as the Delta table has them, before they travel."""
    served = columns(frame.schema)
    values = {column.name: frame.height - frame[column.name].null_count() for column in served}
    sums = {column.name: _sum(frame[column.name]) for column in served if column.numeric}
    return Totals(frame.height, values, sums)


def totals_sql(name: str, served: Sequence[Column], granularity: Granularity) -> str:
    """The query whose rows `totals_from` reads: one row per chunk."""
    counted = [f"COUNT({quoted(column.name)}) AS {quoted(_count(column))}" for column in served]
    summed = [
        f"SUM(CAST({quoted(column.name)} AS DOUBLE)) AS {quoted(_total(column))}" for column in served if column.numeric
    ]
    selected = [f'{chunk_start(granularity)} AS "chunk"', 'COUNT(*) AS "rows"', *counted, *summed]
    return f"SELECT {', '.join(selected)} FROM {quoted(name)} GROUP BY 1"  # noqa: S608 (names of the schema, quoted)


def chunk_start(granularity: Granularity) -> str:
    """The first millisecond of a row's chunk, in Druid SQL."""
    return f"TIMESTAMP_TO_MILLIS(TIME_FLOOR(__time, {literal(granularity.period)}))"


def totals_from(row: Mapping[str, Any], served: Sequence[Column]) -> Totals:
    """Reads one row of the answer to `totals_sql`."""
    return Totals(
        int(row["rows"]),
        {column.name: int(row[_count(column)]) for column in served},
        {column.name: float(row[_total(column)] or 0) for column in served if column.numeric},
    )


def differences(wanted: Mapping[Chunk, Totals], served: Mapping[Chunk, Totals]) -> list[str]:
    """Every difference in a sentence; none when both are equal."""
    found: list[str] = []
    for chunk in sorted({*wanted, *served}):
        if chunk not in served:
            found.append(f"{chunk}: not served, the table has {wanted[chunk].rows} rows")
        elif chunk not in wanted:
            found.append(f"{chunk}: {served[chunk].rows} rows served, the table has none")
        else:
            found += [f"{chunk}: {told}" for told in _compared(wanted[chunk], served[chunk])]
    return found


def _compared(wanted: Totals, served: Totals) -> list[str]:
    told = [f"{served.rows} rows, the table has {wanted.rows}"] if served.rows != wanted.rows else []
    for name, count in wanted.values.items():
        if served.values[name] != count:
            told.append(f"{name}: {served.values[name]} values, the table has {count}")
    for name, total in wanted.sums.items():
        if not _equal(served.sums[name], total):
            told.append(f"{name}: the sum is {served.sums[name]!r}, in the table {total!r}")
    return told


def _equal(one: float, other: float) -> bool:
    both_nan = math.isnan(one) and math.isnan(other)
    return both_nan or math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-6)


def _sum(series: pl.Series) -> float:
    if series.dtype.is_temporal():
        series = series.dt.epoch("ms")
    return float(series.cast(pl.Float64).sum()) if series.dtype.is_integer() else float(series.sum() or 0)


def _count(column: Column) -> str:
    return f"values of {column.name}"


def _total(column: Column) -> str:
    return f"sum of {column.name}"
