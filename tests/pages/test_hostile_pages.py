"""No bytes break the reader: broken markup, deep or absurd JSON, wrong encodings, random noise."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realestate_crawler.pages.document import decode
from realestate_crawler.pages.page import Verdict
from realestate_crawler.pages.reader import read_page

URL = "https://homes.example.com/listing/1234567"
DEEP = "[" * 100_000 + "]" * 100_000
FACTS = "<h1>3 bed house for sale in Otley</h1><p class=price>£325,000</p><p>1,120 sq ft</p>"


@given(st.binary(max_size=400))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_random_bytes_are_read_as_nothing_or_something_but_never_fail(body: bytes) -> None:
    assert read_page(body, URL).verdict in Verdict


@given(
    st.lists(
        st.sampled_from(
            [
                "<div>",
                "</div>",
                "<li class=card><a href='/listing/",
                "1234567",
                "'>",
                "£1,200 pcm",
                "3 Zimmer 80 m²",
                "<script>window.x={",
                "}</script>",
                "&#xD800;",
                "\x00",
                "<table><tr><td>",
            ]
        ),
        max_size=60,
    )
)
@settings(max_examples=100, deadline=None)
def test_broken_markup_never_fails(parts: list[str]) -> None:
    read_page("".join(parts).encode("utf-8", "replace"), URL)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "inner",
    [
        json_ld(DEEP),
        f"<script>window.STATE = {DEEP};</script>",
        json_ld('{"@type": "House", "offers": {"price": NaN, "priceCurrency": "GBP"}}'),
        json_ld('{"@type": "House", "numberOfRooms": 1e999, "floorSize": {"value": Infinity}}'),
        json_ld('{"@type": "House", "yearBuilt": ' + "9" * 5000 + "}"),
        json_ld('{"@type": "House", "name": "\\ud800"}'),
        json_ld('[[[{"@type": ["House", 7, null], "address": [null, 3], "geo": "x", "offers": [[]]}]]]'),
        "<div>" * 5000,
    ],
)
def test_absurd_data_costs_only_itself(inner: str) -> None:
    page = read_page(f"<html lang=en><body>{FACTS}{inner}</body></html>".encode(), URL)
    assert page.verdict is Verdict.LISTING
    assert page.listings[0].list_price == 325_000
    assert page.listings[0].rooms_total is None
    assert page.listings[0].year_built is None


def test_encodings() -> None:
    assert decode("Zürich".encode()) == "Zürich"
    assert decode(b'<meta charset="iso-8859-1">\x80 Z\xfcrich') == '<meta charset="iso-8859-1">€ Zürich'
    assert decode("Zürich".encode("utf-16")) == "Zürich"
    assert decode(b'<meta charset="klingon">Z\xfcrich').endswith("Zürich")
    assert decode(b"a\x00b") == "ab"


def test_a_price_without_an_amount_and_a_point_at_zero_stay_empty() -> None:
    state = (
        '{"id": 1234567, "price": 0, "city": "Otley", "bedrooms": 3, "livingArea": 90, "latitude": 0, "longitude": 0}'
    )
    body = f'<html><body><h1>House in Otley</h1><script type="application/json">{state}</script></body></html>'
    listing = read_page(body.encode(), URL).listings[0]
    assert (listing.list_price, listing.latitude, listing.longitude) == (None, None, None)
    assert listing.bedrooms_total == 3
