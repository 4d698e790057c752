"""Runs of a scope are numbered without gaps or twins, whoever starts them and whatever the clocks say."""

import datetime
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from realestate_crawler.contracts.feed import claim_key, run_prefix, scope_prefix
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.runs import BusyError, claim_run

NOW = datetime.datetime(2026, 7, 1, 6, tzinfo=datetime.UTC)
CLAIM = """
import datetime, sys, time
from pathlib import Path
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.runs import BusyError, claim_run
store = LocalStore(Path(sys.argv[1]))
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)
try:
    print(claim_run(store, "s", "c", datetime.datetime.now(datetime.UTC)).run_seq)
except BusyError as error:
    print("busy")
if len(sys.argv) > 3:
    time.sleep(30)
"""


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "landing")


def finished(store, run):
    store.put_if_absent(run.prefix + "manifest.json", b"{}")


def test_numbers_follow_each_other_although_the_clock_goes_back(store):
    runs = []
    for hours in (0, -5, 3):
        runs.append(claim_run(store, "s", "c", NOW + datetime.timedelta(hours=hours)))
        finished(store, runs[-1])
    assert [run.run_seq for run in runs] == [1, 2, 3]
    assert [run.run_id for run in runs] == [
        "20260701T060000Z-000001",
        "20260701T010000Z-000002",
        "20260701T090000Z-000003",
    ]
    assert runs[0].prefix == "feeds/source=s/scope=c/run=20260701T060000Z-000001/"
    assert claim_run(store, "s", "other", NOW).run_seq == 1


def test_threads_of_one_process_get_a_number_each(store):
    runs, start = [], threading.Barrier(8)

    def claim():
        start.wait()
        runs.append(claim_run(store, "s", "c", NOW).run_seq)

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(runs) == list(range(1, 9))


def processes(tmp_path, store, count, *more):
    go = tmp_path / "go"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM, str(store.root), str(go), *more], stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    go.touch()
    return children


@pytest.mark.fault("F29", "same second")
def test_of_processes_that_start_at_once_one_works_and_no_number_is_given_twice(store, tmp_path):
    children = processes(tmp_path, store, 4, "stay")
    told = [child.stdout.readline().strip() for child in children]
    for child in children:
        child.kill()
        child.communicate()
    assert sorted(told) == ["1", "busy", "busy", "busy"]
    assert list(store.keys(f"{scope_prefix('s', 'c')}claims/")) == [claim_key("s", "c", 1)]


def claim_of(store, seq=1):
    return json.loads(store.get(claim_key("s", "c", seq)))


@pytest.mark.fault("F29", "before the first ends")
def test_a_claim_of_a_living_process_is_busy_until_its_manifest_is_there(store, tmp_path):
    (child,) = processes(tmp_path, store, 1, "stay")
    assert child.stdout.readline() == "1\n"
    try:
        with pytest.raises(BusyError, match=rf"scope c of s: run \S+-000001 is at work \(process {child.pid}\)"):
            claim_run(store, "s", "c", NOW)
        store.put_if_absent(run_prefix("s", "c", claim_of(store)["run_id"]) + "manifest.json", b"{}")
        assert claim_run(store, "s", "c", NOW).run_seq == 2
    finally:
        child.kill()
        child.communicate()


def test_a_claim_of_a_dead_process_is_none(store, tmp_path):
    (child,) = processes(tmp_path, store, 1, "stay")
    child.stdout.readline()
    child.kill()
    child.communicate()
    assert claim_run(store, "s", "c", NOW).run_seq == 2


@pytest.mark.fault("F29", "same second")
def test_a_newer_claim_of_another_machine_hides_no_run_that_is_at_work_here(store, tmp_path):
    (child,) = processes(tmp_path, store, 1, "stay")
    assert child.stdout.readline() == "1\n"
    try:
        put_claim_of_another_machine(store, 2)
        with pytest.raises(BusyError, match=rf"run \S+-000001 is at work \(process {child.pid}\)"):
            claim_run(store, "s", "c", NOW)
    finally:
        child.kill()
        child.communicate()
    assert claim_run(store, "s", "c", NOW).run_seq == 3


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to tell processes apart")
def test_another_process_with_the_number_of_a_dead_one_is_not_busy(store, tmp_path):
    """In a container, the crawl has the same small number at each start."""
    (child,) = processes(tmp_path, store, 1, "stay")
    child.stdout.readline()
    told = claim_of(store)
    try:
        store.put_if_absent(claim_key("s", "c", 2), json.dumps({**told, "born": "1"}).encode())
        assert claim_run(store, "s", "c", NOW).run_seq == 3
    finally:
        child.kill()
        child.communicate()


def put_claim_of_another_machine(store, seq):
    claim = {"run_id": "x", "host": "elsewhere", "pid": 1, "claimed_at": NOW.isoformat()}
    store.put_if_absent(claim_key("s", "c", seq), json.dumps(claim).encode())


def test_a_claim_of_another_machine_is_not_ours_to_judge(store):
    put_claim_of_another_machine(store, 7)
    assert claim_run(store, "s", "c", NOW).run_seq == 8


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b"{}", b'{"host": 1}'])
def test_a_damaged_claim_counts_as_a_number_that_is_taken(store, damaged):
    store.put_if_absent(claim_key("s", "c", 4), damaged)
    assert claim_run(store, "s", "c", NOW).run_seq == 5
