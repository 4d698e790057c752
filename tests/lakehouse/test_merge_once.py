"""Each feed is applied exactly once, whatever is repeated, late or delivered in heaps."""

import shutil

import polars as pl
import pytest

from orchestration.logic.schemas import FEEDS, LISTINGS
from tests.graph_fixtures.feeds import day, deliver, landing_at
from tests.graph_fixtures.tables import (
    contents,
    derive_all,
    events,
    lake_at,
    listings_by_key,
    merge_all,
    refresh,
    stage_all,
    waiting,
)
from tests.lakehouse.conftest import deliver_day, home


def test_a_heap_of_feeds_ends_like_one_run_a_day(tmp_path, undisturbed):
    for number in range(1, 7):
        deliver_day(tmp_path, number)
    assert len(refresh(tmp_path)) == 12
    assert contents(tmp_path) == undisturbed


def test_the_tables_are_the_same_when_built_anew_from_the_feeds(tmp_path, undisturbed):
    for number in range(1, 7):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    shutil.rmtree(tmp_path / "lake")
    refresh(tmp_path)
    assert contents(tmp_path) == undisturbed


@pytest.mark.fault("F28", "twice")
def test_a_second_run_writes_nothing(tmp_path):
    deliver_day(tmp_path, 1)
    refresh(tmp_path)
    version = lake_at(tmp_path).version(LISTINGS)
    before = contents(tmp_path)
    assert refresh(tmp_path) == []
    assert lake_at(tmp_path).version(LISTINGS) == version
    assert contents(tmp_path) == before


