"""Staged rows: each run has its own, whoever else is at work on the scope."""

import datetime as dt

import polars as pl

from orchestration.resources import staging

ROWS = pl.DataFrame({"listing_key": ["a", "b"]})


def test_rows_come_back_as_they_were_written(tmp_path):
    key = staging.write(str(tmp_path), "town", "north", ROWS)
    assert staging.read(str(tmp_path), key).equals(ROWS)
    ((found, written),) = staging.written(str(tmp_path))
    assert found == key
    assert abs(dt.datetime.now(dt.UTC) - written) < dt.timedelta(minutes=5)


def test_a_run_that_discards_its_rows_leaves_those_of_another(tmp_path):
    ours, theirs = (staging.write(str(tmp_path), "town", "north", ROWS) for _ in range(2))
    staging.discard(str(tmp_path), ours)
    assert staging.read(str(tmp_path), ours) is None
    assert staging.read(str(tmp_path), theirs).equals(ROWS)


def test_a_run_may_discard_while_another_is_about_to_write(tmp_path, monkeypatch):
    ours = staging.write(str(tmp_path), "town", "north", ROWS)
    real = pl.DataFrame.write_parquet

    def at_last(rows, path, **more):
        staging.discard(str(tmp_path), ours)  # between the folder and the file
        return real(rows, path, **more)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", at_last)
    theirs = staging.write(str(tmp_path), "town", "north", ROWS)
    assert staging.read(str(tmp_path), theirs).equals(ROWS)


def test_discarding_twice_is_no_error(tmp_path):
    key = staging.write(str(tmp_path), "town", "north", ROWS)
    staging.discard(str(tmp_path), key)
    staging.discard(str(tmp_path), key)
