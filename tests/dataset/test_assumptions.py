"""A mapping's unit, scale and constants hold where the value says nothing; what the value says itself goes first."""

from decimal import Decimal

import pytest

from realestate_crawler.domain.currency import may_mean
from realestate_crawler.domain.normalise import OVERRULED, UNREADABLE, normalise
from realestate_crawler.vocabulary import AreaUnits, PricePeriod, PriceQualifier
from tests.dataset.test_rows import read

M2, FT2, ACRES, HA = AreaUnits.SQUARE_METERS, AreaUnits.SQUARE_FEET, AreaUnits.ACRES, AreaUnits.HECTARES


@pytest.mark.parametrize(
    ("value", "area", "units", "told"),
    [
        ("900 sqft", 900, FT2, True),
        ("0.5 ha", Decimal("0.5"), HA, True),
        ("1,5 acres", Decimal("1.5"), ACRES, True),
        ("900 m²", 900, M2, False),
        ("900", 900, M2, False),
        (900, 900, M2, False),
    ],
)
@pytest.mark.parametrize("field", ["living_area", "lot_size_area"])
def test_a_unit_in_the_value_goes_before_the_unit_of_the_mapping(field, value, area, units, told):
    listing, problems = read({"id": 1, "a": value}, **{field: {"column": "a", "unit": "m2"}})
    hint = "living_area_units" if field == "living_area" else "lot_size_units"
    assert (getattr(listing, field), getattr(listing, hint)) == (area, units)
    assert problems == ([(hint, OVERRULED)] if told else [])
    if told:
        assert listing.raw == {field: value}
    assert normalise(listing) == []
    assert getattr(listing, hint) == units


def test_a_unit_in_the_value_goes_before_a_constant_and_a_column_of_units_before_the_mapping():
    listing, problems = read({"id": 1, "a": "900 sqft"}, constants={"living_area_units": "m2"}, living_area="a")
    assert (listing.living_area_units, problems) == (FT2, [("living_area_units", OVERRULED)])
    unit = {"living_area_units": "u"}
    for fields in ({**unit, "living_area": {"column": "a", "unit": "m2"}}, {"living_area": "a", **unit}):
        listing, problems = read({"id": 1, "a": "900", "u": "sqft"}, **fields)
        assert (listing.living_area_units, problems) == (FT2, [])


@pytest.mark.parametrize("scale", [None, 1000])
@pytest.mark.parametrize(
    ("constant", "value", "currency", "told"),
    [
        ("EUR", "USD 250", "USD", True),
        ("EUR", "£250", "GBP", True),
        ("EUR", "250 Kč", "CZK", True),
        ("EUR", "$250", None, True),
        ("EUR", "250 kr", None, True),
        ("EUR", "€ 250", "EUR", False),
        ("EUR", "250", "EUR", False),
        ("CAD", "$250", "CAD", False),
        ("CAD", "CAD $250", "CAD", False),
        ("CAD", "US$250", "USD", True),
        ("TTD", "$250", "TTD", False),
        ("GIP", "£250", "GIP", False),
        ("DKK", "250 kr.", "DKK", False),
        ("PKR", "Rs 250", "PKR", False),
        ("MAD", "250 DH", "MAD", False),
    ],
)
def test_a_currency_in_the_value_goes_before_the_constant(constant, value, currency, told, scale):
    listing, problems = read(
        {"id": 1, "p": value}, constants={"currency": constant}, list_price={"column": "p", "scale": scale}
    )
    assert (listing.list_price, listing.currency) == (250 * (scale or 1), currency)
    assert problems == ([("currency", OVERRULED)] if told else [])
    if told or scale:
        assert listing.raw == {"list_price": value}
    assert normalise(listing) == []
    assert listing.currency == currency


def test_a_number_word_names_no_currency_against_a_constant():
    for constant, value in (("BDT", "25 lakh"), ("MYR", "1.2 juta"), ("TWD", "250万")):
        listing, problems = read({"id": 1, "p": value}, constants={"currency": constant}, list_price="p")
        assert (listing.currency, problems) == (constant, [])
    assert may_mean("kr.", "ISK")
    assert not may_mean("kr", "EUR")


def test_the_row_s_own_currency_goes_before_both():
    listing, problems = read(
        {"id": 1, "p": "€ 250", "c": "CHF"}, constants={"currency": "EUR"}, list_price="p", currency="c"
    )
    assert (listing.currency, problems) == ("CHF", [])


def test_a_period_in_the_value_goes_before_the_constant():
    listing, problems = read({"id": 1, "p": "€ 250 / week"}, constants={"price_period": "month"}, list_price="p")
    assert (listing.price_period, problems) == (PricePeriod.WEEK, [("price_period", OVERRULED)])


@pytest.mark.parametrize(("fee", "value"), [("£ 90", None), ("€ 90", 90), ("90", 90), (90, 90)])
def test_a_charge_in_another_currency_than_the_listing_s_has_no_place(fee, value):
    listing, problems = read(
        {"id": 1, "p": 250, "f": fee}, constants={"currency": "EUR"}, list_price="p", association_fee="f"
    )
    assert (listing.association_fee, listing.currency) == (value, "EUR")
    assert problems == ([] if value else [("association_fee", UNREADABLE)])
    if value is None:
        assert listing.raw == {"association_fee": fee}


@pytest.mark.parametrize("scale", [None, 1000])
@pytest.mark.parametrize("text", ["auf Anfrage", "Preis auf Anfrage", "POA", "prix sur demande, tel 0911", "応談"])
def test_a_price_on_request_is_said_to_be_one(text, scale):
    listing, problems = read({"id": 1, "p": text}, list_price={"column": "p", "scale": scale})
    assert (listing.list_price, listing.price_qualifier) == (None, PriceQualifier.ON_REQUEST)
    assert (listing.raw, problems) == ({"list_price": text}, [("list_price", UNREADABLE)])


def test_a_column_of_qualifiers_goes_before_the_words_of_the_price():
    listing, _ = read({"id": 1, "p": "auf Anfrage", "q": "guide"}, list_price="p", price_qualifier="q")
    assert listing.price_qualifier is PriceQualifier.GUIDE
    assert read({"id": 1, "p": "n/a"}, list_price="p")[0].price_qualifier is None
    assert read({"id": 1, "p": "ab € 250, sonst auf Anfrage"}, list_price="p")[0].list_price == 250
