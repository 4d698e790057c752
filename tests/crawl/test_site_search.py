"""A site that shows only part of a search, and one that was crawled before. The demo market stands in for both."""

import json
import re
import subprocess
import sys

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crawl.test_site_crawl import profile
from tests.crawling import ROOT, arguments, crawl, environment
from tests.serving import fetch

MARKET = Market(7, 420)
CAP = 60
PARAMETERS = {
    "list_price_min": "min_price",
    "list_price_max": "max_price",
    "living_area_min": "min_area",
    "living_area_max": "max_area",
    "on_market_date_min": "listed_from",
    "on_market_date_max": "listed_to",
    "city": "city",
}
SALES = sorted(advert.key for advert in MARKET.adverts(1) if advert.offer == "sale")


def site(folder, url, name="market-site", **search):
    told = {"urls": {"sale": f"{url}/search?offer=sale"}, "parameters": PARAMETERS, **search}
    return profile(folder, url.rstrip("/"), name, search=told)


def run(folder, file, *words, **more):
    settings = {"LOG_LEVEL": "INFO", "DOWNLOAD_DELAY": 0}
    return crawl(folder, "site", *arguments(profile=file, id="all", offer="sale", **more), *words, settings=settings)


def keys(done):
    return sorted(line["listing_key"] for line in done.lines())


@pytest.fixture(scope="module")
def portal():
    with Portal(MARKET, cap=CAP) as served:
        yield served


@pytest.fixture(scope="module")
def wide():
    with Portal(MARKET, cap=150) as served:
        yield served


def test_a_site_whose_profile_says_the_cap_is_seen_whole(portal, tmp_path):
    done = run(tmp_path, site(tmp_path, portal.url.rstrip("/"), result_cap=CAP))
    manifest = done.manifest
    assert done.code == 0, done.err
    assert keys(done) == SALES
    assert manifest["claimed_total"] == len(SALES) > 4 * CAP
    assert all(search["claimed_total"] <= CAP and not search["capped"] for search in manifest["searches"])
    assert all(search["words"] for search in manifest["searches"])
    assert f"{len(SALES)} listing pages fetched (" in done.err
    assert "searches; " in done.err


def answering(portal, change):
    """The portal's answers, its pages of results changed."""

    def answer(path):
        status, headers, body = fetch(portal.url, path)
        return (status, headers, change(body) if path.startswith("/search") else body)

    return answer


def test_a_cap_that_nobody_told_is_noticed_where_the_pages_end(serve, tmp_path):
    """No link leads on and no page names the cap: the page after the last one that is shown answers 404."""
    cut = re.compile(
        rb'<link rel="next"[^>]*>|<nav class="pages".*?</nav>|<p class="notice.*?</p>|<ul class="towns.*?</ul>', re.S
    )
    with Portal(MARKET, cap=120) as portal:
        server = serve(answering(portal, lambda body: cut.sub(b"", body)))
        file = site(tmp_path, server.url)
        file.write_text(file.read_text() + "paging: {parameter: page}\n")
        done = run(tmp_path, file)
    assert done.code == 0, done.err
    assert keys(done) == SALES
    assert done.manifest["requests"]["beyond the last page"] >= 1
    assert all(search["claimed_total"] <= 120 for search in done.manifest["searches"])


def least(body):
    """ "50+ listings found", as some sites write large totals."""
    return re.sub(
        rb"(<h1[^>]*>)(\d+) listings", lambda m: m[1] + (m[2] if int(m[2]) < 50 else b"50+") + b" listings", body
    )


def test_a_total_that_is_told_as_so_many_and_more_is_no_total(serve, wide, tmp_path):
    done = run(tmp_path, site(tmp_path, serve(answering(wide, least)).url, result_cap=150))
    assert done.code == 0, done.err
    assert keys(done) == SALES
    assert done.manifest["claimed_total"] is None
    assert all(search["claimed_total"] <= 50 for search in done.manifest["searches"])


def test_without_exact_totals_listings_that_state_no_price_forbid_a_cut_by_price_alone(serve, wide, tmp_path):
    by_price = {name: word for name, word in PARAMETERS.items() if name.startswith("list_price")}
    done = run(tmp_path, site(tmp_path, serve(answering(wide, least)).url, result_cap=150, parameters=by_price))
    assert done.code == 3
    (reason,) = done.manifest["reasons"]
    assert "listings do not state what the searches had to be narrowed by" in reason
    priced = {advert.key for advert in MARKET.adverts(1) if advert.offer == "sale" and advert.price}
    assert priced <= set(keys(done)) <= set(SALES)


def test_without_words_for_narrowing_it_stays_incomplete_and_says_so(portal, tmp_path):
    done = run(tmp_path, site(tmp_path, portal.url.rstrip("/"), result_cap=CAP, parameters={}))
    assert done.code == 3
    assert done.manifest["reasons"] == [f"the source shows only part of its {len(SALES)} results: narrow the criterion"]
    assert len(keys(done)) == CAP


