"""What the commits of a table tell, each under its own version, whoever commits meanwhile."""

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from orchestration.logic.schemas import LISTINGS
from orchestration.resources import lake as lake_module
from orchestration.resources.lake import commit_properties
from realestate_crawler.landing.local import LocalStore
from tests.graph_fixtures.tables import lake_at


def commit(lake, number):
    told = {"source": "town", "scope": "all", "run_seq": number}
    properties = commit_properties("feed/town/all", number, told)
    write_deltalake(lake.open(LISTINGS), LISTINGS.empty(), mode="append", commit_properties=properties)


@pytest.fixture
def lake(tmp_path):
    """Version n applied feed n."""
    found = lake_at(tmp_path)
    for number in range(1, 5):
        commit(found, number)
    return found


def test_each_commit_tells_what_it_applied(lake):
    assert [(c.version, c.feed and c.feed["run_seq"]) for c in lake.commits(LISTINGS)] == [
        (0, None),
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
    ]
    assert [c.version for c in lake.commits(LISTINGS, 3)] == [4]
    assert lake.commits(LISTINGS, 4) == []


def test_a_commit_that_arrives_while_they_are_read_shifts_none(lake, monkeypatch):
    others = iter([5])

    def meanwhile():
        for number in others:
            commit(lake, number)

    class Slow(DeltaTable):
        def __init__(self, *args, **more):
            super().__init__(*args, **more)
            meanwhile()

    real = LocalStore.get

    def slow_get(self, key):
        if key.endswith(".json"):
            meanwhile()
        return real(self, key)

    monkeypatch.setattr(lake_module, "DeltaTable", Slow)
    monkeypatch.setattr(LocalStore, "get", slow_get)
    found = [(c.version, c.feed["run_seq"]) for c in lake.commits(LISTINGS, 1)]
    assert found == [(number, number) for number, _ in found]
    assert [(v, f["run_seq"]) for v, f in lake.feeds_by_version(LISTINGS, 2)][:2] == [(3, 3), (4, 4)]


def test_a_restored_version_says_what_it_goes_back_to(lake):
    lake.open(LISTINGS).restore(2)
    assert [c.restored_to for c in lake.commits(LISTINGS, 3)] == [None, 2]
    assert [version for version, _ in lake.feeds_by_version(LISTINGS, -1)] == [1, 2]


def test_a_log_that_was_cleaned_begins_later(lake, tmp_path):
    lake.open(LISTINGS).create_checkpoint()
    (tmp_path / "lake/silver/listings/_delta_log/00000000000000000001.json").unlink()
    (tmp_path / "lake/silver/listings/_delta_log/00000000000000000000.json").unlink()
    assert [c.version for c in lake.commits(LISTINGS)] == [2, 3, 4]
    assert lake.read(LISTINGS).equals(pl.DataFrame(schema=LISTINGS.columns))


def test_a_damaged_commit_is_named(lake, tmp_path):
    cut = tmp_path / "lake/silver/listings/_delta_log/00000000000000000003.json"
    cut.write_bytes(cut.read_bytes()[:40])
    with pytest.raises(DeltaError, match="silver/listings: version 3: its commit is damaged"):
        lake.commits(LISTINGS)
