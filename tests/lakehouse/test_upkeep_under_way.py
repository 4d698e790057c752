"""F31, F40: tables are compacted and vacuumed while they are written and read; nobody loses a row."""

import threading
from contextlib import contextmanager

import polars as pl
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError

from orchestration.logic.schemas import LISTING_HISTORY, LISTINGS
from orchestration.operations.upkeep import LEAST_HOURS, optimize
from tests.graph_fixtures.tables import contents, lake_at, refresh
from tests.lakehouse.conftest import deliver_day


def compact(lake, table):
    DeltaTable(lake.uri(table)).optimize.compact()


def vacuum(lake, table):
    DeltaTable(lake.uri(table)).vacuum(LEAST_HOURS, dry_run=False)


@contextmanager
def meanwhile(work, root):
    """Does some upkeep again and again, beside the test; how often it got through."""
    ended, done, errors = threading.Event(), [], []

    def again_and_again():
        lake = lake_at(root)
        while not ended.is_set():
            for table in (LISTINGS, LISTING_HISTORY):
                try:
                    if lake.exists(table):
                        work(lake, table)
                        done.append(table.name)
                except CommitFailedError:
                    continue  # the run was faster
                except DeltaError as error:
                    errors.append(error)
            ended.wait(0.01)

    thread = threading.Thread(target=again_and_again, daemon=True)
    thread.start()
    try:
        yield done
    finally:
        ended.set()
        thread.join(60)
    assert errors == []


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(compact, marks=pytest.mark.fault("F31", "compaction")),
        pytest.param(vacuum, marks=pytest.mark.fault("F31", "vacuum")),
        pytest.param(lambda lake, table: optimize(lake, table, LEAST_HOURS), id="optimize"),
    ],
)
def test_f31_each_feed_is_applied_once_whatever_upkeep_goes_on(tmp_path, undisturbed, work):
    with meanwhile(work, tmp_path) as done:
        for number in range(1, 7):
            deliver_day(tmp_path, number)
            for _ in range(20):
                try:
                    refresh(tmp_path)
                    break
                except RuntimeError as error:
                    if "run again" not in str(error):
                        raise
    assert done
    refresh(tmp_path)
    assert contents(tmp_path) == undisturbed


@pytest.mark.fault("F40", "vacuum under a reader")
def test_f40_a_reader_keeps_the_files_of_the_version_that_it_reads(tmp_path):
    for number in range(1, 5):
        deliver_day(tmp_path, number)
        refresh(tmp_path)
    lake = lake_at(tmp_path)
    for version in range(lake.version(LISTINGS) + 1):
        before = lake.read(LISTINGS, version)
        reader = lake.scan(LISTINGS, version)  # knows its files from here on
        compact(lake, LISTINGS)
        vacuum(lake, LISTINGS)
        assert reader.collect().sort("source", "listing_key").equals(before.sort("source", "listing_key"))
    assert pl.read_delta(lake.uri(LISTINGS)).height == lake.read(LISTINGS).height
