"""Any site that has a profile. The demo market stands in for one; nothing of its own reader is used."""

import json
import shutil
from decimal import Decimal

import polars as pl
import pytest
import yaml

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crawling import arguments, crawl
from tests.operating import orchestrate

MARKET = Market(7, 90)
CITY = "Porto Sereno"
WANTED = {advert.key: advert for advert in MARKET.adverts(1) if advert.city == CITY and advert.offer == "sale"}
BLOCK_PAGE = b"<html><title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1></html>"


@pytest.fixture(scope="module")
def portal():
    with Portal(MARKET, day=1) as served:
        yield served


def profile(folder, url, name="market-site", section="", **more):
    """A profile file for a site on loopback."""
    told = {
        "name": name,
        "title": "A site on loopback",
        "hosts": ["127.0.0.1"],
        "country": "PT",
        "currency": "EUR",
        "terms": {
            "notice": "Which sites you crawl is your own decision; this one is on your machine.",
            "licence": "none",
        },
        "politeness": {"delay_seconds": 0, "concurrent_requests": 4},
        "search": {"urls": {"sale": f"{url}{section}/search?city={{city}}&offer=sale"}, "slug": "plus"},
        "links": {"listing": f"{section}/listing/"},
        **more,
    }
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(told))
    return path


def facts(line):
    return line["listing_key"], line.get("list_price"), line.get("living_area"), line.get("bedrooms_total")


def expected(advert):
    def number(value):
        return float(value) if isinstance(value, Decimal) else value

    return advert.key, number(advert.price), number(advert.living_area), advert.bedrooms


def test_a_site_without_code_is_read_whole_and_right(portal, tmp_path):
    words = arguments(profile=profile(tmp_path, portal.url), city=CITY, offer="sale", country="PT")
    done = crawl(tmp_path, "site", *words)
    assert done.code == 0, done.err
    assert done.manifest["complete"]
    assert done.manifest["source"] == "market-site"
    assert done.manifest["claimed_total"] == len(WANTED) == done.manifest["unique_listings"]
    assert {facts(line) for line in done.lines()} <= {expected(advert) for advert in WANTED.values()}
    assert len(done.lines()) >= 0.95 * len(WANTED)


@pytest.mark.browser
@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine")
def test_pages_that_only_a_browser_sees_are_read_the_same(portal, tmp_path):
    rendered = profile(tmp_path, portal.url, "market-app", "/app", needs_javascript=True)
    words = {"city": CITY, "offer": "sale", "country": "PT"}
    done = crawl(tmp_path / "app", "site", *arguments(profile=rendered, **words))
    assert done.code == 0, done.err
    plain = crawl(tmp_path / "plain", "site", *arguments(profile=profile(tmp_path, portal.url), **words))
    assert {line["content_hash"] for line in done.lines()} == {line["content_hash"] for line in plain.lines()}
    assert "'playwright/browser_count'" in done.err or "playwright" in done.err


def test_a_block_page_gives_no_item_and_ends_the_crawl_at_once(serve, portal, tmp_path):
    server = serve(lambda path: 404 if path == "/robots.txt" else (200, {"Content-Type": "text/html"}, BLOCK_PAGE))
    done = crawl(tmp_path, "site", *arguments(profile=profile(tmp_path, server.url), city=CITY, offer="sale"))
    assert done.code == 3
    assert done.lines() == []
    assert any("blocks" in reason for reason in done.manifest["reasons"])
    assert len(server.asked) == 1


def test_a_layout_in_which_nothing_is_found_is_a_failure_not_an_empty_market(serve, tmp_path):
    server = serve(
        lambda path: 404 if path == "/robots.txt" else b"<html><body><p>Hello, this is new.</p></body></html>"
    )
    done = crawl(tmp_path, "site", *arguments(profile=profile(tmp_path, server.url), city=CITY, offer="sale"))
    assert done.code == 3
    assert any("shows no results" in reason for reason in done.manifest["reasons"])


def test_nobody_is_asked_before_it_is_said_who_asks(tmp_path):
    public = profile(tmp_path, "http://site.invalid", hosts=["site.invalid"])
    done = crawl(tmp_path, "site", *arguments(profile=public, city=CITY, offer="sale"))
    assert done.code == 2
    assert "REALESTATE_CONTACT" in done.err


def test_an_operator_s_own_profile_is_known_by_its_name(portal, tmp_path):
    (tmp_path / "profiles").mkdir()
    profile(tmp_path / "profiles", portal.url, name="my-market")
    done = crawl(tmp_path, "site", *arguments(profile="my-market", city=CITY, offer="sale"))
    assert done.code == 0, done.err
    assert done.manifest["source"] == "my-market"


def test_an_unknown_profile_and_a_missing_one_are_refused(tmp_path):
    done = crawl(tmp_path, "site", *arguments(profile="nowhere", city=CITY))
    assert done.code == 2
    assert "no profile nowhere" in done.err
    done = crawl(tmp_path, "site", *arguments(city=CITY))
    assert done.code == 2
    assert "options.profile" in done.err


def test_two_profiles_and_the_demo_market_go_into_the_tables_in_one_run(portal, tmp_path):
    one, two = (str(profile(tmp_path, portal.url, name)) for name in ("first-site", "second-site"))
    criteria = [
        {"id": "first", "source": "site", "city": CITY, "offer": "sale", "options": {"profile": one}},
        {"id": "second", "source": "site", "city": "Vila Aurora", "offer": "sale", "options": {"profile": two}},
        {"id": "own", "source": "demo_market", "city": CITY, "offer": "rent", "options": {"url": portal.url}},
    ]
    (tmp_path / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    done = orchestrate(tmp_path, "materialize")
    assert done.returncode == 0, done.stderr
    sources = pl.read_delta(str(tmp_path / "lake/silver/listings"))["source"].unique().to_list()
    assert sorted(sources) == ["demo_market", "first-site", "second-site"]
