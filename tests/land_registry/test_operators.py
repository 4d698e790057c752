"""`status`, `doctor` and `replay` know sales as well as listings."""

import json
import shutil

import polars as pl
import pytest
from deltalake import write_deltalake

from tests.land_registry.files import crawl, record, write
from tests.operating import run


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A full file of thirty sales, a monthly file, and one that waits."""
    tmp_path = tmp_path_factory.mktemp("register")
    full = write(tmp_path / "full.csv", [record(n) for n in range(30)])
    month = write(tmp_path / "m1.csv", [record(3, "C", price=1), record(5, "D"), record(40, "A")])
    for path, file, scope, day in ((full, "full", "all", 1), (month, "changes", "monthly", 2)):
        assert crawl(tmp_path, path, file, scope, "-a", f"observed_at=2026-01-0{day}T00:00:00Z").returncode == 0
    assert run(tmp_path, "orchestration", "materialize", "--no-crawl").returncode == 0
    assert crawl(tmp_path, month, "changes", "monthly", "-a", "observed_at=2026-01-03T00:00:00Z").returncode == 0
    return tmp_path


@pytest.fixture
def register(built, tmp_path):
    """That register, a test's own."""
    return shutil.copytree(built, tmp_path / "register")


def test_status_tells_of_the_files_of_each_scope(register):
    told = json.loads(run(register, "orchestration", "status", "--format", "json").stdout)
    found = {row["scope"]: row for row in told}
    assert {row["item"] for row in told} == {"sale"}
    assert (found["all"]["present"], found["all"]["waiting"], found["all"]["last_run_complete"]) == (29, 0, True)
    assert (found["monthly"]["waiting"], found["monthly"]["damaged"]) == (1, None)
    assert found["monthly"]["last_run"].endswith("-000002")
    assert "sale" in run(register, "orchestration", "status").stdout


def test_a_damaged_file_is_named_by_status_and_doctor(register):
    part = next((register / "landing" / "sale_feeds").rglob("run=*-000002/part-00001.jsonl.gz"))
    part.write_bytes(part.read_bytes()[:-4])
    ended = run(register, "orchestration", "status")
    assert ended.returncode == 5
    assert "part-00001.jsonl.gz" in ended.stdout
    ended = run(register, "orchestration", "doctor", "--deep")
    assert ended.returncode == 5
    assert "part-00001.jsonl.gz" in ended.stdout


def test_doctor_checks_the_tables_of_sales(register):
    ended = run(register, "orchestration", "doctor", "--deep")
    assert ended.returncode == 0, ended.stdout
    assert "silver/sale_changes" in ended.stdout
    sales = pl.read_delta(str(register / "lake/silver/sales"))
    write_deltalake(str(register / "lake/silver/sales"), pl.concat([sales, sales.head(1)]), mode="overwrite")
    ended = run(register, "orchestration", "doctor")
    assert ended.returncode == 5
    assert "2 sales share their key with another" in ended.stdout


def test_replay_rebuilds_sales_and_names_what_is_not_what_the_files_say(register):
    ended = run(register, "orchestration", "replay")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "same       silver/sales: 31 rows" in ended.stdout
    sales = pl.read_delta(str(register / "lake/silver/sales"))
    wrong = sales.with_columns(close_price=pl.col("close_price") + (pl.col("close_price") == 1).cast(pl.Int32))
    write_deltalake(str(register / "lake/silver/sales"), wrong.cast(sales.schema), mode="overwrite")
    ended = run(register, "orchestration", "replay")
    assert ended.returncode == 5
    assert "DIFFERENT  silver/sales" in ended.stdout


def test_replay_of_all_feeds_brings_sales_as_well(register):
    ended = run(register, "orchestration", "replay", "--all-feeds", "--into", str(register / "anew"))
    assert ended.returncode == 0, ended.stderr
    assert pl.read_delta(str(register / "anew/silver/sales")).height == 31
    assert pl.read_delta(str(register / "anew/silver/sale_feeds")).height == 3
