"""`as-of` gives the market as it was, from the history alone."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.logic.as_of import MomentError, moment
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh
from tests.operators.conftest import Operate


@pytest.fixture
def market(tmp_path: Path) -> Path:
    """Day 1: a, b. Day 2: a cheaper, b unseen. Day 3: b unseen again, removed; c new."""
    days = [
        [listing("a", list_price=100), listing("b", list_price=200)],
        [listing("a", list_price=90)],
        [listing("a", list_price=90), listing("c", list_price=300)],
    ]
    for run_seq, items in enumerate(days, start=1):
        deliver(tmp_path, items, run_seq=run_seq)
        refresh(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-03-01", {}),
        ("2026-03-02", {"a": 100, "b": 200}),
        ("2026-03-03T05:59", {"a": 100, "b": 200}),
        ("2026-03-03T06:00", {"a": 90, "b": 200}),
        ("2026-03-03", {"a": 90, "b": 200}),
        ("2026-03-04", {"a": 90, "c": 300}),
        ("2026-03-04T06:59+01:00", {"a": 90, "b": 200}),
        ("2099-01-01", {"a": 90, "c": 300}),
    ],
)
def test_the_market_of_a_day(market: Path, operate: Operate, date: str, expected: dict[str, int]) -> None:
    answer = operate("as-of", date, "--output", str(market / "out" / "m.parquet"))
    assert answer.code == 0
    assert answer.out.startswith(f"{len(expected)} listings")
    found = pl.read_parquet(market / "out" / "m.parquet")
    assert {row["listing_key"]: row["list_price"] for row in found.iter_rows(named=True)} == expected


@pytest.mark.parametrize(
    ("date", "remark"),
    [
        ("2026-03-01", "first looked at 2026-03-02 06:00:00 UTC"),
        ("2026-03-02", None),
        ("2026-03-04T06:00", None),
        ("2026-03-05", "last looked at 2026-03-04 06:00:00 UTC: what came after is not known"),
    ],
)
def test_when_nobody_looked_is_said(market: Path, operate: Operate, date: str, remark: str | None) -> None:
    said = operate("as-of", date).out
    assert ("looked at" in said) == (remark is not None)
    assert (remark or "") in said


def test_a_scope_that_was_added_later_is_named(market: Path, operate: Operate) -> None:
    deliver(market, [listing("z")], run_seq=4, scope="later")
    refresh(market)
    said = operate("as-of", "2026-03-04").out
    assert "later: first looked at 2026-03-05 06:00:00 UTC" in said
    assert "last looked at" not in said


def test_a_crawl_that_saw_nothing_is_no_look(market: Path, operate: Operate) -> None:
    deliver(market, [], run_seq=4, complete=False)
    refresh(market)
    assert "last looked at 2026-03-04 06:00:00 UTC" in operate("as-of", "2026-03-05").out


def test_csv_says_the_same_as_parquet(market: Path, operate: Operate) -> None:
    for suffix in ("csv", "parquet"):
        assert operate("as-of", "2026-03-04", "--output", str(market / f"m.{suffix}")).code == 0
    columns = ["source", "listing_key", "list_price"]
    csv = pl.read_csv(market / "m.csv").select(columns).cast({"list_price": pl.Float64})
    parquet = pl.read_parquet(market / "m.parquet").select(columns).cast({"list_price": pl.Float64})
    assert csv.equals(parquet)


def test_a_file_that_exists_is_not_replaced_unasked(market: Path, operate: Operate) -> None:
    output = market / "m.csv"
    output.write_text("mine")
    assert operate("as-of", "2026-03-04", "--output", str(output)).code == 2
    assert output.read_text() == "mine"
    assert operate("as-of", "2026-03-04", "--output", str(output), "--overwrite").code == 0
    assert output.read_text() != "mine"


@pytest.mark.parametrize("words", [["yesterday"], ["2026-13-01"], ["2026-03-04", "--output", "m.xlsx"]])
def test_what_cannot_be_meant_is_refused(market: Path, operate: Operate, words: list[str]) -> None:
    assert operate("as-of", *words).code == 2
    assert not (market / "m.xlsx").exists()


@given(st.datetimes(timezones=st.timezones()))
def test_any_iso_time_is_read_as_it_is_meant(at) -> None:
    try:
        text = at.isoformat()
        expected = at.astimezone(dt.UTC)
    except OverflowError:
        return
    try:
        assert moment(text) == expected
    except MomentError:
        assert at.utcoffset().total_seconds() % 60  # a zone before clocks agreed, with seconds
