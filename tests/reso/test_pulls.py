"""`scrapy crawl reso` against a service on loopback, as a user starts it."""

import json
import re

import pytest

from tests.reso.market import MEMBERS, TYPES, crawl, criteria, row, runs
from tests.reso.service import TOKEN, Service

HOUSES = {"city": "O'Fallon", "offer": "sale", "property_types": ["house"], "list_price": {"max": 230000}}


@pytest.fixture
def service():
    with Service([row(n) for n in range(40)], TYPES, MEMBERS) as running:
        yield running


def belongs(found):
    kind = found["PropertySubType"]
    return (
        found["City"] == "O'Fallon"
        and found["PropertyType"] == "Residential"
        and kind in ("SingleFamilyResidence", "Houseboat", None)
        and found["ListPrice"] <= 230000
    )


@pytest.mark.parametrize("follows", [True, False], ids=["nextLink", "skip"])
def test_a_full_pull_reads_all_pages_and_is_complete(service, tmp_path, follows):
    service.follows, service.page_size = follows, 3 if follows else 50
    done = crawl(tmp_path, criteria(tmp_path, service.url, {"page_size": 5}, **HOUSES))
    assert done.returncode == 0, done.stderr
    [(manifest, lines)] = runs(tmp_path)
    expected = {r["ListingKey"] for r in service.rows if belongs(r)}
    assert len(expected) > 6
    assert {line["listing_key"] for line in lines} == expected
    assert (manifest["complete"], manifest["claimed_total"], manifest["items"]) == (True, len(expected), len(expected))
    assert manifest["watermark"] == max(r["ModificationTimestamp"] for r in service.rows if belongs(r)).replace(
        "Z", "+00:00"
    )
    assert manifest["notes"]["outside_vocabulary: property_type (Houseboat)"] > 0
    assert "the service has no field TaxAnnualAmount" in manifest["notes"]
    assert all("$skip" in q or "$skiptoken" in q for q in service.queries()[1:])


@pytest.mark.parametrize("follows", [True, False], ids=["nextLink", "skip"])
def test_what_a_service_shows_only_in_part_is_asked_for_from_the_last_key_on(service, tmp_path, follows):
    service.follows, service.page_size, service.cap = follows, 5, 10
    done = crawl(tmp_path, criteria(tmp_path, service.url, {"page_size": 5}))
    assert done.returncode == 0, done.stderr
    [(manifest, lines)] = runs(tmp_path)
    assert sorted(line["listing_key"] for line in lines) == [f"K{number:04d}" for number in range(40)]
    assert (manifest["complete"], manifest["claimed_total"]) == (True, 40)
    assert [search["claimed_total"] for search in manifest["searches"]] == [40, 30, 20, 10]
    assert manifest["searches"][1]["words"] == {"$filter": "ListingKey gt 'K0009'"}
    assert all(search["listings"] == 10 and not search["capped"] for search in manifest["searches"])


def test_a_service_whose_rows_have_no_single_key_stays_incomplete_where_it_shows_only_a_part(service, tmp_path):
    service.cap, service.page_size = 10, 5
    for found in service.rows:
        found["ListingKey"] = None
    done = crawl(tmp_path, criteria(tmp_path, service.url))
    assert done.returncode == 3
    [(manifest, _)] = runs(tmp_path)
    assert "the source shows only part of its 40 results: narrow the criterion" in manifest["reasons"]


def test_a_service_that_does_not_know_null_is_asked_in_simpler_words(service, tmp_path):
    service.knows_null = False
    done = crawl(tmp_path, criteria(tmp_path, service.url, **HOUSES))
    assert done.returncode == 0, done.stderr
    [(manifest, lines)] = runs(tmp_path)
    assert {line["listing_key"] for line in lines} == {r["ListingKey"] for r in service.rows if belongs(r)}
    assert manifest["notes"]["asked again without null: the service refused the first query"] == 1
    assert manifest["requests"] == {"ok": len(service.queries()), "refused, asked again": 1}


def test_a_service_that_explains_its_words_is_understood(service, tmp_path):
    service.types = {name: "Edm.String" if "enums" in kind else kind for name, kind in TYPES.items()}
    service.lookups = [
        {"LookupName": "PropertySubType", "LookupValue": "Houseboat", "StandardLookupValue": "Single Family Residence"},
        *[{"LookupName": "PropertySubType", "LookupValue": w} for w in ("Single Family Residence", "Condominium")],
    ]
    service.busy = 1
    done = crawl(tmp_path, criteria(tmp_path, service.url, {"statuses": []}, **HOUSES))
    assert done.returncode == 0, done.stderr
    [(manifest, lines)] = runs(tmp_path)
    boats = {line["listing_key"] for line in lines if line["raw"].get("property_type") == "Houseboat"}
    assert boats
    assert {line["property_type"] for line in lines if line["listing_key"] in boats} == {"house"}
    assert not [note for note in manifest["notes"] if "Lookup" in note or "vocabulary" in note]


def test_what_no_field_names_is_extra_and_people_are_not_asked_for(service, tmp_path):
    path = criteria(tmp_path, service.url, {"extra_fields": ["View"], "collection": "invented-mls"}, city="O'Fallon")
    assert crawl(tmp_path, path).returncode == 0
    [(manifest, lines)] = runs(tmp_path)
    assert manifest["source"] == "invented-mls"
    assert all(line["extra"]["View"] == "River" for line in lines)
    assert "Agent" not in service.queries()[0]["$select"]
    assert "Ada" not in json.dumps(lines)


