"""F16: a site is redesigned overnight: what it then seems to say is held or doubted, nothing is removed or mass-new."""

import json

import polars as pl
import pytest

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from realestate_crawler.exit_codes import ExitCode
from tests.crawl.test_site_crawl import profile
from tests.crawling import arguments, crawl
from tests.faults.small_site import CITY, HEALTHY, facts, page, price_of, site
from tests.faults.table import claims
from tests.graph_fixtures.tables import lake_at, refresh

KEYS = [str(number) for number in range(8_200_001, 8_200_061)]
FACTS = {"numberOfBedrooms": 4, "yearBuilt": 1961}


def usual(key, shown=""):
    told = facts(key, **FACTS, floorSize={"@type": "QuantitativeValue", "value": 50 + int(key) % 97, "unitCode": "MTK"})
    return page(shown or key, told)


def without_price(key):
    told = json.loads(usual(key).split('ld+json">')[1].split("</script>")[0])
    return page(key, {**told, "offers": {}}).replace(f"£{price_of(key):,}", "contact us")


# Variant → the pages of the second day, by their ids.
REDESIGNED = {
    "price empty in 80 %": {key: without_price(key) if int(key) % 5 else usual(key) for key in KEYS},
    "other form of ids": {f"9{key}": usual(key, f"9{key}").replace(f"House 9{key}", f"House {key}") for key in KEYS},
    "one result page": {key: usual(key) for key in KEYS[:3]},
}
SCOPES = {name: f"site-{number}" for number, name in enumerate(REDESIGNED)}


@pytest.fixture(scope="module")
def told(serve, tmp_path_factory):
    """The second crawl's manifests by scope, and the tables after both."""
    folder = tmp_path_factory.mktemp("redesign")
    servers = {name: serve(site({key: usual(key) for key in KEYS})) for name in REDESIGNED}
    criteria = []
    for name, server in servers.items():
        path = profile(folder, server.url, name=SCOPES[name], country="GB", currency="GBP")
        options = {"profile": str(path), "detail_max_age_days": 0}  # each page is fetched each time
        criteria.append({"id": SCOPES[name], "source": "site", "city": CITY, "offer": "sale", "options": options})
    (folder / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    words = arguments(criteria=folder / "criteria.yaml")
    first = crawl(folder, "site", *words)
    assert first.code == ExitCode.COMPLETE, first.err[-3000:]
    refresh(folder)
    for name, server in servers.items():
        server.answer = site(REDESIGNED[name])
    second = crawl(folder, "site", *words)
    refresh(folder)
    manifests = {told["scope"]: told for told in second.manifests if told["run_seq"] == 2}
    return second, manifests, {table.name: lake_at(folder).read(table) for table in (LISTINGS, LISTING_CHANGES, FEEDS)}


@pytest.mark.parametrize("name", claims("F16", {name: name for name in REDESIGNED}))
def test_f16_nothing_is_removed_and_nothing_mass_new(told, name):
    done, manifests, tables = told
    scope = SCOPES[name]
    changes = tables["listing_changes"].filter(pl.col("scope") == scope)
    assert set(changes["change_type"]) == {"new"}
    assert changes.height == len(KEYS) + len(HEALTHY), "all of them on the first day"
    listings = tables["listings"].filter(source=scope)
    assert set(listings["presence"]) == {"present"}
    assert listings["list_price"].null_count() == 0
    (feed,) = tables["feeds"].filter(scope=scope).sort("run_seq").tail(1).to_dicts()
    assert not manifests[scope]["complete"] or feed["held_changes"] or feed["rekeyed"], (manifests[scope], feed)
    if name == "one result page":
        assert "are usual here" in str(manifests[scope]["reasons"])
        assert f"{scope}: partial" in done.err
