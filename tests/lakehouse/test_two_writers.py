"""Two runs at once: every feed once, no event twice."""

import contextlib
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.ingest import derive
from orchestration.ingest import realign as realigning
from orchestration.ingest.stage import stage_feeds, stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.operations.restoring import plan, restore
from orchestration.resources.landing import app_of
from tests.graph_fixtures.feeds import deliver, landing_at
from tests.graph_fixtures.tables import (
    contents,
    derive_all,
    lake_at,
    listings_by_key,
    merge_all,
    refresh,
    stage_all,
    waiting,
)
from tests.lakehouse.conftest import deliver_day, home


@pytest.mark.fault("F31", "same scope")
def test_two_mergers_of_the_same_staging_set_apply_each_feed_once(tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    staged = stage_all(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(lambda _: merge_all(tmp_path, staged), range(2)))
    derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three
    assert len(lake_at(tmp_path).feeds_by_version(LISTINGS, -1)) == 6
    assert {feed.version for feeds in applied for feed in feeds} == {
        version for version, _ in lake_at(tmp_path).feeds_by_version(LISTINGS, -1)
    }


@pytest.mark.fault("F31", "other scope")
def test_two_mergers_of_different_scopes_both_get_through(tmp_path):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    staged = stage_all(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(lambda scope: merge_all(tmp_path, [scope]), staged))
    assert [len(feeds) for feeds in applied] == [3, 3]
    derive_all(tmp_path)
    told = lake_at(tmp_path).read(LISTINGS)
    assert told["listing_key"].is_unique().all()
    # Which scope came first is open; who is present is not.
    presence = dict(told.select("listing_key", "presence").rows())
    assert presence == {"a": "present", "b": "present", "c": "removed", "d": "present", "z": "present"}


# A run may give up against another one; the next run finishes its work.
WHOLE_RUN = """
import faulthandler, sys
faulthandler.dump_traceback_later(90, exit=True)  # where it stands, instead of a test that never ends
from pathlib import Path
from tests.graph_fixtures.tables import refresh
print("ready", flush=True)
sys.stdin.readline()
try:
    refresh(Path(sys.argv[1]))
except RuntimeError as error:
    assert "run again" in str(error)
"""
ROW = pl.DataFrame({name: [None] for name in LISTING_CHANGES.columns}, schema=LISTING_CHANGES.columns)
PROJECT = Path(__file__).resolve().parents[2]


@pytest.mark.fault("F31", "same scope", "other scope")
def test_whole_runs_in_several_processes_end_like_one(tmp_path, undisturbed):
    for number in range(1, 7):
        deliver_day(tmp_path, number)
    command = [sys.executable, "-c", WHOLE_RUN, str(tmp_path)]
    runs = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for run in runs:
            assert run.stdout.readline() == "ready\n"
        for run in runs:
            run.stdin.write("go\n")
            run.stdin.flush()
        for run in runs:
            run.communicate(timeout=100)
    finally:
        for run in runs:
            run.kill()
            run.communicate()
    assert [run.returncode for run in runs] == [0, 0]
    refresh(tmp_path)
    assert contents(tmp_path)["listing_changes"] == undisturbed["listing_changes"]
    assert contents(tmp_path) == undisturbed


def test_a_table_that_two_runs_create_at_once_is_there_for_both(tmp_path):
    barrier = threading.Barrier(4)

    def create_and_write(number):
        barrier.wait()
        lake = lake_at(tmp_path / str(number // 4))
        lake.open(LISTING_CHANGES)
        for _ in range(20):
            try:
                write_deltalake(lake.open(LISTING_CHANGES), ROW, mode="append")
                break
            except CommitFailedError:
                continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create_and_write, range(20)))
    assert [lake_at(tmp_path / str(n)).read(LISTING_CHANGES).height for n in range(5)] == [4] * 5


def test_a_run_that_was_overtaken_while_deriving_writes_no_event_twice(monkeypatch, tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    merge_all(tmp_path, stage_all(tmp_path))
    real = derive._rows
    with monkeypatch.context() as patch:

        def overtaken(*args):
            patch.setattr(derive, "_rows", real)
            derive_all(tmp_path)  # another run does all of it meanwhile
            return real(*args)

        patch.setattr(derive, "_rows", overtaken)
        derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_run_that_was_overtaken_while_appending_appends_nothing_twice(monkeypatch, tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    merge_all(tmp_path, stage_all(tmp_path))
    real = derive._append
    with monkeypatch.context() as patch:

        def overtaken(*args, **more):
            patch.setattr(derive, "_append", real)
            derive_all(tmp_path)
            return real(*args, **more)

        patch.setattr(derive, "_append", overtaken)
        derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_run_that_was_overtaken_while_writing_the_history_opens_no_version_twice(
    monkeypatch, tmp_path, undisturbed_three
):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    merge_all(tmp_path, stage_all(tmp_path))
    real = derive._merge_history
    with monkeypatch.context() as patch:

        def overtaken(*args, **more):
            patch.setattr(derive, "_merge_history", real)
            derive_all(tmp_path)
            return real(*args, **more)

        patch.setattr(derive, "_merge_history", overtaken)
        derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_feed_that_another_run_applied_before_the_diff_is_not_diffed_once_more(tmp_path):
    """Else its misses would count twice, and the next feed would remove what was missed once."""
    for number in (1, 2):
        deliver(tmp_path, [home("a", 1), home("b", 1)][: 3 - number], run_seq=number)
    seen_waiting = waiting(tmp_path)
    refresh(tmp_path)  # another run takes both
    third = deliver(tmp_path, [home("a", 1)], run_seq=3, complete=False)
    staged = stage_feeds(lake_at(tmp_path), landing_at(tmp_path), [*seen_waiting, third], Guard())
    assert [feed.ref.run_seq for feed in staged.feeds] == [3]
    [applied] = merge_all(tmp_path, [staged])
    assert (applied.feed.counts.scope_before, applied.feed.counts.waiting) == (2, 1)
    assert listings_by_key(tmp_path)["b"]["presence"] == "missing"


def test_a_scope_whose_feeds_another_run_has_all_applied_stages_nothing(tmp_path):
    deliver(tmp_path, [home("a", 1)], run_seq=1)
    refresh(tmp_path)
    staged = stage_waiting(lake_at(tmp_path), landing_at(tmp_path), "town", "all", Guard())
    assert (staged.feeds, staged.staged, staged.damaged) == ([], "", "")
    assert merge_all(tmp_path, [staged]) == []


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

    def conflict(*_args, **_more):
        raise CommitFailedError("somebody else was faster")

    with monkeypatch.context() as patch:
        patch.setattr(DeltaTable, "restore", conflict)
        with pytest.raises(RuntimeError, match=r"listing_changes.*run again"):
            derive_all(tmp_path)
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
