"""Listings are put back while another run stages, merges or derives: nothing undone stays, nothing is left out."""

import contextlib

import pytest
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError

from orchestration.ingest import derive
from orchestration.ingest import realign as realigning
from orchestration.ingest.stage import stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from orchestration.operations.restoring import plan, restore
from orchestration.resources.landing import app_of
from tests.graph_fixtures.feeds import deliver, landing_at
from tests.graph_fixtures.tables import contents, derive_all, lake_at, merge_all, refresh, stage_all, waiting
from tests.lakehouse.conftest import deliver_day, home


def test_listings_put_back_between_diff_and_merge_leave_no_feed_out(tmp_path):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    refresh(tmp_path)
    deliver_day(tmp_path, 4)
    staged = stage_all(tmp_path)
    lake = lake_at(tmp_path)
    restore(lake, plan(lake, landing_at(tmp_path), 4))  # feeds of days 2 and 3 wait again
    with pytest.raises(RuntimeError, match=r"put back.*run again"):
        merge_all(tmp_path, staged)
    refresh(tmp_path)
    applied = [(feed["scope"], feed["run_seq"]) for _, feed in lake.feeds_by_version(LISTINGS, -1)]
    assert sorted(applied) == [(scope, number) for scope in ("north", "south") for number in range(1, 5)]


def test_listings_put_back_before_the_diff_bring_the_undone_feeds_with_them(tmp_path):
    for number in (1, 2):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    deliver_day(tmp_path, 3)
    assert {feed.run_seq for feed in waiting(tmp_path)} == {3}
    lake = lake_at(tmp_path)
    restore(lake, plan(lake, landing_at(tmp_path), 2))
    staged = stage_waiting(lake, landing_at(tmp_path), "town", "north", Guard())
    assert [feed.ref.run_seq for feed in staged.feeds] == [2, 3]


def test_a_table_that_another_run_has_put_back_meanwhile_is_not_put_back_twice(monkeypatch, tmp_path):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    lake = lake_at(tmp_path)
    opened = lake.open(LISTINGS)
    places = [Transaction(app_of("town", scope), 1) for scope in ("north", "south")]
    opened.restore(2, commit_properties=CommitProperties(app_transactions=places))
    real = realigning.way_back
    others = iter([None])

    def overtaken(*args):
        for _ in others:
            derive_all(tmp_path)  # another run puts all tables back and goes on
        return real(*args)

    monkeypatch.setattr(realigning, "way_back", overtaken)
    derive_all(tmp_path)
    monkeypatch.undo()
    before = contents(tmp_path)
    derive_all(tmp_path)
    assert contents(tmp_path) == before
    assert len(before["feeds"]) == 2


def test_a_table_that_cannot_be_put_back_for_other_writers_says_so(monkeypatch, tmp_path):
    for number in range(1, 3):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    lake = lake_at(tmp_path)
    places = [Transaction(app_of("town", scope), 1) for scope in ("north", "south")]
    lake.open(LISTINGS).restore(2, commit_properties=CommitProperties(app_transactions=places))

    tried = []

    def conflict(*_args, **_more):
        tried.append(1)
        raise CommitFailedError("somebody else was faster")

    with monkeypatch.context() as patch:
        patch.setattr(DeltaTable, "restore", conflict)
        with pytest.raises(RuntimeError, match=r"listing_changes.*run again"):
            derive_all(tmp_path)
    assert len(tried) == realigning.ATTEMPTS
    derive_all(tmp_path)
    assert len(contents(tmp_path)["feeds"]) == 2


@pytest.mark.parametrize("derived", [derive.derive_changes, derive.derive_history, derive.derive_feeds])
def test_a_run_that_derives_what_was_undone_meanwhile_writes_nothing_of_it(monkeypatch, tmp_path, derived):
    """One run derives days 1 to 3; listings go back to day 1; another run derives on from there, between two writes."""
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    merge_all(tmp_path, stage_all(tmp_path))
    lake = lake_at(tmp_path)
    real, calls = derive._once, []

    def overtaken(*ours):
        calls.append(1)
        if len(calls) < 5:
            return real(*ours)

        def other_run(*theirs):
            monkeypatch.setattr(derive, "_once", real)
            with contextlib.suppress(derive.PutBackError):
                real(*ours)
            return real(*theirs)

        monkeypatch.setattr(derive, "_once", real)
        places = [Transaction(app_of("town", scope), 1) for scope in ("north", "south")]
        lake.open(LISTINGS).restore(2, commit_properties=CommitProperties(app_transactions=places))
        derive_all(tmp_path)
        deliver(tmp_path, [home("w", 1)], run_seq=1, scope="west")
        merge_all(tmp_path, [stage for stage in stage_all(tmp_path) if stage.scope == "west"])
        monkeypatch.setattr(derive, "_once", other_run)
        derived(lake)
        raise derive.PutBackError

    monkeypatch.setattr(derive, "_once", overtaken)
    derived(lake)
    refresh(tmp_path)

    calm = tmp_path / "calm"
    deliver_day(calm, 1)
    refresh(calm)
    deliver(calm, [home("w", 1)], run_seq=1, scope="west")
    refresh(calm)
    for number in (2, 3):
        deliver_day(calm, number)
    refresh(calm)
    assert contents(tmp_path) == contents(calm)
