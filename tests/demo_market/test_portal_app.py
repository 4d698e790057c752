"""The section that only a browser can see: empty pages, a JSON interface, and what a real browser makes of them."""

import json
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from realestate_crawler.demo_market.advert import item_fields
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.demo_market.truth import day_truth
from realestate_crawler.demo_market.wording import path
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.items import SOURCE_FIELDS
from realestate_crawler.pages.demo_market import read_listing, read_results

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def market():
    return Market(13, 120)


@pytest.fixture(scope="module")
def portal(market):
    with Portal(market, day=2) as running:
        yield running


def fetch(portal, target):
    try:
        with urllib.request.urlopen(portal.url.rstrip("/") + target) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def rendered(portal, target, profile):
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    command += ["--virtual-time-budget=5000", "--dump-dom", portal.url.rstrip("/") + target]
    return subprocess.run(command, check=True, capture_output=True, timeout=90).stdout


def test_without_a_browser_the_pages_are_empty(portal, market):
    for target in ("/app/", f"/app{path(market.adverts(2)[0])}"):
        status, body = fetch(portal, target)
        assert status == 200
        assert read_results(body, portal.url).listing_urls == []
        assert read_listing(body, portal.url) is None


def test_the_interface_pages_through_a_search(portal, market):
    keys = []
    number, pages = 1, 1
    while number <= pages:
        status, body = fetch(portal, f"/app/api/search?offer=sale&page={number}")
        told = json.loads(body)
        assert status == 200
        keys += [listing["key"] for listing in told["listings"]]
        number, pages = number + 1, told["pages"]
    assert sorted(keys) == sorted(a.key for a in market.adverts(2) if a.offer.value == "sale")
    assert told["total"] == len(keys)


def test_the_interface_says_why_it_refuses(portal, market):
    gone = next(iter(day_truth(market, 2).gone))
    for target, status in (("search?page=999", 404), ("search?offer=x", 400), (f"listing/{gone}", 410)):
        got, body = fetch(portal, f"/app/api/{target}")
        assert got == status
        assert json.loads(body)["error"]


@needs_browser
@pytest.mark.browser
def test_a_browser_sees_the_same_results_and_the_same_listing(portal, market, tmp_path):
    plain = read_results(fetch(portal, "/search?city=S%C3%A3o+Telmo&page=1")[1], portal.url)
    drawn = read_results(rendered(portal, "/app/?city=S%C3%A3o+Telmo&page=1", tmp_path), portal.url)
    assert [key for key, _ in drawn.listing_urls] == [key for key, _ in plain.listing_urls]
    assert [listing.raw for listing in drawn.sightings] == [listing.raw for listing in plain.sightings]
    assert drawn.claimed_total == plain.claimed_total
    assert (drawn.next_page_url is None) == (plain.next_page_url is None)

    advert = market.adverts(2)[3]
    listing = read_listing(rendered(portal, f"/app{path(advert)}", tmp_path), portal.url)
    assert normalise(listing) == []
    told = {name: getattr(listing, name) for name in SOURCE_FIELDS if name != "listing_url"}
    assert {name: value for name, value in told.items() if value is not None} == item_fields(advert)
    assert listing.listing_url == portal.url.rstrip("/") + path(advert)
