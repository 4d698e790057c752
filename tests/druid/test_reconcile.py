"""Any change of rows, of values that are there, or of a sum is found and named; nothing else is."""

import dataclasses
import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.druid.columns import columns
from orchestration.druid.intervals import Chunk, Granularity
from orchestration.druid.reconcile import Totals, differences, totals_from, totals_of

CHUNK = Chunk.of(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), Granularity.MONTH)
SCHEMA = {"city": pl.String, "price": pl.Float64, "sold": pl.Boolean, "day": pl.Date}
rows = st.lists(
    st.fixed_dictionaries(
        {
            "city": st.none() | st.sampled_from(["Praha", ""]),
            "price": st.none() | st.floats(-1e9, 1e9),
            "sold": st.none() | st.booleans(),
            "day": st.none() | st.dates(datetime.date(1990, 1, 1), datetime.date(2050, 1, 1)),
        }
    ),
    min_size=1,
)


def counted(values: list[dict[str, Any]]) -> Totals:
    return totals_of(pl.DataFrame(values, schema=SCHEMA))


@given(values=rows, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(values: list[dict[str, Any]], seed: Any) -> None:
    shuffled = seed.sample(values, len(values))
    assert differences({CHUNK: counted(values)}, {CHUNK: counted(shuffled)}) == []


@given(values=rows)
def test_a_lost_row_is_found(values: list[dict[str, Any]]) -> None:
    assert any("rows" in told for told in differences({CHUNK: counted(values)}, {CHUNK: counted(values[1:])}))


@pytest.mark.parametrize("name", list(SCHEMA))
def test_a_column_that_arrived_as_nulls_is_found(name: str) -> None:
    value = {"city": "Brno", "price": 1.0, "sold": True, "day": datetime.date(2026, 1, 1)}
    (told, *_) = differences({CHUNK: counted([value])}, {CHUNK: counted([value | {name: None}])})
    assert told == f"2026-01-01: {name}: 0 values, the table has 1"


def test_a_changed_amount_is_found_and_noise_is_not() -> None:
    wanted = counted([{"city": "Brno", "price": 1_000_000.01, "sold": None, "day": None}])
    noise = dataclasses.replace(wanted, sums=wanted.sums | {"price": 1_000_000.01 * (1 + 1e-12)})
    cent = dataclasses.replace(wanted, sums=wanted.sums | {"price": 1_000_000.02})
    assert differences({CHUNK: wanted}, {CHUNK: noise}) == []
    assert "price: the sum is" in differences({CHUNK: wanted}, {CHUNK: cent})[0]


def test_a_chunk_too_few_or_too_many_is_found() -> None:
    totals = counted([{"city": "Brno", "price": None, "sold": None, "day": None}])
    assert differences({CHUNK: totals}, {}) == ["2026-01-01: not served, the table has 1 rows"]
    assert differences({}, {CHUNK: totals}) == ["2026-01-01: 1 rows served, the table has none"]


def test_an_answer_of_druid_is_read_with_empty_sums_as_nothing() -> None:
    schema = pl.Schema({"city": pl.String(), "price": pl.Float64()})
    row = {"chunk": 0, "rows": 2, "values of city": 1, "values of price": 0, "sum of price": None}
    assert totals_from(row, columns(schema)) == Totals(2, {"city": 1, "price": 0}, {"price": 0.0})
