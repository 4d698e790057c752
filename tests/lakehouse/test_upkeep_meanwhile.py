"""F31, F40: compaction, vacuum and clean-up of logs while others read, merge and derive, and after a restore."""

import threading
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from deltalake import DeltaTable

import orchestration.ingest.derive as derive
import orchestration.ingest.merge as merge
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.operations.restoring import plan, restore
from orchestration.operations.upkeep import LEAST_HOURS, optimize
from orchestration.resources.delta import open_table
from tests.graph_fixtures.feeds import landing_at
from tests.graph_fixtures.tables import contents, derive_all, lake_at, merge_all, refresh, stage_all
from tests.lakehouse.conftest import deliver_day
from tests.operators.test_replay import refresh_all

EVERY = (LISTINGS, LISTING_CHANGES, LISTING_HISTORY, FEEDS)


def keep_up(root):
    """Compaction, vacuum within the retention, and a checkpoint of every table that is there."""
    for table in EVERY:
        if lake_at(root).exists(table):
            optimize(lake_at(root), table, LEAST_HOURS)


@pytest.mark.fault("F31", "compaction", "vacuum")
@pytest.mark.parametrize("place", ["merge", "history", "append"])
def test_f31_upkeep_right_before_a_commit_costs_an_attempt_and_nothing_else(
    monkeypatch, tmp_path, undisturbed_three, place
):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    module, name = {"merge": (merge, "_commit"), "history": (derive, "_merge_history"), "append": (derive, "_append")}[
        place
    ]
    real, disturbed = getattr(module, name), 0

    def meanwhile(*words, **more):
        nonlocal disturbed
        if disturbed < 3:
            disturbed += 1
            keep_up(tmp_path)
        return real(*words, **more)

    monkeypatch.setattr(module, name, meanwhile)
    merge_all(tmp_path, stage_all(tmp_path))
    derive_all(tmp_path)
    assert disturbed == 3
    assert contents(tmp_path) == undisturbed_three
    versions = [told["run_seq"] for _, told in lake_at(tmp_path).feeds_by_version(LISTINGS, -1)]
    assert sorted(versions) == [1, 1, 2, 2, 3, 3], "each feed once"


def _unless_others_are_faster(work, root):
    """Whoever gives up against the others says so; the next run finishes the work."""
    try:
        work(root)
    except RuntimeError as error:
        if "run again" not in str(error):
            raise


@pytest.mark.fault("F31", "other scope", "compaction", "vacuum")
def test_f31_merges_of_two_scopes_and_upkeep_all_at_once(tmp_path, undisturbed):
    for number in range(1, 7):
        deliver_day(tmp_path, number)
    lake_at(tmp_path).open(LISTINGS)
    over = threading.Event()

    def upkeep():
        rounds = 0
        while not over.is_set():
            rounds += 1
            _unless_others_are_faster(keep_up, tmp_path)
        return rounds

    def runs():
        for _ in range(2):
            _unless_others_are_faster(refresh, tmp_path)

    with ThreadPoolExecutor(3) as pool:
        cleaner, workers = pool.submit(upkeep), [pool.submit(runs) for _ in range(2)]
        try:
            for worker in workers:
                worker.result(120)
        finally:
            over.set()
        assert cleaner.result(60) > 0
    refresh(tmp_path)
    assert contents(tmp_path) == undisturbed


@pytest.mark.fault("F40", "vacuum under a reader")
def test_f40_a_reader_that_has_begun_reads_on_under_a_vacuum(tmp_path):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    lake = lake_at(tmp_path)
    readers = {
        (table.name, v): (lake.scan(table, v), lake.read(table, v)) for table in EVERY for v in (2, lake.version(table))
    }
    keep_up(tmp_path)
    for (name, version), (begun, was) in readers.items():
        assert begun.collect().equals(was), (name, version)


@pytest.mark.fault("F40", "short retention")
@pytest.mark.parametrize("hours", [0, 1, LEAST_HOURS - 1])
def test_f40_below_the_retention_nothing_is_vacuumed(tmp_path, hours):
    deliver_day(tmp_path, 1)
    deliver_day(tmp_path, 2)
    refresh(tmp_path)
    files = sorted((tmp_path / "lake").rglob("*"))
    with pytest.raises(ValueError, match="at least 168 h are kept"):
        optimize(lake_at(tmp_path), LISTINGS, hours)
    assert sorted((tmp_path / "lake").rglob("*")) == files


@pytest.mark.fault("F40", "restore and apply")
def test_f40_put_back_three_versions_and_applied_again_it_is_the_same(tmp_path, undisturbed):
    for number in range(1, 7):
        deliver_day(tmp_path, number)
        refresh_all(tmp_path)
    keep_up(tmp_path)
    lake = lake_at(tmp_path)
    newest = max(version for version, _ in lake.feeds_by_version(LISTINGS, -1))
    restore(lake, plan(lake, landing_at(tmp_path), newest - 3))
    assert len(stage_all(tmp_path)) > 0, "the later feeds wait again"
    keep_up(tmp_path)
    refresh_all(tmp_path)
    assert contents(tmp_path) == undisturbed


@pytest.mark.fault("F40", "log cleaned up")
def test_f40_after_the_log_was_cleaned_the_tables_can_be_read_and_go_on(tmp_path, undisturbed):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    before = contents(tmp_path)
    for table in EVERY:
        opened = DeltaTable(lake_at(tmp_path).uri(table))
        opened.alter.set_table_properties({"delta.logRetentionDuration": "interval 0 days"})
        opened = open_table(lake_at(tmp_path).uri(table))
        opened.create_checkpoint()
        opened.cleanup_metadata()
        log = tmp_path / "lake" / table.path / "_delta_log"
        for commit in log.glob("*.json"):  # what the clean-up keeps for its own reasons goes too
            if int(commit.stem) < opened.version():
                commit.unlink()
        assert len(list(log.glob("*.json"))) == 1
    assert contents(tmp_path) == before
    for number in range(4, 7):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    assert contents(tmp_path) == undisturbed
    assert lake_at(tmp_path).read(LISTINGS).select(pl.struct("source", "listing_key").is_unique().all()).item()
