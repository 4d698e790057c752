"""The demo market crawled as a user does it: whole, stopped, with nobody at home."""

import json
import signal
import socket
import time

import pytest

from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.settings import ITEM_PIPELINES as STAGES
from tests.crawl.market import CITY, DAY, KEYS, MARKET, behind, listening, watch
from tests.crawling import crawl, finish, start
from tests.faults.table import claims


@pytest.fixture(scope="module")
def portal():
    with Portal(MARKET, day=DAY) as running:
        yield running


@pytest.mark.fault("F21", "no listening socket", "user agent")
@pytest.mark.fault("F45", "owner name")
def test_a_whole_crawl_is_complete_opens_no_door_and_says_who_it_is(serve, portal, tmp_path):
    doors = []

    def look(path, key):
        if key and not doors:
            doors.append(listening(child.pid))

    server = serve(behind(portal, look))
    child = start(
        tmp_path,
        *watch(tmp_path, sereno=server.url),
        REALESTATE_CONTACT="mailto:ops@example.org",
        REALESTATE_PERSONAL_DATA="hash",
        REALESTATE_PERSONAL_DATA_KEY="canary-key-of-the-owner",
        REALESTATE_LOG_LEVEL="DEBUG",
    )
    done = finish(child, tmp_path)
    manifest = done.manifest
    assert done.code == ExitCode.COMPLETE
    assert (manifest["complete"], manifest["reasons"], manifest["failed"]) == (True, [], False)
    assert sorted(line["listing_key"] for line in done.lines()) == KEYS
    assert manifest["unique_listings"] == manifest["claimed_total"] == manifest["items"] == len(KEYS)
    assert {line["run_id"] for line in done.lines()} == {manifest["run_id"]}
    assert sorted(server.asked) == sorted(set(server.asked))
    assert "sereno: complete (exit code 0)" in done.err
    assert not [path for path in done.spool.rglob("*") if path.is_file()]
    assert doors
    assert not any(doors)
    assert all("realestate-crawler/" in agent and "ops@example.org" in agent for agent in server.agents)
    assert "canary-key" not in done.err + done.out + str(manifest)
    truth = {advert.key: advert for advert in MARKET.adverts(DAY)}
    names = {name for key in KEYS for name in (truth[key].agent_name, truth[key].owner_name) if name}
    assert not [name for name in names if name in done.err + str(done.lines()) + str(manifest)]
    assert all(len(line["list_agent_full_name"]) == 32 for line in done.lines())


def test_sigterm_seals_the_feed_and_is_never_complete(serve, portal, tmp_path):
    def slowly(path, key):
        time.sleep(0.3 if key else 0)

    words = watch(tmp_path, sereno=serve(behind(portal, slowly)).url)
    child = start(tmp_path, *words, settings={"FEED_PART_LINES": 5})
    deadline = time.monotonic() + 50
    while time.monotonic() < deadline and not list((tmp_path / "landing").rglob("part-00001.jsonl.gz")):
        time.sleep(0.05)
    child.send_signal(signal.SIGTERM)
    done = finish(child, tmp_path)
    assert done.code == ExitCode.PARTIAL
    assert done.manifest["finish_reason"] == "shutdown"
    assert "the crawl was stopped: shutdown" in done.manifest["reasons"]
    assert 5 <= len(done.lines()) < len(KEYS)


def test_nobody_at_home_is_partial_and_empty(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    done = crawl(tmp_path, "demo_market", "-a", "city=Porto Sereno", REALESTATE_DEMO_MARKET_URL=url)
    assert done.code == ExitCode.PARTIAL
    assert done.manifest["items"] == 0
    assert done.manifest["scope"].startswith("adhoc-")
    assert any(told.startswith("1 requests failed: ") for told in done.manifest["reasons"])
    assert "no listing at all was seen: an empty crawl proves nothing" in done.manifest["reasons"]


def with_stage(name):
    return {"ITEM_PIPELINES": json.dumps(STAGES | {f"tests.crawl.failing.{name}": 350})}


OURS = {"SPIDER_MODULES": "tests.crawl.failing"}
# Variant of F15 → (spider, settings, the reason).
BUGS = {
    "half of the callbacks": ("failing", OURS, f"{len(KEYS) // 2} errors while reading pages or items"),
    "all callbacks": ("all_fail", OURS, f"{len(KEYS)} errors while reading pages or items"),
    "start": ("start_fails", OURS, "1 errors while reading pages or items"),
    "pipeline": (
        "demo_market",
        with_stage("FailingStage"),
        f"{len(KEYS) // 10} errors while reading pages or items",
    ),
    "unwritable item": ("demo_market", with_stage("UnwritableStage"), f"{len(KEYS) // 10} listings in quarantine"),
}


@pytest.mark.parametrize("bug", claims("F15", {bug: bug for bug in BUGS}))
def test_an_exception_anywhere_is_never_a_complete_crawl(portal, tmp_path, bug):
    spider, told, reason = BUGS[bug]
    done = crawl(tmp_path, spider, "-a", f"city={CITY}", settings=told, REALESTATE_DEMO_MARKET_URL=portal.url)
    assert done.code == ExitCode.PARTIAL
    assert reason in done.manifest["reasons"]
    assert not done.manifest["complete"]
    assert (done.manifest["items"], done.manifest["quarantined"]) == (len(done.lines()), len(done.lines("quarantine")))
    assert "Scraped from" not in done.err
