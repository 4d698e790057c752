"""`erase --listing`: nothing of it is left anywhere, everything else is as it was, and a replay comes to the same."""

import json

import polars as pl
import pytest
from deltalake import DeltaTable

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY, TABLES
from realestate_crawler.contracts.erasure import Erasure
from tests.erasing.town import KEY, NAME, STREET, URL, canary, home
from tests.graph_fixtures.feeds import SOURCE, deliver, landing_at
from tests.graph_fixtures.tables import lake_at, stage_all
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all
from tests.traces import traces

LAYERS = ("landing", "lake", "reports", "spool", "dagster")
CANARIES = (KEY, URL, STREET, "Kanarystreet")


def rows(root, table):
    return lake_at(root).read(table).select(*table.columns)


def without(frame):
    """The rows of the others, in an order of their own."""
    plain = [name for name, dtype in frame.schema.items() if not dtype.is_nested()]
    return frame.filter(pl.col("listing_key") != KEY).sort(plain)


def test_by_default_it_is_only_said_what_lies_where(root, operate):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    answer = operate("erase", "--listing", SOURCE, KEY)
    assert answer.code == 0, answer.err
    for layer in (
        "feeds: 5 in 5 objects",
        "quarantine: 2 in 1 objects",
        "silver/listings: 1 in 1 objects",
        "silver/listing_changes: ",
        "older versions of silver/listing_history: ",
        "staging files: ",
        "serving files: ",
        "spool: logs: 1",
        "spool: parts: 1",
        "Dagster's home: ",
        "reports: 2 in 2",
    ):
        assert layer in answer.out, answer.out
    assert "time travel ends" in answer.out
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_nothing_of_it_is_left_and_everything_else_is(root, operate):
    before = [(table, rows(root, table)) for table in (LISTINGS, LISTING_CHANGES, LISTING_HISTORY)]
    assert set(traces(root, *CANARIES)) == set(CANARIES)
    answer = operate("erase", "--listing", SOURCE, KEY, "--yes", "--by", "ann", "--why", "request 17")
    assert answer.code == 0, answer.out + answer.err
    assert "nothing is left" in answer.out
    assert traces(root, *CANARIES) == {}
    for table, was in before:
        assert without(rows(root, table)).equals(without(was)), table.path
    assert NAME in (root / "reports" / "notes.txt").read_text()
    assert operate("doctor", "--deep").code == 0, operate("doctor", "--deep").out
    replayed = operate("replay")
    assert replayed.code == 0, replayed.out
    assert not stage_all(root)


def test_the_counts_are_those_of_what_is_left(root, operate):
    before = rows(root, FEEDS)
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    after = rows(root, FEEDS)
    runs = ["source", "scope", "run_seq"]
    told = before.join(after, on=runs, suffix="_now").sort("scope", "run_seq")
    names = ("items", "new", "changed", "unchanged", "missing", "removed", "relisted", "quarantined")
    lost = {
        name: {(row["scope"], row["run_seq"]): row[name] - row[f"{name}_now"] for row in told.iter_rows(named=True)}
        for name in names
    }
    assert {run for run, count in lost["items"].items() if count} == {
        ("north", 1), ("north", 2), ("south", 2), ("north", 5), ("north", 6)
    }  # fmt: skip
    assert lost["new"]["north", 1] == 1
    assert lost["changed"]["north", 2] == 1
    assert lost["unchanged"]["south", 2] == 1
    assert lost["unchanged"]["north", 6] == 1
    assert lost["quarantined"]["north", 2] == 2
    assert sum(lost["relisted"].values()) + sum(lost["missing"].values()) > 0
    events = rows(root, LISTING_CHANGES).group_by("change_type").len()
    for kind, count in events.iter_rows():
        if kind != "changed":
            assert after[kind].sum() == count


def test_feeds_stay_what_their_manifests_say(root, operate):
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    landing = landing_at(root)
    told = {(f.scope, f.run_seq): landing.manifest(f) for f in landing.feeds()}
    assert told["north", 1].erased == 1
    assert told["north", 2].erased == 3
    assert told["north", 3].erased == 0
    assert told["north", 2].reasons[0].startswith("no listing could be read (other): [erased ")
    for feed in landing.feeds():
        manifest = told[feed.scope, feed.run_seq]
        assert landing.read(feed, manifest).height == manifest.items == sum(part.lines for part in manifest.parts)
    named = {p.key for m in told.values() for p in (*m.parts, *m.quarantine)}
    there = {path.name for path in (root / "landing").rglob("*.gz")}
    assert there == named, "no old part is left"


def test_only_the_newest_version_of_the_tables_is_left(root, operate):
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    for table in (LISTINGS, LISTING_CHANGES, LISTING_HISTORY):
        opened = DeltaTable(lake_at(root).uri(table))
        assert [entry["version"] for entry in opened.history()] == [opened.version()]
        files = {path.name for path in (root / "lake" / table.path).rglob("*.parquet") if "_delta_log" not in str(path)}
        assert files == {uri.rpartition("/")[2] for uri in opened.file_uris()}
    answer = operate("restore", "3")
    assert answer.code == 2
    assert "cannot be read" in answer.err


