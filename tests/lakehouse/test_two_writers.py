"""Two runs at once: every feed once, no event twice."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.ingest import derive
from orchestration.ingest.stage import stage_feeds, stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import marked
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
                write_deltalake(lake.open(LISTING_CHANGES), ROW, mode="append", commit_properties=marked("test"))
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
