"""`diff` tells exactly what differs between two versions or two days."""

import io
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from realestate_crawler.items import Listing
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


def test_what_the_diff_of_feeds_does_not_compare_is_counted_apart(tmp_path: Path, operate: Operate) -> None:
    def home(key: str, run: int, price: int, **extra: object) -> Listing:
        told = {"views": run, "floor": 1, **extra}
        values = {"days_on_market": run, "raw": {"title": f" {run}"}, "living_area": Decimal(50), "extra": told}
        area = {"living_area_units": "Square Meters"}
        return listing(key, list_price=price, volatile=("views", "title"), title=f"{run}", **values, **area)

    for run, items in (
        (1, [home("a", 1, 100), home("b", 1, 100), home("c", 1, 100)]),
        (2, [home("a", 2, 90, lift=True), home("b", 2, 100, floor=2), home("c", 2, 100)]),
    ):
        deliver(tmp_path, items, run_seq=run, volatile=["views", "title"])
        refresh(tmp_path)
    changed = {("a", "changed", "list_price", "100.00", "90.00"), ("b", "changed", "extra.floor", "1", "2")}
    assert rows(operate, "1", "2") == changed
    said = operate("diff", "1", "2").out
    assert "0 came\n0 went\n2 changed\n" in said
    assert "1 differ only in what is not compared: days_on_market, extra.views, raw, title\n" in said


def test_counts_and_the_limit_are_said(market: Path, operate: Operate) -> None:
    answer = operate("diff", "2026-03-02", "2026-03-04", "--limit", "1")
    assert answer.code == 0
    assert "1 came\n1 went\n1 changed\n" in answer.out
    assert "2 more" in answer.out


@pytest.mark.parametrize("words", [("1", "2026-03-02"), ("1", "99"), ("2026-03-02", "soon")])
def test_what_cannot_be_compared_is_refused(market: Path, operate: Operate, words: tuple[str, str]) -> None:
    answer = operate("diff", *words)
    assert (answer.code, answer.out) == (2, "")
