"""F37: what another tool writes into a table is not built on; the doctor names it, and restoring undoes it."""

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from orchestration.logic.delta_log import foreign
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import ForeignCommitError
from tests.graph_fixtures.tables import contents, lake_at, stage_all
from tests.lakehouse.conftest import deliver_day
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all


@pytest.fixture
def two_days(tmp_path, monkeypatch):
    set_places(tmp_path, monkeypatch)
    for number in (1, 2):
        deliver_day(tmp_path, number)
        refresh_all(tmp_path)
    return tmp_path


def moved_away(lake):
    """Somebody edits the listings by hand."""
    rows = lake.read(LISTINGS).with_columns(city=pl.lit("Ystad"))
    write_deltalake(lake.uri(LISTINGS), rows, mode="overwrite")


@pytest.mark.fault("F37", "foreign commit")
def test_nothing_is_built_on_it_and_what_restoring_leaves_is_as_if_it_had_never_been(
    two_days, undisturbed_three, tmp_path_factory
):
    lake = lake_at(two_days)
    good = lake.version(LISTINGS)
    moved_away(lake)
    deliver_day(two_days, 3)
    with pytest.raises(
        ForeignCommitError, match=rf"version {good + 1}: not written by this project \(WRITE by delta-rs"
    ):
        refresh_all(two_days)
    assert lake.version(LISTINGS) == good + 1
    told = typed("doctor")
    assert told.code == 5
    assert f"version {good + 1}: not written by this project (WRITE by delta-rs" in told.out
    assert f"the last good version is: version {good}" in told.out
    assert typed("restore", str(good), "--yes").code == 0
    assert typed("doctor").code == 0, typed("doctor").out
    refresh_all(two_days)
    assert contents(two_days) == undisturbed_three
    assert typed("replay").code == 0


@pytest.mark.fault("F37", "foreign commit")
def test_a_derived_table_is_not_built_on_either(two_days):
    lake = lake_at(two_days)
    write_deltalake(lake.uri(LISTING_CHANGES), lake.read(LISTING_CHANGES).head(1), mode="append")
    deliver_day(two_days, 3)
    with pytest.raises(ForeignCommitError, match="silver/listing_changes"):
        refresh_all(two_days)
    assert "silver/listing_changes" in typed("doctor").out


def test_compaction_vacuum_and_checkpoint_by_another_tool_are_welcome(two_days, undisturbed_three):
    for table in (LISTINGS, LISTING_CHANGES):
        opened = DeltaTable(lake_at(two_days).uri(table))
        opened.optimize.compact()
        opened.vacuum(0, dry_run=False, enforce_retention_duration=False)
        opened.create_checkpoint()
    deliver_day(two_days, 3)
    refresh_all(two_days)
    assert contents(two_days) == undisturbed_three
    assert typed("doctor").code == 0


def test_our_own_upkeep_is_ours(two_days):
    assert typed("optimize").code == 0
    deliver_day(two_days, 3)
    assert stage_all(two_days)
    refresh_all(two_days)
    assert typed("doctor").code == 0


@pytest.mark.parametrize(
    ("actions", "by"),
    [
        ([{"add": {"dataChange": True}}], "a write by another tool"),
        (
            [{"remove": {"dataChange": True}}, {"commitInfo": {"operation": "DELETE", "engineInfo": "Spark"}}],
            "DELETE by Spark",
        ),
        ([{"add": {"dataChange": False}}, {"commitInfo": {"operation": "OPTIMIZE"}}], ""),
        ([{"add": {"dataChange": True}}, {"txn": {"appId": "town/north", "version": 1}}], ""),
        ([{"add": {"dataChange": True}}, {"commitInfo": {"realestate_writer": "erase"}}], ""),
        ([{"metaData": {}}], ""),
    ],
)
def test_who_changed_rows(actions, by):
    assert foreign(actions) == by
