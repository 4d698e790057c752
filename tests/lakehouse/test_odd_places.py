"""A lake lies wherever its owner's home is: spaces, percent signs and letters of any script in the path."""

from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake

from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.snapshot import take_snapshot
from orchestration.logic.schemas import LISTINGS
from orchestration.queries.engines import LocalEngine
from orchestration.resources.delta import PlaceError, open_table, scan
from orchestration.resources.lake import Lake
from tests.graph_fixtures.tables import contents, refresh
from tests.lakehouse.conftest import deliver_day
from tests.queries.market import tables

ODD = ["My User", "50%", "ů%zz", "Žižkov", "東京", "q'u\"ote", "a+b&c;d~"]
VALUES = ["a b", "%20", "x/y", "a=b", "Žižkov", "[1]*", "é?", "#", None]
each = pytest.mark.parametrize("name", ODD)


@each
def test_feeds_become_the_same_tables_as_anywhere_else(tmp_path, undisturbed_three, name):
    root = tmp_path / name
    for number in range(1, 4):
        deliver_day(root, number)
        assert len(refresh(root)) == 2
    assert contents(root) == undisturbed_three


@each
@pytest.mark.parametrize("partition", [None, ["text"]], ids=["whole", "partitioned"])
def test_every_version_is_read_back_whatever_a_partition_is_called(tmp_path, name, partition):
    place = tmp_path / name / "table"
    place.mkdir(parents=True)
    rows = pl.DataFrame({"text": VALUES, "number": range(len(VALUES))})
    write_deltalake(str(place), rows, partition_by=partition)
    write_deltalake(str(place), rows, mode="append")
    open_table(str(place)).delete("number = 2")
    assert scan(str(place), 0).sort("number").collect().to_dicts() == rows.to_dicts()
    assert scan(str(place)).filter(pl.col("number") == 2).collect().is_empty()
    for value in VALUES:
        found = scan(str(place), 1).filter(pl.col("text").eq_missing(value)).collect()
        assert found["number"].to_list() == [VALUES.index(value)] * 2


@each
def test_queries_and_snapshots_read_them_too(tmp_path, name):
    lake = tmp_path / name / "lake"
    rows = tables(60)["listings"]
    rows.write_delta(lake / "silver/listings", delta_write_options={"partition_by": ["city"]})
    assert LocalEngine.over(str(lake))._scan("listings").collect().height == rows.height
    taken = take_snapshot(str(lake), DATASOURCES["listings"], 0)
    assert sum(chunk.totals.rows for chunk in taken.chunks.values()) == rows.height
    for chunk in taken.chunks.values():
        assert all((lake / key).is_file() for key in chunk.keys)


@pytest.mark.parametrize("name", ["My%20User", "a#b", "a?b", "[brackets]", "a\\b", "a|b", "{a}", "a<b"])
def test_a_folder_that_delta_cannot_use_is_refused_before_anything_is_written(tmp_path, monkeypatch, name):
    (tmp_path / name).mkdir()
    for place in (str(tmp_path / name / "lake"), f"{name}/lake"):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(PlaceError, match="no Delta table can lie in a folder with"):
            Lake(root=place).version(LISTINGS)
        monkeypatch.chdir(tmp_path / name)
        with pytest.raises(PlaceError):
            Lake(root="lake").version(LISTINGS)
    assert not list(Path(tmp_path / name).iterdir())
