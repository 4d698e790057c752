"""F17, F18, F19: crawls that are told to stop, and crawls that are killed, at the moments that matter."""

import json
import os
import signal
import time
from contextlib import contextmanager

import pytest

from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.settings import ITEM_PIPELINES
from tests.crawl.market import DAY, KEYS, MARKET, behind, watch
from tests.crawling import crawl, finish, start
from tests.object_store import ObjectStore
from tests.object_store import environment as store_environment
from tests.operating import orchestrate
from tests.services.harness.fault_proxy import Fault, FaultProxy
from tests.waiting import until

SMALL_PARTS = {"FEED_PART_LINES": 5}
PATIENCE = 90


@pytest.fixture(scope="module")
def portal():
    with Portal(MARKET, day=DAY) as running:
        yield running


@contextmanager
def bucket(held=lambda request: False):
    """A store behind a proxy that holds chosen requests: (store, proxy, environment of a crawl)."""
    with ObjectStore("bucket") as store, FaultProxy(store.url) as proxy:
        proxy.rule = lambda request: Fault.HELD if held(request) else Fault.NONE
        yield store, proxy, {**store_environment(proxy.url), "REALESTATE_LANDING": "s3://bucket/landing"}


def puts(word):
    return lambda request: request.method == "PUT" and word in request.path


def stopped(child, folder, times=1):
    """SIGTERM, more than once if asked; what became of the crawl, which must not take as long as it was to wait."""
    began = time.monotonic()
    for _ in range(times):
        child.send_signal(signal.SIGTERM)
        time.sleep(0.5)
    done = finish(child, folder)
    assert time.monotonic() - began < PATIENCE
    assert done.code == ExitCode.PARTIAL, done.err[-3000:]
    assert "Traceback" not in done.err
    return done


def sealed(manifest, lines):
    assert (manifest["complete"], manifest["failed"], manifest["finish_reason"]) == (False, True, "shutdown")
    assert "the crawl was stopped: shutdown" in manifest["reasons"]
    assert manifest["items"] == lines
    assert manifest["requests"]["ok"] >= lines


@pytest.mark.fault("F17", "idle")
def test_f17_a_crawl_that_waits_for_its_turn_is_sealed_at_once(serve, portal, tmp_path):
    def asks_to_wait(path, key):
        return (429, {"Retry-After": "300"}, b"") if key == KEYS[-1] else None

    server = serve(behind(portal, asks_to_wait))
    child = start(tmp_path, *watch(tmp_path, town=server.url))
    until(lambda: any(KEYS[-1] in path for path in server.asked), "the page that asks to wait", PATIENCE)
    done = stopped(child, tmp_path)
    sealed(done.manifest, len(done.lines()))
    # Whatever was waiting has ended, so that the reasons say what happened.
    assert done.manifest["requests"].get("failed: the crawl was stopped", 0) + len(server.asked) >= 2


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(1, marks=pytest.mark.fault("F17", "slow response")),
        pytest.param(3, marks=pytest.mark.fault("F17", "twice")),
    ],
)
def test_f17_a_slow_response_is_waited_for_no_longer_than_its_time_out(serve, portal, tmp_path, times):
    def slow(path, key):
        time.sleep(30 if key in KEYS[-8:] else 0)

    server = serve(behind(portal, slow))
    settings = {**SMALL_PARTS, "DOWNLOAD_TIMEOUT": 8}
    child = start(tmp_path, *watch(tmp_path, town=server.url), settings=settings)
    until(lambda: list((tmp_path / "landing").rglob("part-00001*")), "a part", PATIENCE)
    until(lambda: any(key in path for key in KEYS[-8:] for path in server.asked), "a slow page", PATIENCE)
    done = stopped(child, tmp_path, times)
    sealed(done.manifest, len(done.lines()))
    assert len(done.lines()) >= 5
    assert ("SIGTERM again: the feed is being sealed" in done.err) == (times > 1)


@pytest.mark.fault("F17", "during upload")
def test_f17_an_upload_under_way_is_finished(serve, portal, tmp_path):
    with bucket(puts("part-00001")) as (store, proxy, env):
        words = watch(tmp_path, town=serve(behind(portal)).url)
        child = start(tmp_path, *words, settings=SMALL_PARTS, **env)
        until(lambda: any(map(puts("part-00001"), proxy.seen)), "an upload", PATIENCE)
        child.send_signal(signal.SIGTERM)
        time.sleep(1)
        proxy.gate.set()
        done = finish(child, tmp_path)
        assert done.code == ExitCode.PARTIAL, done.err[-3000:]
        (key,) = (key for _, key in store.objects if key.endswith("/manifest.json"))
        manifest = json.loads(store.objects["bucket", key][0])
    sealed(manifest, sum(part["lines"] for part in manifest["parts"]))
    assert not list((tmp_path / "spool").rglob("*.gz"))


