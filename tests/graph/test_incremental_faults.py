"""Result cap, cards, crawls that fail and a market that moves, all at once: nothing is lost, nothing is invented."""

import json

import polars as pl

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crawling import arguments, crawl
from tests.graph_fixtures.tables import lake_at
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all

MARKET = Market(3, 150)
CAP = 50


def test_a_capped_market_followed_by_cards_through_failing_crawls(tmp_path, monkeypatch):
    told = {"id": "all", "source": "demo_market", "options": {"detail_max_age_days": 3}}
    runs = {}
    with Portal(MARKET, day=1, cap=CAP) as portal:
        told["options"]["url"] = portal.url
        (tmp_path / "criteria.yaml").write_text(json.dumps({"criteria": [told]}))

        def look(day, **faults):
            portal.show(day)
            for path, status in faults.items():
                portal.fail(f"/{path}", status)
            done = crawl(tmp_path, "demo_market", *arguments(criteria=tmp_path / "criteria.yaml"))
            for path in faults:
                portal.fail(f"/{path}", 200)
            refresh_all(tmp_path)
            runs[day] = done.manifests[-1]
            return done

        assert look(1).code == 0
        assert look(2, **{"search?max_price": 503}).code == 3  # some of the narrower searches
        assert look(3, **{"listing/": 503}).code == 3  # all pages of listings that are new or changed
        assert look(4).code == 0
        assert look(5).code == 0
        assert look(6, **{"search": 503}).code == 3
        assert look(7).code == 0
    lake = lake_at(tmp_path)
    # Complete crawls saw all of it, through the cap, and asked for little.
    for day in (1, 4, 5, 7):
        here = MARKET.adverts(day)
        assert (runs[day]["complete"], runs[day]["unique_listings"]) == (True, len(here))
        assert all(search["claimed_total"] <= CAP for search in runs[day]["searches"])
    assert runs[5]["listing_pages"]["not fetched"] > 0.4 * len(MARKET.adverts(5))
    # Crawls that failed removed nothing, and what the others removed was gone.
    feeds = lake.read(FEEDS).sort("run_seq")
    assert feeds["complete"].to_list() == [True, False, False, True, True, False, True]
    assert feeds.filter(~pl.col("complete")).select("missing", "removed").sum().row(0) == (0, 0)
    changes = lake.read(LISTING_CHANGES)
    for kind in ("missing", "removed"):
        for key, at in changes.filter(pl.col("change_type") == kind).select("listing_key", "observed_at").iter_rows():
            day = next(day for day in range(1, 8) if MARKET.date(day) == at.date())
            assert MARKET.advert(key, day) is None, (kind, key, day)
    # Nobody is new twice, and the table is the market of the last day.
    assert changes.filter(pl.col("change_type") == "new")["listing_key"].is_unique().all()
    rows = {
        r["listing_key"]: r for r in lake.read(LISTINGS).filter(pl.col("presence") == "present").iter_rows(named=True)
    }
    adverts = {advert.key: advert for advert in MARKET.adverts(7)}
    assert set(rows) == set(adverts)
    for key, advert in adverts.items():
        told = [rows[key][name] for name in ("list_price", "title", "living_area", "city", "year_built")]
        assert told == [advert.price, advert.title, advert.living_area, advert.city, advert.year_built]
    set_places(tmp_path, monkeypatch)
    assert typed("replay").code == 0
    assert typed("doctor").code == 0
