"""F45: nothing of a person is in any layer, unless the operator has said so: a whole run, then every byte it left."""

import json

import pytest

from tests.crawling import arguments, run_module, write_mapping
from tests.operating import orchestrate
from tests.traces import traces

OWNER, AGENT, PHONE, EMAIL = "Zuzana Canarova", "Ansgar Canarius", "0911 987 654", "zuzana@canary.example.org"
CANARIES = (OWNER, AGENT, PHONE, "0911987654", EMAIL, "canary.example", "Canarova")
KEY = "a-key-that-is-a-canary-too"
TEXT = f"Owner {OWNER} shows it: tel. {PHONE}, {EMAIL}. Rent 650 EUR, 62 m2, ref. 0911000111, built 1987."
ROW = {
    "title": f"Flat, {PHONE}",
    "price": 650,
    "owner": OWNER,
    "agent": AGENT,
    "tel": PHONE,
    "contact": {"mail": EMAIL, "hours": "9-17"},
    "text": TEXT,
    "kind": f"ask {PHONE}",
}
ROWS = [{**ROW, "id": "a1"}, {**ROW, "id": "k" * 300}, {"id": "a2", "title": "Flat", "price": 1, "text": "quiet"}]
MAPPING = {
    "source": "registry",
    "key": "id",
    "fields": {
        "title": "title",
        "list_price": "price",
        "owner_name": "owner",
        "list_agent_full_name": "agent",
        "property_type": "kind",
    },
    "constants": {"currency": "EUR", "country": "SK", "offer": "rent"},
    "personal": ["tel", "contact.mail"],
    "snapshot": "complete",
}


def whole_run(folder, **settings):
    """Crawl, quarantine, tables and report; all that was said."""
    (folder / "rows.json").write_text(json.dumps(ROWS), encoding="utf-8")
    options = arguments(mapping=write_mapping(folder, MAPPING), input=folder / "rows.json")
    words = ("scrapy", "crawl", "dataset", *options, "-s", "LOG_LEVEL=DEBUG")
    done = [
        run_module(folder, *words, seconds=200, **settings),
        orchestrate(folder, "materialize", "--no-crawl", **settings),
    ]
    assert [run.returncode for run in done] == [3, 0], done[1].stderr
    (folder / "rows.json").unlink()
    (folder / "said.txt").write_text("".join(run.stdout + run.stderr for run in done), encoding="utf-8")


@pytest.mark.fault("F45", "owner name", "phone", "e-mail")
@pytest.mark.parametrize("setting", ["drop", "hash"])
def test_f45_nothing_of_a_person_is_in_any_layer(tmp_path, setting):
    whole_run(tmp_path, REALESTATE_PERSONAL_DATA=setting, REALESTATE_PERSONAL_DATA_KEY=KEY)
    for layer in ("landing", "lake/silver", "lake/gold", "reports", "dagster"):
        assert any((tmp_path / layer).rglob("*")), layer
    assert traces(tmp_path, *CANARIES, KEY) == {}
    facts = traces(tmp_path / "landing", "650 EUR", "62 m2", "ref. 0911000111", "built 1987", "9-17", "[phone")
    assert set(facts) == {"650 EUR", "62 m2", "ref. 0911000111", "built 1987", "9-17", "[phone"}
    kinds = {name.rpartition("/")[2][:4] for name in facts["650 EUR"]}
    assert kinds == {"part", "quar"}, "a line in quarantine is treated like any other"


def test_f45_what_is_kept_is_kept_in_its_field_only(tmp_path):
    whole_run(tmp_path, REALESTATE_PERSONAL_DATA="drop, list_agent_full_name=keep")
    found = traces(tmp_path, *CANARIES, AGENT)
    assert set(found) == {AGENT}
    assert any(name.startswith("lake/silver/listings/") for name in found[AGENT])
