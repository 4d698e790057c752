"""Phone numbers of many countries are found in texts; prices, areas, dates, codes and ids never are."""

import datetime
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate_crawler.domain.phones import phones

# Numbers as people write them; those set aside for films and books where a country has any.
ALONE = """
+44 20 7946 0958 | 020 7946 0958 | 07700 900123 | +447700900123 | (555) 010-0199 | +1 (415) 555-0132 | 415-555-0132
+1-415-555-0132 | 1 866 555-0177 | 1-800-555-0199 | 030 23125 111 | 030/23125111 | 0152 28817386 | +49 (0)30 23125 111
0211 878-0 | 0049 30 23125 111 | 01 99 00 12 34 | 06.39.98.12.34 | +33 6 39 98 12 34 | 0470 12 34 56 | 079 555 12 34
06-12345678 | 031-3105551 | +31 6 12345678 | 612 74 82 57 | 333 1234567 | 06 1234 5678 | +351 912 345 678 | 02-5551234
0905 123 456 | +420 601 123 456 | 22 123 45 67 | +48 22 123 45 67 | 06 30 123 4567 | 070-123 45 67 | 08-12 34 56
040 123 4567 | +45 32 12 34 56 | 8 (912) 345-67-89 | +7 912 345-67-89 | 0532 123 45 67 | 694 123 4567 | 050 123 4567
+971501234567 | 052-1234567 | 98765 43210 | +91-98765-43210 | 0917 123 4567 | (02) 8123 4567 | 081-234-5678
0812-3456-7890 | 012-345 6789 | 138 1234 5678 | 010-1234-5678 | 03-1234-5678 | 090-1234-5678 | 0412 345 678
(02) 5550 1234 | 021 123 4567 | 082 123 4567 | (11) 91234-5678 | 11 5555-1234 | 55 1234 5678 | (601) 2669336
""".replace("\n", "|").split("|")
ALONE = [number.strip() for number in ALONE if number.strip()]
ONLY_THERE = [
    ("DK", "32 12 34 56"),
    ("SG", "9123 4567"),
    ("CZ", "512 158 035"),
    ("ES", "635 903 377"),
    ("PT", "21 265 6483"),
    ("LV", "63 584 333"),
    ("EE", "383 2832"),
]
SAID = ["Tel. {}", "Tel.:{}", "call Ana on {}", "WhatsApp {}", "☎ {}", "Telefon {}", "Zavolajte {}", "тел. {}"]
AROUND = ["{}", "A lovely flat. {} Ask for Ana.", "Visits by appointment: {}, at weekends", "({})", "Ana {}<br>Ben"]


def found(text: str, label: str = "", country: str = "") -> list[str]:
    return [text[start:end] for start, end, _ in phones(text, label, country)]


@pytest.mark.parametrize("number", ALONE)
def test_a_number_says_by_its_form_that_it_is_one(number: str) -> None:
    for around in AROUND:
        text = around.format(number)
        assert [part.strip("()") for part in found(text)] == [number.strip("()")], text


@pytest.mark.parametrize(("country", "number"), ONLY_THERE)
def test_what_could_be_anything_is_one_where_numbers_look_so(country: str, number: str) -> None:
    assert found(f"A flat. {number} Ask for Ana.", country=country) == [number]
    assert found(f"A flat. {number} Ask for Ana.", country="FR") == []


@pytest.mark.parametrize("number", [*ALONE, *(number for _, number in ONLY_THERE), "600123456", "12 34 56", "5551234"])
def test_a_word_before_says_that_it_is_one(number: str) -> None:
    for said in SAID:
        text = said.format(number)
        assert [part.strip("()") for part in found(text)] == [number.strip("()")], text


def test_the_second_of_two_needs_no_word_of_its_own() -> None:
    assert found("Tel. 600123456, 600123457 or 600123458") == ["600123456", "600123457", "600123458"]


def test_what_the_source_calls_a_value_is_a_word_before_it() -> None:
    assert found("600123456") == []
    assert found("600123456", "agentPhoneNumber") == ["600123456"]
    assert found("0911 123 456", "reference_id") == []


def test_in_addresses_only_what_they_call_a_number() -> None:
    assert found("https://example.org/flat-0911123456?ref=0911 123 456 a") == []
    assert found("https://example.org/12345 0911 123 456") == ["0911 123 456"]
    assert found("https://wa.me/421911123456") == ["421911123456"]
    assert found("https://api.example.org/send?phone=%2B421911123456&text=Hi") == ["421911123456"]
    assert found('<a href="tel:+421911123456">') == ["+421911123456"]


DIGITS = "0123456789"
KEYS = st.text("abcdefghkmxyz", min_size=1, max_size=3)
NUMBER = st.integers(1, 999_999_999)
GROUPING = st.sampled_from([",", ".", " ", "\u00a0", "\u202f", "'", ""])
MONEY = st.sampled_from(["€", "EUR", "Kč", "CZK", "$", "USD", "£", "zł", "kr", "CHF", "₱", "INR", "Ft", "¥", "R"])
TODAY = datetime.date(2026, 3, 2)