def test_the_record_does_not_say_what_it_was(root, operate):
    answer = operate("erase", "--listing", SOURCE, KEY, "--yes", "--by", "ann", "--why", "request 17")
    (path,) = (root / "landing" / "erasures").glob("*.json")
    record = Erasure.model_validate_json(path.read_text())
    assert (record.by, record.why, len(record.listings), record.marks_salt) == ("ann", "request 17", 1, "")
    assert record.done_at is not None
    assert record.counts["feeds"] == 5
    assert record.id in answer.out
    told = operate("erase", "--list").out
    assert f"{record.id}: 1 listings" in told
    assert "by ann, done" in told


def test_a_second_time_there_is_nothing_to_do(root, operate):
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    assert "nothing holds it" in operate("erase", "--listing", SOURCE, KEY).out
    versions = {table.path: lake_at(root).version(table) for table in TABLES if table is not MARKET_DAILY}
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    assert {table.path: lake_at(root).version(table) for table in TABLES if table is not MARKET_DAILY} == versions
    assert operate("replay").code == 0


def test_waiting_feeds_lose_it_too_and_are_applied_without_it(root, operate):
    deliver(root, [canary(80), home("fresh")], run_seq=7, scope="north", complete=False)
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    refresh_all(root)
    assert traces(root, *CANARIES) == {}
    assert "fresh" in rows(root, LISTINGS)["listing_key"].to_list()
    assert operate("replay").code == 0
    assert operate("doctor", "--deep").code == 0


def test_the_next_complete_look_sees_no_loss(root, operate):
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    left = [home(f"h{n}", 100 + n) for n in range(5)]
    for run_seq in (7, 8):
        deliver(root, [*left, home("n1", 55)], run_seq=run_seq, scope="north")
    refresh_all(root)
    newest = rows(root, FEEDS).filter(pl.col("scope") == "north", pl.col("run_seq") >= 7)
    assert newest.select("missing", "removed", "held").sum().row(0) == (0, 0, 0)
    assert operate("replay").code == 0


@pytest.mark.parametrize("held_of", [21, pytest.param(22, marks=pytest.mark.slow)])
def test_what_was_held_stays_held_though_one_fewer_would_pass(root, operate, held_of):
    many = [canary(1), *(home(f"m{n:02}") for n in range(held_of - 1))]
    deliver(root, [*many, home("m99")], run_seq=1, scope="west")
    for run_seq in (2, 3, 4):
        deliver(root, [home("m99")], run_seq=run_seq, scope="west")
    refresh_all(root)
    held = rows(root, FEEDS).filter(pl.col("scope") == "west").sort("run_seq")["held"].to_list()
    assert held == [0, 0, held_of, held_of]
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    held = rows(root, FEEDS).filter(pl.col("scope") == "west").sort("run_seq")["held"].to_list()
    assert held == [0, 0, held_of - 1, held_of - 1]
    assert operate("replay").code == 0, operate("replay").out
    assert f"holds {held_of - 1} removals" in operate("accept-removals", "west", "--dry-run").out
    (root / "lake").rename(root / "lost")
    assert operate("replay", "--all-feeds", "--into", str(root / "new")).code == 0
    live, new = (pl.read_delta(str(root / where / "silver/feeds")) for where in ("lost", "new"))
    columns = ["scope", "run_seq", "held", "removed", "missing"]
    assert new.select(columns).sort(columns).equals(live.select(columns).sort(columns))


def test_an_acceptance_that_named_it_names_it_no_more(root, operate):
    deliver(root, [canary(1), *(home(f"m{n:02}") for n in range(30))], run_seq=1, scope="west")
    for run_seq in (2, 3):
        deliver(root, [home("m00")], run_seq=run_seq, scope="west")
    refresh_all(root)
    assert operate("accept-removals", "west").code == 0
    refresh_all(root)
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    (told,) = (m for m in map(landing_at(root).manifest, landing_at(root).feeds()) if m.accepts)
    assert len(told.accepts.keys) == 29
    assert traces(root, *CANARIES) == {}
    assert operate("replay").code == 0


@pytest.mark.parametrize("key", ["7", "it's", 'a"b', "ü", "x/y", "a b", "source", "null"])
def test_any_key_can_be_erased(tmp_path, monkeypatch, key):
    set_places(tmp_path, monkeypatch)
    for run_seq, price in ((1, 1), (2, 2)):
        deliver(tmp_path, [home(key, price), home("17"), home("7x"), home("other", 7)], run_seq=run_seq)
        refresh_all(tmp_path)
    answer = typed("erase", "--listing", SOURCE, key, "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert set(rows(tmp_path, LISTINGS)["listing_key"]) == {"17", "7x", "other"}
    assert typed("replay").code == 0
    monkeypatch.chdir("/")


def test_the_same_key_of_another_source_is_left(root, operate):
    deliver(root, [canary(5)], run_seq=1, scope="all", source="city")
    refresh_all(root)
    assert operate("erase", "--listing", SOURCE, KEY, "--yes").code == 0
    left = rows(root, LISTINGS).filter(pl.col("listing_key") == KEY)
    assert left["source"].to_list() == ["city"]
    assert json.loads(json.dumps(left["list_price"].cast(pl.Int64).to_list())) == [5]
    assert operate("replay").code == 0
