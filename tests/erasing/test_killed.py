"""Killed at any point, the same command goes on and comes to the same end; so does a fault of a store."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import orchestration.operations.erasing.carry_out as steps
from orchestration.alone import alone
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.runs import claim_run
from tests.erasing.town import EMAIL, KEY, NAME, PHONE, URL, canary, home
from tests.graph_fixtures.feeds import SOURCE, day, deliver
from tests.graph_fixtures.tables import contents
from tests.operators.test_replay import refresh_all
from tests.traces import traces

WORDS = ["erase", "--listing", SOURCE, KEY, "--person", NAME, "--person", PHONE, "--person", EMAIL, "--yes"]
CANARIES = (KEY, URL, NAME, "Canarov", PHONE, "911987654", EMAIL)
PROJECT = Path(__file__).resolve().parents[2]


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def ended(operate, root):
    """It is done: nothing is left, every check is green; what the tables say."""
    answer = operate(*WORDS)
    assert answer.code == 0, answer.out + answer.err
    assert traces(root, *CANARIES) == {}
    assert operate("replay").code == 0, operate("replay").out
    assert operate("doctor", "--deep").code == 0, operate("doctor", "--deep").out
    assert "NOT FINISHED" not in operate("erase", "--list").out
    return contents(root)


POINTS = [
    ("", "begin"),
    ("", "_catch_up"),
    ("", "search"),
    ("tables", "erase_rows"),
    ("", "remember_decisions"),
    ("", "erase_lines"),
    ("", "recount"),
    ("", "recompute_market_daily"),
    ("leavings", "clear"),
    ("served", "report_anew"),
    ("tables", "forget_versions"),
    ("served", "serve_anew"),
    ("", "finish"),
]


def few(points):
    """Every fourth is tried always, the others where there is time."""
    return [pytest.param(*of, marks=() if number % 4 == 1 else pytest.mark.slow) for number, of in enumerate(points)]


@pytest.mark.parametrize(("module", "name"), few(POINTS))
def test_killed_before_a_step_it_goes_on(root, operate, monkeypatch, module, name):
    place = getattr(steps, module) if module else steps

    def killed(*_words, **_more):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(place, name, killed)
        with pytest.raises(Killed):
            operate(*WORDS)
    if name != "begin":
        assert "NOT FINISHED" in operate("erase", "--list").out
        assert "not finished; call the same erase again" in operate("doctor").out
    ended(operate, root)


@pytest.mark.parametrize("number", [2, pytest.param(7, marks=pytest.mark.slow)])
def test_killed_between_two_objects_it_goes_on(root, operate, monkeypatch, number):
    import orchestration.operations.erasing.feeds as feeds

    real, count = feeds.put, 0

    def killed(*words):
        nonlocal count
        count += 1
        if count == number:
            raise Killed
        real(*words)

    with monkeypatch.context() as patch:
        patch.setattr(feeds, "put", killed)
        with pytest.raises(Killed):
            operate(*WORDS)
    assert operate("doctor", "--deep", "--quiet").out.count("sha256") == 0, "every feed is what its manifest says"
    ended(operate, root)


def test_what_is_crawled_and_applied_in_between_does_no_harm(root, operate, monkeypatch):
    def killed(*_words):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(steps, "recount", killed)
        with pytest.raises(Killed):
            operate(*WORDS)
    deliver(root, [canary(60), *(home(f"h{n}", 100 + n) for n in range(5))], run_seq=7, scope="north")
    refresh_all(root)
    ended(operate, root)


@pytest.mark.parametrize("seconds", [pytest.param(0.7, marks=pytest.mark.slow), 3.0])
def test_a_real_kill_at_any_moment(root, operate, seconds):
    child = subprocess.Popen(
        [sys.executable, "-m", "orchestration", *WORDS], cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        first = child.stderr.readline()  # it has begun; the rest is by chance
        assert first.startswith(b"record: "), first
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.communicate()
    ended(operate, root)


def test_while_another_run_is_at_work_nothing_is_done(root, operate):
    (root / "dagster").mkdir(exist_ok=True)
    with alone(root / "dagster"):
        assert operate(*WORDS).code == 6
    assert not (root / "landing" / "erasures").exists()


def test_while_a_crawl_is_at_work_nothing_is_done(root, operate):
    import json

    claim = claim_run(open_store(str(root / "landing")), SOURCE, "east", day(9))
    path = root / "landing" / f"feeds/source={SOURCE}/scope=east/claims/{claim.run_seq:06d}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "pid": os.getppid(), "born": ""}))
    answer = operate(*WORDS)
    assert answer.code == 6
    assert "is at work" in answer.err
    assert not (root / "landing" / "erasures").exists()


def test_a_damaged_feed_is_named_and_when_it_is_mended_it_goes_on(root, operate):
    part = sorted((root / "landing").rglob("scope=south/*000002/part-00001.jsonl.gz"))[0]
    whole = part.read_bytes()
    part.write_bytes(whole[:-3])
    answer = operate(*WORDS)
    assert answer.code == 5
    assert part.name in answer.err
    assert "the same command goes on" in answer.err
    part.write_bytes(whole)
    ended(operate, root)


def test_a_file_that_cannot_be_read_is_not_taken_for_clean(root, operate):
    other = root / "lake" / "serving" / "listings" / "broken.parquet"
    other.write_bytes(b"PAR1 no parquet")
    answer = operate(*WORDS)
    assert answer.code == 5
    assert "broken.parquet" in answer.out
    assert "NOT FINISHED" in operate("erase", "--list").out
    other.unlink()
    ended(operate, root)


def test_a_place_that_cannot_be_written_is_named(root, operate, monkeypatch):
    from realestate_crawler.landing.local import LocalStore
    from realestate_crawler.landing.store import StoreError

    def full(self, key, path):
        raise StoreError(f"{self.root / key}: cannot be stored: No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(LocalStore, "put_file", full)
        answer = operate(*WORDS)
    assert answer.code == 5
    assert "No space left" in answer.err
    ended(operate, root)
