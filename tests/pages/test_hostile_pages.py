"""No bytes break the reader: broken markup, deep or absurd JSON, wrong encodings, random noise."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    ],
)
def test_absurd_data_costs_only_itself(inner: str) -> None:
    page = read_page(f"<html lang=en><body>{FACTS}{inner}</body></html>".encode(), URL)
    assert page.verdict is Verdict.LISTING
    assert page.listings[0].list_price == 325_000
    assert page.listings[0].rooms_total is None
    assert page.listings[0].year_built is None


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        ("<div>" * 5000, "nested deeper than the parser goes"),
        ("<b>" * 60_000, "more than 50000 tags"),
        (f"<p {' '.join(f'a{n}' for n in range(90_000))}>", "a tag with more than 5000 attributes"),
        (f"<p title='>' {' '.join(f'a{n}' for n in range(90_000))}>", "a tag with more than 5000 attributes"),
        (f'<p title="\'" {" ".join(f"a{n}" for n in range(90_000))}>', "a tag with more than 5000 attributes"),
        (f'<p " {" ".join(f"a{n}" for n in range(90_000))}>', "a tag with more than 5000 attributes"),
    ],
)
def test_a_page_that_no_parser_holds_is_not_read_as_far_as_it_goes(inner: str, why: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        page = read_page(f"<html lang=en><body>{FACTS}{inner}</body></html>".encode(encoding), URL)
        assert (page.verdict, page.listings) == (Verdict.OTHER, [])
        assert page.reason.startswith(f"parse_suspect: {why}")


def test_a_long_script_and_long_values_are_no_flood_of_attributes() -> None:
    inner = f"<script>if (a<b) {{ {'x y=1 ' * 90_000} }}</script><p data-state='{'word ' * 50_000}'></p>"
    assert read_page(f"<html lang=en><body>{FACTS}{inner}</body></html>".encode(), URL).verdict is Verdict.LISTING


def test_long_tables_are_read_in_a_moment() -> None:
    rows = "<tr><td>Area<td>80 m2" * 16_000
    start = time.process_time()
    assert read_page(f"<html lang=en><body>{FACTS}<table>{rows}</table></body></html>".encode(), URL).listings
    assert time.process_time() - start < 30  # a second; two minutes when each row looks at all others


def test_a_price_without_an_amount_and_a_point_at_zero_stay_empty() -> None:
    state = (
        '{"id": 1234567, "price": 0, "city": "Otley", "bedrooms": 3, "livingArea": 90, "latitude": 0, "longitude": 0}'
    )
    body = f'<html><body><h1>House in Otley</h1><script type="application/json">{state}</script></body></html>'
    listing = read_page(body.encode(), URL).listings[0]
    assert (listing.list_price, listing.latitude, listing.longitude) == (None, None, None)
    assert listing.bedrooms_total == 3
