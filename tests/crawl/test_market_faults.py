"""The demo market crawled through faults: a crawl that did not see everything never says that it did.

All faults are met by one `scrapy crawl`, one criterion and one server each.
"""

import gzip

import pytest

from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from tests.crawl.market import DAY, KEYS, MARKET, behind, watch
from tests.crawling import crawl
from tests.serving import RESET

HALF = set(KEYS[::2])
ONE, OTHER = KEYS[5], KEYS[8]
BLOCKED = b"<html><body>Please prove that you are human</body></html>"

# Name → what goes wrong, and how a reason in the manifest begins.
FAULTS = {
    "half-503": (lambda path, key: 503 if key in HALF else None, f"{len(HALF)} requests failed: HTTP 503"),
    "half-reset": (lambda path, key: RESET if key in HALF else None, f"{len(HALF)} requests failed: "),
    "page-2-blocked": (lambda path, key: BLOCKED if "page=2" in path else None, "result page 2 could not be read"),
    "all-blocked": (lambda path, key: BLOCKED, "result page 1 could not be read"),
    "page-2-500": (lambda path, key: 500 if "page=2" in path else None, "1 requests failed: HTTP 500"),
    "page-2-404": (lambda path, key: 404 if "page=2" in path else None, "1 requests failed: HTTP 404"),
    "all-403": (lambda path, key: 403 if key else None, f"{len(KEYS)} requests failed: HTTP 403"),
    "one-blocked": (lambda path, key: BLOCKED if key == ONE else None, "no listing could be read"),
    "loop": (
        lambda path, key: (302, {"Location": path}, b"") if key == ONE else None,
        f"1 listings could not be read: {ONE}",
    ),
    "to-search": (
        lambda path, key: (301, {"Location": "/search?city=Atlantis"}, b"") if key == ONE else None,
        "no listing could be read",
    ),
    "cut-gzip": (
        lambda path, key: (
            (200, {"Content-Encoding": "gzip"}, gzip.compress(b"<main>" * 999)[:-5]) if key == ONE else None
        ),
        "1 requests failed: DamagedBodyError",
    ),
    "cut-body": (
        lambda path, key: (200, {"Content-Length": "9999"}, b"<main>") if key == ONE else None,
        "1 requests failed: ",
    ),
    "to-another-listing": (
        lambda path, key: (302, {"Location": f"/listing/{OTHER}-x"}, b"") if key == ONE else None,
        f"asked for {ONE}, got {OTHER}",
    ),
}


@pytest.fixture(scope="module")
def done(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    with Portal(MARKET, day=DAY) as portal, Portal(MARKET, day=DAY, cap=20) as capped:
        urls = {name: serve(behind(portal, fault)).url for name, (fault, _) in FAULTS.items()}
        for status in (404, 410):
            urls[f"gone-{status}"] = serve(
                behind(portal, lambda path, key, status=status: status if key == ONE else None)
            ).url
        urls["capped"] = serve(behind(capped)).url
        return crawl(folder, *watch(folder, **urls))


def manifest_of(done, scope):
    (found,) = (manifest for manifest in done.manifests if manifest["scope"] == scope)
    return found


@pytest.mark.parametrize("scope", FAULTS)
def test_what_was_not_seen_is_named(done, scope):
    manifest = manifest_of(done, scope)
    assert not manifest["complete"]
    assert manifest["failed"]
    assert any(told.startswith(FAULTS[scope][1]) for told in manifest["reasons"]), manifest["reasons"]
    assert f"{scope}: partial (exit code 3)" in done.err
    assert manifest["items"] == sum(line["scope"] == scope for line in done.lines())


@pytest.mark.parametrize("scope", ["half-503", "half-reset"])
def test_the_half_that_answered_is_delivered(done, scope):
    assert {line["listing_key"] for line in done.lines() if line["scope"] == scope} == set(KEYS) - HALF


@pytest.mark.parametrize("scope", ["gone-404", "gone-410"])
def test_a_listing_whose_own_page_is_gone_is_accounted_for(done, scope):
    manifest = manifest_of(done, scope)
    assert (manifest["complete"], manifest["reasons"], manifest["requests"]["gone"]) == (True, [], 1)
    assert {line["listing_key"] for line in done.lines() if line["scope"] == scope} == set(KEYS) - {ONE}
    assert f"{scope}: complete (exit code 0)" in done.err


def test_a_search_over_the_result_cap_is_cut_until_all_is_seen(done):
    manifest = manifest_of(done, "capped")
    assert (manifest["complete"], manifest["claimed_total"], manifest["items"]) == (True, len(KEYS), len(KEYS))
    assert len(manifest["searches"]) > 1
    assert all(search["claimed_total"] <= 20 for search in manifest["searches"])


def test_of_several_crawls_the_worst_decides(done):
    assert done.code == ExitCode.PARTIAL
