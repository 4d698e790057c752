"""F22: uploads that fail are tried a few times, then said; nothing is lost, and `scrapy deliver` finishes them.

One crawl of one table for each fault, all in one process, into a store behind the fault proxy.
"""

import gzip
import hashlib
import json
from urllib.parse import unquote

import pytest

from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.delivery import undelivered
from realestate_crawler.landing.s3 import ATTEMPTS
from tests.crawling import arguments, crawl, run_module, write_mapping
from tests.faults.table import claims
from tests.object_store import ObjectStore
from tests.object_store import environment as store_environment
from tests.services.harness.fault_proxy import Fault, FaultProxy

ROWS = [{"id": number, "price": 100 + number} for number in range(20)]
MAPPING = {"source": "shop", "key": "id", "fields": {"list_price": "price"}}
# Variant → (scope, what the store does with the upload of its part).
FAULTS = {
    "403": ("forbidden", Fault.FORBIDDEN),
    "no bucket": ("no-bucket", Fault.GONE),
    "500": ("refused", Fault.REFUSED),
    "time-out": ("too-late", Fault.HELD),  # and then done all the same
    "reset": ("reset", Fault.RESET),
    "hang": ("hung", Fault.HUNG),
}
HEALTHY = "healthy"


def at(key):
    """The scope that a key belongs to."""
    return unquote(key).partition("/scope=")[2].partition("/")[0]


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the crawl did, what was in the store then, and what is there after the delivery."""
    folder = tmp_path_factory.mktemp("uploads")
    mapping = write_mapping(folder, MAPPING)
    (folder / "table.json").write_text(json.dumps(ROWS))
    options = {"mapping": str(mapping), "input": str(folder / "table.json")}
    scopes = dict(FAULTS.values()) | {HEALTHY: Fault.NONE}
    criteria = [{"id": scope, "source": "dataset", "options": options} for scope in scopes]
    (folder / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    with ObjectStore("bucket") as store, FaultProxy(store.url) as proxy:
        proxy.rule = lambda r: scopes[at(r.path)] if r.method == "PUT" and "/part-" in r.path else Fault.NONE
        env = {
            **store_environment(proxy.url),
            "REALESTATE_LANDING": "s3://bucket/landing",
            "SCRAPY_SETTINGS_MODULE": "tests.faults.hasty_settings",
        }
        words = arguments(criteria=folder / "criteria.yaml", observed_at="2026-07-01T06:00:00Z")
        done = crawl(folder, "dataset", *words, **env)
        tried = [at(r.path) for r in proxy.seen if r.method == "PUT" and "/part-" in r.path]
        before, waiting = dict(store.objects), {run.manifest.scope: run for run in undelivered(folder / "spool")}
        kept = {scope: sorted(path.name for path in run.folder.iterdir()) for scope, run in waiting.items()}
        proxy.rule = lambda _: Fault.NONE
        proxy.gate.set()
        delivery = run_module(folder, "scrapy", "deliver", seconds=100, **env)
        after = {key: data for (_, key), (data, *_) in store.objects.items()}
    return {
        "crawl": done,
        "tried": tried,
        "before": [key for _, key in before],
        "waiting": waiting,
        "kept": kept,
        "delivery": delivery,
        "after": after,
        "left": list((folder / "spool").rglob("*.gz")),
    }


def manifest(told, scope):
    """The one manifest of a scope that is in the store in the end."""
    (found,) = (json.loads(data) for key, data in told["after"].items() if at(key) == scope and "manifest" in key)
    return found


def lines(told, scope):
    (part,) = (data for key, data in told["after"].items() if at(key) == scope and "/part-" in key)
    own = ("scope", "run_id")
    return [
        {name: value for name, value in json.loads(line).items() if name not in own}
        for line in gzip.decompress(part).splitlines()
    ]


@pytest.mark.parametrize("name", claims("F22", {name: name for name in FAULTS}))
def test_f22_a_failed_upload_is_told_and_its_local_copy_delivered_later(told, name):
    scope, _ = FAULTS[name]
    assert told["crawl"].code == ExitCode.FAILED
    assert f"{scope}: failed (exit code 5)" in told["crawl"].err
    assert f"the local copy is kept: {told['waiting'][scope].folder}" in told["crawl"].err
    assert 1 <= told["tried"].count(scope) <= ATTEMPTS
    assert not [key for key in told["before"] if at(key) == scope and "manifest" in key], "nothing to be seen"
    assert told["kept"][scope] == ["manifest.json", "part-00001.jsonl.gz"]

    assert told["delivery"].returncode == 0, told["delivery"].stderr
    (part,) = manifest(told, scope)["parts"]
    (data,) = (data for key, data in told["after"].items() if at(key) == scope and "/part-" in key)
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (part["sha256"], part["bytes"])
    assert manifest(told, scope)["complete"]
    assert lines(told, scope) == lines(told, HEALTHY)
    assert told["left"] == []


def test_f22_a_healthy_upload_beside_them_is_delivered_at_once(told):
    assert f"{HEALTHY}: complete (exit code 0)" in told["crawl"].err
    assert any(at(key) == HEALTHY and "manifest" in key for key in told["before"])


def test_f22_no_secret_of_the_store_is_told(told):
    assert "canary" not in told["crawl"].out + told["crawl"].err + told["delivery"].stdout + told["delivery"].stderr
