"""A merged table through the whole graph: each portal stands for itself, and what no market does waits for a person."""

import json

import pytest

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import Lake
from realestate_crawler.exit_codes import ExitCode
from tests.operating import run

MAPPING = {
    "source": "merged",
    "rows": "homes",
    "key": "id",
    "fields": {"list_price": "price", "living_area": {"column": "area", "unit": "m2"}, "title": "title"},
    "constants": {"currency": "EUR", "offer": "sale"},
    "scopes": {"column": "portal", "claimed": "counts"},
}


def homes(portal, count, factor=1):
    return [
        {"id": f"{portal}-{n}", "portal": portal, "price": (1000 + n) * factor, "area": 50 + n, "title": f"{n}"}
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three looks: all is well; Ann's prices are in cents and Bo is missing; the same without any word of Bo."""
    folder = tmp_path_factory.mktemp("merged")
    (folder / "mapping.yaml").write_text(json.dumps(MAPPING))
    options = {"mapping": str(folder / "mapping.yaml"), "input": str(folder / "table.json")}
    criteria = [{"id": "town", "source": "dataset", "options": options}]
    (folder / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    return folder


def look(folder, homes, hour, *words, **counts):
    (folder / "table.json").write_text(json.dumps({"homes": homes, "counts": counts}))
    at = f"2026-05-0{hour}T06:00:00Z"
    return run(folder, "orchestration", "materialize", "--observed-at", at, "--fail-on-held", *words)


@pytest.fixture(scope="module")
def looks(folder):
    return [
        look(folder, homes("ann", 60) + homes("bo", 40), 1, ann=60, bo=40),
        look(folder, homes("ann", 60, 100), 2, ann=60),
        look(folder, homes("ann", 60, 100) + homes("bo", 40), 3, ann=60, bo=40),
    ]


@pytest.fixture(scope="module")
def lake(folder, looks):
    return Lake(root=str(folder / "lake"))


def test_the_exit_code_says_partial_then_held(looks):
    codes = [ended.returncode for ended in looks]
    assert codes == [ExitCode.COMPLETE, ExitCode.PARTIAL, ExitCode.HELD], looks[2].stderr[-2000:]


def test_the_scope_that_is_missing_is_named_by_the_check_and_the_others_go_on(looks):
    assert "town: partial (exit code 3): 1 of 2 scopes: town.bo" in looks[1].stderr


def test_the_last_words_say_what_is_held_and_the_way_out(looks):
    last = looks[2].stderr.splitlines()[-2:]
    assert last[0] == "held: merged/town.ann: 60 changes of list_price (changed by the factor 100)"
    assert "`accept merged/town.ann --dry-run` shows it" in last[1]


def test_nothing_of_it_is_in_the_tables_and_nobody_is_gone(lake):
    changes = lake.read(LISTING_CHANGES)
    assert set(changes["change_type"]) == {"new"}
    listings = lake.read(LISTINGS)
    assert set(listings["presence"]) == {"present"}
    assert listings["list_price"].max() < 2000
    feeds = lake.read(FEEDS).sort("scope", "run_seq")
    assert feeds.select("scope", "run_seq", "complete", "held_changes").rows() == [
        ("town.ann", 1, True, 0),
        ("town.ann", 2, True, 60),
        ("town.ann", 3, True, 60),
        ("town.bo", 1, True, 0),
        ("town.bo", 2, False, 0),
        ("town.bo", 3, True, 0),
    ]


def test_the_report_tells_it(folder, looks):
    page = (folder / "reports" / "data_exploration.html").read_text()
    assert "60 changes of list_price (changed by the factor 100)" in page


def test_what_is_accepted_is_taken_by_the_next_materialization(folder, lake):
    ended = run(folder, "orchestration", "accept", "town.ann", "--by", "ann")
    assert ended.returncode == 0, ended.stderr
    assert "60 changes accepted" in ended.stdout
    ended = run(folder, "orchestration", "materialize", "--no-crawl", "--fail-on-held")
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert lake.read(LISTINGS)["list_price"].max() > 100_000
    assert "nothing_held" not in ended.stderr
    assert run(folder, "orchestration", "replay").returncode == 0
