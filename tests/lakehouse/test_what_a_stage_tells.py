"""What staging and deriving say of themselves to whoever runs them, and that the diff is used as it was staged."""

import itertools

import pytest

from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.stage import StagedScope, stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.resources.landing import Landing
from tests.graph_fixtures.feeds import landing_at
from tests.graph_fixtures.tables import lake_at, merge_all, refresh, stage_all
from tests.lakehouse.conftest import deliver_day


@pytest.mark.parametrize(
    ("derive", "table", "rows"),
    [
        # Day 1 brings four homes; day 2 one price and one miss; day 3 two prices, a home, and a removal.
        (derive_changes, LISTING_CHANGES, [4, 2, 4]),
        (derive_history, LISTING_HISTORY, [4, 1, 3]),
        (derive_feeds, FEEDS, [2, 2, 2]),
    ],
)
def test_deriving_says_how_many_rows_there_are_more(tmp_path, derive, table, rows):
    told, there = [], [0]
    for number in range(1, 4):
        deliver_day(tmp_path, number)
        merge_all(tmp_path, stage_all(tmp_path))
        told.append(derive(lake_at(tmp_path)))
        assert derive(lake_at(tmp_path)) == 0
        there.append(lake_at(tmp_path).read(table).height)
    assert told == rows == [after - before for before, after in itertools.pairwise(there)]


def test_a_scope_without_feeds_is_staged_as_nothing(tmp_path):
    deliver_day(tmp_path, 1)
    refresh(tmp_path)
    lake = lake_at(tmp_path)
    version = lake.version(LISTINGS)
    nothing = stage_waiting(lake, landing_at(tmp_path), "town", "west", Guard())
    assert nothing == StagedScope("town", "west", version)
    done = stage_waiting(lake, landing_at(tmp_path), "town", "north", Guard())
    assert (done.feeds, done.staged, done.reached) == ([], "", 1)


def test_a_damaged_feed_is_named_and_what_came_before_it_is_staged(tmp_path):
    for number in range(1, 4):
        deliver_day(tmp_path, number, scopes=["north"])
    (second,) = (tmp_path / "landing").rglob("*-000002/manifest.json")
    second.write_bytes(b"{")
    staged = stage_waiting(lake_at(tmp_path), landing_at(tmp_path), "town", "north", Guard())
    assert [feed.ref.run_seq for feed in staged.feeds] == [1]
    assert "000002" in staged.damaged
    assert staged.staged.startswith("staging/source=town/scope=north/")


def test_a_diff_that_still_holds_is_merged_without_reading_the_feed_again(tmp_path, monkeypatch):
    deliver_day(tmp_path, 1, scopes=["north"])
    staged = stage_all(tmp_path)

    def read_again(*_):
        raise AssertionError

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "observe", read_again)
        assert len(merge_all(tmp_path, staged)) == 1
    assert lake_at(tmp_path).read(LISTINGS).height == 3
