"""`optimize` makes tables small without changing what they say."""

import fcntl
from pathlib import Path

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.operations import upkeep
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import contents, lake_at, merge_all, refresh, stage_all
from tests.operators.conftest import Operate
from tests.operators.test_replay import refresh_all

HOMES = [listing(f"h{n}", list_price=100) for n in range(5)]


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """Ten feeds, each with a listing more."""
    for run_seq in range(1, 11):
        deliver(tmp_path, [*HOMES, *(listing(f"n{n}") for n in range(run_seq))], run_seq=run_seq)
        refresh_all(tmp_path)
    return tmp_path


def files(root: Path) -> int:
    return len(lake_at(root).open(LISTING_CHANGES).file_uris())


def test_fewer_files_the_same_rows(grown: Path, operate: Operate) -> None:
    before, many = contents(grown), files(grown)
    answer = operate("optimize")
    assert answer.code == 0, answer.err
    assert files(grown) < many
    assert contents(grown) == before
    assert list((grown / "lake/silver/listings/_delta_log").glob("*.checkpoint.parquet"))
    assert operate("doctor", "--deep").code == 0


def test_feeds_are_applied_afterwards_as_ever(grown: Path, operate: Operate) -> None:
    operate("optimize")
    deliver(grown, HOMES, run_seq=11)
    refresh_all(grown)
    assert operate("doctor").code == 0
    assert operate("replay").code == 0


def test_young_versions_can_still_be_read(grown: Path, operate: Operate) -> None:
    first = lake_at(grown).read(LISTINGS, 1)
    operate("optimize")
    assert lake_at(grown).read(LISTINGS, 1).equals(first)


def test_old_files_go_only_beyond_the_retention(grown: Path, operate: Operate) -> None:
    import os
    import time

    log = grown / "lake/silver/listings/_delta_log"
    tombstones = len(DeltaTable(str(log.parent)).vacuum(0, dry_run=True, enforce_retention_duration=False))
    assert tombstones
    assert "0 files only versions older" in operate("optimize", "--dry-run").out
    ago = int((time.time() - 200 * 3600) * 1000)
    for commit in log.glob("*.json"):  # as if everything had happened 200 hours ago
        import re

        commit.write_text(re.sub(r'"deletionTimestamp":\d+', f'"deletionTimestamp":{ago}', commit.read_text()))
    for file in log.parent.rglob("*.parquet"):
        os.utime(file, (ago / 1000, ago / 1000))
    before = contents(grown)
    answer = operate("optimize")
    assert f"{tombstones} old files removed" in answer.out
    assert contents(grown) == before


def test_a_dry_run_changes_nothing(grown: Path, operate: Operate) -> None:
    versions = [lake_at(grown).version(LISTINGS), files(grown)]
    assert operate("optimize", "--dry-run").code == 0
    assert [lake_at(grown).version(LISTINGS), files(grown)] == versions


@pytest.mark.fault("F40", "short retention")
def test_a_short_retention_is_refused(grown: Path, operate: Operate) -> None:
    version = lake_at(grown).version(LISTINGS)
    answer = operate("optimize", "--retention-hours", "167")
    assert answer.code == 2
    assert lake_at(grown).version(LISTINGS) == version


def test_tables_that_are_behind_keep_the_versions_they_need(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, HOMES, run_seq=1)
    refresh_all(tmp_path)
    deliver(tmp_path, HOMES[:2], run_seq=2)
    merge_all(tmp_path, stage_all(tmp_path))
    answer = operate("optimize")
    assert answer.code == 5
    assert "listing_changes is behind" in answer.err
    refresh(tmp_path)


def test_it_waits_for_nobody(grown: Path, operate: Operate) -> None:
    (grown / "dagster").mkdir(exist_ok=True)
    with (grown / "dagster/materialize.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert operate("optimize").code == 6


def test_two_at_once_double_no_row(grown: Path, operate: Operate, monkeypatch) -> None:
    before = contents(grown)
    real = DeltaTable.update
    others = iter([None])

    def update(self, *args, **more):
        for _ in others:
            upkeep.optimize(lake_at(grown), LISTING_HISTORY, 168)  # from another machine, before ours has committed
        return real(self, *args, **more)

    monkeypatch.setattr(DeltaTable, "update", update)
    upkeep.optimize(lake_at(grown), LISTING_HISTORY, 168)
    assert contents(grown) == before
    assert operate("doctor").code == 0


def test_partitions_without_small_files_are_left_as_they_are(grown: Path) -> None:
    lake = lake_at(grown)
    upkeep.optimize(lake, LISTING_HISTORY, 168)
    version = lake.version(LISTING_HISTORY)
    files = lake.open(LISTING_HISTORY).file_uris()
    upkeep.optimize(lake, LISTING_HISTORY, 168)
    assert lake.open(LISTING_HISTORY).file_uris() == files
    assert lake.version(LISTING_HISTORY) <= version + 2  # what vacuum notes


def test_a_writer_that_was_faster_is_no_failure(grown: Path, operate: Operate, monkeypatch) -> None:
    before = contents(grown)
    conflicts = iter([CommitFailedError("deleted data this operation read")])
    real = DeltaTable.update

    def update(self, *args, **more):
        for error in conflicts:
            raise error
        return real(self, *args, **more)

    monkeypatch.setattr(DeltaTable, "update", update)
    assert operate("optimize").code == 0
    assert contents(grown) == before


def test_writers_that_are_always_faster_are_named_busy(grown: Path, operate: Operate, monkeypatch) -> None:
    def update(*_args, **_more):
        raise CommitFailedError("deleted data this operation read")

    monkeypatch.setattr(DeltaTable, "update", update)
    answer = operate("optimize")
    assert answer.code == 6
    assert "run again" in answer.err
