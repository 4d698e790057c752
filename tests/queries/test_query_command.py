"""`query` prints an answer to standard output and everything else to standard error; its exit code tells which."""

import argparse
import io
from pathlib import Path

import polars as pl
import pytest

from orchestration.commands import query
from orchestration.druid.datasources import DATASOURCES
from orchestration.queries.catalogue import CATALOGUE
from tests.queries.market import UNTIL, tables


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, rows in tables(300).items():
        rows.write_delta(tmp_path / "lake" / DATASOURCES[name].table)
    monkeypatch.chdir(tmp_path)  # no .env of the project
    monkeypatch.setenv("REALESTATE_LAKE", str(tmp_path / "lake"))
    monkeypatch.delenv("REALESTATE_DRUID_URL", raising=False)
    return tmp_path / "lake"


def asked(*words: str) -> int:
    parser = argparse.ArgumentParser()
    query.add_arguments(parser)
    return query.run(parser.parse_args(words))


def test_csv_can_be_read_back(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("supply_trend", "--param", f"until={UNTIL}", "--param", "city=Praha", "--format", "csv") == 0
    answer = pl.read_csv(io.StringIO(capsys.readouterr().out))
    assert answer.columns[:3] == ["day", "supply", "new_listings"]
    assert answer.height == 30


def test_a_table_shows_every_row(lake: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("cheapest_per_sqm", "--param", "limit=50") == 0
    shown = capsys.readouterr().out
    assert shown.count("https://example.org/") == 50
    assert shown.endswith("50 rows\n")


def test_the_list_names_every_query_and_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked("--list") == 0
    shown = capsys.readouterr().out
    for each in CATALOGUE.values():
        assert f"{each.name}: {each.meaning}" in shown
        assert all(parameter.meaning in shown for parameter in each.parameters)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["no_such"], "there is no query no_such"),
        ([], "which query?"),
        (["freshness", "--param", "city"], "must be NAME=VALUE"),
        (["freshness", "--param", "city=Praha"], "has no parameter city"),
        (["freshness", "--engine", "druid"], "set REALESTATE_DRUID_URL"),
    ],
)
def test_what_cannot_be_asked_is_a_bad_configuration(
    lake: Path, capsys: pytest.CaptureFixture[str], words: list[str], says: str
) -> None:
    assert asked(*words) == 2
    printed = capsys.readouterr()
    assert says in printed.err
    assert printed.out == ""


def test_no_lake_is_a_failure_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REALESTATE_LAKE", str(tmp_path / "none"))
    monkeypatch.delenv("REALESTATE_DRUID_URL", raising=False)
    assert asked("freshness") == 5
    said = f"freshness: there is no table silver/listings yet in {tmp_path / 'none'}; `materialize` makes it\n"
    assert capsys.readouterr().err == said
    assert not (tmp_path / "none").exists()


def test_a_druid_that_does_not_answer_is_a_failure(
    lake: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REALESTATE_DRUID_URL", "http://127.0.0.1:9")
    assert asked("freshness") == 5
    assert "no answer" in capsys.readouterr().err
