"""Lines become table types with no value changed, or they are refused; areas become square metres."""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.logic.observed import READ_SCHEMA, ColumnTypeError, exact, observations, read_schema, typed
from tests.graph_fixtures.feeds import frame, listing

AREA = {"listing_key": pl.String(), "area": pl.Decimal(16, 4)}
SEEN = {"listing_key": pl.String(), "seen": pl.Datetime("us", "UTC")}


def lines(column, *texts):
    rows = {"listing_key": [f"k{number}" for number in range(len(texts))], column: list(texts)}
    return pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String()))


@given(st.decimals(-(10**11), 10**11, places=6, allow_nan=False), st.sampled_from(["f", "e", "E", "g"]))
def test_a_number_is_read_exactly_or_refused_however_it_is_written(number, form):
    text = format(number, form)
    try:
        [(_, value)] = exact(lines("area", text), AREA).rows()
    except ColumnTypeError:
        return
    assert value == Decimal(text)


@pytest.mark.parametrize("text", ["1.23456", "1.2e-07", "1e15", "a lot", "-0.00009"])
def test_a_number_that_its_column_cannot_hold_is_refused_and_named(text):
    with pytest.raises(ColumnTypeError, match=rf"^area: '{text}' of listing k1 is no Decimal"):
        exact(lines("area", "1.2345", text), AREA)


def test_long_text_is_told_by_its_beginning():
    with pytest.raises(ColumnTypeError, match=r"^area: '" + "x" * 40 + "' of listing"):
        exact(lines("area", "x" * 41), AREA)


@pytest.mark.parametrize(("text", "value"), [("5", "5"), ("5.50000", "5.5"), ("-1.2345", "-1.2345"), (None, None)])
def test_trailing_zeros_and_nothing_are_no_loss(text, value):
    [(_, read)] = exact(lines("area", text), AREA).rows()
    assert read == (None if value is None else Decimal(value))


def test_a_moment_is_turned_to_utc():
    [(_, read)] = exact(lines("seen", "2026-03-02T08:00:00.000001+02:00"), SEEN).rows()
    assert read == dt.datetime(2026, 3, 2, 6, 0, 0, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("text", ["2026-03-02T06:00:00", "yesterday", "2026-03-02"])
def test_a_moment_without_a_zone_is_refused(text):
    with pytest.raises(ColumnTypeError, match=rf"^seen: '{text}' of listing k0"):
        exact(lines("seen", text), SEEN)


def test_columns_that_have_their_type_are_left_alone():
    read = pl.DataFrame({"listing_key": ["a"], "n": [1]}, schema={"listing_key": pl.String(), "n": pl.Int64()})
    assert exact(read, read.schema).equals(read)
    assert read_schema({**SEEN, **AREA, "n": pl.Int64()}) == {
        "listing_key": pl.String(),
        "seen": pl.String(),
        "area": pl.String(),
        "n": pl.Int64(),
    }


def test_the_first_line_of_a_key_stays_and_the_order_of_the_lines():
    told = frame(listing("b", title="one"), listing("a"), listing("b", title="two"))
    assert told.select("listing_key", "title").rows() == [("b", "one"), ("a", None)]
    assert observations(told).equals(told)
    assert typed(pl.DataFrame(schema=READ_SCHEMA)).columns == told.columns


@pytest.mark.parametrize(
    ("area", "units", "square_metres", "price_per"),
    [
        (50, None, 50.0, 2.0),
        (50, "Square Meters", 50.0, 2.0),
        (1000, "Square Feet", 92.903, 1.08),
        (3, None, 3.0, 33.33),
        (0, None, 0.0, None),
        ("0.5", None, 0.5, 200.0),
        (None, None, None, None),
    ],
)
def test_areas_are_square_metres_and_prices_follow(area, units, square_metres, price_per):
    amount = None if area is None else Decimal(area)
    [row] = frame(listing("a", list_price=Decimal(100), living_area=amount, living_area_units=units)).to_dicts()
    assert (row["living_area_sqm"], row["price_per_sqm"]) == (square_metres, price_per)
    [plot] = frame(listing("a", lot_size_area=amount, lot_size_units=units)).to_dicts()
    assert (plot["lot_size_sqm"], plot["living_area_sqm"]) == (square_metres, None)


def test_square_metres_have_four_decimals():
    [row] = frame(listing("a", living_area=Decimal("1234.5678"), living_area_units="Square Feet")).to_dicts()
    assert row["living_area_sqm"] == 114.6951
