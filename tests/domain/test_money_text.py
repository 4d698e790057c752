"""Price texts: amounts in every way of writing, their currency, period and qualifier; what is no price stays unread."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.currency import currency_code, local_currency
from realestate_crawler.domain.money import amounts, are_ends, on_request, parse_money
from realestate_crawler.vocabulary import PricePeriod, PriceQualifier

MONTH, WEEK = PricePeriod.MONTH, PricePeriod.WEEK


@pytest.mark.parametrize(
    ("text", "amount", "currency", "period"),
    [
        ("£695,000", "695000", "GBP", None),
        ("3.600.000 €", "3600000", "EUR", None),
        ("36.500.000€", "36500000", "EUR", None),
        ("CHF 1'250.-", "1250", "CHF", None),
        ("CHF 1’365.–", "1365", "CHF", None),
        ("8.5万円", "85000", "JPY", None),
        ("R 2 450 000", "2450000", "ZAR", None),
        ("R\xa016\xa0000", "16000", "ZAR", None),
        ("₹ 18 lakh", "1800000", "INR", None),
        ("₹ 1.5 Cr", "15000000", "INR", None),
        ("₹ 1,20,00,000", "12000000", "INR", None),
        ("Guide price £450,000", "450000", "GBP", None),
        ("1.127,37 €", "1127.37", "EUR", None),
        ("£995 pcm", "995", "GBP", MONTH),
        ("£230 pw", "230", "GBP", WEEK),
        ("€ 1.250,- per maand", "1250", "EUR", MONTH),
        ("14 500 Kč za měsíc", "14500", "CZK", MONTH),
        ("1 200 zł/mies.", "1200", "PLN", MONTH),
        ("MN 1,500,000", "1500000", "MXN", None),
        ("6\u200d 390\u200d 000\u200d Kč", "6390000", "CZK", None),
        ("2,5 Mio. €", "2500000", "EUR", None),
        ("€1.2M", "1200000", "EUR", None),
        ("12,000,000 AED", "12000000", "AED", None),
    ],
)
def test_a_price_is_read_as_it_is_written(text: str, amount: str, currency: str, period: PricePeriod | None) -> None:
    money = parse_money(text)
    assert money is not None
    assert (money.amount, money.currency, money.period) == (Decimal(amount), currency, period)


@pytest.mark.parametrize(
    "text",
    [
        "Preis auf Anfrage",
        "POA",
        "Cena na dotaz",
        "Call for Price",
        "5.755 €/m²",
        "£289 /sqft",
        "RR4126819",
        "",
        "3 bed 2 bath",
        "5 trillion €",
        "$1.2bn",
        "$2B",
        "€ 3 Mrd.",
    ],
)
def test_what_is_no_price_stays_unread(text: str) -> None:
    assert parse_money(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Preis auf Anfrage",
        "POA",
        "Cena na dotaz",
        "info v RK",
        "Price upon request",
        "Prix sur demande",
        "Precio a consultar",
    ],
)
def test_a_price_on_request_is_told_apart(text: str) -> None:
    assert on_request(text)
    assert not on_request("Preis: 250.000 €")


def test_of_a_range_the_lower_end_is_taken_and_marked() -> None:
    money = parse_money("455.700 € - 855.000 €")
    assert money is not None
    assert (money.amount, money.qualifier) == (Decimal(455700), PriceQualifier.RANGE)
    assert parse_money("ab 129.900 €").qualifier is PriceQualifier.FROM  # type: ignore[union-attr]
    assert parse_money("Guide price £1").qualifier is PriceQualifier.GUIDE  # type: ignore[union-attr]


def test_a_shared_sign_needs_the_country() -> None:
    assert parse_money("$489,000").currency is None  # type: ignore[union-attr]
    assert [local_currency("$", country) for country in ("US", "CA", "MX", "DE", None)] == [
        "USD",
        "CAD",
        "MXN",
        None,
        None,
    ]
    assert [local_currency("kr", country) for country in ("SE", "DK", "DE")] == ["SEK", "DKK", None]
    assert currency_code("kr") is None
    assert [currency_code(word) for word in ("eur", "€", "Kč", "R", "zł")] == ["EUR", "EUR", "CZK", "ZAR", "PLN"]


def test_amounts_per_area_are_marked_and_bare_numbers_are_none() -> None:
    found = list(amounts("3 Zimmer, 4.940 €/m², 445.000 €"))
    assert [(a.money.amount, a.per_area) for a in found] == [(Decimal(4940), True), (Decimal(445000), False)]


WAYS = [
    lambda n: f"£{n:,}",
    lambda n: f"{n:,} €".replace(",", "."),
    lambda n: f"{n:,} Kč".replace(",", "\xa0"),
    lambda n: f"CHF {n:,}.-".replace(",", "’"),
    lambda n: f"{n:,},00 €".replace(",", ".", f"{n:,}".count(",")),
    lambda n: f"US$ {n}",
]


@given(st.integers(min_value=1, max_value=999_999_999), st.sampled_from(WAYS))
def test_an_amount_comes_back_from_every_way_of_writing(amount: int, way) -> None:
    money = parse_money(way(amount))
    assert money is not None
    assert money.amount == amount


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    money = parse_money(text)
    assert money is None or money.amount >= 0


def test_feet_and_ids_are_no_amounts() -> None:
    assert [a.money.amount for a in amounts("P24-116951069, lot of 85 Ft, P 1,500,000")] == [Decimal(1500000)]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("300,000 AED 200,000,000 AED", True),
        ("£425,000 £450,000", False),
        ("£50,000 to £2,000,000", False),
        ("£50,000", False),
        ("", False),
    ],
)
def test_the_ends_of_a_slider(text: str, ends: bool) -> None:
    assert are_ends(text, list(amounts(text))) is ends
