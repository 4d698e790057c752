"""What a site's own search can say beyond its address: the words of a profile, and along what they narrow a search."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from realestate_crawler.domain.dimensions import Span
from realestate_crawler.profiles.model import Profile
from realestate_crawler.profiles.narrowing import dimensions
from realestate_crawler.profiles.registry import ProfileError, read
from realestate_crawler.profiles.search import narrowed_address, search_address
from tests.profiles.test_profiles import GOOD, criterion, written

TODAY = datetime.date(2026, 7, 1)
WORDS = (
    GOOD
    + """\
search:
  urls: {sale: 'https://site.example/buy'}
  property_types: {apartment: flats, house: houses}
  parameters:
    list_price_min: from
    list_price_max: to
    bedrooms_total_min: beds
    on_market_date_min: since
    on_market_date_max: until
    property_type: kind
    city: town
    postal_code: zip
  values: {postal_code: [1010, '1020', 1010]}
"""
)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return read(written(tmp_path, WORDS.replace("[1010, '1020', 1010]", "['1010', '1020', '1010']")))


def test_every_digit_of_a_limit_is_told(profile: Profile) -> None:
    wanted = criterion(list_price={"min": 123456.7, "max": 1_234_567.25})
    assert search_address(profile, wanted).url == "https://site.example/buy?from=123456.7&to=1234567.25"
    assert search_address(profile, criterion(list_price={"max": 5e6})).url == "https://site.example/buy?to=5000000"


def test_places_and_kinds_can_be_parameters(profile: Profile) -> None:
    wanted = criterion(city="Bad Homburg", property_types=["house"], postal_code="1010")
    found = search_address(profile, wanted)
    assert found.url == "https://site.example/buy?town=Bad+Homburg&zip=1010&kind=houses"
    assert found.not_expressed == ()
    two = search_address(profile, criterion(property_types=["house", "flat"]))
    assert (two.url, two.not_expressed) == ("https://site.example/buy", ("property_types",))


def test_a_search_is_narrowed_along_what_has_both_limits_or_several_words(profile: Profile) -> None:
    found = {one.name: one for one in dimensions(profile, "https://site.example/buy", {"city": ("Ulm",)}, TODAY)}
    # Only the lower limit of bedrooms can be said, and there is one town only.
    assert list(found) == ["list_price", "on_market_date", "property_type", "postal_code"]
    assert found["property_type"].values == ("apartment", "house")  # type: ignore[union-attr]
    assert found["postal_code"].values == ("1010", "1020")  # type: ignore[union-attr]
    more = dimensions(profile, "https://site.example/buy", {"city": ("Ulm", "Bonn", "Ulm")}, TODAY)
    assert more[3].values == ("Ulm", "Bonn")  # type: ignore[union-attr]


def test_what_the_search_says_already_stays_a_limit(profile: Profile) -> None:
    url = "https://site.example/buy?to=500000&since=2026-06-01&kind=houses&zip=1010"
    found = {one.name: one for one in dimensions(profile, url, {}, TODAY)}
    assert list(found) == ["list_price", "on_market_date"]
    assert found["list_price"].span == Span(None, Decimal(500_000))  # type: ignore[union-attr]
    since = Decimal(datetime.date(2026, 6, 1).toordinal())
    assert found["on_market_date"].span == Span(since, None)  # type: ignore[union-attr]
    part = narrowed_address(profile, url, {"list_price_max": "250003", "property_type": "apartment"})
    assert part == "https://site.example/buy?since=2026-06-01&zip=1010&to=250003&kind=flats"


def test_a_limit_that_is_no_number_is_no_limit(profile: Profile) -> None:
    (price, *_) = dimensions(profile, "https://site.example/buy?to=any", {}, TODAY)
    assert price.span == Span(None, None)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("search: {parameters: {colour: c}}\n", "no such bound: colour"),
        ("search: {values: {city: [Ulm]}}\n", "values of city: only of a place that stands in parameters"),
        ("search: {values: {list_price: ['1']}, parameters: {list_price_min: a}}\n", "values of list_price"),
        ("detail_max_age_days: -1\n", "detail_max_age_days"),
    ],
)
def test_what_a_search_cannot_say_is_an_error(tmp_path: Path, change: str, told: str) -> None:
    with pytest.raises(ProfileError) as problem:
        read(written(tmp_path, GOOD + change))
    assert told in str(problem.value)
