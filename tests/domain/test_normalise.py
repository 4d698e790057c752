"""Raw values become typed ones; what cannot be read stays raw and is named. No value breaks it."""

import datetime
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.feed import UnwritableError, to_line
from realestate_crawler.domain.identity import content_hash
from realestate_crawler.domain.normalise import OUTSIDE_VOCABULARY, UNKNOWN_POINT, UNREADABLE, normalise
from realestate_crawler.items import MEANINGS, SOURCE_FIELDS, Form, Listing
from realestate_crawler.vocabulary import AreaUnits, PricePeriod

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=12)
    | st.from_regex(r"[-+€£ .,0-9eEm²ZT:/-]{0,12}", fullmatch=True),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
TYPES = {
    Form.TEXT: str,
    Form.URL: str,
    Form.MONEY: Decimal,
    Form.AREA: Decimal,
    Form.NUMBER: Decimal,
    Form.DEGREES: Decimal,
    Form.INTEGER: int,
    Form.DATE: datetime.date,
    Form.TIMESTAMP: datetime.datetime,
    Form.COUNTRY: str,
    Form.CURRENCY: str,
}


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("list_price", 999_999_999_999.99, "999999999999.99"),
        ("list_price", "999.999.999.999,995 €", None),
        ("list_price", 999_999_999_999.999, None),
        ("list_price", 1e12, None),
        ("association_fee", "1.000.000.000.000 €", None),
        ("living_area", 52.12345, "52.1234"),
        ("living_area", "9999999999,99999 m²", None),
        ("lot_size_area", 1e10, None),
        ("lot_size_area", 0.00001, None),
        ("rooms_total", 3.14159, "3.14"),
        ("rooms_total", 999_999.999, None),
    ],
)
def test_a_number_is_what_its_column_holds_or_nothing_and_the_source_is_kept(name, raw, value):
    listing = Listing(raw={name: raw})
    problems = normalise(listing)
    assert (None if getattr(listing, name) is None else str(getattr(listing, name))) == value
    assert listing.raw.get(name) == raw or value == str(raw)
    assert [problem.field for problem in problems] == ([] if value else [name])


@given(st.dictionaries(st.sampled_from(SOURCE_FIELDS), ANYTHING, max_size=6))
def test_no_value_breaks_it_and_every_value_is_typed_or_raw(raw):
    listing = Listing(raw=dict(raw))
    problems = {problem.field for problem in normalise(listing)}
    for name in SOURCE_FIELDS:
        value, meaning = getattr(listing, name), MEANINGS[name]
        if value is not None:
            assert isinstance(value, meaning.vocabulary or TYPES[meaning.form])
            assert not isinstance(value, Decimal) or value.is_finite()
        elif raw.get(name) is not None and not (isinstance(raw[name], str) and not raw[name].strip()):
            assert name in listing.raw
            assert name in problems or name == "longitude"
    assert all(
        listing.raw[name] is raw[name] for name in listing.raw if name in raw and name not in ("latitude", "longitude")
    )


@given(st.dictionaries(st.sampled_from(SOURCE_FIELDS), ANYTHING, max_size=6))
def test_a_second_time_changes_nothing_that_is_compared(raw):
    listing = Listing(raw=dict(raw))
    normalise(listing)
    try:
        before = (to_line(listing), content_hash(listing, ()))
    except UnwritableError:
        return
    normalise(listing)
    assert (to_line(listing), content_hash(listing, ())) == before


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("list_price", "250.000 €", 250000),
        ("list_price", 250000, 250000),
        ("list_price", "2.5e5", 250000),
        ("list_price", "1.25E+06", 1250000),
        ("list_price", "2.5e5 EUR", None),
        ("living_area", "1e2", 100),
        ("rooms_total", "3.5e0", Decimal("3.5")),
        ("bedrooms_total", "ca. 1e1", None),
        ("year_built", "1.98E+03", 1980),
        ("list_price", "on request", None),
        ("list_price", -5, None),
        ("list_price", math.nan, None),
        ("list_price", True, None),
        ("list_price", 10**13, None),
        ("living_area", "85,5 m²", Decimal("85.5")),
        ("living_area", 0, None),
        ("rooms_total", "4.5", Decimal("4.5")),
        ("bedrooms_total", "3", 3),
        ("bedrooms_total", 3.0, 3),
        ("bedrooms_total", 2.5, None),
        ("postal_code", 8001, "8001"),
        ("postal_code", 8001.0, "8001"),
        ("postal_code", "01067", "01067"),
        ("title", "  Two \n lines ", "Two lines"),
        ("title", {"en": "x"}, None),
        ("title", ["x"], None),
        ("country", "Portugal", "PT"),
        ("on_market_date", "2026-02-30", None),
        ("modification_timestamp", "2026-07-01T06:00:00+02:00", datetime.datetime(2026, 7, 1, 4, tzinfo=datetime.UTC)),
    ],
)
def test_examples(name, raw, value):
    listing = Listing(raw={name: raw})
    problems = normalise(listing)
    assert getattr(listing, name) == value
    assert [problem.field for problem in problems] == ([name] if value is None else [])
    if value is None:
        assert listing.raw[name] is raw


def test_a_text_may_name_more_than_its_own_field_unless_the_source_says_it_itself():
    listing = Listing(raw={"list_price": "€1,250 / month", "living_area": "900 sqft"})
    assert normalise(listing) == []
    assert (listing.currency, listing.price_period, listing.living_area_units) == (
        "EUR",
        PricePeriod.MONTH,
        AreaUnits.SQUARE_FEET,
    )
    listing = Listing(raw={"list_price": "€1,250 / month", "currency": "CHF", "price_period": "fortnight"})
    assert [(p.field, p.reason) for p in normalise(listing)] == [("price_period", OUTSIDE_VOCABULARY)]
    assert (listing.currency, listing.price_period) == ("CHF", None)


@pytest.mark.parametrize("point", [(0, 0), ("0.0", "0"), (91, 5), (5, None), (None, 5), (5, 181)])
def test_an_impossible_point_is_empty_and_kept_raw(point):
    raw = {name: value for name, value in zip(("latitude", "longitude"), point, strict=True) if value is not None}
    listing = Listing(raw=dict(raw))
    reasons = {problem.reason for problem in normalise(listing)}
    assert reasons & {UNKNOWN_POINT, UNREADABLE}
    assert (listing.latitude, listing.longitude) == (None, None)
    assert listing.raw == raw


def test_raw_keeps_only_what_the_clean_value_does_not_say():
    listing = Listing(
        raw={"title": "Flat", "city": " Porto ", "list_price": 5.0, "bedrooms_total": 2, "owner_name": ""}
    )
    normalise(listing)
    assert listing.raw == {"city": " Porto "}
