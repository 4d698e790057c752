"""All faults of sites are met by one `scrapy crawl`: one criterion and one server each, all at the same time.

A module that tests such faults has `faults(portal, port)`: scope → fault (see `tests.crawl.market.behind`); `port` is
that of the trap, where nobody may come. It may have `ROBOTS`, too: scope → the answer to /robots.txt.
"""

import importlib
import json
from pathlib import Path

import pytest

from realestate_crawler.demo_market.portal import Portal
from tests.crawl.market import CITY, DAY, MARKET, behind
from tests.crawling import arguments, finish, start
from tests.faults.names import SETTING, VARIABLE
from tests.faults.site import Site, Trap

NAMES = {
    "inside.example.com": ["127.0.0.1"],
    "named.example.com": ["127.0.0.1"],
    "elsewhere.example.com": ["127.0.0.1"],
}


@pytest.fixture(scope="module")
def portal():
    with Portal(MARKET, day=DAY) as served:
        yield served


def pytest_collection_modifyitems(items):
    for item in items:
        if "crawled" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(700))


@pytest.fixture(scope="package")
def crawled(tmp_path_factory):
    """Scope → what became of its crawl."""
    folder = tmp_path_factory.mktemp("faults")
    modules = [importlib.import_module(f"tests.faults.{path.stem}") for path in Path(__file__).parent.glob("test_*.py")]
    sites, trap = {}, Trap()
    with Portal(MARKET, day=DAY) as portal:
        for module in modules:
            for scope, fault in getattr(module, "faults", lambda portal, port: {})(portal, trap.port).items():
                sites[scope] = Site(scope, behind(portal, fault), getattr(module, "ROBOTS", {}).get(scope, 404))
        told = [
            {"id": scope, "source": "demo_market", "city": CITY, "options": {"url": site.address}}
            for scope, site in sites.items()
        ]
        (folder / "criteria.yaml").write_text(json.dumps({"criteria": told}))
        child = start(
            folder,
            "demo_market",
            *arguments(criteria=folder / "criteria.yaml"),
            settings={**SETTING, "RETRY_TIMES": 2},
            **{VARIABLE: json.dumps(NAMES), "REALESTATE_INTERNAL_HOSTS": "named.example.com"},
        )
        # Half a minute; on a busy machine many times that.
        done = finish(child, folder, 500)
    trap.close()
    for site in sites.values():
        site.end(done, trap)
    return sites
