"""The reader and the normalise stage give exactly what the advert says; nothing breaks them."""

import urllib.request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.demo_market.advert import item_fields
from realestate_crawler.demo_market.html import Today, detail
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.demo_market.site import Site
from realestate_crawler.demo_market.truth import day_truth
from realestate_crawler.demo_market.wording import path
from realestate_crawler.domain.identity import content_hash
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.items import SOURCE_FIELDS
from realestate_crawler.pages.demo_market import VOLATILE, read_listing, read_results
from realestate_crawler.vocabulary import Kind

SHOWN_ON_CARDS = {
    "title",
    "offer",
    "property_type",
    "standard_status",
    "list_price",
    "price_period",
    "price_qualifier",
    "living_area",
    "rooms_total",
    "city",
}
URL = "http://127.0.0.1:1/search?offer=sale"


@pytest.fixture(scope="module")
def market():
    return Market(5, 150)


def values(listing):
    told = {name: getattr(listing, name) for name in SOURCE_FIELDS if name != "listing_url"}
    return {name: value for name, value in told.items() if value is not None}


def today(market, day):
    return Today(day, market.date(day))


def read(market, advert, day):
    listing = read_listing(detail(today(market, day), advert, market.adverts(day)[:4]).encode(), URL)
    assert normalise(listing) == []
    return listing


def test_a_listings_page_gives_every_value_of_every_advert_over_http(market):
    with Portal(market, day=6) as portal:
        for advert in market.adverts(6):
            url = portal.url.rstrip("/") + path(advert)
            with urllib.request.urlopen(url + "?from=results") as response:
                listing = read_listing(response.read(), url + "?from=results")
            assert normalise(listing) == []
            assert values(listing) == item_fields(advert)
            assert (listing.listing_key, listing.kind) == (advert.key, Kind.DETAIL)
            assert listing.listing_url == url
            assert listing.extra == {"views": advert.views}


def test_a_card_gives_presence_price_and_what_else_it_shows(market):
    site = Site(market, day=6)
    shown = []
    for number in range(1, -(-len(market.adverts(6)) // 20) + 1):
        page = read_results(site.answer(f"/search?page={number}").text.encode(), URL)
        assert page.listing_urls == [(listing.listing_key, listing.listing_url) for listing in page.sightings]
        for listing in page.sightings:
            advert = market.advert(listing.listing_key, 6)
            assert normalise(listing) == []
            told, whole = values(listing), item_fields(advert)
            assert told.items() <= whole.items()
            assert SHOWN_ON_CARDS & whole.keys() == told.keys() - {"currency", "living_area_units"}
            assert listing.kind is Kind.SIGHTING
            assert listing.listing_url == "http://127.0.0.1:1" + path(advert)
            shown.append(listing.listing_key)
    assert sorted(shown) == sorted(advert.key for advert in market.adverts(6))


def test_the_first_and_the_last_page_of_results(market):
    site = Site(market, cap=45)
    first, last = (read_results(site.answer(f"/search?sort=price_asc&page={n}").text.encode(), URL) for n in (1, 3))
    assert first.next_page_url == "http://127.0.0.1:1/search?sort=price_asc&page=2"
    assert last.next_page_url is None
    assert len(last.listing_urls) == 5
    assert first.claimed_total == last.claimed_total == 150
    assert first.market_date == market.date(1)


def test_a_total_with_a_thousands_mark_is_read_whole():
    page = read_results(Site(Market(5, 1500)).answer("/search").text.encode(), URL)
    assert page.claimed_total == 1500
    assert page.cap == 1000


def test_a_listing_that_did_not_change_has_the_same_hash_although_its_counters_grew(market):
    day = 7
    changed = day_truth(market, day).changed
    before = {advert.key: advert for advert in market.adverts(day - 1)}
    for advert in market.adverts(day):
        if advert.key in before:
            old, new = read(market, before[advert.key], day - 1), read(market, advert, day)
            same = content_hash(old, VOLATILE) == content_hash(new, VOLATILE)
            assert same == (advert.key not in changed)
            assert content_hash(old, ()) != content_hash(new, ())


def test_a_broken_block_of_structured_data_does_not_hide_the_others(market):
    advert = market.adverts(1)[0]
    text = detail(today(market, 1), advert, [])
    broken = '<script type="application/ld+json">{"a": [}</script><script type="application/ld+json">'
    text = text.replace("<style>", broken + "[" * 100_000 + "</script><style>", 1)
    listing = read_listing(text.replace("<link", broken + "3</script><link", 1).encode(), URL)
    normalise(listing)
    assert values(listing) == item_fields(advert)


@pytest.mark.parametrize("body", [b"", b"\x00", b"<html><body>Please prove that you are human</body></html>", b"{}"])
def test_a_page_without_a_listing_gives_none(body):
    assert read_listing(body, URL) is None
    page = read_results(body, URL)
    assert (page.claimed_total, page.listing_urls, page.next_page_url, page.cap) == (None, [], None, None)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body):
    wrapped = (
        b'<main class="listing" data-listing-key="B1"><p class="price">' + body + b"</p><dl class='facts'>"
        b"<dd data-fact='views'>" + body + b"</dd></dl></main>"
        b'<script type="application/ld+json">{"@type": "RealEstateListing", "offers": ' + body + b"}</script>"
        b'<ul class="results"><li class="card" data-listing-key="B1"><a class="card-link" href="' + body + b'">'
    )
    for page in (body, wrapped):
        read_results(page, URL)
        read_listing(page, URL)
