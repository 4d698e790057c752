"""Where a derived table goes back to is read off its log; it is what opening each of its versions says."""

from pathlib import Path

import pytest
from deltalake import DeltaTable

from orchestration.ingest.realign import APP, CannotGoBackError, way_back
from orchestration.logic.lineage import continues
from orchestration.logic.schemas import LISTINGS
from orchestration.operations.restoring import DERIVED, plan, restore
from orchestration.resources.lake import done
from tests.graph_fixtures.feeds import landing_at
from tests.graph_fixtures.tables import lake_at
from tests.lakehouse.conftest import deliver_day
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """Five days with upkeep between them, twice put back."""
    set_places(tmp_path, monkeypatch)
    lake = lake_at(tmp_path)
    for number in range(1, 6):
        deliver_day(tmp_path, number)
        refresh_all(tmp_path)
        if number == 3:
            assert typed("optimize").code == 0
        if number in (2, 4):
            restore(lake, plan(lake, landing_at(tmp_path), number))
    return lake


def opened_one_by_one(lake, table, commits, at):
    for version in range(lake.version(table), -1, -1):
        then = done(DeltaTable(lake.uri(table), version=version), APP)
        if continues(commits, at, then):
            return version, then
    raise AssertionError


def test_it_is_the_newest_version_that_listings_continue(lake):
    commits = lake.commits(LISTINGS)
    assert sum(commit.restored_to is not None for commit in commits) == 2
    found = set()
    for table in (table for table in DERIVED if lake.exists(table)):
        for commit in commits:
            there = way_back(lake, table, commits, commit.version)
            assert there == opened_one_by_one(lake, table, commits, commit.version)
            found.add(there)
    assert len(found) > 10


def test_behind_what_was_cleaned_away_there_is_none_and_before_it_there_is(lake):
    commits, table = lake.commits(LISTINGS), DERIVED[0]
    wanted = {commit.version: way_back(lake, table, commits, commit.version) for commit in commits}
    DeltaTable(lake.uri(table)).create_checkpoint()
    log = Path(lake.uri(table)) / "_delta_log"
    kept = max(wanted.values())[0]
    for version in range(kept):
        (log / f"{version:020d}.json").unlink()
    for at, there in wanted.items():
        if there[0] >= kept:
            assert way_back(lake, table, commits, at) == there
        else:
            with pytest.raises(CannotGoBackError, match=rf"no version before {kept} is left in the log"):
                way_back(lake, table, commits, at)
