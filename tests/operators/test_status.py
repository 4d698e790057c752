"""`status` tells per scope what the tables and the landing zone say."""

import json
from pathlib import Path

from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh
from tests.operators.conftest import Operate

HOMES = [listing(f"h{n}", list_price=1000 + n) for n in range(5)]


def told(operate: Operate) -> dict[str, dict]:
    return {row["scope"]: row for row in json.loads(operate("status", "--format", "json").out)}


def test_nothing_anywhere_is_said(operate: Operate) -> None:
    answer = operate("status")
    assert answer.code == 0
    assert "no feed" in answer.out


def test_runs_and_listings_of_each_scope(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, HOMES, run_seq=1, quarantined=2)
    deliver(tmp_path, HOMES[:3], run_seq=2)
    deliver(tmp_path, HOMES[:1], run_seq=3, complete=False)
    deliver(tmp_path, HOMES[:2], run_seq=1, scope="few")
    refresh(tmp_path)
    found = told(operate)
    assert set(found) == {"all", "few"}
    row = found["all"]
    assert row["last_run"].endswith("-000003")
    assert row["last_run_complete"] is False
    assert row["last_complete_run"].endswith("-000002")
    assert (row["present"], row["missing"], row["held"], row["waiting"]) == (3, 2, 0, 0)
    assert row["damaged"] is None
    assert found["few"]["present"] == 2


def test_age_is_that_of_the_last_complete_observation(tmp_path: Path, operate: Operate) -> None:
    import datetime as dt

    at = dt.datetime.now(dt.UTC) - dt.timedelta(hours=5)
    deliver(tmp_path, HOMES, run_seq=1, at=at)
    deliver(tmp_path, HOMES, run_seq=2, at=at + dt.timedelta(hours=4), complete=False)
    refresh(tmp_path)
    assert 4.9 <= told(operate)["all"]["age_hours"] <= 5.2


def test_held_removals_are_counted_and_the_way_out_is_named(tmp_path: Path, operate: Operate) -> None:
    many = [listing(f"m{n}") for n in range(30)]
    for run_seq, items in enumerate([many, many[:5], many[:5]], start=1):
        deliver(tmp_path, items, run_seq=run_seq)
    refresh(tmp_path)
    assert told(operate)["all"]["held"] == 25
    assert "25 removals; `accept town/all --dry-run` shows them" in operate("status").out


def test_a_waiting_feed_is_counted_without_being_applied(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, HOMES, run_seq=1)
    refresh(tmp_path)
    deliver(tmp_path, HOMES, run_seq=2, quarantined=4)
    row = told(operate)["all"]
    assert (row["waiting"], row["quarantined"]) == (1, 4)
    assert row["last_run"].endswith("-000002")


def test_a_damaged_feed_is_named_and_fails(tmp_path: Path, operate: Operate) -> None:
    ref = deliver(tmp_path, HOMES, run_seq=1)
    part = tmp_path / "landing" / ref.key.replace("manifest.json", "part-00001.jsonl.gz")
    part.write_bytes(part.read_bytes()[:-4])
    answer = operate("status")
    assert answer.code == 5
    assert "part-00001.jsonl.gz" in answer.out


def test_an_unreadable_manifest_is_a_damaged_feed(tmp_path: Path, operate: Operate) -> None:
    ref = deliver(tmp_path, HOMES, run_seq=1)
    deliver(tmp_path, HOMES, run_seq=2)
    (tmp_path / "landing" / ref.key).write_text("{")
    row = told(operate)["all"]
    assert row["waiting"] == 2
    assert ref.key in row["damaged"]
