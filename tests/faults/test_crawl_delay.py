"""F03: the slower of a site's Crawl-delay and our own delay is kept, by the times at which requests arrive."""

import itertools
import json
import signal
import time

import pytest

from tests.crawl.test_site_crawl import profile
from tests.crawling import arguments, finish, start
from tests.faults.small_site import CITY, HEALTHY, site
from tests.faults.table import claims
from tests.serving import Server

PATIENCE = 250
pytestmark = pytest.mark.timeout(600)
# Scope → (Crawl-delay, the delay that the profile asks for, the gap that is right).
DELAYS = {"told": (3, 0, 3.0), "own": (1, 2, 2.0), "hour": (3600, 0, 3600.0)}
# Timers and clocks of two processes; a gap is never this much shorter because a machine is busy.
SLACK = 0.1


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The times of the requests of each crawl, and what became of all of them, in one process."""
    folder = tmp_path_factory.mktemp("delays")
    times, servers, criteria = {}, [], []
    for scope, (told, own, _) in DELAYS.items():
        times[scope], answer = [], site({})
        keep = times[scope].append
        servers.append(
            Server(
                lambda path, answer=answer, keep=keep: keep(time.monotonic()) or answer(path),
                f"User-agent: *\nCrawl-delay: {told}".encode(),
            )
        )
        manners = {"delay_seconds": own, "concurrent_requests": 4}
        path = profile(folder, servers[-1].url, name=f"site-{scope}", country="GB", currency="GBP", politeness=manners)
        criteria.append(
            {"id": scope, "source": "site", "city": CITY, "offer": "sale", "options": {"profile": str(path)}}
        )
    (folder / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    child = start(folder, "site", *arguments(criteria=folder / "criteria.yaml"))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and any(len(times[scope]) <= len(HEALTHY) for scope in ("told", "own")):
        time.sleep(0.1)
    child.send_signal(signal.SIGTERM)
    done = finish(child, folder)
    for server in servers:
        server.close()
    return times, done


@pytest.mark.parametrize("scope", claims("F03", {"told": "3 s", "own": "configured is larger"}))
def test_f03_no_request_comes_before_its_time(crawled, scope):
    times = crawled[0][scope]
    assert len(times) == len(HEALTHY) + 1
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert min(gaps) >= DELAYS[scope][2] - SLACK, gaps


@pytest.mark.fault("F03", "an hour")
def test_f03_an_absurd_delay_is_capped_and_noted_and_never_ignored(crawled):
    times, done = crawled
    assert len(times["hour"]) <= 1
    (manifest,) = (told for told in done.manifests if told["scope"] == "hour")
    assert manifest["notes"]["robots.txt: Crawl-delay 3600 s is capped at 300 s"] == 1
    assert not manifest["complete"]
    assert "Crawl-delay 3600.0 is capped at 300.0 s" in done.err
