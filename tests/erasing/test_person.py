"""`erase --person`: name, number and address go wherever they stand; listings, facts and history stay as they were."""

import json
import re

import polars as pl
import pytest

from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from realestate_crawler.domain.privacy import digest
from tests.erasing.town import EMAIL, KEY, NAME, PEOPLE, PHONE
from tests.graph_fixtures.feeds import SOURCE, deliver, landing_at, listing
from tests.graph_fixtures.tables import lake_at
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all
from tests.traces import traces

CANARIES = (NAME, "Canarov", PHONE, "911987654", "911/987", EMAIL, "canary.example")
ALL = [word for text in PEOPLE for word in ("--person", text)]
MARK = re.compile(r"\[erased [0-9a-f]{8}\]")


def rows(root, table):
    return lake_at(root).read(table).select(*table.columns)


def test_it_is_said_in_which_listings_they_are_named(root, operate):
    answer = operate("erase", *ALL)
    assert answer.code == 0, answer.err
    assert f"named in 4 listings: {SOURCE}/{KEY}, {SOURCE}/n1, {SOURCE}/n2, {SOURCE}/odd;" in answer.out
    assert set(traces(root, *CANARIES)) == set(CANARIES)


def test_nothing_of_them_is_left_and_everything_else_is(root, operate):
    before = [(table, rows(root, table)) for table in (LISTINGS, LISTING_CHANGES, LISTING_HISTORY)]
    answer = operate("erase", *ALL, "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert traces(root, *CANARIES) == {}
    for table, was in before:
        now = rows(root, table)
        assert now.height == was.height
        keys = ["source", "listing_key"]
        for frame in (now, was):
            assert frame.filter(pl.col("listing_key") == KEY).height > 0
        other = ~pl.col("listing_key").is_in(["n1", "n2", "odd"])
        plain = [name for name, dtype in now.schema.items() if not dtype.is_nested()]
        assert now.filter(other).sort(plain).equals(was.filter(other).sort(plain)), table.path
        facts = [*keys, *(name for name in ("list_price", "first_seen_at", "valid_from", "observed_at", "change_type")
                          if name in now.columns)]  # fmt: skip
        assert now.select(facts).sort(facts).equals(was.select(facts).sort(facts)), table.path
    assert operate("doctor", "--deep").code == 0, operate("doctor", "--deep").out
    replayed = operate("replay")
    assert replayed.code == 0, replayed.out


def test_what_stands_around_them_stays(root, operate):
    assert operate("erase", *ALL, "--yes").code == 0
    (row,) = rows(root, LISTING_HISTORY).filter(pl.col("listing_key") == "n1").sort("valid_from").head(1).to_dicts()
    assert MARK.fullmatch(row["owner_name"])
    assert MARK.sub("X", row["title"]) == "Flat, X"
    extra = json.loads(row["extra"])
    assert MARK.sub("X", extra["text"]) == "Ask X, tel. X or X. 62 m2, 250 000 EUR"
    assert {name: MARK.sub("X", str(value)) for name, value in extra["agent"].items()} == {
        "name": "X",
        "tel": "X",
        "hours": "9-17",
    }
    assert extra["rooms"] == 2.5
    assert re.sub(r"\[erased \w+\]", "X", (root / "reports" / "notes.txt").read_text()).startswith("X asked about http")
    told = [
        m for m in map(landing_at(root).manifest, landing_at(root).feeds()) if m.run_seq == 2 and m.scope == "north"
    ]
    assert MARK.sub("X", told[0].reasons[1]) == "and X"
    assert told[0].reasons[0].endswith(f"{KEY}-flat")
    assert told[0].items == 8


def test_changes_of_what_was_erased_stay_changes(root, operate):
    before = rows(root, LISTING_CHANGES).filter(pl.col("listing_key") == "n1").sort("observed_at", "field_name")
    assert operate("erase", *ALL, "--yes").code == 0
    after = rows(root, LISTING_CHANGES).filter(pl.col("listing_key") == "n1").sort("observed_at", "field_name")
    where = ["observed_at", "change_type", "field_name"]
    assert after.select(where).equals(before.select(where))
    assert after.filter(pl.col("change_type") == "changed", pl.col("previous_value") == pl.col("new_value")).is_empty()
    told = after.filter(pl.col("field_name") == "title")["previous_value"].to_list()
    assert [MARK.sub("X", text) for text in told if text] == ["Flat, X", "Flat", "Flat, X"]


def test_of_three_only_the_one_that_was_named_goes(root, operate):
    assert operate("erase", "--person", EMAIL, "--yes").code == 0
    assert set(traces(root, EMAIL, NAME, "911/987")) == {NAME, "911/987"}
    assert operate("replay").code == 0
    assert operate("erase", "--person", NAME, "--yes").code == 0
    assert set(traces(root, EMAIL, NAME, "911/987")) == {"911/987"}
    assert operate("replay").code == 0, operate("replay").out


def test_a_keyed_digest_and_what_it_stands_for_are_the_same(tmp_path, monkeypatch):
    key = b"the-key"
    told = digest(NAME, key)
    for way in ([told], [NAME]):
        folder = tmp_path / way[0][:4]
        folder.mkdir()
        set_places(folder, monkeypatch)
        monkeypatch.setenv("REALESTATE_PERSONAL_DATA_KEY", key.decode())
        title = f"call [phone {digest('911987654', key)}]"
        deliver(folder, [listing("a", owner_name=told, title=title), listing("b", owner_name="other")], run_seq=1)
        refresh_all(folder)
        words = [word for text in way for word in ("--person", text)]
        assert typed("erase", *words, "--yes").code == 0
        assert traces(folder, told) == {}
        assert typed("erase", "--person", PHONE, "--yes").code == 0
        assert traces(folder, digest("911987654", key)) == {}
        owners = rows(folder, LISTINGS).sort("listing_key")["owner_name"].to_list()
        assert MARK.fullmatch(owners[0])
        assert owners[1] == "other"
        assert typed("replay").code == 0
        monkeypatch.chdir("/")


@pytest.mark.parametrize("text", ["Ana", "12345", "", "a b"])
def test_what_names_nobody_is_refused(root, operate, text):
    answer = operate("erase", "--person", text, "--yes")
    assert answer.code == 2
    assert "give a whole name" in answer.err
    assert not (root / "landing" / "erasures").exists()


def test_a_listing_and_people_can_go_together(root, operate):
    assert operate("erase", *ALL, "--listing", SOURCE, KEY, "--yes").code == 0
    assert traces(root, *CANARIES, KEY) == {}
    assert operate("replay").code == 0
    assert operate("doctor", "--deep").code == 0


def test_a_sighting_that_said_it_again_is_treated_alike(tmp_path, monkeypatch):
    from tests.graph_fixtures.feeds import sighting

    set_places(tmp_path, monkeypatch)
    detail = listing("a", list_price=1, title=f"by {NAME}", extra={"n": 1.50, "t": [NAME, 1e-7]})
    deliver(tmp_path, [detail], run_seq=1)
    deliver(
        tmp_path, [sighting("a", list_price=2, title=f"by {NAME}", raw={"list_price": f"2, ask {NAME}"})], run_seq=2
    )
    deliver(tmp_path, [sighting("a", list_price=2, title="by X")], run_seq=3)
    deliver(tmp_path, [detail], run_seq=4)
    refresh_all(tmp_path)
    assert typed("replay").code == 0
    assert typed("erase", "--person", NAME, "--yes").code == 0
    replayed = typed("replay")
    assert replayed.code == 0, replayed.out
    assert traces(tmp_path, NAME, "Canarov") == {}
    monkeypatch.chdir("/")


def test_the_numbers_in_what_was_typed_count(tmp_path, monkeypatch):
    set_places(tmp_path, monkeypatch)
    titles = {"a": "Haus Nr 1", "b": "Haus Nr. 999", "c": "Haus Nr 9999"}
    deliver(tmp_path, [listing(key, title=title) for key, title in titles.items()], run_seq=1)
    refresh_all(tmp_path)
    looked = typed("erase", "--person", "Haus Nr 999")
    assert f"named in 1 listings: {SOURCE}/b" in looked.out, looked.out
    assert typed("erase", "--person", "Haus Nr 999", "--yes").code == 0
    left = rows(tmp_path, LISTINGS).sort("listing_key")["title"].to_list()
    assert [MARK.sub("X", title) for title in left] == ["Haus Nr 1", "X", "Haus Nr 9999"]
    monkeypatch.chdir("/")