def test_with_all_fields_people_reach_the_item_only_when_they_are_kept(service, tmp_path):
    path = criteria(tmp_path, service.url, {"extra_fields": "all"}, city="O'Fallon")
    assert crawl(tmp_path, path, REALESTATE_PERSONAL_DATA="keep").returncode == 0
    assert crawl(tmp_path, path).returncode == 0
    (_, kept), (_, dropped) = runs(tmp_path)
    assert all(line["list_agent_full_name"] == "Ada Example" for line in kept)
    assert "ada@example.com" not in json.dumps(kept)
    assert "Ada" not in json.dumps(dropped)
    assert all(line["extra"]["View"] == "River" for line in dropped)


def test_an_incremental_pull_asks_for_what_changed_and_removes_nothing(service, tmp_path):
    path = criteria(tmp_path, service.url, {"incremental": True}, city="O'Fallon")
    assert crawl(tmp_path, path).returncode == 0
    gone = "2026-07-01T00:00:00.5Z"
    service.rows[3] = row(3, ListPrice=1, ModificationTimestamp="2026-07-01T00:00:00Z")
    service.rows[6] = row(6, StandardStatus="Closed", ModificationTimestamp=gone, StatusChangeTimestamp=gone)
    service.rows[12] = row(12, StandardStatus="Closed", ModificationTimestamp=gone)  # closed long ago, touched now
    del service.rows[9]
    assert crawl(tmp_path, path).returncode == 0
    assert crawl(tmp_path, path).returncode == 0
    (_, full), (second, changed), (third, nothing) = runs(tmp_path)
    assert len(full) == 14
    assert {(r["listing_key"], r["standard_status"]) for r in changed} == {("K0003", "Active"), ("K0006", "Closed")}
    assert (second["absence"], second["complete"], second["failed"]) == ("window", False, False)
    assert second["watermark"] == third["watermark"] == "2026-07-01T00:00:00.500000+00:00"
    assert nothing == []


def test_a_failed_pull_leaves_the_watermark_where_it_was_and_another_question_starts_anew(service, tmp_path):
    path = criteria(tmp_path, service.url, {"incremental": True}, city="O'Fallon")
    service.trouble[2] = (400, json.dumps({"error": {"code": "x", "message": f"bad page {TOKEN}"}}).encode())
    failed = crawl(tmp_path, path)
    assert failed.returncode == 3
    assert crawl(tmp_path, path).returncode == 0
    path = criteria(tmp_path, service.url, {"incremental": True}, city="Springfield")
    assert crawl(tmp_path, path).returncode == 0
    (first, part), (second, _), (third, _) = runs(tmp_path)
    assert (first["complete"], first["watermark"]) == (False, None)
    assert "bad page ***" in " ".join(first["reasons"])
    assert len(part) == 7
    assert (second["absence"], third["absence"]) == ("complete", "complete")


def test_it_waits_as_long_as_it_is_told(service, tmp_path):
    service.busy, service.retry_after = 2, "1"
    done = crawl(tmp_path, criteria(tmp_path, service.url, city="O'Fallon"))
    assert done.returncode == 0, done.stderr
    [(manifest, _)] = runs(tmp_path)
    assert manifest["notes"]["waited because of HTTP 429"] == 2
    assert len(re.findall(r"HTTP 429: waiting 1 s", done.stderr)) == 2


@pytest.mark.parametrize("token", ["", "wrong-token-123"])
def test_without_a_good_token_it_is_exit_code_2_and_nothing_is_delivered(service, tmp_path, token):
    done = crawl(tmp_path, criteria(tmp_path, service.url), token=token)
    assert done.returncode == 2
    assert "REALESTATE_RESO_TOKEN" in done.stderr
    assert "wrong-token-123" not in done.stderr
    assert runs(tmp_path) == []


def test_the_token_may_lie_in_a_file_and_is_nowhere_else(service, tmp_path):
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n")
    done = crawl(
        tmp_path,
        criteria(tmp_path, service.url),
        *("-L", "DEBUG"),
        token="",
        REALESTATE_RESO_TOKEN_FILE=str(secret),
    )
    assert done.returncode == 0, done.stderr
    secret.unlink()
    assert TOKEN not in done.stderr + done.stdout
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and TOKEN.encode() in p.read_bytes()]


def test_a_next_page_on_another_host_is_not_asked_for(service, tmp_path):
    with Service(service.rows, TYPES, MEMBERS) as other:
        service.next_host = other.url
        done = crawl(tmp_path, criteria(tmp_path, service.url))
        assert other.requests == []
    assert done.returncode == 3
    [(manifest, _)] = runs(tmp_path)
    assert "another host" in " ".join(manifest["reasons"])


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"url": "http://api.example.com/odata"}, "options.url: a token must not travel in clear text"),
        ({"url": "https://api.example.com/odata?access_token=1"}, "options.url: an address carries no credentials"),
        ({"incremental": "perhaps"}, "options.incremental"),
        ({"pagesize": 3}, "options.pagesize: unknown key"),
    ],
)
def test_options_that_cannot_be_used_are_named_before_anything_is_asked(service, tmp_path, options, complaint):
    done = crawl(tmp_path, criteria(tmp_path, service.url, options))
    assert (done.returncode, service.requests) == (2, [])
    assert complaint in done.stderr
