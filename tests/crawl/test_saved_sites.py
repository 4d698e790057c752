"""Two sites by their bundled profiles and the demo market, in one run: saved pages served on loopback stand in for the
sites.

A saved page of results is all that there is of a site: its crawl delivers what the page shows, and says that it is not
the whole search.
"""

import json
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
import yaml

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.profiles.registry import BUNDLED
from tests.operating import orchestrate
from tests.pages.real_material import Saved, needs_material, saved_pages

pytestmark = [pytest.mark.real, needs_material]

SITES = ("immowelt", "regionalimmobilien24")
EMPTY = b"<html lang=de><title>Suche</title><body><p>Keine Treffer</p></body></html>"
CITY = "Porto Sereno"


def saved(site: str) -> Saved:
    return next(s for s in saved_pages() if s.path.parent.name == site and s.answer["page_kind"] == "search")


def on_loopback(folder, site, url):
    """The bundled profile of a site, moved to a server of this machine."""
    profile = yaml.safe_load((BUNDLED / f"{site}.yaml").read_text())
    profile["hosts"] = ["127.0.0.1"]
    profile["politeness"] = {"delay_seconds": 0}
    path = folder / f"{site}.yaml"
    path.write_text(yaml.safe_dump(profile))
    return {"profile": str(path), "url": f"{url}/{site}"}


def test_a_criteria_file_for_two_profiles_and_the_demo_market_runs_in_one_go(serve, tmp_path):
    pages = {site: saved(site) for site in SITES}

    def answer(path):
        parts = urlsplit(path)
        page = pages.get(parts.path.strip("/"))
        if page is None:
            return 404
        first = parse_qs(parts.query).get("page", ["1"]) == ["1"]
        return 200, {"Content-Type": "text/html; charset=utf-8"}, page.body if first else EMPTY

    server = serve(answer)
    with Portal(Market(7, 60), day=1) as portal:
        criteria = [
            {"id": site, "source": "site", "options": on_loopback(tmp_path, site, server.url)} for site in SITES
        ]
        criteria.append({"id": "own", "source": "demo_market", "city": CITY, "options": {"url": portal.url}})
        (tmp_path / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
        done = orchestrate(tmp_path, "materialize")
    assert done.returncode in (0, 3), done.stderr
    listings = pl.read_delta(str(tmp_path / "lake/silver/listings"))
    for site, page in pages.items():
        keys = set(listings.filter(pl.col("source") == site)["listing_key"].to_list())
        assert keys == {str(key) for key in page.answer["listing_ids"]}
    assert "demo_market" in listings["source"].to_list()
    manifests = {m["scope"]: m for m in map(json.loads, (p.read_text() for p in tmp_path.rglob("manifest.json")))}
    assert manifests["own"]["complete"]
    for site in SITES:
        claimed, found = manifests[site]["claimed_total"], manifests[site]["unique_listings"]
        assert manifests[site]["complete"] == (claimed == found and not manifests[site]["reasons"])
