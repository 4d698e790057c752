"""Every listing that was met is accounted for by name: mistakes that cancel each other in the counts do not."""

import re

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crawl.market import CITY, DAY, KEYS, MARKET, behind, watch
from tests.crawl.test_site_crawl import profile
from tests.crawling import arguments, crawl
from tests.serving import fetch

ONE, OTHER = KEYS[5], KEYS[8]


@pytest.fixture(scope="module")
def portal():
    with Portal(MARKET, day=DAY) as running:
        yield running


def test_a_page_that_gives_two_does_not_make_up_for_one_that_gives_none(portal, tmp_path):
    words = ["doubling", "-a", f"city={CITY}"]
    settings = {"SPIDER_MODULES": "tests.crawl.failing"}
    manifest = crawl(tmp_path, *words, settings=settings, REALESTATE_DEMO_MARKET_URL=portal.url).manifest
    assert sum(manifest["drops"].values()) + manifest["items"] == len(KEYS)
    lost = manifest["listings"]["never ended"]
    assert 3 <= lost <= 5
    told = [reason for reason in manifest["reasons"] if "never ended" in reason or "came unasked or twice" in reason]
    assert [reason.split()[0] for reason in told] == [str(lost), str(sum(manifest["drops"].values()))]
    assert re.search(r"never ended: B\d{6}, ", told[0])
    assert not manifest["complete"]


def test_two_listings_that_share_one_page_are_never_told_apart_by_guessing(serve, portal, tmp_path):
    def alike(path, key):
        if not path.startswith("/search"):
            return None
        status, headers, body = fetch(portal.url, path)
        return status, headers, re.sub(rb"/listing/%s-[\w-]+" % ONE.encode(), b"/listing/%s-x" % OTHER.encode(), body)

    def same(path, key):
        told = alike(path, key)
        if told is None:
            return None
        return (*told[:2], re.sub(rb"/listing/%s-[\w-]+" % OTHER.encode(), b"/listing/%s-x" % OTHER.encode(), told[2]))

    done = crawl(tmp_path, *watch(tmp_path, sereno=serve(behind(portal, same)).url))
    assert done.code == 3
    told = " ".join(done.manifest["reasons"])
    assert "leads to the page of another" in told
    assert done.manifest["listings"]["failed"] == 1


def test_a_site_that_leads_a_dead_listing_to_another_invents_no_change(serve, tmp_path):
    """Many sites answer for an advert that is gone with a similar one."""
    market = Market(7, 90)
    words = {"city": CITY, "offer": "sale"}
    with Portal(market) as real:
        keys = [a.key for a in market.adverts(1) if a.city == CITY and a.offer == "sale"]

        def answer(path):
            found = re.fullmatch(r"/listing/(B\d+)(-\w+)?", path.partition("?")[0])
            if found and found[1] == keys[0]:
                return 302, {"Location": f"/listing/{keys[1]}"}, b""
            if found and not found[2]:
                return 301, {"Location": f"/listing/{found[1]}-canonical"}, b""
            status, headers, body = fetch(real.url, path)
            # Ids that stand in addresses alone, as on most sites.
            return status, headers, re.sub(rb"/listing/(B\d+)-[\w-]+", rb"/listing/\1", body)

        done = crawl(tmp_path, "site", *arguments(profile=profile(tmp_path, serve(answer).url), **words))
    assert done.code == 3
    assert f"1 listings could not be read: {keys[0]}" in done.manifest["reasons"]
    assert "to another listing" in " ".join(done.manifest["reasons"])
    assert sorted(line["listing_key"] for line in done.lines()) == sorted(keys[1:])
