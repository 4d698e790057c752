"""`doctor` says all is well when it is, and names what is not."""

import datetime as dt
import gzip
import json
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import marked
from tests.graph_fixtures.feeds import day, deliver, listing
from tests.graph_fixtures.tables import lake_at, merge_all, refresh, stage_all
from tests.operators.conftest import Operate

HOMES = [listing(f"h{n}", list_price=1000 + n) for n in range(6)]


@pytest.fixture
def well(tmp_path: Path) -> Path:
    """Three feeds, applied one by one; a removal among them."""
    for run_seq, items in enumerate([HOMES, HOMES[:5], HOMES[:5]], start=1):
        deliver(tmp_path, items, run_seq=run_seq)
        refresh(tmp_path)
    return tmp_path


def log(root: Path, version: int) -> Path:
    return root / "lake/silver/listings/_delta_log" / f"{version:020d}.json"


def newest(root: Path) -> int:
    return lake_at(root).version(LISTINGS)


def test_a_healthy_place_is_well_also_when_read_deeply(well: Path, operate: Operate) -> None:
    for words in ([], ["--deep"]):
        answer = operate("doctor", *words)
        assert answer.code == 0, answer.out
        assert answer.out.endswith("all is well\n")
        assert "silver/listings" in answer.out
    assert operate("doctor", "--quiet").out == "all is well\n"


def test_tables_of_a_run_that_died_are_behind_and_no_problem(well: Path, operate: Operate) -> None:
    deliver(well, HOMES[:4], run_seq=4)
    merge_all(well, stage_all(well))  # and there it died
    answer = operate("doctor")
    assert answer.code == 0, answer.out
    assert "behind silver/listings" in answer.out
    assert "--no-crawl" in answer.out
    refresh(well)
    assert "behind" not in operate("doctor").out


def test_an_empty_place_is_well(tmp_path: Path, operate: Operate) -> None:
    answer = operate("doctor")
    assert answer.code == 0, answer.out
    assert not (tmp_path / "lake").exists()


@pytest.mark.fault("F40", "log cleaned up")
def test_a_whole_log_after_compaction_and_checkpoint_is_well(well: Path, operate: Operate) -> None:
    table = lake_at(well).open(LISTINGS)
    table.optimize.compact()
    table = lake_at(well).open(LISTINGS)
    table.create_checkpoint()
    table.vacuum(0, dry_run=False, enforce_retention_duration=False)
    for version in range(2):  # as log clean-up does
        log(well, version).unlink()
    assert operate("doctor").code == 0


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("zero", marks=pytest.mark.fault("F37", "empty commit")),
        pytest.param("cut", marks=pytest.mark.fault("F37", "half commit")),
        pytest.param("gap", marks=pytest.mark.fault("F37", "gap")),
        pytest.param("parquet", marks=pytest.mark.fault("F37", "data file absent")),
    ],
)
def test_a_damaged_log_is_named_with_its_last_good_version(well: Path, operate: Operate, damage: str) -> None:
    last = newest(well)
    good = last - 1
    if damage == "zero":
        log(well, last).write_bytes(b"")
    elif damage == "cut":
        log(well, last).write_bytes(log(well, last).read_bytes()[:-20])
    elif damage == "gap":
        log(well, last - 1).unlink()
        good = last - 2
    else:
        now = set(DeltaTable(str(well / "lake/silver/listings")).file_uris())
        before = set(DeltaTable(str(well / "lake/silver/listings"), version=good).file_uris())
        Path(next(iter(now - before))).unlink()
    answer = operate("doctor")
    assert answer.code == 5
    assert f"PROBLEM   silver/listings: the last good version is: version {good};" in answer.out


@pytest.mark.fault("F37", "bad checkpoint")
def test_a_bad_checkpoint_is_named(well: Path, operate: Operate) -> None:
    lake_at(well).open(LISTINGS).create_checkpoint()
    checkpoint = next((well / "lake/silver/listings/_delta_log").glob("*.checkpoint.parquet"))
    checkpoint.write_bytes(b"PAR1 not really")
    answer = operate("doctor")
    assert answer.code == 5
    assert "checkpoint.parquet cannot be read" in answer.out
    assert f"the last good version is: version {newest_of_log(well)}" in answer.out


def newest_of_log(root: Path) -> int:
    return max(int(path.stem) for path in (root / "lake/silver/listings/_delta_log").glob("0*[0-9].json"))


