"""Only types that arrive in Druid are written, and no value changes on the way."""

import datetime
from decimal import Decimal

import polars as pl
import pytest

from orchestration.druid.columns import UnservableError, columns, to_served

UTC = datetime.UTC


@pytest.mark.parametrize(
    ("values", "dtype", "druid", "arrives"),
    [
        (["a", "", None], pl.String, "VARCHAR", ["a", "", None]),
        (["a", "b", None], pl.Enum(["b", "a"]), "VARCHAR", ["a", "b", None]),
        ([True, False, None], pl.Boolean, "BIGINT", [1, 0, None]),
        ([1, -(2**31), None], pl.Int32, "BIGINT", [1, -(2**31), None]),
        (
            [Decimal("0.10"), Decimal("999999999999.99"), None],
            pl.Decimal(14, 2),
            "DOUBLE",
            [0.1, 999999999999.99, None],
        ),
        ([1.5, None], pl.Float64, "DOUBLE", [1.5, None]),
        ([datetime.date(1970, 1, 2), datetime.date(1969, 12, 31)], pl.Date, "BIGINT", [86_400_000, -86_400_000]),
        ([datetime.datetime(1970, 1, 1, 0, 0, 1, 999, UTC)], pl.Datetime("us", "UTC"), "BIGINT", [1000]),
    ],
)
def test_a_value_travels(values: list[object], dtype: pl.DataType, druid: str, arrives: list[object]) -> None:
    frame = pl.DataFrame({"a": values}, schema={"a": dtype})
    assert [column.druid_type for column in columns(frame.schema)] == [druid]
    assert to_served(frame)["a"].to_list() == arrives


@pytest.mark.parametrize(
    "dtype",
    [pl.List(pl.String), pl.Struct({"b": pl.String}), pl.Binary(), pl.Datetime("us"), pl.Duration(), pl.Null()],
)
def test_a_type_that_does_not_arrive_is_refused_by_name(dtype: pl.DataType) -> None:
    with pytest.raises(UnservableError, match="column a"):
        columns(pl.Schema({"a": dtype}))


def test_a_local_time_is_refused() -> None:
    with pytest.raises(UnservableError, match="Europe/Prague"):
        columns(pl.Schema({"a": pl.Datetime("us", "Europe/Prague")}))


@pytest.mark.parametrize("name", ["__time", "snapshot_digest", "a\nb"])
def test_names_that_cannot_be_used_are_refused(name: str) -> None:
    with pytest.raises(UnservableError, match="name"):
        columns(pl.Schema({name: pl.String()}))


def test_a_number_too_large_is_an_error() -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        to_served(pl.DataFrame({"a": [2**64 - 1]}, schema={"a": pl.UInt64}))
