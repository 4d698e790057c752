"""market_daily ends with the last observation: a crawl that saw nothing tells nothing of the days before it."""

import datetime as dt

import polars as pl
import pytest

from orchestration.assets.market import recompute_market_daily, refresh_market_daily
from orchestration.logic.schemas import MARKET_DAILY
from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.domain.completeness import Ledger, Outcome, judge
from tests.graph_fixtures.feeds import day, deliver
from tests.graph_fixtures.tables import lake_at, refresh
from tests.lakehouse.conftest import home

NOTHING = Outcome(unique=0, items=0, quarantined=0, errors=0)


def crawl(root, number, *keys, at=None, **more):
    deliver(root, [home(key, 1) for key in keys], run_seq=number, at=day(at or number), **more)


def caught_up(root):
    refresh(root)
    return refresh_market_daily(lake_at(root))


def market(root):
    """Day (from 1) → listings on the market."""
    rows = lake_at(root).read(MARKET_DAILY).group_by("date").agg(pl.col("supply").sum()).sort("date")
    return {(date - day(1).date()).days + 1: supply for date, supply in rows.iter_rows()}


@pytest.fixture
def dead(tmp_path):
    """Two good days, and 330 days later a site that shows nothing."""
    for number, keys in ((1, "ab"), (2, "abc")):
        crawl(tmp_path, number, *keys)
        caught_up(tmp_path)
    crawl(tmp_path, 3, at=332, complete=False)
    return tmp_path


def test_a_crawl_that_saw_nothing_makes_no_day(dead):
    assert caught_up(dead) == []
    assert market(dead) == {1: 2, 2: 3}
    assert refresh_market_daily(lake_at(dead)) == []


def test_the_next_crawl_that_sees_something_brings_the_days_between(dead):
    caught_up(dead)
    crawl(dead, 4, "a", "b", "c", "d", at=335)
    assert len(caught_up(dead)) == 333
    assert market(dead) == {1: 2} | dict.fromkeys(range(2, 335), 3) | {335: 4}


def test_all_at_once_and_all_anew_give_the_same_days(dead, tmp_path_factory):
    caught_up(dead)
    stepwise = lake_at(dead).read(MARKET_DAILY)
    recompute_market_daily(lake_at(dead))
    assert lake_at(dead).read(MARKET_DAILY).sort("date").equals(stepwise.sort("date"))
    at_once = tmp_path_factory.mktemp("at_once")
    crawl(at_once, 1, "a", "b")
    crawl(at_once, 2, "a", "b", "c")
    crawl(at_once, 3, at=332, complete=False)
    assert caught_up(at_once) == [dt.date(2026, 3, 2), dt.date(2026, 3, 3)]
    assert lake_at(at_once).read(MARKET_DAILY).sort("date").equals(stepwise.sort("date"))


def test_a_first_crawl_that_saw_nothing_makes_no_day(tmp_path):
    crawl(tmp_path, 1, complete=False)
    assert caught_up(tmp_path) == []
    crawl(tmp_path, 2, "a")
    caught_up(tmp_path)
    assert market(tmp_path) == {2: 1}


@pytest.mark.parametrize(("absence", "last"), [(Absence.WINDOW, 4), (Absence.COMPLETE, 1)])
def test_nothing_new_is_an_observation_where_only_news_was_asked_for(tmp_path, absence, last):
    crawl(tmp_path, 1, "a")
    caught_up(tmp_path)
    complete, reasons, _ = judge(Ledger(claimed_total=0), NOTHING, "finished", absence)
    crawl(tmp_path, 2, at=4, claimed_total=0, complete=complete, reasons=reasons)
    caught_up(tmp_path)
    assert market(tmp_path) == dict.fromkeys(range(1, last + 1), 1)


def test_a_market_that_is_known_to_be_empty_was_seen(tmp_path):
    crawl(tmp_path, 1, "a")
    caught_up(tmp_path)
    crawl(tmp_path, 2, at=4, claimed_total=0)
    caught_up(tmp_path)
    # Missed once: it is removed when it is missed again.
    assert market(tmp_path) == dict.fromkeys(range(1, 5), 1)
