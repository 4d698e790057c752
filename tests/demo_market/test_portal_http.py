"""The portal over real HTTP: what a visitor and a crawler meet."""

import gzip
import http.client
import json
import re
import socket
import threading
import time
import urllib.robotparser
from urllib.parse import urlencode, urlsplit

import pytest

from realestate_crawler.demo_market.advert import key_of
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.demo_market.truth import day_truth
from realestate_crawler.demo_market.wording import path
from realestate_crawler.pages.demo_market import read_results
from realestate_crawler.vocabulary import Offer, PropertyType

LOW, HIGH = sorted(advert.price for advert in Market(11, 240).adverts(3) if advert.price)[60:121:60]


@pytest.fixture(scope="module")
def market():
    return Market(11, 240)


@pytest.fixture(scope="module")
def portal(market):
    with Portal(market, day=3, cap=90) as running:
        yield running


def get(portal, target, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
    connection.request(method, target, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def all_pages(portal, target):
    pages = []
    while target:
        response, body = get(portal, target)
        assert response.status == 200
        pages.append(read_results(body, portal.url.rstrip("/") + target))
        following = pages[-1].next_page_url
        target = following and following.removeprefix(portal.url.rstrip("/"))
    return pages


@pytest.mark.parametrize(
    ("parameters", "belongs"),
    [
        ("city=Porto+Sereno&offer=sale", lambda a: a.city == "Porto Sereno" and a.offer is Offer.SALE),
        ("city=s%C3%A3o+telmo&offer=", lambda a: a.city == "São Telmo"),
        ("offer=rent&sort=price_asc", lambda a: a.offer is Offer.RENT),
        (
            "property_type=house&bedrooms_min=3&sort=area_desc",
            lambda a: a.property_type is PropertyType.HOUSE and a.bedrooms >= 3,
        ),
        ("min_price={0}&max_price={1}&sort=price_desc", lambda a: a.price and LOW <= a.price <= HIGH),
        (
            "min_area=80.5&max_area=120&bedrooms_max=3",
            lambda a: a.living_area and 80.5 <= a.living_area <= 120 and a.bedrooms is not None and a.bedrooms <= 3,
        ),
        (
            "listed_from=2025-11-01&listed_to=2025-12-15",
            lambda a: "2025-11-01" <= str(a.on_market_date) <= "2025-12-15",
        ),
        ("city=Atlantis", lambda a: False),
    ],
)
def test_paging_through_a_search_meets_each_of_its_listings_once(portal, market, parameters, belongs):
    pages = all_pages(portal, "/search?" + parameters.format(LOW, HIGH))
    wanted = sorted(advert.key for advert in market.adverts(3) if belongs(advert))
    assert sorted(key for page in pages for key, _ in page.listing_urls) == wanted
    assert {page.claimed_total for page in pages} == {len(wanted)}
    assert {page.cap for page in pages} == {None}
    assert len(pages) == max(1, -(-len(wanted) // 20))


def test_the_price_limits_of_that_search_are_prices_that_somebody_asks(market):
    prices = {advert.price for advert in market.adverts(3)}
    assert LOW in prices
    assert HIGH in prices


def test_a_search_over_the_cap_says_so_and_ends_there(portal, market):
    pages = all_pages(portal, "/search")
    assert len({key for page in pages for key, _ in page.listing_urls}) == 90
    assert {(page.claimed_total, page.cap) for page in pages} == {(len(market.adverts(3)), 90)}
    response, body = get(portal, "/search?page=6")
    assert response.status == 404
    assert b"Only the first 90 are shown" in body


def test_a_search_over_the_cap_names_the_towns_and_together_they_have_all(portal, market):
    (first, *_) = all_pages(portal, "/search")
    assert set(first.towns) == {advert.city for advert in market.adverts(3)}
    inside = [all_pages(portal, f"/search?{urlencode({'city': town})}")[0].claimed_total for town in first.towns]
    assert sum(inside) == first.claimed_total
    (town, *_) = all_pages(portal, "/search?city=Porto+Sereno&offer=sale")
    assert town.towns == ()


def test_results_are_sorted_by_price_with_unpriced_ones_last(portal, market):
    keys = [key for page in all_pages(portal, "/search?offer=rent&sort=price_asc") for key, _ in page.listing_urls]
    prices = [market.advert(key, 3).price for key in keys]
    known = [price for price in prices if price is not None]
    assert known == sorted(known)
    assert prices == known + [None] * (len(prices) - len(known))


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=-1",
        "offer=barter",
        "min_price=NaN",
        "bedrooms_min=1.5",
        "colour=red",
        "listed_from=soon",
        "max_area=inf",
        "sort=z",
    ],
)
def test_a_search_that_cannot_be_understood_is_a_400_that_names_the_part(portal, query):
    response, body = get(portal, f"/search?{query}")
    assert response.status == 400
    assert query.split("=")[0].encode() in body


def test_a_page_after_the_last_one_is_a_404(portal):
    assert get(portal, "/search?city=Atlantis&page=2")[0].status == 404


def test_every_advert_has_a_page_that_similar_ones_are_linked_from(portal, market):
    for advert in market.adverts(3)[:25]:
        response, body = get(portal, path(advert))
        assert response.status == 200
        rail = body.decode().partition('class="similar"')[2]
        for key in re.findall(r'data-listing-key="(\w+)"', rail):
            assert key != advert.key
            assert market.advert(key, 3).city == advert.city


def test_gone_is_410_and_never_there_is_404(portal, market):
    gone = {advert.key for advert in market.adverts(2)} - {advert.key for advert in market.adverts(3)}
    assert gone
    assert {get(portal, f"/listing/{key}-whatever")[0].status for key in gone} == {410}
    later = {advert.key for advert in market.adverts(4)} - {advert.key for advert in market.adverts(3)} - gone
    unborn = {key for key in later if not market.existed(key, 3)}
    assert unborn
    for key in [*unborn, key_of(10**6), "B0100001", "x", ""]:
        assert get(portal, f"/listing/{key}-whatever")[0].status == 404


def test_a_link_with_an_old_title_still_leads_to_the_listing(portal, market):
    response, _ = get(portal, f"/listing/{market.adverts(3)[0].key}-a-title-of-last-year")
    assert response.status == 200


def test_robots_txt_forbids_the_traps_and_allows_the_rest(portal):
    response, body = get(portal, "/robots.txt")
    assert response.headers["Content-Type"].startswith("text/plain")
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(body.decode().splitlines())
    assert rules.can_fetch("anyone", "/search?city=Vila+Aurora")
    assert not rules.can_fetch("anyone", "/admin/")
    assert not rules.can_fetch("anyone", "/account/login")


@pytest.mark.parametrize("target", ["/", "/search", "/robots.txt", "/nowhere", "/admin/", "/-/stats"])
def test_every_answer_has_its_length_its_type_and_a_gzip_form(portal, target):
    plain, body = get(portal, target)
    zipped, packed = get(portal, target, **{"Accept-Encoding": "br, gzip"})
    head, nothing = get(portal, target, "HEAD")
    assert int(plain.headers["Content-Length"]) == len(body)
    assert int(zipped.headers["Content-Length"]) == len(packed)
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert zipped.headers["Content-Type"] == plain.headers["Content-Type"]
    assert plain.status == zipped.status == head.status
    assert nothing == b""
    if target != "/-/stats":
        assert gzip.decompress(packed) == body
        assert head.headers["Content-Length"] == str(len(body))


def test_one_connection_serves_many_requests(portal):
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=10)
    connection.connect()
    first = connection.sock
    for target in ("/", "/search", "/nowhere", "/search?page=2"):
        connection.request("GET", target)
        response = connection.getresponse()
        response.read()
        assert response.version == 11
    assert connection.sock is first
    connection.close()


def test_it_listens_on_loopback_only(portal):
    assert urlsplit(portal.url).hostname == "127.0.0.1"
    assert portal._server.socket.getsockname()[0] == "127.0.0.1"


def test_a_text_from_the_address_is_escaped(portal):
    _, body = get(portal, "/search?city=%3Cscript%3Ealert(1)%3C/script%3E")
    assert b"<script>alert" not in body


def test_titles_with_special_signs_arrive_whole(portal, market):
    advert = next(advert for advert in market.adverts(3) if "&" in advert.title)
    _, body = get(portal, path(advert))
    assert advert.title.replace("&", "&amp;").encode() in body


def test_the_statistics_count_routes_statuses_and_visitors():
    with Portal(Market(1, 50), latency=0.1) as portal:
        get(portal, "/", **{"User-Agent": "polite/1"})
        get(portal, "/admin/")
        visits = [threading.Thread(target=get, args=(portal, "/search")) for _ in range(3)]
        for visit in visits:
            visit.start()
        for visit in visits:
            visit.join()
        get(portal, "/listing/B1-x")
        told = json.loads(get(portal, "/-/stats")[1])
    assert told["routes"] == {"admin": 1, "home": 1, "listing": 1, "search": 3}
    assert told["statuses"] == {"200": 4, "403": 1, "404": 1}
    assert told["requests"] == 6
    assert told["user_agents"]["polite/1"] == 1
    assert 2 <= told["most_at_once"] <= 3
    assert 0 <= told["shortest_gap"] < 0.1
    assert told["day"] == 1


def test_the_day_can_be_moved_on_while_it_runs(market):
    with Portal(market, day=1) as portal:
        gone = next(iter(day_truth(market, 2).gone))
        assert get(portal, f"/listing/{gone}-x")[0].status == 200
        portal.show(2)
        assert get(portal, f"/listing/{gone}-x")[0].status == 410
        with pytest.raises(ValueError, match="days 1 to"):
            portal.show(0)
        assert b'data-market-date="2026-01-02"' in get(portal, "/")[1]


def test_it_fails_where_it_is_told_to_and_recovers(market):
    with Portal(market) as portal:
        portal.fail("/listing/", 503)
        portal.fail("/search?city=Vila", 429)
        page = path(market.adverts(1)[0])
        assert get(portal, page)[0].status == 503
        assert get(portal, "/search?city=Vila+Aurora")[0].status == 429
        assert get(portal, "/search?city=Porto+Sereno")[0].status == 200
        portal.fail("/listing/", 200)
        assert get(portal, page)[0].status == 200
        assert portal.stats.told()["statuses"] == {"200": 2, "429": 1, "503": 1}
        with pytest.raises(ValueError, match="not 99"):
            portal.fail("/", 99)


def test_closing_does_not_wait_for_idle_visitors():
    portal = Portal(Market(1, 50))
    with socket.create_connection(("127.0.0.1", portal.port)) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(12) == b"HTTP/1.1 200"
        began = time.monotonic()
        portal.close()
        assert time.monotonic() - began < 5
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", portal.port))


@pytest.mark.parametrize("wrong", [{"cap": 0}, {"day": 0}, {"port": 70_000}])
def test_an_impossible_portal_is_refused(wrong):
    with pytest.raises(ValueError, match="not "):
        Portal(Market(1, 50), **wrong)
