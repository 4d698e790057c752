"""F43: runs of the graph that are killed, and crawls and steps that the kernel ends for want of memory."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.resources.lake import Lake
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from tests.crawling import environment
from tests.graph.conftest import CRITERIA, PROJECT
from tests.graph.test_materialize import MULTIPROCESS, a_market_that_never_answers
from tests.operating import run
from tests.waiting import PATIENCE, until

MARKET = Market(11, 60)
pytestmark = pytest.mark.timeout(900)


def processes(words, among=None):
    """Pids of processes whose command line holds all words; of the children of one process where one is named."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            told = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if all(word in told for word in words) and among in (None, parent):
                found.append(int(path.name))
    return found


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def statuses(home, monkeypatch):
    """Run id → status in Dagster's own history, oldest first."""
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    with dg.DagsterInstance.get() as found:
        return {one.run_id: one.status for one in reversed(found.get_runs())}


def start(folder, *command, **more):
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = environment(folder) | more
    return subprocess.Popen([sys.executable, *command], cwd=PROJECT, env=env, start_new_session=True, **silent)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "criteria.yaml").write_text(CRITERIA)
    return tmp_path


def told_apart(folder):
    """Each feed once, no listing twice."""
    lake = Lake(root=str(folder / "lake"))
    feeds = lake.read(FEEDS)
    assert feeds.select("source", "scope", "run_id").is_unique().all()
    assert lake.read(LISTINGS)["listing_key"].is_unique().all()
    return feeds


@pytest.mark.fault("F43", "SIGKILL", "code server gone")
def test_f43_a_killed_run_does_not_stay_started_and_the_next_one_applies_once(folder, monkeypatch):
    with a_market_that_never_answers() as (address, asked, hang_up):
        job = start(folder, "-m", "orchestration", "materialize", REALESTATE_DEMO_MARKET_URL=address)
        assert asked.acquire(timeout=PATIENCE)
        assert asked.acquire(timeout=PATIENCE)
        crawls = processes(["scrapy", "crawl"], among=job.pid)
        job.kill()
        job.wait()
        ((killed, status),) = statuses(folder / "dagster", monkeypatch).items()
        assert status is dg.DagsterRunStatus.STARTED

        ended_by_the_daemon(folder / "dagster", killed, monkeypatch)

        again = run(folder, "orchestration", "materialize", REALESTATE_DEMO_MARKET_URL=address)
        assert again.returncode == ExitCode.BUSY, again.stderr
        assert f"run {killed[:8]} died before its end: marked as failed" in again.stderr
        assert statuses(folder / "dagster", monkeypatch)[killed] is dg.DagsterRunStatus.FAILURE
        hang_up.set()
        until(lambda: not any(map(alive, crawls)), "the crawls end")
    with Portal(MARKET, day=1, port=0) as portal:
        done = run(folder, "orchestration", "materialize", REALESTATE_DEMO_MARKET_URL=portal.url.rstrip("/"))
    assert done.returncode == ExitCode.COMPLETE, done.stderr
    feeds = told_apart(folder)
    assert feeds.filter(complete=True).height == 2
    assert dg.DagsterRunStatus.STARTED not in statuses(folder / "dagster", monkeypatch).values()


def alive(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def ended_by_the_daemon(home, killed, monkeypatch):
    """A copy of the history under Dagster's daemon, which knows no code server: the run is ended in time."""
    copy = home.with_name("dagster-copy")
    shutil.copytree(home, copy)
    settings = yaml.safe_load((home / "dagster.yaml").read_text())
    assert settings["run_monitoring"]["enabled"]
    settings["run_monitoring"] |= {"max_runtime_seconds": 1, "poll_interval_seconds": 1, "cancel_timeout_seconds": 1}
    (copy / "dagster.yaml").write_text(yaml.safe_dump(settings))
    daemon = subprocess.Popen(
        [str(Path(sys.executable).with_name("dagster-daemon")), "run", "--empty-workspace"],
        cwd=home.parent,
        env={**os.environ, "DAGSTER_HOME": str(copy)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ended = (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    try:
        until(lambda: statuses(copy, monkeypatch)[killed] in ended, "the daemon ends the run")
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)


@pytest.mark.fault("F43", "out of memory")
def test_f43_a_crawl_that_the_kernel_ends_is_a_failure_of_its_own(folder):
    with a_market_that_never_answers() as (address, asked, hang_up), Portal(MARKET, day=1, port=0) as portal:
        (folder / "criteria.yaml").write_text(
            "criteria:\n"
            f"  - {{id: silent, source: demo_market, city: Porto Sereno, options: {{url: '{address}'}}}}\n"
            f"  - {{id: spoken, source: demo_market, offer: rent, options: {{url: '{portal.url.rstrip('/')}'}}}}\n"
        )
        job = start(folder, "-m", "orchestration", "materialize")
        assert asked.acquire(timeout=PATIENCE)
        (crawl,) = processes(["scrapy", "only=silent"], among=job.pid)
        os.kill(crawl, signal.SIGKILL)
        assert job.wait(PATIENCE) == ExitCode.CRASHED
        hang_up.set()
    feeds = told_apart(folder)
    assert feeds["scope"].to_list() == ["spoken"]
    assert set(Lake(root=str(folder / "lake")).read(LISTINGS)["presence"]) == {"present"}


@pytest.mark.fault("F43", "out of memory")
def test_f43_a_step_that_the_kernel_ends_fails_its_run_and_the_next_one_applies_once(folder, monkeypatch):
    (folder / "many_processes.py").write_text(MULTIPROCESS)
    more = {"PYTHONPATH": f"{PROJECT}:{folder}"}
    with a_market_that_never_answers() as (address, asked, hang_up):
        job = start(folder, str(folder / "many_processes.py"), REALESTATE_DEMO_MARKET_URL=address, **more)
        assert asked.acquire(timeout=PATIENCE)
        crawls = until(lambda: processes(["scrapy", "only=everything", str(folder)]), "a crawl")
        step = parent_of(crawls[0])
        assert step != job.pid
        os.kill(step, signal.SIGKILL)
        hang_up.set()
        assert job.wait(PATIENCE) != 0
        until(lambda: not any(map(alive, crawls)), "the crawl that was left ends")
    assert list(statuses(folder / "dagster", monkeypatch).values()) == [dg.DagsterRunStatus.FAILURE]
    with Portal(MARKET, day=1, port=0) as portal:
        done = run(folder, "orchestration", "materialize", REALESTATE_DEMO_MARKET_URL=portal.url.rstrip("/"))
    assert done.returncode == ExitCode.COMPLETE, done.stderr
    assert told_apart(folder).filter(complete=True)["scope"].sort().to_list() == ["everything", "rentals"]