def grouped(number: int, sign: str) -> str:
    return f"{number:,}".replace(",", sign)


PRICES = st.builds(
    lambda n, sign, money, before: f"{money} {grouped(n, sign)}" if before else f"{grouped(n, sign)} {money}",
    NUMBER,
    GROUPING,
    MONEY,
    st.booleans(),
)
AREAS = st.builds(
    lambda n, sign, unit: f"{grouped(n, sign)}{unit}",
    st.integers(1, 9_999_999),
    GROUPING,
    st.sampled_from([" m²", "m2", " sqm", " sq ft", " qm", " ha", " acres", " kWh"]),
)
DATES = st.builds(
    lambda days, form: (TODAY + datetime.timedelta(days=days)).strftime(form),
    st.integers(-9000, 9000),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S", "%d. %m. %Y"]),
)
CODES = st.one_of(
    st.from_regex(r"[0-9]{5}", fullmatch=True),  # Germany, France, the United States
    st.from_regex(r"[0-9]{5}-[0-9]{4}", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{3}-[0-9]{3}", fullmatch=True),  # Portugal
    st.from_regex(r"[0-9]{3} [0-9]{2}", fullmatch=True),  # Sweden, the Czech Republic
    st.from_regex(r"[0-9]{2}-[0-9]{3}", fullmatch=True),  # Poland
    st.from_regex(r"[1-9][0-9]{3} [A-Z]{2}", fullmatch=True),  # the Netherlands
)
IDS = st.one_of(
    st.integers(1, 10**15).map(str),  # digits alone
    st.builds(lambda a, n: f"{a.upper()}-{n}", KEYS, st.integers(1, 10**12)),
    st.builds(lambda a, n: f"{a}{n:09d}", KEYS, st.integers(1, 10**9)),
    st.builds(lambda n: f"ref. {n:010d}", st.integers(1, 10**10)),
    st.builds(lambda n: f"ID: 0{n:09d}", st.integers(1, 10**9)),
    st.builds(lambda n: f"MLS# {n}", st.integers(1, 10**9)),
    st.builds(lambda a, b, c: f"parcel {a:03d}-{b:03d}-{c:04d}", *[st.integers(0, 999)] * 3),
    st.builds(lambda n: f"/expose/{n}", st.integers(1, 10**12)),
    st.uuids().map(str),
)
ENERGY = st.builds(lambda a, b: f"{a},{b:02d} kWh/(m²·a)", st.integers(1, 400), st.integers(0, 99))
COORDINATES = st.builds(
    lambda a, b: f"{a:.6f}, {b:.6f}", st.floats(-90, 90, allow_nan=False), st.floats(-180, 180, allow_nan=False)
)
FACT = st.one_of(PRICES, AREAS, DATES, CODES, IDS, ENERGY, COORDINATES)


@settings(max_examples=500)
@given(FACT)
def test_a_fact_alone_is_no_phone_number(fact: str) -> None:
    assert found(fact) == []


@given(st.lists(FACT, min_size=1, max_size=4), st.sampled_from(["; ", ". ", ", ", " – for sale, ", "\n"]))
def test_facts_in_a_text_survive(facts: list[str], between: str) -> None:
    assert found(f"Flat{between}{between.join(facts)}{between}lift") == []


@given(st.lists(FACT, max_size=3), st.sampled_from(ALONE), st.lists(FACT, max_size=3))
def test_among_facts_only_the_number_is_found(before: list[str], number: str, after: list[str]) -> None:
    text = "; ".join([*before, f"call Ana: {number}", *after])
    assert [part.strip("()") for part in found(text)] == [number.strip("()")]


@given(st.text(st.sampled_from([*DIGITS, " ", "-", ".", "(", ")", "+", "/", "a", ":", "é", "@", ","]), max_size=60))
def test_whatever_the_text_spans_are_in_order_and_hold_their_digits(text: str) -> None:
    last = 0
    for start, end, digits in phones(text):
        assert last <= start < end <= len(text)
        assert digits == "".join(sign for sign in text[start:end] if sign.isdigit())
        last = end


@pytest.mark.parametrize("piece", ["1", "1 ", "(", "+1", "0 - ", "a@", "tel ", "http://", "tel 1,"])
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        began = time.process_time()
        list(phones(text))
        return time.process_time() - began

    small, large = min(seconds(20_000) for _ in range(3)), min(seconds(160_000) for _ in range(2))
    assert large < 40 * max(small, 0.002)


def test_random_digits_without_any_word_are_hardly_ever_taken_for_one() -> None:
    chance = random.Random(5)
    texts = [f"unit {chance.randrange(10 ** chance.randint(5, 14))} on the left" for _ in range(2000)]
    assert sum(map(len, map(found, texts))) == 0
