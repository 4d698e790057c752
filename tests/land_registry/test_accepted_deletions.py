"""A full file that lacks too many sales deletes none of them, until a person says that it is right."""

import json

import polars as pl
import pytest

from tests.land_registry.files import crawl, key, record, write
from tests.operating import run

ALL, LEFT, NEW = 200, 160, range(300, 330)


@pytest.fixture
def register(tmp_path):
    """A full file, then one that lacks forty of its sales, and has others: their deletions are held."""
    deliver(tmp_path, "full", "all", 1, [record(n) for n in range(ALL)])
    deliver(tmp_path, "full", "all", 2, [record(n) for n in (*range(LEFT), *NEW)])
    return tmp_path


def deliver(folder, kind, scope, day, records):
    file = write(folder / f"{scope}-{day}.csv", records)
    done = crawl(folder, file, kind, scope, "-a", f"observed_at=2026-01-{day:02d}T00:00:00Z")
    assert done.returncode == 0, done.stderr
    done = operate(folder, "materialize", "--no-crawl")
    assert done.returncode == 0, done.stdout + done.stderr


def operate(folder, *words):
    return run(folder, "orchestration", *words)


def registered(folder):
    sales = pl.read_delta(str(folder / "lake/silver/sales"))
    return set(sales.filter(pl.col("deleted_at").is_null())["listing_key"])


def keys(*numbers):
    return {key(n) for n in numbers}


def held(folder):
    (told,) = (row for row in json.loads(operate(folder, "status", "--format", "json").stdout) if row["scope"] == "all")
    return told["held"], told["last_run_complete"]


def test_what_is_accepted_is_deleted_once_and_a_replay_agrees(register):
    assert held(register) == (40, True)
    assert "`accept land_registry/all` lets them pass" in operate(register, "status").stdout
    shown = operate(register, "accept", "all", "--dry-run")
    assert shown.returncode == 0
    assert f"land_registry/{key(LEFT)}: sold for 260000.00 on 2025-08-15: 161 ALDER ROAD" in shown.stdout
    assert "40 deletions would be accepted" in shown.stdout
    assert len(registered(register)) == ALL + len(NEW)

    assert operate(register, "accept", "all", "--by", "a clerk").returncode == 0
    assert operate(register, "materialize", "--no-crawl").returncode == 0
    assert registered(register) == keys(*range(LEFT), *NEW)
    assert held(register) == (0, True)
    feeds = pl.read_delta(str(register / "lake/silver/sale_feeds")).sort("run_seq")
    assert feeds.select("records", "absent", "held").rows() == [(ALL, 0, 0), (LEFT + len(NEW), 0, 40), (0, 40, 0)]
    assert feeds["accepts_run"].to_list() == [None, None, feeds["run_id"][1]]
    assert "a clerk" in feeds["reasons"][2][0]
    again = operate(register, "accept", "all")
    assert (again.returncode, again.stderr) == (2, "land_registry/all: no deletions are held\n")
    assert operate(register, "replay").returncode == 0
    assert operate(register, "doctor", "--deep").returncode == 0


def test_what_a_newer_file_says_stands(register):
    deliver(register, "changes", "monthly", 3, [record(170), record(180, "D")])
    assert operate(register, "accept", "all").returncode == 0
    assert operate(register, "materialize", "--no-crawl").returncode == 0
    assert registered(register) == keys(*range(LEFT), *NEW, 170)


def test_the_next_full_file_heals_it(register):
    deliver(register, "full", "all", 3, [record(n) for n in (*range(195), *NEW)])
    assert registered(register) == keys(*range(195), *NEW)
    assert operate(register, "accept", "all").returncode == 2


def test_nothing_else_of_sales_is_held(register):
    refused = operate(register, "accept", "all", "--only", "changes")
    assert (refused.returncode, refused.stderr) == (2, "land_registry/all: of sales, only removals are held\n")
    assert operate(register, "accept-removals", "all", "--dry-run").returncode == 0
    unknown = operate(register, "accept", "nowhere")
    assert (unknown.returncode, unknown.stderr) == (2, "nowhere: no such scope; there are: land_registry/all\n")


def test_while_a_file_waits_nothing_is_accepted(register):
    file = write(register / "later.csv", [record(n) for n in (*range(199), *NEW)])
    assert crawl(register, file, "full", "all", "-a", "observed_at=2026-01-04T00:00:00Z").returncode == 0
    refused = operate(register, "accept", "all")
    assert refused.returncode == 2
    assert "files wait; `materialize --no-crawl` first" in refused.stderr
