"""`python -m orchestration materialize` as a user runs it: exit codes, plans, signals."""

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import polars as pl
import pytest

from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.resources.lake import Lake
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from tests.crawling import environment
from tests.graph.conftest import CRITERIA, PROJECT
from tests.graph_fixtures.feeds import deliver, listing
from tests.operating import run

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing answers


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "criteria.yaml").write_text(CRITERIA)
    return tmp_path


def listings(folder):
    return Lake(root=str(folder / "lake")).read(LISTINGS)


def test_bad_criteria_are_named_before_anything_runs(folder):
    (folder / "criteria.yaml").write_text(CRITERIA + "  - {id: third, source: demo_market, bedrooms_total: {min: x}}\n")
    ended = run(folder, "orchestration", "materialize")
    assert ended.returncode == ExitCode.BAD_CONFIGURATION
    assert f"{folder}/criteria.yaml: criterion third: key bedrooms_total.min" in ended.stderr
    assert not (folder / "lake").exists()
    assert not (folder / "landing").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "nowhere"], "no criterion nowhere"),
        (["--observed-at", "yesterday"], "'yesterday' is not an ISO 8601"),
    ],
)
def test_words_that_mean_nothing_are_refused_before_anything_runs(folder, words, told):
    ended = run(folder, "orchestration", "materialize", *words)
    assert ended.returncode == ExitCode.BAD_CONFIGURATION
    assert told in ended.stderr
    assert not (folder / "lake").exists()


def test_a_dry_run_says_what_would_be_done_and_does_nothing(folder):
    deliver(folder, [listing("a")], run_seq=1)
    ended = run(folder, "orchestration", "materialize", "--dry-run", "--only", "rentals")
    assert ended.returncode == 0
    assert "would crawl 1: rentals (demo_market)" in ended.stdout
    assert "would apply 1 waiting feeds" in ended.stdout
    assert "town/all run 1" in ended.stdout
    assert not (folder / "lake").exists()
    assert not (folder / "dagster").exists()


@pytest.mark.fault("F43", "CronJob twice")
def test_a_second_run_of_the_same_home_is_told_that_it_is_busy(folder):
    (folder / "dagster").mkdir()
    with (folder / "dagster" / "materialize.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = run(folder, "orchestration", "materialize", "--no-crawl")
    assert ended.returncode == ExitCode.BUSY
    assert "another materialization is at work" in ended.stderr


def test_no_feeds_at_all_are_no_failure(folder):
    ended = run(folder, "orchestration", "materialize", "--no-crawl")
    assert ended.returncode == 0, ended.stderr
    assert (folder / "reports" / "data_exploration.html").exists()


def test_a_damaged_feed_fails_the_run_while_the_other_scopes_go_on_and_the_repair_is_enough(folder):
    good = deliver(folder, [listing("a")], run_seq=1, scope="good")
    bad = deliver(folder, [listing("b")], run_seq=1, scope="bad")
    part = (folder / "landing" / bad.key).with_name("part-00001.jsonl.gz")
    whole = part.read_bytes()
    part.write_bytes(gzip.compress(b"{}\n"))
    ended = run(folder, "orchestration", "materialize", "--no-crawl")
    assert ended.returncode == ExitCode.FAILED
    assert "check feeds_whole of staged_changes: failed" in ended.stderr
    assert "scope=bad" in ended.stderr
    assert good.scope not in [line for line in ended.stderr.splitlines() if "sha256" in line]
    assert listings(folder)["listing_key"].to_list() == ["a"]
    part.write_bytes(whole)
    ended = run(folder, "orchestration", "materialize", "--no-crawl")
    assert ended.returncode == 0, ended.stderr
    assert sorted(listings(folder)["listing_key"]) == ["a", "b"]


def test_a_crawl_that_reached_nothing_is_partial_and_removes_nothing(folder):
    deliver(folder, [listing("a")], run_seq=1)
    ended = run(folder, "orchestration", "materialize", "--only", "rentals", REALESTATE_DEMO_MARKET_URL=NOBODY)
    assert ended.returncode == ExitCode.PARTIAL, ended.stderr
    feeds = Lake(root=str(folder / "lake")).read(FEEDS).filter(pl.col("scope") == "rentals")
    assert feeds["complete"].to_list() == [False]
    assert "rentals" in ended.stderr
    assert "rentals #1: not complete, so nothing is missing: " in ended.stderr
    assert "everything" not in ended.stderr


@contextmanager
def a_market_that_never_answers():
    """Takes searches and keeps them waiting until it is told to hang up; counts them."""
    asked, ended = threading.Semaphore(0), threading.Event()

    class Silent(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path.startswith("/search"):
                asked.release()
                ended.wait(60)
            else:
                self.send_error(404)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked, ended
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


def children(pid):
    told = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in told.stdout.split()]


def alive(pid):
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(told.strip()) and not told.startswith("Z")


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGTERM, marks=pytest.mark.fault("F43", "SIGTERM")), signal.SIGINT]
)
def test_a_signal_stops_the_crawls_which_seal_their_feeds_as_incomplete(folder, number):
    with a_market_that_never_answers() as (address, asked, hang_up):
        env = environment(folder) | {"REALESTATE_DEMO_MARKET_URL": address}
        command = [sys.executable, "-m", "orchestration", "materialize"]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, cwd=PROJECT, env=env, start_new_session=True, **silent) as job:
            try:
                assert asked.acquire(timeout=60)
                assert asked.acquire(timeout=60)
                crawls = children(job.pid)
                assert len(crawls) >= 2
                os.killpg(job.pid, number)  # as a terminal does
                hang_up.wait(1)
                hang_up.set()
                job.wait(100)
            finally:
                job.kill()
        assert job.returncode not in (0, None)
        assert not any(alive(pid) for pid in crawls)
    manifests = [json.loads(path.read_text()) for path in (folder / "landing").rglob("manifest.json")]
    assert {(told["scope"], told["complete"]) for told in manifests} == {("everything", False), ("rentals", False)}


MULTIPROCESS = """
import sys
import dagster as dg
from orchestration.automation import REFRESH
from orchestration.definitions import defs
from orchestration.home import instance

def refresh_job():
    return defs.resolve_job_def(REFRESH)

if __name__ == "__main__":
    with instance() as found:
        result = dg.execute_job(dg.reconstructable(refresh_job), instance=found)
        assert result.success
        checks = [check for check in result.get_asset_check_evaluations() if not check.passed]
        sys.exit(bool(checks))
"""


def test_the_executor_of_dagster_dev_does_the_same_with_a_process_for_each_step(folder):
    (folder / "many_processes.py").write_text(MULTIPROCESS)
    with Portal(Market(11, 60), day=1, port=0) as portal:
        env = environment(folder) | {
            "REALESTATE_DEMO_MARKET_URL": portal.url.rstrip("/"),
            "PYTHONPATH": f"{PROJECT}:{folder}",
        }
        ended = subprocess.run(
            [sys.executable, str(folder / "many_processes.py")],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr[-3000:]
    keys = {advert.key for advert in Market(11, 60).adverts(1)}
    assert set(listings(folder)["listing_key"]) == keys
    assert (folder / "reports" / "data_exploration.html").exists()
