"""Every request ends: redirects that lead nowhere, or elsewhere, are failures and not silence: F06, F09."""

import datetime

import pytest

from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.domain.account import Ending
from realestate_crawler.domain.completeness import Ledger, Outcome, judge
from tests.crawl.market import CITY, KEYS, behind
from tests.crawl.test_site_crawl import profile
from tests.crawling import arguments, crawl
from tests.faults.site import leading_to, linking_to, refreshing_to
from tests.faults.table import claims

ONE, TWO = KEYS[:2]
SCHEMES = ("file:///etc/passwd", "data:text/html,x", "ftp://127.0.0.1/x", "s3://bucket/key", "javascript:alert(1)")
LINKS = (*SCHEMES, "http://[bad/", "mailto:me", "http://:80/", "tel:1")


def faults(portal, port):
    def to(path):
        return 302, {"Location": path}, b""

    return {
        "f06-self": lambda path, key: to(path) if key == ONE else None,
        "f06-pair": lambda path, key: {ONE: to(f"/listing/{TWO}-x"), TWO: to(f"/listing/{ONE}-x")}.get(key),
        "f06-long": lambda path, key: to(f"{path}x") if key == ONE else None,
        "f06-known": lambda path, key: to("/") if key in (ONE, TWO) else None,
        "f06-renews": lambda path, key: None if key != ONE else _renewing(portal, path),
        "f09-redirect": leading_to(SCHEMES),
        "f09-refresh": refreshing_to(SCHEMES),
        "f09-link": linking_to(portal, LINKS),
    }


def _renewing(portal, path):
    from tests.serving import fetch

    status, headers, body = fetch(portal.url, path)
    return (
        status,
        headers,
        body.replace(b"<head>", f'<head><meta http-equiv="refresh" content="30; url={path}">'.encode()),
    )


# F06: each of them was swallowed by a filter before.
@pytest.mark.parametrize(
    ("scope", "how", "count"),
    [
        pytest.param("f06-self", "redirects in a circle", 1, marks=pytest.mark.fault("F06", "to itself")),
        pytest.param("f06-pair", "redirects in a circle", 2, marks=pytest.mark.fault("F06", "circle of two")),
        pytest.param("f06-long", "max redirections reached", 1, marks=pytest.mark.fault("F06", "without end")),
    ],
)
def test_f06_redirects_without_an_end_are_failures(crawled, scope, how, count):
    site = crawled[scope]
    assert site.failed(how) == count, site.manifest["requests"]
    assert not site.manifest["complete"]
    assert not any("never ended" in reason for reason in site.manifest["reasons"])
    assert site.arrived == set(KEYS[count:])


# F06: two dead listings that lead to the same page: the second is not swallowed, and without a rule neither is gone.
@pytest.mark.fault("F06", "home page")
def test_f06_without_a_rule_a_redirect_to_the_home_page_proves_nothing(crawled):
    site = crawled["f06-known"]
    assert sum(reason.startswith("no listing could be read") for reason in site.manifest["reasons"]) == 2
    assert site.manifest["requests"].get("gone", 0) == 0
    assert not site.manifest["complete"]


def test_f06_a_page_that_renews_itself_is_that_page(crawled):
    assert crawled["f06-renews"].arrived == set(KEYS)
    assert crawled["f06-renews"].manifest["complete"]


@pytest.mark.fault("F06", "home page")
def test_f06_with_a_rule_in_the_profile_it_is_gone(serve, portal, tmp_path):
    server = serve(behind(portal, lambda path, key: (302, {"Location": "/"}, b"") if key in (ONE, TWO) else None))
    told = profile(tmp_path, server.url, links={"listing": "/listing/", "gone": r"^http://[^/]+/$"})
    done = crawl(tmp_path, "site", *arguments(profile=told, city=CITY, country="PT"))
    assert done.manifest["requests"]["gone"] == 2, done.manifest
    assert done.manifest["complete"], done.manifest["reasons"]


def test_f06_a_request_that_never_ended_is_never_complete():
    ledger = Ledger(asked=3)
    ledger.requests["ok"] = 2
    ledger.account.schedule("k")
    ledger.account.end("k", Ending.ITEM)
    outcome = Outcome(unique=1, items=1, quarantined=0, errors=0)
    assert judge(ledger, outcome, "finished", Absence.COMPLETE) == (False, ["1 requests never ended"], True)
    ledger.requests["asked already"] = 1
    assert judge(ledger, outcome, "finished", Absence.COMPLETE) == (True, [], False)


# F09: what no address of the web leads to is refused before any download.
@pytest.mark.parametrize("way", ["redirect", "refresh", "link"])
@pytest.mark.fault("F09", "file", "data", "ftp", "s3", "javascript")
def test_f09_only_the_web_is_asked(crawled, way):
    site = crawled[f"f09-{way}"]
    targets = LINKS if way == "link" else SCHEMES
    assert site.arrived == set(KEYS[len(targets) :])
    assert not site.manifest["complete"]
    assert "root:" not in str(site.lines)
    ended = {how: count for how, count in site.manifest["requests"].items() if how != "ok"}
    assert sum(ended.values()) == len(targets) or way == "refresh", ended


@pytest.mark.parametrize(
    "url", [*claims("F09", {url: url.partition(":")[0] for url in SCHEMES}), "http://", "market", "//127.0.0.1/x"]
)
def test_f09_a_criterion_that_names_another_scheme_is_refused_before_anything_is_asked(tmp_path, url):
    from realestate_crawler.contracts.criteria import CriteriaError
    from realestate_crawler.spiders.demo_market import DemoMarketSpider

    path = tmp_path / "criteria.yaml"
    path.write_text(
        f'{{"criteria": [{{"id": "x", "source": "demo_market", "city": "Y", "options": {{"url": "{url}"}}}}]}}'
    )
    with pytest.raises(CriteriaError, match=r"criterion x: key options\.url: (not http|no host)"):
        DemoMarketSpider.plan({"criteria": str(path)})


@pytest.mark.parametrize("url", claims("F09", {url: url.partition(":")[0] for url in SCHEMES}))
def test_f09_what_a_page_calls_its_own_address_is_one_of_the_web_or_not_taken(url):
    from realestate_crawler.domain.rules import violations
    from realestate_crawler.items import Listing
    from realestate_crawler.pages.demo_market import _canonical
    from realestate_crawler.pages.reader import read_page
    from tests.faults.small_site import page

    own = "https://homes.example.com/listing/7000001"
    found = read_page(page("7000001", head=f'<link rel="canonical" href="{url}">').encode(), own)
    assert [listing.listing_url for listing in found.listings] == [own]
    assert _canonical(own, url) == own
    found = violations(Listing(listing_key="k", listing_url=url), datetime.date(2026, 3, 1))
    assert [(broken.rule, broken.field) for broken in found] == [("url_not_of_the_web", "listing_url")]
