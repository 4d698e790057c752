"""Pages of results that show one or two: nothing on them repeats, and still they are no page of a listing."""

import pytest

from realestate_crawler.pages.few_results import few_results, way_of
from realestate_crawler.pages.reader import read_page
from realestate_crawler.profiles.model import Profile

URL = "https://www.site.example/search?page=3"
PROFILE = Profile.model_validate(
    {
        "name": "site",
        "title": "A site",
        "hosts": ["site.example"],
        "terms": {"notice": "Whether you crawl this site is your decision; read its terms first.", "licence": "none"},
        "links": {"listing": "/property/"},
    }
)


def page(*links, head="1 property found", more=""):
    cards = "".join(
        f'<li data-id="B{n:05d}"><a href="{link}">A home</a> <p>€ 250,000</p></li>' for n, link in enumerate(links)
    )
    return f"<html><title>Homes</title><h1>{head}</h1><ul>{cards}</ul>{more}</html>".encode()


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ("/property/1234567", "1234567"),
        ("https://site.example/property/1234567?utm_source=x", "1234567"),
        ("/property/B00000-a-sunny-home", "B00000"),
        ("/property/a-sunny-home", ""),
    ],
)
def test_the_only_result_is_found_by_its_link(link, key):
    found = few_results(page(link), URL, PROFILE)
    (listing,) = found.listings
    assert (listing.listing_key, found.reported_total) == (key, 1)
    assert listing.listing_url.startswith(
        ("https://www.site.example/property/", "https://site.example/property/1234567")
    )
    assert listing.list_price is None


def test_as_many_as_are_left_of_a_larger_search():
    last = page("/property/1111111", "/property/2222222", head="42 properties found")
    assert few_results(last, URL, PROFILE) is None
    assert few_results(last, URL, PROFILE, left=3) is None
    assert [one.listing_key for one in few_results(last, URL, PROFILE, left=2).listings] == ["1111111", "2222222"]


@pytest.mark.parametrize(
    "body",
    [
        page("/property/1234567", head="Homes"),
        page("/property/1234567", head="7 properties found"),
        page("/property/1234567", head="1 bedroom flats in Ulm"),
        page("/property/1234567", "/property/1234568", head="2 bedroom homes"),
        page("/property/1234567", more='<aside><a href="/property/7654321">Similar</a></aside>'),
        page("https://elsewhere.example/property/1234567"),
        page("/about"),
        b"",
        b'{"results": []}',
    ],
)
def test_a_page_whose_links_are_not_its_results_stays_not_understood(body):
    assert few_results(body, URL, PROFILE) is None


def test_a_listings_own_page_is_none():
    assert few_results(page("/property/7654321"), "https://site.example/property/1234567", PROFILE) is None
    unknown = PROFILE.model_copy(update={"links": PROFILE.links.model_copy(update={"listing": None})})
    assert few_results(page("/property/7654321"), URL, unknown) is None


def test_ids_and_addresses_belong_together_in_one_way():
    assert way_of("1234567", "https://x/property/1234567") == "address"
    assert way_of("B1", "https://x/property/B1-home") == "part of the address"
    assert way_of("99", "https://x/property/1234567") == way_of("", "https://x/a") == "elsewhere"


@pytest.mark.parametrize(
    ("head", "total", "least"),
    [
        ("1,000+ properties for sale", 1000, True),
        ("More than 1,000 homes", 1000, True),
        ("Über 500 Immobilien", 500, True),
        ("1.000 + annonces", 1000, True),
        ("1,000 properties for sale", 1000, False),
        ("1,234+ properties for sale", 1234, False),  # nobody writes "more than 1,234"
        ("Homes +500 m² garden, 1,000 properties", 1000, False),
    ],
)
def test_so_many_and_more_is_told_from_just_as_many(head, total, least):
    links = [f"/property/{n}00000" for n in range(1, 5)]
    found = read_page(page(*links, head=head), URL, PROFILE)
    assert (found.reported_total, found.total_is_least) == (total, least)
