"""A portal that shows only part of a search: all of it is found all the same, or the manifest says what is not."""

from dataclasses import replace
from decimal import Decimal

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crawling import arguments, crawl
from tests.serving import fetch


class Changed(Market):
    """A demo market in which each advert was changed before it appeared: `change(advert, index)`."""

    def __init__(self, size, change=lambda advert, index: advert, seed=5):
        self.change = change
        super().__init__(seed, size)

    def _birth(self, index, day):
        return self.change(super()._birth(index, day), index)


def unpriced(advert, index):
    return replace(advert, price=None, price_period=None) if index % 20 == 0 else advert


def piled(advert, index):
    return replace(advert, price=Decimal(250_000), price_period=None) if index % 2 else advert


def run(folder, market, cap, server=None, **words):
    with Portal(market, cap=cap) as portal:
        url = (server(portal) if server else portal).url
        done = crawl(
            folder,
            "demo_market",
            *arguments(id="all", **words),
            settings={"LOG_LEVEL": "ERROR"},
            REALESTATE_DEMO_MARKET_URL=url.rstrip("/"),
        )
        return done, portal.stats.told()


def keys(done):
    return sorted(line["listing_key"] for line in done.lines())


def there(market):
    return sorted(advert.key for advert in market.adverts(1))


@pytest.mark.parametrize(
    ("size", "cap", "change"),
    [
        pytest.param(2000, 200, lambda advert, index: advert, id="thousands"),
        pytest.param(500, 60, unpriced, id="one in twenty without a price"),
        pytest.param(500, 60, piled, id="half of them at one price"),
    ],
)
def test_everything_is_found_through_the_cap_with_few_more_requests(tmp_path, size, cap, change):
    market = Changed(size, change)
    done, stats = run(tmp_path, market, cap)
    manifest = done.manifest
    assert done.code == 0, done.err
    assert keys(done) == there(market)
    assert (manifest["complete"], manifest["claimed_total"], manifest["unique_listings"]) == (True, size, size)
    searches = manifest["searches"]
    assert all(search["claimed_total"] <= cap and not search["capped"] for search in searches)
    assert all(search["listings"] == search["claimed_total"] for search in searches)
    assert manifest["result_pages"] == stats["routes"]["search"]
    # Each advert's page once, each result page of the searches that were read, and the searches on the way to them.
    read = sum(search["pages"] for search in searches)
    assert stats["routes"]["listing"] == size
    assert manifest["result_pages"] - read <= 3 * len(searches)
    assert len(searches) <= 5 * (size / cap)


def test_a_cap_that_no_page_tells_is_noticed_where_paging_ends(serve, tmp_path):
    market = Changed(500)

    def silent(portal):
        def answer(path):
            status, headers, body = fetch(portal.url, path)
            return status, headers, body.replace(b"data-cap", b"data-x")

        return serve(answer)

    done, _ = run(tmp_path, market, 120, silent)
    assert done.code == 0, done.err
    assert keys(done) == there(market)
    assert all(search["claimed_total"] <= 120 for search in done.manifest["searches"])


def test_a_criterion_keeps_its_own_limits_when_it_is_cut(tmp_path):
    market = Changed(900)
    done, _ = run(tmp_path, market, 40, city="Porto Sereno", list_price_min=90_000, list_price_max=400_000)
    wanted = [a for a in market.adverts(1) if a.city == "Porto Sereno" and a.price and 90_000 <= a.price <= 400_000]
    assert done.code == 0, done.err
    assert keys(done) == sorted(advert.key for advert in wanted)
    assert len(wanted) > 100
    assert done.manifest["drops"] == {}


def test_what_nothing_tells_apart_is_not_complete_and_is_named(tmp_path):
    market = Changed(80)
    like = market.adverts(1)[0]
    same = {"city": like.city, "price": Decimal(100_000), "living_area": Decimal(50), "bedrooms": 1}
    twins = Changed(
        80,
        lambda advert, _: replace(
            advert, **same, offer=like.offer, property_type=like.property_type, on_market_date=like.on_market_date
        ),
    )
    done, _ = run(tmp_path, twins, 40)
    assert done.code == 3
    assert any(told.startswith("the source shows only part of the results of") for told in done.manifest["reasons"])
    assert [search["capped"] for search in done.manifest["searches"] if search["listings"]] == [True]


def test_a_narrower_search_that_cannot_be_asked_is_not_complete(serve, tmp_path):
    def broken(portal):
        asked = []

        def answer(path):
            asked.append("max_price" in path or "min_price" in path)
            return 503 if sum(asked) == 3 and asked[-1] else fetch(portal.url, path)

        return serve(answer)

    done, _ = run(tmp_path, Changed(300), 100, broken)
    assert done.code == 3
    assert "1 requests failed: HTTP 503" in done.manifest["reasons"]
    assert len(keys(done)) > 100
