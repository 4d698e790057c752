"""market_daily is made of changes and history of one and the same version of listings, whoever else is at work."""

import datetime as dt

import polars as pl
import pytest
from deltalake import CommitProperties, Transaction

from orchestration.assets import market as market_asset
from orchestration.assets.market import refresh_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.in_step import in_step
from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY
from orchestration.operations.restoring import plan, restore
from orchestration.resources.lake import commit_properties, done
from orchestration.resources.landing import app_of
from tests.graph_fixtures.feeds import deliver, landing_at
from tests.graph_fixtures.tables import derive_all, lake_at, merge_all, refresh, stage_all
from tests.lakehouse.conftest import home


def merge(root, number, **prices):
    deliver(root, [home(key, price) for key, price in prices.items()], run_seq=number)
    merge_all(root, stage_all(root))


def market(root):
    """Day of the month → listings on the market, new ones."""
    rows = lake_at(root).read(MARKET_DAILY).group_by("date").agg(pl.col("supply", "new_listings").sum()).sort("date")
    return {row[0].day: row[1:] for row in rows.iter_rows()}


@pytest.fixture
def one_day(tmp_path):
    merge(tmp_path, 1, a=1)
    derive_all(tmp_path)
    refresh_market_daily(lake_at(tmp_path))
    assert market(tmp_path) == {2: (1, 1)}
    return tmp_path


def test_without_any_feed_there_is_no_day(tmp_path):
    assert refresh_market_daily(lake_at(tmp_path)) == []


def test_a_feed_that_is_merged_and_not_yet_derived_is_left_for_later(one_day):
    merge(one_day, 2, a=1, b=1)  # another run, which derives after us
    assert refresh_market_daily(lake_at(one_day)) == []
    derive_all(one_day)
    assert refresh_market_daily(lake_at(one_day)) == [dt.date(2026, 3, 3)]
    assert market(one_day) == {2: (1, 1), 3: (2, 1)}


@pytest.mark.parametrize("first", [derive_changes, derive_history])
def test_a_table_that_is_ahead_of_the_other_counts_as_far_as_the_other(one_day, first):
    merge(one_day, 2, a=1, b=1)
    merge(one_day, 3, a=1, b=1, c=1)
    first(lake_at(one_day))
    assert refresh_market_daily(lake_at(one_day)) == []
    derive_all(one_day)
    refresh_market_daily(lake_at(one_day))
    assert market(one_day) == {2: (1, 1), 3: (2, 1), 4: (3, 1)}


def test_what_is_derived_while_the_market_is_computed_is_left_for_later(one_day):
    merge(one_day, 2, a=1, b=1)
    derive_all(one_day)
    pinned = in_step(lake_at(one_day))
    refresh_market_daily(lake_at(one_day))
    merge(one_day, 3, a=1, b=1, c=1)
    derive_all(one_day)
    assert pinned.version == lake_at(one_day).version(LISTINGS) - 1
    assert pinned.changes.height == 2
    assert pinned.history.height == 2


def test_tables_of_which_one_was_put_back_meet_where_both_agree(tmp_path):
    for number in range(1, 4):
        merge(tmp_path, number, **dict.fromkeys("abc"[:number], 1))
        derive_all(tmp_path)
    lake = lake_at(tmp_path)
    newest = lake.version(LISTINGS)
    base = newest - 2
    restore(lake, plan(lake, landing_at(tmp_path), base))
    opened = lake.open(LISTING_CHANGES)
    # Changes as if they had not been put back yet.
    opened.restore(opened.version() - 1, commit_properties=commit_properties("listings", newest))
    assert done(lake.open(LISTING_CHANGES), "listings") > done(lake.open(LISTING_HISTORY), "listings")
    assert in_step(lake).version == base
    assert in_step(lake).changes.height == in_step(lake).history.height == 1
    derive_feeds(lake)
    refresh(tmp_path)
    refresh_market_daily(lake)
    assert market(tmp_path) == {2: (1, 1), 3: (2, 1), 4: (3, 1)}


def test_a_market_of_what_was_undone_is_not_written(tmp_path, monkeypatch):
    for number in range(1, 4):
        merge(tmp_path, number, **dict.fromkeys("abc"[:number], 1))
    derive_all(tmp_path)
    lake = lake_at(tmp_path)
    real = market_asset.in_step

    def put_back(at):
        known = real(at)
        monkeypatch.undo()
        lake.open(LISTINGS).restore(
            1, commit_properties=CommitProperties(app_transactions=[Transaction(app_of("town", "all"), 1)])
        )
        refresh_market_daily(at)
        return known

    monkeypatch.setattr(market_asset, "in_step", put_back)
    assert refresh_market_daily(lake) == []
    derive_all(tmp_path)
    refresh_market_daily(lake)
    assert market(tmp_path) == {2: (1, 1)}
