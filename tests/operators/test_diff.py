"""`diff` tells exactly what differs between two versions or two days."""

import io
from pathlib import Path

import polars as pl
import pytest

from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh
from tests.operators.conftest import Operate


@pytest.fixture
def market(tmp_path: Path) -> Path:
    """a gets cheaper, b goes (missing, then removed), c comes on the third day."""
    days = [
        [listing("a", list_price=100), listing("b")],
        [listing("a", list_price=90)],
        [listing("a", list_price=90), listing("c")],
    ]
    for run_seq, items in enumerate(days, start=1):
        deliver(tmp_path, items, run_seq=run_seq)
        refresh(tmp_path)
    return tmp_path


def rows(operate: Operate, a: str, b: str) -> set[tuple]:
    found = pl.read_csv(io.StringIO(operate("diff", a, b, "--format", "csv").out), infer_schema=False)
    return set(found.select("listing_key", "what", "field", "before", "after").iter_rows())


def test_two_days(market: Path, operate: Operate) -> None:
    expected = {("b", "went", None, None, None), ("c", "came", None, None, None)}
    expected.add(("a", "changed", "list_price", "100.00", "90.00"))
    assert rows(operate, "2026-03-02", "2026-03-04") == expected
    assert rows(operate, "2026-03-03", "2026-03-03") == set()


def test_two_versions_also_tell_presence(market: Path, operate: Operate) -> None:
    expected = {("a", "changed", "list_price", "100.00", "90.00"), ("b", "changed", "presence", "present", "missing")}
    expected |= {("b", "changed", "present_in", "all", ""), ("b", "changed", "missing_in", "", "all")}
    assert rows(operate, "1", "2") == expected


def test_counts_and_the_limit_are_said(market: Path, operate: Operate) -> None:
    answer = operate("diff", "2026-03-02", "2026-03-04", "--limit", "1")
    assert answer.code == 0
    assert "1 came\n1 went\n1 changed\n" in answer.out
    assert "2 more" in answer.out


@pytest.mark.parametrize("words", [("1", "2026-03-02"), ("1", "99"), ("2026-03-02", "soon")])
def test_what_cannot_be_compared_is_refused(market: Path, operate: Operate, words: tuple[str, str]) -> None:
    answer = operate("diff", *words)
    assert (answer.code, answer.out) == (2, "")
