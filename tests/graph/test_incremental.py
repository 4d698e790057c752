"""A market followed by its result cards: the tables are those of a market whose every page was read each day.

The demo market, day by day, once in full and once incrementally; both are crawled as a user does it.
"""

import datetime as dt
import json
from collections import Counter

import polars as pl
import pytest

from orchestration.logic.digests import differing
from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY
from realestate_crawler.demo_market import evolution
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.demo_market.truth import expected_changes
from tests.crawling import arguments, finish, start
from tests.graph.test_demo_truth import KINDS, as_told
from tests.graph_fixtures.tables import lake_at
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all

SEED, SIZE = 11, 90
# What the portal counts on each listing's page: stored, never compared, and not on the card.
COUNTED = ("days_on_market", "extra")


class Followed:
    """One market, crawled into several folders at once, each with options of its own."""

    def __init__(self, root, market, **options):
        self.root, self.market, self.folders = root, market, {name: root / name for name in options}
        self.options = options
        self.portal = Portal(market, day=1)
        self.pages = Counter()

    def crawl(self, day, *words):
        self.portal.show(day)
        children = {}
        for name, folder in self.folders.items():
            folder.mkdir(exist_ok=True)
            told = {"id": "all", "source": "demo_market", "options": {**self.options[name], "url": self.portal.url}}
            (folder / "criteria.yaml").write_text(json.dumps({"criteria": [told]}))
            children[name] = start(folder, "demo_market", *arguments(criteria=folder / "criteria.yaml"), *words)
        for name, child in children.items():
            done = finish(child, self.folders[name])
            assert done.code == 0, done.err
            self.pages[name] = sum(
                count for why, count in done.manifests[-1]["listing_pages"].items() if why != "not fetched"
            )
            refresh_all(self.folders[name])

    def read(self, name, table):
        return lake_at(self.folders[name]).read(table)


@pytest.fixture
def followed(tmp_path):
    running = []

    def follow(market, **options):
        running.append(Followed(tmp_path, market, **options))
        return running[-1]

    yield follow
    for one in running:
        one.portal.close()


def compared(frame):
    """A table without the portal's counters and the runs' own names."""
    return frame.drop([column for column in (*COUNTED, "run_id", "last_change_run_id") if column in frame.columns])


def test_where_every_change_shows_on_the_card_all_tables_are_those_of_a_full_crawl(followed, monkeypatch):
    # The market corrects bedrooms, which no card shows; here it corrects areas instead.
    monkeypatch.setattr(evolution, "_recount_bedrooms", evolution._correct_area)
    market = Market(SEED, SIZE)
    crawls = followed(market, full={}, cards={"detail_max_age_days": 366})
    days = range(1, 9)
    for day in days:
        crawls.crawl(day)
        if day > 1:
            assert crawls.pages["full"] == len(market.adverts(day))
            assert crawls.pages["cards"] < 0.2 * len(market.adverts(day))
    for table in (LISTINGS, LISTING_HISTORY, LISTING_CHANGES):
        full, cards = (compared(crawls.read(name, table)) for name in ("full", "cards"))
        assert full.height == cards.height > SIZE
        assert differing(full, cards, ["listing_key"]) == [], table.name
    assert crawls.read("full", MARKET_DAILY).equals(crawls.read("cards", MARKET_DAILY))
    kinds = set(crawls.read("cards", LISTING_CHANGES)["change_type"])
    assert kinds == {*KINDS, "changed"}


@pytest.fixture
def aged(followed):
    """Eight days of the market as it is, the pages at most three days old."""
    market = Market(SEED, SIZE)
    crawls = followed(market, cards={"detail_max_age_days": 3})
    for day in range(1, 9):
        crawls.crawl(day)
    return crawls


def test_what_no_card_shows_is_found_at_the_latest_at_the_maximum_age(aged, monkeypatch):
    market, found = aged.market, aged.read("cards", LISTING_CHANGES)
    hidden = 0
    for crawl in expected_changes(market, range(1, 9)):
        at = pl.col("observed_at").dt.date()
        today = found.filter(at == market.date(crawl.day))
        for kind in KINDS:
            assert set(today.filter(pl.col("change_type") == kind)["listing_key"]) == getattr(crawl, kind)
        for key, fields in crawl.changed.items():
            for name, (old, new) in fields.items():
                rows = found.filter(pl.col("listing_key") == key, pl.col("field_name") == name)
                told = (as_told(old), as_told(new))
                if name == "bedrooms_total":
                    latest = market.date(crawl.day) + dt.timedelta(days=2)
                    there = rows.filter(at.is_between(market.date(crawl.day), latest))
                    gone = market.advert(key, min(crawl.day + 2, 8)) is None or crawl.day + 2 > 8
                    assert told in there.select("previous_value", "new_value").rows() or gone
                    hidden += 1
                else:
                    there = rows.filter(at == market.date(crawl.day))
                    assert told in there.select("previous_value", "new_value").rows()
    assert hidden
    changed = found.filter(pl.col("change_type") == "changed")
    truth = expected_changes(market, range(1, 9))
    wanted = Counter((key, name) for crawl in truth for key, fields in crawl.changed.items() for name in fields)
    assert not Counter(changed.select("listing_key", "field_name").rows()) - wanted  # nothing is invented

    # A full refresh reads every page, and then the table is the market.
    aged.crawl(8, "-a", "refresh=full")
    assert aged.pages["cards"] == len(market.adverts(8))
    present = aged.read("cards", LISTINGS).filter(pl.col("presence") == "present")
    bedrooms = dict(present.select("listing_key", "bedrooms_total").rows())
    assert bedrooms == {advert.key: advert.bedrooms for advert in market.adverts(8)}

    # The tables are what the feeds say, also after they were put back and the feeds were applied again.
    folder = aged.folders["cards"]
    set_places(folder, monkeypatch)
    assert typed("replay").code == 0
    before = aged.read("cards", LISTINGS).sort("listing_key")
    assert typed("restore", "3", "--yes").code == 0
    assert aged.read("cards", LISTINGS).height < before.height
    refresh_all(folder)
    assert aged.read("cards", LISTINGS).sort("listing_key").equals(before)
    assert typed("replay").code == 0