def killed_when(child, rule, proxy):
    """Kills a crawl when the store is asked what the rule names, if it does not die before; its return code."""
    until(lambda: child.poll() is not None or any(map(rule, list(proxy.seen))), "the moment to kill", PATIENCE)
    child.kill()
    child.communicate()
    return child.returncode


DYING = {"ITEM_PIPELINES": json.dumps({**ITEM_PIPELINES, "tests.crawl.failing.KilledWhileSealing": 900})}
DYING["ITEM_PIPELINES"] = DYING["ITEM_PIPELINES"].replace('"realestate_crawler.pipelines.feed.FeedPipeline": 900, ', "")
# Variant → (scope, the request to the store that is held until the process is killed, settings).
KILLS = {
    "while crawling": ("crawling", None, {}),
    "while gzip closes": ("closing", None, DYING),
    "during upload": ("uploading", puts("part-00002"), {}),
    "after upload": ("uploaded", puts("manifest.json"), {}),
}


@pytest.fixture(scope="module")
def killed(serve, portal, tmp_path_factory):
    """Four crawls that are killed; then the same crawls again, left alone; then doctor, and doctor --clean."""
    folder = tmp_path_factory.mktemp("killed")
    server = serve(behind(portal))
    words = watch(folder, **{scope: server.url for scope, _, _ in KILLS.values()})
    told = {"codes": {}}
    with bucket() as (store, proxy, env):
        for scope, held, settings in KILLS.values():
            # The third part of a crawl that is not held anywhere else: some parts are there, others are not.
            rule = held or puts("part-00003")
            proxy.rule = lambda request, rule=rule: Fault.HELD if rule(request) else Fault.NONE
            proxy.seen.clear()
            child = start(folder, *words, "-a", f"only={scope}", settings={**SMALL_PARTS, **settings}, **env)
            told["codes"][scope] = killed_when(child, rule, proxy)
            proxy.rule = lambda _: Fault.NONE
        told["after kill"] = store.keys()
        told["again"] = crawl(folder, *words, settings=SMALL_PARTS, **env)
        told["found"], told["cleaned"] = (orchestrate(folder, *w, **env) for w in (["doctor"], ["doctor", "--clean"]))
        told["keys"], told["last"] = store.keys(), orchestrate(folder, "doctor", **env)
        told["manifests"] = [
            json.loads(data) for (_, key), (data, *_) in store.objects.items() if key.endswith("/manifest.json")
        ]
        told["spool"] = list((folder / "spool").rglob("*.gz"))
    return told


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [pytest.param(name, id=name, marks=pytest.mark.fault("F18", name)) for name in KILLS])
def test_f18_a_killed_crawl_is_not_visible_the_next_one_works_and_left_overs_are_cleaned(killed, name):
    scope = KILLS[name][0]
    assert killed["codes"][scope] == -signal.SIGKILL
    assert not [key for key in killed["after kill"] if f"scope={scope}/" in key and key.endswith("manifest.json")]
    (manifest,) = (told for told in killed["manifests"] if told["scope"] == scope)
    assert (manifest["run_seq"], manifest["complete"], manifest["items"]) == (2, True, len(KEYS))
    assert killed["again"].code == ExitCode.COMPLETE
    left = [key for key in killed["after kill"] if f"scope={scope}/run=" in key]
    if name != "while gzip closes":
        assert left
        assert f"/{scope} run" in killed["found"].stdout
    assert "left-over" in killed["found"].stdout
    assert killed["cleaned"].returncode == 0, killed["cleaned"].stdout
    assert not set(left) & set(killed["keys"])
    assert killed["spool"] == []
    assert "left-over" not in killed["last"].stdout


@pytest.mark.timeout(600)
@pytest.mark.fault("F19", "after SIGKILL")
def test_f19_what_follows_a_killed_crawl_begins_anew_and_proves_itself(killed):
    for manifest in killed["manifests"]:
        assert manifest["complete"]
        assert manifest["requests"] == {"ok": len(KEYS) + manifest["result_pages"]}


@pytest.mark.fault("F19", "after SIGKILL", "after SIGTERM")
def test_f19_a_crawl_is_never_resumed_from_half_an_account(tmp_path):
    done = crawl(tmp_path, *watch(tmp_path, town="http://127.0.0.1:9"), settings={"JOBDIR": str(tmp_path / "job")})
    assert done.code == ExitCode.BAD_CONFIGURATION
    assert "setting JOBDIR: a crawl is not resumed" in done.err
    assert not os.path.lexists(tmp_path / "job")
    assert not done.landing.exists()
