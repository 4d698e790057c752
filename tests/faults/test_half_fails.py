"""F05 and its neighbours through both doors: sites that fail by half, or answer and say nothing, remove nothing.

One materialization of the healthy sites, one of the failing ones; each site is a source of its own.
"""

import json
import time

import polars as pl
import pytest

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import Lake
from realestate_crawler.exit_codes import ExitCode
from tests.crawl.test_site_crawl import profile
from tests.faults.small_site import CITY, facts, page, price_of, site
from tests.faults.table import claims
from tests.operating import orchestrate
from tests.serving import RESET

# Sixteen crawls and two materializations.
pytestmark = pytest.mark.timeout(900)

KEYS = [str(number) for number in range(8_000_001, 8_000_009)]
FAILING, CHEAPER, NEW = KEYS[::2], KEYS[1], "8100001"


def slowly(_path):
    time.sleep(45)
    return 500


EMPTY = b"<html><body></body></html>"
# Variant of F05 → what half of the listings' pages answer.
HALF = {"503": 503, "time-out": slowly, "reset": RESET, "403": 403, "empty": EMPTY}
# Site → (its listings' pages, its results, its robots.txt) on the second day, where they are not as on the first.
SITES = {name: (dict.fromkeys(FAILING, told), None, 404) for name, told in HALF.items()}
SITES |= {
    "robots-500": ({}, None, 500),
    "robots-time-out": ({}, None, slowly),
    "no-items": ({}, EMPTY, 404),
}


def second_day(name):
    pages, results, _ = SITES[name]
    cheaper = page(CHEAPER, facts(CHEAPER, offers={"@type": "Offer", "price": 99_000, "priceCurrency": "GBP"}))
    cheaper = cheaper.replace(f"£{price_of(CHEAPER):,}", "£99,000")
    whole = site({**{key: page(key) for key in KEYS}, CHEAPER: cheaper, NEW: page(NEW), **pages})
    return lambda path: results if results and not path.startswith("/listing/") else whole(path)


def robots(name):
    told = SITES[name][2]
    return told if callable(told) else lambda path: told


def materialize(folder):
    return orchestrate(folder, "materialize", SCRAPY_SETTINGS_MODULE="tests.faults.hasty_settings")


@pytest.fixture(scope="module")
def told(serve, tmp_path_factory):
    """The exit code of the second materialization, its manifests by scope, and the tables."""
    folder = tmp_path_factory.mktemp("half")
    servers = {name: serve(site({key: page(key) for key in KEYS})) for name in SITES}
    criteria = []
    for name, server in servers.items():
        path = profile(folder, server.url, name=f"site-{name}", country="GB", currency="GBP")
        # Every listing's page is asked for, also of those whose card is as it was.
        options = {"profile": str(path), "detail_max_age_days": 0}
        criteria.append({"id": name, "source": "site", "city": CITY, "offer": "sale", "options": options})
    (folder / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    first = materialize(folder)
    assert first.returncode == ExitCode.COMPLETE, first.stderr
    for name, server in servers.items():
        server.answer, server.robots = second_day(name), robots(name)
        server.asked.clear()
    second = materialize(folder)
    manifests = [json.loads(path.read_bytes()) for path in (folder / "landing").rglob("manifest.json")]
    lake = Lake(root=str(folder / "lake"))
    return {
        "code": second.returncode,
        "said": second.stderr,
        "asked": {name: list(server.asked) for name, server in servers.items()},
        "manifests": {told["scope"]: told for told in manifests if told["run_seq"] == 2},
        "changes": lake.read(LISTING_CHANGES),
        "listings": lake.read(LISTINGS),
        "feeds": lake.read(FEEDS),
    }


@pytest.mark.parametrize("name", claims("F05", {name: name for name in HALF}))
def test_f05_new_and_changed_are_applied_and_nothing_is_removed(told, name):
    manifest = told["manifests"][name]
    assert (manifest["complete"], manifest["failed"], told["code"]) == (False, True, ExitCode.PARTIAL)
    assert f"{name}: partial" in told["said"]
    changes = told["changes"].filter(pl.col("scope") == name, pl.col("run_id") == manifest["run_id"])
    assert set(changes["change_type"]) == {"new", "changed"}
    assert changes.filter(change_type="new")["listing_key"].to_list() == [NEW]
    assert set(changes.filter(change_type="changed")["listing_key"]) == {CHEAPER}
    listings = told["listings"].filter(source=f"site-{name}")
    assert set(listings["presence"]) == {"present"}
    assert set(listings["listing_key"]) >= {*KEYS, NEW}


@pytest.mark.parametrize("name", claims("F01", {"robots-500": "500", "robots-time-out": "time-out"}))
def test_f01_an_unreachable_robots_txt_asks_for_nothing_and_removes_nothing(told, name):
    assert told["asked"][name] == []
    assert not told["manifests"][name]["complete"]
    assert set(told["listings"].filter(source=f"site-{name}")["presence"]) == {"present"}


@pytest.mark.fault("F16", "no items")
def test_f16_a_site_that_answers_everything_and_shows_nothing_removes_nothing(told):
    manifest = told["manifests"]["no-items"]
    assert (manifest["complete"], manifest["items"]) == (False, 0)
    assert any("shows no results" in reason for reason in manifest["reasons"])
    assert set(told["listings"].filter(source="site-no-items")["presence"]) == {"present"}
    feed = told["feeds"].filter(scope="no-items").sort("run_seq")
    assert feed["complete"].to_list() == [True, False]
