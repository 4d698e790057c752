"""The schema gate: additions are announced, anything else is refused before a write."""

import dataclasses
import logging

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import SchemaMismatchError

from orchestration.logic.gate import SchemaRefusedError, additions
from orchestration.logic.schemas import LISTING_CHANGES, TABLES
from orchestration.resources.lake import EmptyCommitError, marked
from tests.graph_fixtures.tables import lake_at

OURS = marked("test")


def with_columns(**columns):
    return dataclasses.replace(LISTING_CHANGES, columns={**LISTING_CHANGES.columns, **columns})


def one_row(table):
    return pl.DataFrame({name: [None] for name in table.columns}, schema=table.columns)


@pytest.mark.fault("F39", "new column")
def test_a_new_column_is_added_before_the_write_and_announced(tmp_path, caplog):
    """F39: new column."""
    lake = lake_at(tmp_path)
    write_deltalake(lake.open(LISTING_CHANGES), one_row(LISTING_CHANGES), mode="append", commit_properties=OURS)
    wider = with_columns(reason=pl.String())
    with caplog.at_level(logging.WARNING):
        lake.open(wider)
    assert "silver/listing_changes: new columns: reason" in caplog.text
    assert lake.read(wider)["reason"].to_list() == [None]
    caplog.clear()
    lake.open(wider)
    assert caplog.text == ""


def test_a_reader_that_knows_more_columns_than_the_table_sees_nulls(tmp_path):
    lake = lake_at(tmp_path)
    write_deltalake(lake.open(LISTING_CHANGES), one_row(LISTING_CHANGES), mode="append", commit_properties=OURS)
    assert lake.read(with_columns(reason=pl.String()))["reason"].to_list() == [None]


def test_a_writer_that_knows_fewer_columns_than_the_table_is_refused(tmp_path):
    lake = lake_at(tmp_path)
    lake.open(with_columns(reason=pl.String()))
    with pytest.raises(SchemaMismatchError, match="number of fields"):
        write_deltalake(lake.open(LISTING_CHANGES), one_row(LISTING_CHANGES), mode="append", commit_properties=OURS)
    assert lake.read(LISTING_CHANGES).is_empty()


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"run_id": pl.Int64()}, marks=pytest.mark.fault("F39", "other type")),
        pytest.param({"observed_at": pl.Datetime("us")}, marks=pytest.mark.fault("F35", "local time")),
        {"observed_at": pl.Date()},
        pytest.param({"RUN_ID": pl.String()}, marks=pytest.mark.fault("F39", "twin by case")),
    ],
    ids=str,
)
def test_another_type_or_a_twin_by_case_is_refused_and_nothing_is_written(tmp_path, columns):
    """F39: type change; `ID` beside `id`."""
    lake = lake_at(tmp_path)
    lake.open(LISTING_CHANGES)
    with pytest.raises(SchemaRefusedError, match=next(iter(columns))) as caught:
        lake.open(with_columns(**columns))
    assert "nothing was written" in str(caught.value)
    assert lake.version(LISTING_CHANGES) == 0


def test_every_difference_is_named():
    with pytest.raises(SchemaRefusedError, match=r"a is Int64, not String; .*b.*only by case"):
        additions("t", {"a": pl.Int64(), "B": pl.String()}, {"a": pl.String(), "b": pl.String()})


def test_columns_that_are_only_there_are_left_alone():
    """F39: vanished column: what the code no longer knows stays readable."""
    assert additions("t", {"a": pl.Int64(), "old": pl.String()}, {"a": pl.Int64(), "new": pl.Date()}) == ["new"]


@pytest.mark.parametrize("left", [b"", b"\n"], ids=["F37-zero-bytes", "F37-blank"])
@pytest.mark.fault("F37", "empty commit")
def test_nothing_is_written_on_top_of_an_empty_commit(tmp_path, left):
    """F37: delta-rs reads a zero-byte commit as a version with rows missing, and would build on it."""
    lake = lake_at(tmp_path)
    for _ in range(2):
        write_deltalake(lake.open(LISTING_CHANGES), one_row(LISTING_CHANGES), mode="append", commit_properties=OURS)
    log = tmp_path / "lake/silver/listing_changes/_delta_log"
    (log / f"{2:020d}.json").write_bytes(left)
    with pytest.raises(EmptyCommitError, match="version 2: its commit is empty"):
        lake.open(LISTING_CHANGES)
    assert sorted(path.stem for path in log.glob("*.json")) == [f"{n:020d}" for n in range(3)]


def test_a_newest_commit_that_was_cleaned_away_is_no_damage(tmp_path):
    lake = lake_at(tmp_path)
    write_deltalake(lake.open(LISTING_CHANGES), one_row(LISTING_CHANGES), mode="append", commit_properties=OURS)
    lake.open(LISTING_CHANGES).create_checkpoint()
    for path in (tmp_path / "lake/silver/listing_changes/_delta_log").glob("*[0-9].json"):
        path.unlink()
    assert lake.open(LISTING_CHANGES).version() == 1
    assert lake.read(LISTING_CHANGES).height == 1


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_is_made_with_the_types_that_the_code_says(tmp_path, table):
    opened = lake_at(tmp_path).open(table)
    assert dict(pl.scan_delta(opened).collect_schema()) == table.columns
    assert opened.metadata().partition_columns == list(table.partition_by)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@pytest.mark.fault("F39", "all null")
def test_no_column_is_without_a_type_even_when_all_its_values_are_null(tmp_path, table):
    """F39: all-null column: never `void`."""
    lake = lake_at(tmp_path)
    row = one_row(table)
    write_deltalake(lake.open(table), row, mode="append", commit_properties=OURS)
    schema = DeltaTable(lake.uri(table)).schema().to_json()
    assert '"void"' not in schema
    assert '"null"' not in schema
    assert dict(lake.scan(table).collect_schema()) == table.columns
    assert lake.read(table).height == 1
