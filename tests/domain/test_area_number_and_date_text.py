"""Areas, numbers and dates: units, half rooms, ranges; what has two readings stays unread."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.area import area_units, areas, parse_area
from realestate_crawler.domain.dates import parse_date, parse_timestamp
from realestate_crawler.domain.money import amounts, parse_money
from realestate_crawler.domain.numbers import find_number, parse_number
from realestate_crawler.vocabulary import AreaUnits

M2, FT2, ACRES, HA = AreaUnits.SQUARE_METERS, AreaUnits.SQUARE_FEET, AreaUnits.ACRES, AreaUnits.HECTARES


@pytest.mark.parametrize(
    ("text", "value", "units"),
    [
        ("64.49 m²", "64.49", M2),
        ("63,5 m2 Wohnfläche", "63.5", M2),
        ("67 m 2", "67", M2),
        ("1 596 m²", "1596", M2),
        ("20,000 sqm", "20000", M2),
        ("93 - 176 m2", "93", M2),
        ("1,611 sqft", "1611", FT2),
        ("1,797 sq. ft", "1797", FT2),
        ("757 ft² (70.3 m²)", "757", FT2),
        ("1631 sq ft / 152 sq m", "1631", FT2),
        ("0.394 acres", "0.394", ACRES),
        ("1.125 ha", "1.125", HA),
        ("10000 Sq. Yards", "90000", FT2),
        ("800", "800", None),
        ("1e2 m²", "100", M2),
        ("1.5E+03 sqft", "1500", FT2),
    ],
)
def test_an_area_is_read_with_its_unit(text: str, value: str, units: AreaUnits | None) -> None:
    area = parse_area(text)
    assert area is not None
    assert (area.value, area.units) == (Decimal(value), units)


@pytest.mark.parametrize("text", ["", "m²", "unbekannt", "groß"])
def test_an_area_without_a_number_stays_unread(text: str) -> None:
    assert parse_area(text) is None


def test_units_by_their_codes() -> None:
    assert [area_units(word) for word in ("MTK", "FTK", "Square Feet", "qm", "ha", "rooms")] == [
        M2,
        FT2,
        FT2,
        M2,
        HA,
        None,
    ]


@given(st.decimals(min_value="0.01", max_value=99_999, places=2), st.sampled_from(["m²", "sq ft", "sqm"]))
def test_an_area_comes_back_with_either_decimal_mark(value: Decimal, unit: str) -> None:
    for text in (f"{value} {unit}", f"{value}".replace(".", ",") + f" {unit}"):
        area = parse_area(text)
        assert area is not None
        assert area.value == value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2 ½", "2.5"),
        ("½", "0.5"),
        ("4.5", "4.5"),
        ("3,5", "3.5"),
        ("02", "2"),
        ("１２", "12"),
        ("1,20,00,000", "12000000"),
        ("1.250.000", "1250000"),
    ],
)
def test_numbers_in_many_ways_of_writing(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.5e5", "250000"),
        ("1e2", "100"),
        ("1.25E+06", "1250000"),
        ("1,25E+06", "1250000"),
        (" 1.250e6 ", "1250000"),
        ("2.5e-1", "0.25"),
        ("-4.7e1", "-47"),
        ("３e２", "300"),
    ],
)
def test_a_number_with_an_exponent_is_what_it_says(text: str, number: str) -> None:
    assert parse_number(text) == find_number(text) == Decimal(number)
    money, area = parse_money(text), parse_area(text)
    if not number.startswith("-"):
        assert (money and money.amount, money and money.sign) == (Decimal(number), "")
        assert (area and area.value, area and area.units) == (Decimal(number), None)


@pytest.mark.parametrize("text", ["12,500e3", "1e999", "2.5e", "e5", "2.5 e5", "1.2.3e4", ".5e3", "2e5e", "1e5.5"])
def test_what_only_resembles_a_number_with_an_exponent_is_none(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["ca. 2.5e5", "€2.5e5", "2.5e5 EUR", "2.5E+5 €", "2.5e-5 €", "1e2 - 300", "12,500e3", "USD 1e2.", "e: 3e4"]
)
def test_a_number_with_an_exponent_inside_a_text_is_not_cut_off(text: str) -> None:
    assert find_number(text) is None
    assert parse_money(text) is None
    assert list(amounts(text)) == []


@pytest.mark.parametrize("text", ["ca. 1e2 m²", "area 2.5e-5 m²", "1e2 - 176 m²", "area 1.5e3"])
def test_an_area_with_an_exponent_inside_a_text_is_not_cut_off(text: str) -> None:
    assert parse_area(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("2e étage", 2), ("3e 5", 3), ("2e-5e étage", 2), ("1er étage", 1), ("12E", 12), ("2ème 3", 2), ("5 exp 3", 5)],
)
def test_a_letter_behind_a_number_is_no_exponent(text: str, number: int) -> None:
    assert find_number(text) == number


def test_amounts_beside_a_number_with_an_exponent_are_read() -> None:
    assert [amount.money.amount for amount in amounts("id 3e5, 250 000 €, 2e étage 12 €")] == [250_000, 12]
    assert [str(found.area.value) for found in areas("3e5 80 m² 2e-5 m²")] == ["80"]


@pytest.mark.parametrize("text", ["1.2.3", "1,2,3.4", "12.", "abc", "", "1-2", "12.34,567,8"])
def test_what_is_no_number_stays_unread(text: str) -> None:
    assert parse_number(text) is None


def test_the_first_number_in_a_text() -> None:
    assert find_number("ca. 3,5 Zimmer, 84 m²") == Decimal("3.5")
    assert find_number("keine Angabe") is None


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("10. března 2026", (2026, 3, 10)),
        ("28.06.2026", (2026, 6, 28)),
        ("27 May 2025", (2025, 5, 27)),
        ("May 3, 2024", (2024, 5, 3)),
        ("31/12/2020", (2020, 12, 31)),
        ("2026-04-01T10:00:00Z", (2026, 4, 1)),
        ("Online seit 1. März 2026", (2026, 3, 1)),
    ],
)
def test_a_date_that_has_one_reading(text: str, date: tuple[int, int, int]) -> None:
    assert parse_date(text) == datetime.date(*date)


@pytest.mark.parametrize("text", ["01/02/2018", "gestern", "vor 2 Monaten", "31.02.2020", "2026", ""])
def test_a_date_with_two_readings_or_none_stays_unread(text: str) -> None:
    assert parse_date(text) is None


def test_times_are_in_utc() -> None:
    noon = datetime.datetime(2026, 4, 1, 12, tzinfo=datetime.UTC)
    assert parse_timestamp("2026-04-01T14:00:00+02:00") == noon
    assert parse_timestamp("1775044800") == noon
    assert parse_timestamp("1775044800000") == noon
    assert parse_timestamp("noon") is None
