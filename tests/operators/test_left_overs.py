"""What dead runs leave is found, and removed only where it is certainly dead."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from orchestration.resources import staging
from realestate_crawler.contracts.feed import claim_key, part_name, run_prefix
from realestate_crawler.landing.opening import open_store
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh
from tests.operators.conftest import Operate

LONG_AGO = 1_600_000_000


@pytest.fixture
def dead_process() -> int:
    """A process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def begun(root: Path, *, pid: int, host: str = "", run_seq: int = 1, born: str = "") -> tuple[Path, Path]:
    """A run that claimed its number, delivered one part and has another in the spool; both paths."""
    run_id = f"20260301T060000Z-{run_seq:06d}"
    store = open_store(str(root / "landing"))
    claim = {"run_id": run_id, "host": host or socket.gethostname(), "pid": pid, "claimed_at": "2026-03-01T06:00:00Z"}
    claim["born"] = born
    assert store.put_if_absent(claim_key("town", "all", run_seq), json.dumps(claim).encode())
    spool = root / "spool/town/all" / run_id
    spool.mkdir(parents=True)
    (spool / part_name(2)).write_bytes(b"half a part")
    key = run_prefix("town", "all", run_id) + part_name(1)
    store.put_file(key, spool / part_name(2))
    return root / "landing" / key, spool


def test_what_a_killed_run_left_is_found_and_removed(tmp_path: Path, operate: Operate, dead_process: int) -> None:
    part, spool = begun(tmp_path, pid=dead_process)
    answer = operate("doctor")
    assert answer.code == 0
    assert "2 left-overs" in answer.out
    assert part.exists()
    assert spool.exists()
    told = json.loads(operate("doctor", "--clean", "--format", "json").out)
    assert [each["removed"] for each in told["findings"] if each["level"] == "left_over"] == [True, True]
    assert not part.exists()
    assert not spool.exists()
    assert (tmp_path / "landing" / claim_key("town", "all", 1)).exists(), "its number stays taken"
    assert "left-over" not in operate("doctor").out


@pytest.mark.parametrize("damaged", [b"", b"[]", b"{}", b'{"run_id": "x", "host": "y", "pid": 1}'])
def test_a_damaged_claim_is_told(tmp_path: Path, operate: Operate, damaged: bytes) -> None:
    store = open_store(str(tmp_path / "landing"))
    store.put_if_absent(claim_key("town", "all", 1), damaged)
    answer = operate("doctor")
    assert answer.code == 0
    assert f"{claim_key('town', 'all', 1)}: damaged" in answer.out


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_run_that_may_be_alive_is_left_alone(tmp_path: Path, operate: Operate, where: str) -> None:
    part, spool = begun(tmp_path, pid=os.getpid(), host="" if where == "here" else "another-machine")
    answer = operate("doctor", "--clean")
    assert "run without manifest" in answer.out
    assert part.exists()
    assert spool.exists()


def test_a_run_whose_number_another_process_has_by_now_is_dead(tmp_path: Path, operate: Operate) -> None:
    part, spool = begun(tmp_path, pid=os.getpid(), born="some-other-boot 1")
    assert operate("doctor", "--clean").code == 0
    assert not part.exists()
    assert not spool.exists()


def test_a_sealed_run_waits_for_delivery_and_is_not_touched(tmp_path: Path, operate: Operate, dead_process) -> None:
    ref = deliver(tmp_path, [listing("h")], run_seq=1)
    manifest = (tmp_path / "landing" / ref.key).read_bytes()
    (tmp_path / "landing" / ref.key).unlink()
    run_id = ref.key.split("run=")[1].split("/")[0]
    claim = {"run_id": run_id, "host": socket.gethostname(), "pid": dead_process, "claimed_at": "x"}
    open_store(str(tmp_path / "landing")).put_if_absent(claim_key("town", "all", 1), json.dumps(claim).encode())
    spool = tmp_path / "spool/town/all" / run_id
    spool.mkdir(parents=True, exist_ok=True)
    (spool / "manifest.json").write_bytes(manifest)
    answer = operate("doctor", "--clean")
    assert answer.code == 5
    assert "scrapy deliver" in answer.out
    assert (spool / "manifest.json").exists()
    assert list((tmp_path / "landing").rglob("part-*"))


def test_a_spool_of_another_landing_zone_is_left_alone(tmp_path: Path, operate: Operate) -> None:
    folder = tmp_path / "spool/town/all/20260301T060000Z-000001"
    folder.mkdir(parents=True)
    operate("doctor", "--clean")
    assert folder.exists()


def test_old_temporary_files_go_and_young_ones_stay(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [listing("h")], run_seq=1)
    old, young = tmp_path / "landing/feeds/.tmp-old", tmp_path / "landing/feeds/.tmp-young"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (LONG_AGO, LONG_AGO))
    assert operate("doctor", "--clean").code == 0
    assert not old.exists()
    assert young.exists()


def test_what_a_writer_of_the_tables_had_half_written_goes_when_it_is_old(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [listing("h")], run_seq=1)
    refresh(tmp_path)
    table = tmp_path / "lake/silver/listing_history"
    old, young = table / "is_current=true/part-1.parquet#1", table / "part-2.parquet#2"
    known = table / "_delta_log/#.txt"
    for path in (old, young, known):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    for path in (old, known):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert "temporary file" in operate("doctor").out
    assert operate("doctor", "--clean").code == 0
    assert not old.exists()
    assert young.exists()
    assert known.exists()


def test_rows_that_a_run_staged_before_it_died_go_when_they_are_old(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [listing("h")], run_seq=1)
    refresh(tmp_path)
    young = tmp_path / "lake" / staging.write(str(tmp_path / "lake"), "town", "all", pl.DataFrame({"a": [1]}))
    old = young.with_name("20260301T060000Z-0123abcd.parquet")
    old.write_bytes(young.read_bytes())
    assert "staged rows of a dead run" in operate("doctor").out
    assert operate("doctor", "--clean").code == 0
    assert not old.exists()
    assert young.exists()


def test_data_files_that_no_commit_knows_go_when_they_are_old(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [listing("h")], run_seq=1)
    refresh(tmp_path)
    folder = tmp_path / "lake/silver/listings/source=town/is_active=true"
    known = {path: path.read_bytes() for path in folder.glob("*.parquet")}
    old, young = folder / "part-00000-old-c000.snappy.parquet", folder / "part-00000-young-c000.snappy.parquet"
    for path in (old, young):
        path.write_bytes(next(iter(known.values())))
    for path in (old, *known):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert "orphan data file" in operate("doctor").out
    assert operate("doctor", "--clean").code == 0
    assert not old.exists()
    assert young.exists()
    assert all(path.exists() for path in known)
    assert operate("doctor", "--deep").code == 0
