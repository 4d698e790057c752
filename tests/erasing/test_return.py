"""What was erased does not come back with the next crawl, and the crawl is none the less complete; unless it may."""

import json

import polars as pl
import pytest

import orchestration.ingest.derive_sales as derive
from orchestration.ingest.sales import apply_sales
from orchestration.logic.guard import Guard
from orchestration.logic.sale_schemas import SALE_CHANGES, SALES
from orchestration.logic.schemas import FEEDS, LISTINGS
from tests.crawling import arguments, crawl, dataset
from tests.graph_fixtures.feeds import landing_at
from tests.graph_fixtures.tables import lake_at
from tests.land_registry.files import key, record, write
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all
from tests.traces import traces

NAME, PHONE = "Zuzana Canarova", "0911 987 654"
MAPPING = {
    "source": "registry",
    "key": "id",
    "fields": {"title": "title", "list_price": "price", "owner_name": "owner"},
    "constants": {"currency": "EUR", "country": "SK", "offer": "rent"},
    "snapshot": "complete",
}
ROWS = [
    {"id": "keep-1", "title": "Flat", "price": 1, "owner": "Ben Other"},
    {"id": "gone-1", "title": "Gone flat", "price": 2, "owner": "Ben Other"},
    {
        "id": "keep-2",
        "title": f"Ask {NAME}",
        "price": 3,
        "owner": NAME,
        "note": [f"tel 00421 911987654 ({NAME})", 911987654],
    },
]


@pytest.fixture
def place(tmp_path, monkeypatch):
    set_places(tmp_path, monkeypatch)
    yield tmp_path
    monkeypatch.chdir("/")


def crawled(place, rows=ROWS, **more):
    done = crawl(place, *dataset(place, rows, MAPPING), **{"REALESTATE_PERSONAL_DATA": "keep", **more})
    (place / "table.json").unlink(missing_ok=True)
    return done


def keys(place):
    return sorted(lake_at(place).read(LISTINGS)["listing_key"])


def newest(done):
    return max(done.manifests, key=lambda manifest: manifest["run_seq"])


def test_an_erased_listing_is_left_out_and_nothing_is_missing(place):
    assert crawled(place).code == 0
    refresh_all(place)
    assert typed("erase", "--listing", "registry", "gone-1", "--yes").code == 0
    for _ in range(2):
        done = crawled(place)
        assert done.code == 0, done.err
        told = newest(done)
        assert (told["complete"], told["drops"], told["items"], told["unique_listings"]) == (True, {"erased": 1}, 2, 3)
        refresh_all(place)
    assert keys(place) == ["keep-1", "keep-2"]
    told = lake_at(place).read(FEEDS).sort("run_seq").tail(2)
    assert told.select("missing", "removed", "held", "new").sum().row(0) == (0, 0, 0, 0)
    assert told["dropped"].to_list() == [1, 1]
    assert traces(place, "gone-1", "Gone flat") == {}
    assert typed("replay").code == 0
    assert typed("doctor", "--deep").code == 0
    (record,) = (place / "landing" / "erasures").glob("*.json")
    assert "comes" not in typed("erase", "--lift", record.stem).err
    assert typed("erase", "--lift", "nothing", "--yes").code == 2
    assert typed("erase", "--lift", record.stem, "--yes").code == 0
    assert crawled(place).code == 0
    refresh_all(place)
    assert keys(place) == ["gone-1", "keep-1", "keep-2"]


def test_what_may_return_comes_back_with_the_next_crawl(place):
    crawled(place)
    refresh_all(place)
    assert typed("erase", "--listing", "registry", "gone-1", "--yes", "--allow-return").code == 0
    assert keys(place) == ["keep-1", "keep-2"]
    assert newest(crawled(place))["drops"] == {}
    refresh_all(place)
    assert keys(place) == ["gone-1", "keep-1", "keep-2"]


def test_an_erased_person_does_not_come_back_the_listing_does(place):
    crawled(place)
    refresh_all(place)
    assert traces(place, NAME, "911987654")
    assert typed("erase", "--person", NAME, "--person", PHONE, "--yes").code == 0
    told = newest(crawled(place))
    assert told["complete"]
    assert told["notes"]["erased people taken out"] == 5
    refresh_all(place)
    assert traces(place, NAME, "Canarova", "911987654") == {}
    (row,) = lake_at(place).read(LISTINGS).filter(pl.col("listing_key") == "keep-2").to_dicts()
    assert (row["owner_name"], row["title"]) == (None, "Ask [erased]")
    assert json.loads(row["extra"])["note"] == ["tel [erased] ([erased])", "[erased]"]
    assert typed("replay").code == 0


def test_who_objects_before_anything_is_known_is_left_out_from_the_start(place):
    answer = typed("erase", "--listing", "registry", "gone-1", "--yes")
    assert answer.code == 0, answer.err
    assert newest(crawled(place))["drops"] == {"erased": 1}


def test_with_a_key_only_who_has_it_can_test_a_guess_and_crawl(place, monkeypatch):
    monkeypatch.setenv("REALESTATE_PERSONAL_DATA_KEY", "the-key")
    assert typed("erase", "--listing", "registry", "gone-1", "--yes").code == 0
    (record,) = (place / "landing" / "erasures").glob("*.json")
    told = json.loads(record.read_text())
    assert told["salt"] == ""
    assert told["key_check"]
    assert newest(crawled(place, REALESTATE_PERSONAL_DATA_KEY="the-key"))["drops"] == {"erased": 1}
    before = sorted((place / "landing").rglob("manifest.json"))
    for wrong in ("", "another"):
        done = crawled(place, REALESTATE_PERSONAL_DATA_KEY=wrong)
        assert done.code == 2, done.err
        assert "REALESTATE_PERSONAL_DATA_KEY" in done.err
    assert sorted((place / "landing").rglob("manifest.json")) == before, "nothing was crawled"


def test_a_record_that_cannot_be_read_stops_crawls(place):
    (place / "landing" / "erasures").mkdir(parents=True)
    (place / "landing" / "erasures" / "x.json").write_text("{}")
    done = crawled(place)
    assert done.code == 2
    assert "no usable record of an erasure" in done.err
    assert done.manifests == []


def test_a_registered_sale_can_be_erased_too(place):
    def registered(*records, number):
        path = write(place / "pp.csv", records)
        told = arguments(input=path, file="changes", observed_at=f"2026-01-0{number}T00:00:00Z")
        done = crawl(place, "land_registry", *told)
        path.unlink()
        apply_sales(lake_at(place), landing_at(place), Guard())
        derive.derive_sale_changes(lake_at(place))
        derive.derive_sale_feeds(lake_at(place))
        return done

    gone = {"street": "CANARY STREET"}
    registered(record(1, **gone), record(2), number=1)
    registered(record(1, "C", price=5, **gone), number=2)
    assert lake_at(place).read(SALE_CHANGES).height
    answer = typed("erase", "--listing", "land_registry", key(1), "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert traces(place, key(1), "CANARY STREET") == {}
    assert lake_at(place).read(SALES)["listing_key"].to_list() == [key(2)]
    done = registered(record(1, **gone), record(2), number=3)
    assert newest(done)["drops"] == {"erased": 1}
    assert traces(place, key(1), "CANARY STREET") == {}
