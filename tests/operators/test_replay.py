"""`replay` proves that the tables are what the feeds say, and names what is not."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from deltalake import write_deltalake
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.assets.market import refresh_market_daily
from orchestration.logic.digests import differing, digest
from orchestration.logic.schemas import LISTINGS
from tests.graph_fixtures.feeds import day, deliver, listing
from tests.graph_fixtures.tables import contents, lake_at, refresh
from tests.operators.conftest import Operate, set_places, typed
from tests.operators.scenarios import WITHOUT_SHRINKING, Look, Market, looks


def refresh_all(root: Path) -> None:
    """What one run of the graph leaves, gold included."""
    refresh(root)
    refresh_market_daily(lake_at(root))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(life=looks)
def test_after_any_life_the_rebuilt_tables_are_the_live_ones(life: list[Look]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder)
        set_places(root, patch)
        market = Market(root)
        for look in life:
            market.deliver(look)
            if look.refresh:
                refresh_all(root)
        refresh_all(root)
        answer = typed("replay")
        assert answer.code == 0, answer.out
        assert answer.out.count("same  ") == 5
        patch.chdir("/")


def three_days(root: Path) -> None:
    homes = [listing(f"h{n}", list_price=100 + n, city="Lund", offer="sale") for n in range(4)]
    for run_seq, items in enumerate([homes, homes[:3], homes[:3]], start=1):
        deliver(root, items, run_seq=run_seq)
        refresh_all(root)


@pytest.mark.fault("F37", "foreign commit")
def test_a_row_that_no_feed_explains_is_named(tmp_path: Path, operate: Operate) -> None:
    three_days(tmp_path)
    rows = lake_at(tmp_path).read(LISTINGS)
    other = pl.when(pl.col("listing_key") == "h1").then(pl.lit("Ystad")).otherwise("city")
    write_deltalake(lake_at(tmp_path).open(LISTINGS), rows.with_columns(city=other), mode="overwrite")
    answer = operate("replay")
    assert answer.code == 5
    assert "DIFFERENT  silver/listings:" in answer.out
    assert "1 keys differ:\n  town/h1\n" in answer.out
    assert "same       silver/listing_history" in answer.out


def test_a_feed_that_came_too_late_is_no_difference(tmp_path: Path, operate: Operate) -> None:
    homes = [listing("h1"), listing("h2")]
    deliver(tmp_path, homes, run_seq=2)
    refresh_all(tmp_path)
    deliver(tmp_path, homes[:1], run_seq=1)
    deliver(tmp_path, homes[:1], run_seq=3)
    refresh_all(tmp_path)
    assert operate("replay").code == 0


def test_waiting_feeds_are_left_waiting(tmp_path: Path, operate: Operate) -> None:
    three_days(tmp_path)
    before = contents(tmp_path)
    deliver(tmp_path, [listing("new")], run_seq=4)
    assert operate("replay").code == 0
    assert contents(tmp_path) == before


def test_the_rebuilt_lake_is_kept_where_it_is_wanted(tmp_path: Path, operate: Operate) -> None:
    three_days(tmp_path)
    assert operate("replay", "--into", str(tmp_path / "again")).code == 0
    assert pl.read_delta(str(tmp_path / "again/silver/listings")).height == 4


def test_a_lost_lake_is_made_anew_from_all_feeds(tmp_path: Path, operate: Operate) -> None:
    three_days(tmp_path)
    deliver(tmp_path, [listing("x")], run_seq=1, scope="other", at=day(1.5))
    refresh_all(tmp_path)
    before = contents(tmp_path)
    (tmp_path / "lake").rename(tmp_path / "broken")
    assert operate("replay", "--all-feeds", "--into", str(tmp_path / "new")).code == 0
    (tmp_path / "new").rename(tmp_path / "lake")
    assert contents(tmp_path) == before
    assert not refresh(tmp_path), "nothing is applied a second time"


@pytest.mark.parametrize("into", ["lake", "lake/below", "landing", ".", "full"])
def test_a_place_in_use_is_refused(tmp_path: Path, operate: Operate, into: str) -> None:
    three_days(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("mine")
    before = contents(tmp_path)
    assert operate("replay", "--into", str(tmp_path / into)).code == 2
    assert contents(tmp_path) == before


def test_a_lost_feed_is_named(tmp_path: Path, operate: Operate) -> None:
    three_days(tmp_path)
    next((tmp_path / "landing").rglob("run=*-000002/manifest.json")).unlink()
    answer = operate("replay")
    assert answer.code == 5
    assert "town/all run 2" in answer.err


def test_a_dry_run_names_the_feeds_in_order(tmp_path: Path, operate: Operate) -> None:
    three_days(tmp_path)
    answer = operate("replay", "--dry-run")
    assert [line.split()[-1] for line in answer.out.splitlines()[1:]] == ["1", "2", "3"]


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.none() | st.text(max_size=3), st.none() | st.lists(st.text(max_size=2))),
    max_size=6,
)
SCHEMA = {"k": pl.String(), "t": pl.String(), "l": pl.List(pl.String())}


@given(ROWS, ROWS, st.randoms())
def test_digests_are_equal_exactly_when_the_rows_are(left, right, random) -> None:
    frames = [pl.DataFrame(rows, schema=SCHEMA, orient="row") for rows in (left, right)]
    same = sorted(map(repr, left)) == sorted(map(repr, right))
    assert (digest(frames[0]) == digest(frames[1])) is same
    keys = differing(frames[0], frames[1], ["k"])
    expected = {
        k
        for k in "abc"
        if sorted(map(repr, [r for r in left if r[0] == k])) != sorted(map(repr, [r for r in right if r[0] == k]))
    }
    assert set(keys) == expected
    mixed = list(left)
    random.shuffle(mixed)
    assert digest(pl.DataFrame(mixed, schema=SCHEMA, orient="row")) == digest(frames[0])
