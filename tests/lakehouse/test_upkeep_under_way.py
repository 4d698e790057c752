"""F31: tables are compacted and vacuumed by other tools while they are written; nobody loses a row."""

import threading
from contextlib import contextmanager

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError

from orchestration.logic.schemas import LISTING_HISTORY, LISTINGS
from orchestration.operations.upkeep import LEAST_HOURS
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
