"""A listing is left out only when it contradicts the criterion, and the key that excludes it is named."""

import unicodedata
from decimal import Decimal

import pytest

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.domain.matching import mismatch
from realestate_crawler.items import Listing
from realestate_crawler.vocabulary import AreaUnits, Offer, PropertyType

HOME = Listing(
    city="São Telmo",
    state_or_province="Costa",
    postal_code="04103",
    country="PT",
    offer=Offer.SALE,
    property_type=PropertyType.HOUSE,
    list_price=Decimal(250000),
    living_area=Decimal(1000),
    living_area_units=AreaUnits.SQUARE_FEET,
    bedrooms_total=3,
    rooms_total=Decimal("4.5"),
    year_built=1990,
    latitude=Decimal("40.05"),
    longitude=Decimal("-8.85"),
)
SQUARE = [[-9, 40], [-8, 40], [-8, 41], [-9, 41]]


def criterion(**told):
    return Criterion(id="c", source="s", **told)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"city": "são telmo"},
        {"city": unicodedata.normalize("NFD", "São Telmo")},
        {"city": "Sao  Telmo"},
        {"postal_code": "04103", "country": "PT", "state_or_province": "COSTA"},
        {"offer": "sale", "property_types": ["flat", "house"]},
        {"list_price": {"min": 250000, "max": 250000}},
        {"living_area": {"min": 92, "max": 93}},
        {"rooms_total": {"min": 4.5}, "bedrooms_total": {"max": 3}, "year_built": {"min": 1990}},
        {"near": {"latitude": 40.05, "longitude": -8.84, "radius_km": 1}},
        {"polygon": SQUARE},
    ],
)
def test_what_matches_stays(told):
    assert mismatch(HOME, criterion(**told)) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("city", "Porto"),
        ("state_or_province", "Norte"),
        ("postal_code", "4103"),
        ("country", "ES"),
        ("offer", "rent"),
        ("property_types", ["flat"]),
        ("list_price", {"max": 249999.99}),
        ("list_price", {"min": 250000.01}),
        ("living_area", {"min": 93}),
        ("bedrooms_total", {"min": 4}),
        ("rooms_total", {"max": 4}),
        ("year_built", {"min": 1991}),
        ("near", {"latitude": 40.05, "longitude": -8.80, "radius_km": 1}),
        ("polygon", [[0, 0], [1, 0], [1, 1]]),
    ],
)
def test_what_contradicts_is_left_out_by_its_key(key, value):
    assert mismatch(HOME, criterion(**{key: value})) == key
    assert mismatch(Listing(), criterion(**{key: value})) is None


@pytest.mark.parametrize("told", ["Düsseldorf", "DÜSSELDORF", "Duesseldorf", "Dusseldorf"])
@pytest.mark.parametrize("wanted", ["Düsseldorf", "duesseldorf", "dusseldorf"])
def test_a_town_is_the_same_in_every_spelling(wanted, told):
    # Two ways to do without ü are no way to write one by the other.
    odd = {wanted.lower(), told.lower()} == {"duesseldorf", "dusseldorf"}
    assert mismatch(Listing(city=told), criterion(city=wanted)) == ("city" if odd else None)
