"""F32: the store applied a commit and its answer was lost: exactly one effect, and no history twice.

The store and the proxy are in this process, what writes to them in another: delta-rs may hold Python's lock meanwhile.
"""

import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crawling import environment
from tests.faults.table import claims
from tests.lakehouse.conftest import deliver_day
from tests.object_store import ObjectStore
from tests.object_store import environment as store_environment
from tests.services.harness.fault_proxy import Fault, FaultProxy

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 200
# Runs until one goes through, as a scheduler would; the tables then go to a file.
RUN = """
import pickle, sys
from pathlib import Path
from tests.graph_fixtures import tables
tables.lake_at = lambda root: tables.Lake(root="s3://bucket/lake")
root, answer = map(Path, sys.argv[1:])
errors = []
for _ in range(30):
    try:
        tables.refresh(root)
        break
    except (RuntimeError, OSError) as error:
        errors.append(str(error))
answer.write_bytes(pickle.dumps((errors, tables.contents(root))))
"""
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def proxy():
    """A store behind a proxy, for the lake; the landing zone is a folder."""
    with ObjectStore("bucket") as store, FaultProxy(store.url) as proxy:
        yield proxy


def begin(root, proxy):
    """A run in a process of its own."""
    env = environment(root, **store_environment(proxy.url))
    return subprocess.Popen([sys.executable, "-c", RUN, str(root), str(root / "answer")], cwd=ROOT, env=env)


def tables_after(root, proxy):
    """The errors of runs that did not go through, and the tables in the end."""
    child = begin(root, proxy)
    try:
        assert child.wait(PATIENCE) == 0
    finally:
        child.kill()
        child.wait()
    return pickle.loads((root / "answer").read_bytes())


def is_commit(request, table=""):
    return request.method == "PUT" and "/_delta_log/0" in request.path and table in request.path


@pytest.mark.slow  # a minute of waiting for each
@pytest.mark.parametrize("fault", claims("F32", {Fault.ANSWER_500: "answered 500", Fault.ANSWER_LOST: "dropped"}))
def test_every_commit_takes_place_once_although_no_first_answer_arrives(proxy, tmp_path, undisturbed_three, fault):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    met = set()

    def rule(request):
        first = is_commit(request) and request.path not in met
        met.update([request.path] if first else [])
        return fault if first else Fault.NONE

    proxy.rule = rule
    errors, contents = tables_after(tmp_path, proxy)
    assert len(met) > 20
    assert contents == undisturbed_three
    assert all("run again" in error or "S3 error" in error for error in errors), errors


@pytest.mark.fault("F32", "timed out")
def test_a_commit_whose_answer_is_too_late_takes_place_once(proxy, tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    late = []

    def rule(request):
        if late or not is_commit(request, "silver/listings/_delta_log/00000000000000000002"):
            return Fault.NONE
        late.append(request)
        return Fault.LATE

    proxy.late_seconds = 40  # delta-rs gives an attempt up after 30
    proxy.rule = rule
    _, contents = tables_after(tmp_path, proxy)
    assert late
    assert contents == undisturbed_three


@pytest.mark.fault("F32", "then SIGKILL")
@pytest.mark.parametrize("table", ["silver/listings", pytest.param("silver/listing_history", marks=pytest.mark.slow)])
def test_a_run_killed_while_it_waits_for_the_answer_is_finished_by_the_next(proxy, tmp_path, undisturbed_three, table):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    waiting = []

    def rule(request):
        if not is_commit(request, f"{table}/_delta_log/00000000000000000002"):
            return Fault.NONE
        waiting.append(request)
        return Fault.LATE

    proxy.rule = rule
    child = begin(tmp_path, proxy)
    deadline = time.monotonic() + PATIENCE
    while not waiting and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)  # the store applies it meanwhile
    child.kill()
    child.wait()
    assert waiting
    proxy.rule = lambda _: Fault.NONE
    errors, contents = tables_after(tmp_path, proxy)
    assert errors == []
    assert contents == undisturbed_three