@pytest.mark.fault("F37", "bit flipped")
def test_a_damaged_data_file_is_found_when_read_deeply(well: Path, operate: Operate) -> None:
    file = Path(DeltaTable(str(well / "lake/silver/listing_changes")).file_uris()[0])
    data = bytearray(file.read_bytes())
    data[4 : len(data) // 2] = b"\xff" * (len(data) // 2 - 4)
    file.write_bytes(bytes(data))
    assert operate("doctor", "--deep").code == 5


def test_a_column_of_another_type_is_refused(well: Path, operate: Operate) -> None:
    rows = lake_at(well).read(FEEDS).with_columns(pl.col("items").cast(pl.String))
    write_deltalake(str(well / "lake/silver/feeds"), rows, mode="overwrite", schema_mode="overwrite")
    answer = operate("doctor")
    assert answer.code == 5
    assert "items is String" in answer.out


def test_a_feed_that_lost_a_part_is_named(well: Path, operate: Operate) -> None:
    part = next((well / "landing").rglob("part-00001.jsonl.gz"))
    part.unlink()
    answer = operate("doctor")
    assert answer.code == 5
    assert "part-00001.jsonl.gz: is not there" in answer.out


def test_a_feed_that_was_altered_is_found_when_read_deeply(well: Path, operate: Operate) -> None:
    part = next((well / "landing").rglob("part-00001.jsonl.gz"))
    part.write_bytes(gzip.compress(gzip.decompress(part.read_bytes()).replace(b"1000", b"1001")))
    assert operate("doctor").code == 0
    answer = operate("doctor", "--deep")
    assert answer.code == 5
    assert "its manifest says" in answer.out


def test_an_applied_feed_that_is_gone_is_named(well: Path, operate: Operate) -> None:
    next((well / "landing").rglob("run=*-000002/manifest.json")).unlink()
    answer = operate("doctor")
    assert answer.code == 5
    assert "applied, but not in the landing zone: town/all run 2" in answer.out


def overwritten(root: Path, table, rows: pl.DataFrame) -> None:
    write_deltalake(lake_at(root).open(table), rows, mode="overwrite", commit_properties=marked("test"))


@pytest.mark.parametrize("breach", ["twice", "event", "proof", "key", "future", "presence", "history"])
def test_a_broken_invariant_is_named(well: Path, operate: Operate, breach: str) -> None:
    lake = lake_at(well)
    listings, feeds, changes = lake.read(LISTINGS), lake.read(FEEDS), lake.read(LISTING_CHANGES)
    first = pl.col("listing_key") == "h0"
    if breach == "twice":
        overwritten(well, FEEDS, pl.concat([feeds, feeds.head(1)]))
        named = "more than one row in feeds"
    elif breach == "event":
        overwritten(well, LISTING_CHANGES, pl.concat([changes, changes.head(1)]))
        named = "1 events stand more than once"
    elif breach == "proof":
        wrong = pl.when(pl.col("run_seq") == 3).then(pl.lit(value=False)).otherwise("complete")
        overwritten(well, FEEDS, feeds.with_columns(complete=wrong))
        named = "town/h5: removed by run"
    elif breach == "key":
        overwritten(well, LISTINGS, pl.concat([listings, listings.filter(first)]))
        named = "2 rows share their key"
    elif breach == "future":
        ahead = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        overwritten(well, LISTINGS, listings.with_columns(last_seen_at=pl.lit(ahead)))
        named = "6 rows were last seen in the future"
    elif breach == "presence":
        gone = pl.when(first).then(pl.lit(day(1))).otherwise("removed_at")
        overwritten(well, LISTINGS, listings.with_columns(removed_at=gone))
        named = "1 rows have a removal date that does not fit"
    else:
        overwritten(well, LISTINGS, listings.filter(~first))
        named = "1 listings have a current version and are not active"
    answer = operate("doctor")
    assert answer.code == 5
    assert named in answer.out


def test_a_broken_criteria_file_stops_the_check_up(tmp_path: Path, operate: Operate) -> None:
    (tmp_path / "criteria.yaml").write_text("criteria: [{id: x}]")
    answer = operate("doctor")
    assert answer.code == 5
    assert "criteria.yaml" in answer.out


def test_a_landing_zone_that_is_a_file_is_named(tmp_path: Path, operate: Operate) -> None:
    (tmp_path / "landing").write_text("not a folder")
    answer = operate("doctor")
    assert answer.code == 5
    assert "landing" in answer.out


def test_a_machine_can_read_it(well: Path, operate: Operate) -> None:
    answer = operate("doctor", "--format", "json")
    told = json.loads(answer.out)
    assert (answer.code, told["well"], told["problems"]) == (0, True, 0)
    assert {"ok"} <= {finding["level"] for finding in told["findings"]}
    (well / "lake/silver/listings/_delta_log/00000000000000000000.json").write_text("{")
    answer = operate("doctor", "--format", "json", "--quiet")
    told = json.loads(answer.out)
    problems = [finding for finding in told["findings"] if finding["level"] == "problem"]
    assert (answer.code, told["well"], told["problems"]) == (5, False, len(problems))
    assert any("silver/listings" in finding["what"] + finding["told"] for finding in problems)