def test_a_criterion_can_name_the_places_by_which_it_is_cut(tmp_path, wide):
    file = site(tmp_path, wide.url.rstrip("/"), result_cap=150, parameters={"city": "city"})
    towns = ["Porto Sereno", "Vila Aurora", "São Telmo", "Ribeira Alta", "Monte Claro"]
    told = {
        "id": "all",
        "source": "site",
        "offer": "sale",
        "options": {"profile": str(file), "split_by": {"city": towns}},
    }
    path = tmp_path / "criteria.yaml"

    def with_towns(*names):
        told["options"]["split_by"] = {"city": names}
        path.write_text(json.dumps({"criteria": [told]}))
        return crawl(tmp_path, "site", *arguments(criteria=path), settings={"DOWNLOAD_DELAY": 0})

    done = with_towns(*towns)
    assert done.code == 0, done.err
    assert keys(done) == SALES
    assert sorted(search["words"]["city"] for search in done.manifest["searches"]) == sorted(towns)
    # Towns that do not hold all of it are no cover.
    done = with_towns(*towns[:-1])
    assert done.code == 3
    lost = sum(advert.city == towns[-1] and advert.offer == "sale" for advert in MARKET.adverts(1))
    assert f"{lost} results are in none of the narrower searches" in done.manifests[-1]["reasons"][0]
    told["options"] = {"profile": str(file), "split_by": {"postal_code": ["1", "2"]}}
    path.write_text(json.dumps({"criteria": [told]}))
    refused = crawl(tmp_path, "site", *arguments(criteria=path))
    assert refused.code == 2
    assert "key options.split_by: market-site cannot be asked by postal_code" in refused.err


def test_a_site_that_was_crawled_before_is_followed_by_its_cards(tmp_path):
    with Portal(MARKET, cap=1000) as portal:
        file = site(tmp_path, portal.url.rstrip("/"))
        first = run(tmp_path, file)
        again = run(tmp_path, file)
        portal.show(2)
        second = run(tmp_path, file)
        full = run(tmp_path, file, "-a", "refresh=full")
    assert [done.code for done in (first, again, second, full)] == [0, 0, 0, 0]
    pages = [manifest["listing_pages"] for manifest in full.manifests]
    assert pages[0] == {"new": len(SALES)}
    assert pages[1] == {"not fetched": len(SALES)}
    here = {advert.key: advert for advert in MARKET.adverts(2) if advert.offer == "sale"}
    assert pages[2]["not fetched"] > 0.9 * len(here)
    assert pages[2]["new"] == len(set(here) - set(SALES))
    assert pages[3] == {"all fetched": len(here)}
    assert "every listing's page is fetched: refresh=full" in full.err
    assert [manifest["follows"] for manifest in full.manifests] == [0, 1, 2, 3]
    assert all(manifest["complete"] for manifest in full.manifests)
    assert [manifest["unique_listings"] for manifest in full.manifests] == [
        len(SALES),
        len(SALES),
        len(here),
        len(here),
    ]
    # What the sightings tell is what the pages say.
    runs = {}
    for line in full.lines():
        runs.setdefault(line["run_id"][-6:], {})[line["listing_key"]] = line
    for key, line in runs["000003"].items():
        told = runs["000004"][key]
        assert line["card_hash"] == told["card_hash"]
        assert line.get("list_price") in (None, told.get("list_price"))
        assert line.get("listing_url") in (None, told["listing_url"])
    sightings = [line for line in runs["000003"].values() if line["kind"] == "sighting"]
    assert len(sightings) == pages[2]["not fetched"]
    assert sum("list_price" in line for line in sightings) > 0.9 * len(sightings)


def test_scrapy_criteria_says_what_would_be_cut_and_fetched_again(tmp_path):
    file = site(tmp_path, "http://127.0.0.1:1", result_cap=CAP)
    told = [
        {"id": "cut", "source": "site", "offer": "sale", "options": {"profile": str(file)}},
        {
            "id": "always",
            "source": "site",
            "offer": "sale",
            "options": {"profile": str(file), "detail_max_age_days": 0},
        },
    ]
    path = tmp_path / "criteria.yaml"
    path.write_text(json.dumps({"criteria": told}))

    def criteria():
        command = [sys.executable, "-m", "scrapy", "criteria", str(path)]
        return subprocess.run(command, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False)

    said = criteria().stdout
    assert "a search that finds more than 60 results is cut by list_price, living_area, on_market_date" in said
    assert "fetched again after 7 days at the latest" in said
    assert "every listing's page is fetched in each crawl" in said
    told[0]["options"]["detail_max_age"] = 3
    path.write_text(json.dumps({"criteria": told}))
    refused = criteria()
    assert refused.returncode == 2
    assert "criterion cut: key options.detail_max_age: unknown key" in refused.stderr