@pytest.mark.fault("F28", "twice")
def test_the_same_staging_set_merged_twice_applies_once(tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    staged = stage_all(tmp_path)
    assert len(merge_all(tmp_path, staged)) == 6
    assert merge_all(tmp_path, staged) == []
    derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_staging_set_whose_rows_are_gone_is_diffed_anew(tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    staged = stage_all(tmp_path)
    shutil.rmtree(tmp_path / "lake" / "staging")
    assert len(merge_all(tmp_path, staged)) == 6
    derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_staged_rows_do_not_pile_up(tmp_path):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    assert [path for path in (tmp_path / "lake" / "staging").rglob("*") if path.is_file()] == []


def test_a_feed_that_another_scope_overtook_since_the_diff_is_diffed_anew(tmp_path):
    deliver(tmp_path, [home("a", 100)], run_seq=1, scope="north")
    staged = stage_all(tmp_path)
    deliver(tmp_path, [home("a", 90)], run_seq=1, scope="south", at=day(1.5))
    refresh(tmp_path)  # another run takes both
    deliver(tmp_path, [home("a", 80)], run_seq=2, scope="north")
    later = stage_all(tmp_path)
    deliver(tmp_path, [home("a", 85)], run_seq=2, scope="south", at=day(1.9))
    merge_all(tmp_path, stage_all(tmp_path)[1:])  # south comes between north's diff and its merge
    assert merge_all(tmp_path, staged) == []
    [applied] = merge_all(tmp_path, later)
    derive_all(tmp_path)
    assert applied.feed.counts.changed == 1
    prices = [(old, new) for _, kind, field, old, new in events(tmp_path) if field == "list_price"]
    assert sorted(prices) == [("100", "90"), ("85", "80"), ("90", "85")]


@pytest.mark.fault("F28", "old one replayed", "out of order")
def test_a_late_feed_is_not_applied_and_brings_nothing_back(tmp_path):
    deliver(tmp_path, [home("a", 1), home("b", 1)], run_seq=6)
    refresh(tmp_path)
    deliver(tmp_path, [home("a", 3)], run_seq=8)
    refresh(tmp_path)
    late = deliver(tmp_path, [home("a", 2), home("b", 2), home("c", 2)], run_seq=7)
    before = contents(tmp_path)
    assert refresh(tmp_path) == []
    assert contents(tmp_path) == before
    deliver(tmp_path, [home("a", 3)], run_seq=9)
    assert [feed.feed.ref.run_seq for feed in refresh(tmp_path)] == [9]
    assert listings_by_key(tmp_path)["b"]["presence"] == "removed"
    assert "c" not in listings_by_key(tmp_path)
    applied = lake_at(tmp_path).read(FEEDS)
    assert landing_at(tmp_path).overtaken(applied.select("source", "scope", "run_id").rows(), {late.app: 9}) == [late]


@pytest.mark.fault("F28", "out of order")
def test_feeds_that_arrive_in_any_order_before_a_run_are_applied_in_their_own(tmp_path, undisturbed_three):
    for number in (3, 1, 2):
        deliver_day(tmp_path, number)
    refresh(tmp_path)
    assert contents(tmp_path) == undisturbed_three


@pytest.mark.fault("F28", "gap")
def test_a_gap_in_the_numbers_is_no_obstacle(tmp_path):
    deliver(tmp_path, [home("a", 1)], run_seq=1)
    deliver(tmp_path, [home("a", 2)], run_seq=5)
    assert [feed.feed.ref.run_seq for feed in refresh(tmp_path)] == [1, 5]
    assert waiting(tmp_path) == []


def test_a_feed_that_changes_nothing_is_still_done(tmp_path):
    deliver(tmp_path, [], run_seq=1, complete=False)
    assert len(refresh(tmp_path)) == 1
    assert waiting(tmp_path) == []
    assert lake_at(tmp_path).read(FEEDS)["unique_listings"].to_list() == [0]


@pytest.mark.fault("F25", "empty gzip")
@pytest.mark.fault("F38", "empty source")
def test_an_empty_feed_removes_nothing(tmp_path):
    deliver(tmp_path, [home("a", 1)], run_seq=1)
    for number in (2, 3, 4):
        deliver(tmp_path, [], run_seq=number, complete=False)
    refresh(tmp_path)
    assert listings_by_key(tmp_path)["a"]["presence"] == "present"


@pytest.mark.fault("F38", "other source")
def test_sources_with_the_same_keys_do_not_touch_each_other(tmp_path):
    deliver(tmp_path, [home("a", 1), home("b", 1)], run_seq=1, source="one")
    deliver(tmp_path, [home("a", 5)], run_seq=1, source="two")
    refresh(tmp_path)
    others = pl.col("source") == "two"
    before = lake_at(tmp_path).read(LISTINGS).filter(others)
    for number in (2, 3):
        deliver(tmp_path, [home("b", 2)], run_seq=number, source="one")
        refresh(tmp_path)
    after = lake_at(tmp_path).read(LISTINGS)
    assert after.filter(others).equals(before)
    assert dict(after.filter(~others).select("listing_key", "presence").rows()) == {"a": "removed", "b": "present"}
    assert after.height == 3


@pytest.mark.fault("F42", "quote", "identifier")
@pytest.mark.parametrize("name", ["o'hara", "x' OR '1'='1", 'x" OR ""="'])
def test_the_name_of_a_source_is_only_ever_a_name(tmp_path, name):
    deliver(tmp_path, [home("a", 1)], run_seq=1, source="one")
    deliver(tmp_path, [home("a", 2)], run_seq=1, source=name)
    refresh(tmp_path)
    deliver(tmp_path, [home("a", 3)], run_seq=2, source=name)
    refresh(tmp_path)
    told = lake_at(tmp_path).read(LISTINGS).select("source", "list_price").sort("source").rows()
    assert [(source, int(price)) for source, price in told] == sorted([("one", 1), (name, 3)])


@pytest.mark.fault("F28", "same content again")
def test_the_same_content_in_another_feed_changes_nothing_but_when_it_was_seen(tmp_path):
    for number in (1, 2):
        deliver(tmp_path, [home("a", 1), home("b", 2)], run_seq=number)
        assert len(refresh(tmp_path)) == 1
    assert {kind for _, kind, *_ in events(tmp_path)} == {"new"}
    assert {row["last_seen_at"] for row in listings_by_key(tmp_path).values()} == {day(2)}


def test_what_the_crawl_claimed_and_the_diff_found_is_kept_of_each_feed(tmp_path):
    deliver(tmp_path, [home("a", 1), home("b", 1)], run_seq=1, claimed_total=3, drops={"duplicate": 2})
    deliver(tmp_path, [home("a", 2)], run_seq=2, complete=False)
    refresh(tmp_path)
    rows = lake_at(tmp_path).read(FEEDS).sort("run_seq").to_dicts()
    first, second = rows
    assert (first["new"], first["claimed_total"], first["dropped"], first["complete"]) == (2, 3, 2, True)
    assert (second["changed"], second["missing"], second["complete"], second["reasons"]) == (1, 0, False, ["stopped"])
    assert first["listings_version"] < second["listings_version"]
    assert first["observed_at"] == day(1)
