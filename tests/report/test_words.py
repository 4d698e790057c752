"""Values read as people write them, and only web addresses become links."""

import datetime as dt

import pytest

from orchestration.report.words import change, moment, money, noun, percent, web_address


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1_250_000.4, "EUR", "EUR\u00a01,250,000"),
        (39.46, "CHF", "CHF\u00a039.5"),
        (40.0, "CHF", "CHF\u00a040"),
        (12.0, None, "12"),
        (None, "EUR", "–"),
    ],
)
def test_money_has_its_currency_and_separators(amount, currency, text):
    assert money(amount, currency) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(1, 1, "100.0"), (0.9999, 1, "99.9"), (0.00001, 0, "1"), (0.0, 0, "0"), (0.953, 0, "95"), (1.25, 0, "125")],
)
def test_a_share_is_never_rounded_to_whole_or_nothing(share, digits, text):
    assert percent(share, digits=digits) == f"{text}\u00a0%"


def test_differences_carry_their_sign():
    assert [percent(n, digits=1, signed=True)[:-2] for n in (0.05, -0.05, 0.0001, -0.0001)] == [
        "+5.0",
        "\u22125.0",
        "0.0",
        "0.0",
    ]
    assert [change(n) for n in (3, -1200, 0, None)] == ["+3", "\u22121,200", "0", "–"]


def test_a_noun_follows_its_number():
    assert [noun(n, "city", "cities") for n in (0, 1, 1200)] == ["0 cities", "1 city", "1,200 cities"]


def test_a_time_is_told_in_utc():
    there = dt.datetime(2026, 3, 1, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert moment(there) == "28 February 2026, 23:05 UTC"


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "/x",
        "http:",
        "ftp://h/x",
        "",
        None,
        "http://[broken",
        "JaVaScRiPt:alert(1)",
    ],
)
def test_what_is_no_web_address_becomes_no_link(text):
    assert web_address(text) is None


def test_web_addresses_stay_as_they_are():
    assert web_address("https://a.example/x?y=1&z=2") == "https://a.example/x?y=1&z=2"
    assert web_address("HTTP://a.example") == "HTTP://a.example"
