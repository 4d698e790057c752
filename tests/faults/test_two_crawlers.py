"""F29: two crawlers of one scope, on this machine and on another: separate feeds, each applied once."""

import threading
from collections import Counter

import pytest

from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from tests.crawl.market import DAY, KEYS, MARKET, behind, watch
from tests.crawling import finish, start
from tests.graph_fixtures.tables import listings_by_key, refresh
from tests.waiting import until

ELSEWHERE = {"SCRAPY_SETTINGS_MODULE": "tests.faults.elsewhere_settings"}
PATIENCE = 90


@pytest.fixture
def market(serve):
    """A market whose listings wait behind a gate, and the gate."""
    gate = threading.Event()
    with Portal(MARKET, day=DAY) as portal:
        yield serve(behind(portal, lambda path, key: gate.wait(PATIENCE) and None if key else None)), gate
        gate.set()


@pytest.fixture
def begin():
    """Starts crawls, and ends those that a failed test leaves."""
    children = []

    def beginning(*words, **env):
        # Whoever waits at the gate does not give up meanwhile.
        children.append(start(*words, settings={"DOWNLOAD_TIMEOUT": 2 * PATIENCE}, **env))
        return children[-1]

    yield beginning
    for child in children:
        if child.poll() is None:
            child.kill()
            child.communicate()


def waiting(server):
    """Crawls that have begun: each asks once for the first page of results."""
    return sum(path.startswith("/search") and "page=" not in path for path in server.asked)


@pytest.mark.fault("F29", "same second")
def test_f29_of_three_that_start_at_once_one_is_refused_and_two_machines_do_not_meet(market, begin, tmp_path):
    server, gate = market
    words = watch(tmp_path, town=server.url)
    children = [begin(tmp_path, *words, **env) for env in ({}, {}, ELSEWHERE)]
    until(
        lambda: waiting(server) == 2 and sum(child.poll() is not None for child in children) == 1,
        "one is refused",
        PATIENCE,
    )
    gate.set()
    ended = [finish(child, tmp_path) for child in children]
    assert Counter(done.code for done in ended) == {ExitCode.COMPLETE: 2, ExitCode.BUSY: 1}
    assert ended[2].code == ExitCode.COMPLETE
    (refused,) = (done for done in ended if done.code == ExitCode.BUSY)
    assert "town: busy (exit code 6)" in refused.err
    assert "is at work (process" in refused.err
    manifests = ended[0].manifests
    assert sorted(manifest["run_seq"] for manifest in manifests) == [1, 2]
    assert len({manifest["run_id"] for manifest in manifests}) == 2
    assert all(manifest["complete"] and manifest["items"] == len(KEYS) for manifest in manifests)
    ended[0].lines()  # every part is what its own manifest says
    applied_once(tmp_path, 2)


@pytest.mark.fault("F29", "overlapping", "before the first ends")
def test_f29_a_second_one_while_the_first_is_at_work(market, begin, tmp_path):
    server, gate = market
    first = begin(tmp_path, *watch(tmp_path, town=server.url))
    until(lambda: waiting(server) == 1, "a crawl that has begun", PATIENCE)
    with Portal(MARKET, day=DAY) as portal:
        words = watch(tmp_path, town=portal.url)
        here, elsewhere = (finish(begin(tmp_path, *words, **env), tmp_path) for env in ({}, ELSEWHERE))
    assert (here.code, elsewhere.code) == (ExitCode.BUSY, ExitCode.COMPLETE)
    assert elsewhere.manifest["run_seq"] == 2
    gate.set()
    done = finish(first, tmp_path)
    assert done.code == ExitCode.COMPLETE
    assert sorted(manifest["run_seq"] for manifest in done.manifests) == [1, 2]
    applied_once(tmp_path, 2)


def applied_once(folder, feeds):
    assert [one.feed.ref.run_seq for one in refresh(folder)] == list(range(1, feeds + 1))
    assert refresh(folder) == []
    assert {row["presence"] for row in listings_by_key(folder).values()} == {"present"}
    assert len(listings_by_key(folder)) == len(KEYS)
