"""`quarantine retry`: what a rule refused and refuses no more becomes known, once, and undoes nothing newer."""

import json
import os
from pathlib import Path

import polars as pl
import pytest

import realestate_crawler.domain.rules as rules
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.runs import claim_run
from tests.crawling import crawl, dataset
from tests.graph_fixtures.feeds import SOURCE, day, deliver, landing_at, listing
from tests.graph_fixtures.tables import contents, lake_at, stage_all
from tests.operators.asides import RUNS, fields, put_aside
from tests.operators.conftest import Operate
from tests.operators.test_replay import refresh_all


def manifests(root):
    landing = landing_at(root)
    return [landing.manifest(feed) for feed in landing.feeds()]


def state(root, key):
    (row,) = lake_at(root).read(LISTINGS).filter(pl.col("listing_key") == key).to_dicts()
    return row


def test_what_is_clean_today_becomes_known_as_of_then(tmp_path: Path, operate: Operate) -> None:
    put_aside(tmp_path, 1, ("no price", fields("a")), seen={"b": 1})
    deliver(tmp_path, [listing("b", list_price=1)], run_seq=2)
    refresh_all(tmp_path)
    answer = operate("quarantine", "retry")
    assert answer.code == 0, answer.err
    assert "1 can be used now" in answer.out
    assert "town/a" in answer.out
    told = manifests(tmp_path)[-1]
    assert (told.run_seq, told.observed_at, told.complete, told.items, told.quarantined) == (3, day(1), False, 1, 0)
    assert told.retries is not None
    assert told.retries.run_id == RUNS[1]
    refresh_all(tmp_path)
    row = state(tmp_path, "a")
    assert (row["first_seen_at"], row["last_seen_at"], row["presence"]) == (day(1), day(1), "present")
    events = lake_at(tmp_path).read(LISTING_CHANGES).filter(pl.col("listing_key") == "a")
    assert events["change_type"].to_list() == ["new"]
    assert events["observed_at"].to_list() == [day(1)]
    assert lake_at(tmp_path).read(FEEDS).filter(pl.col("retries_run") == RUNS[1])["new"].to_list() == [1]
    assert operate("quarantine", "list").out == "nothing is in quarantine\n"
    for command in (["replay"], ["doctor", "--deep"]):
        assert operate(*command).code == 0, operate(*command).out


def test_a_line_that_went_through_is_not_tried_again(tmp_path: Path, operate: Operate) -> None:
    put_aside(tmp_path, 1, ("no price", fields("a")), ("no price", fields("a")), ("odd", "only text"))
    assert operate("quarantine", "retry").code == 0
    before = manifests(tmp_path)
    again = operate("quarantine", "retry")
    assert (again.code, manifests(tmp_path)) == (0, before)
    assert "0 can be used now" in again.out
    assert "1 as before" in again.out
    assert json.loads(operate("quarantine", "list", "--format", "json").out) == [
        {"source": SOURCE, "scope": "all", "run": RUNS[1], "reason": "odd", "lines": 1}
    ]


def test_what_is_refused_today_stays_with_the_reason_of_today(tmp_path: Path, operate: Operate) -> None:
    lines = [("old rule", fields("k" * 300)), ("key_too_long", fields("l" * 300)), ("old rule", fields("a"))]
    put_aside(tmp_path, 1, *lines)
    answer = operate("quarantine", "retry")
    assert "1 can be used now, 0 are outside the criterion, 1 are refused for another reason, 1 as before" in answer.out
    assert "1 × old rule → key_too_long" in answer.out
    found = json.loads(operate("quarantine", "list", "--format", "json").out)
    assert [(row["reason"], row["lines"]) for row in found] == [("key_too_long", 1), ("key_too_long", 1)]
    moved = json.loads(operate("quarantine", "show", manifests(tmp_path)[-1].run_id).out)
    assert moved["reason_before"] == "old rule"
    assert moved["item"]["listing_key"] == "k" * 300


def test_a_dry_run_writes_nothing(tmp_path: Path, operate: Operate) -> None:
    put_aside(tmp_path, 1, ("no price", fields("a")))
    before = sorted((tmp_path / "landing").rglob("*"))
    answer = operate("quarantine", "retry", "--dry-run")
    assert "1 can be used now" in answer.out
    assert "nothing was written" in answer.out
    assert sorted((tmp_path / "landing").rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        ([RUNS[1]], {"a1", "b1"}),
        ([f"{SOURCE}/south/{RUNS[2]}"], {"c2"}),
        (["--scope", "south"], {"c2"}),
        (["--scope", f"{SOURCE}/north"], {"a1", "b1", "a3"}),
        (["--reason", "price"], {"a1", "a3"}),
        (["--scope", "north", "--reason", "key"], {"b1"}),
    ],
)
def test_only_what_was_named_is_tried(tmp_path: Path, operate: Operate, words, keys) -> None:
    put_aside(tmp_path, 1, ("no price", fields("a1")), ("no key", fields("b1")), scope="north")
    put_aside(tmp_path, 2, ("odd", fields("c2")), scope="south")
    put_aside(tmp_path, 3, ("no price", fields("a3")), scope="north")
    assert operate("quarantine", "retry", *words).code == 0
    refresh_all(tmp_path)
    assert set(lake_at(tmp_path).read(LISTINGS)["listing_key"]) == keys


@pytest.mark.parametrize("words", [["nobody"], ["--scope", "nowhere"]])
def test_what_is_not_there_is_refused(tmp_path: Path, operate: Operate, words) -> None:
    put_aside(tmp_path, 1, ("no price", fields("a")))
    assert operate("quarantine", "retry", *words).code == 2
    assert operate("quarantine", "retry", "--reason", "never").out == "nothing of that is in quarantine\n"


def test_an_old_observation_undoes_nothing_newer(tmp_path: Path, operate: Operate) -> None:
    put_aside(tmp_path, 1, seen={"sold": 7, "gone": 7})
    put_aside(tmp_path, 2, *(("old", fields(key, 50)) for key in ("changed", "same", "sold", "gone", "before")))
    deliver(tmp_path, [listing(k, list_price=9, city="Lund", offer="sale") for k in ("changed", "sold")], run_seq=3)
    for run_seq in (4, 5):
        deliver(tmp_path, [listing("changed", list_price=9, city="Lund", offer="sale")], run_seq=run_seq)
    refresh_all(tmp_path)
    before = {key: state(tmp_path, key) for key in ("changed", "sold", "gone")}
    assert (before["sold"]["presence"], before["gone"]["presence"]) == ("removed", "removed")
    assert operate("quarantine", "retry").code == 0
    refresh_all(tmp_path)
    assert {key: state(tmp_path, key) for key in before} == before
    assert {state(tmp_path, key)["presence"] for key in ("same", "before")} == {"present"}
    row = lake_at(tmp_path).read(FEEDS).sort("run_seq").row(-1, named=True)
    assert (row["late"], row["new"], row["changed"], row["unchanged"]) == (3, 2, 0, 0)
    assert operate("replay").code == 0
    assert operate("doctor").code == 0


def test_a_listing_last_seen_before_is_brought_up_to_the_old_observation(tmp_path: Path, operate: Operate) -> None:
    put_aside(tmp_path, 1, seen={"a": 100})
    put_aside(tmp_path, 2, ("old", fields("a", 90)))
    put_aside(tmp_path, 3, ("old", fields("a", 80)), ("old", fields("b", 80)))
    refresh_all(tmp_path)
    assert operate("quarantine", "retry").code == 0
    refresh_all(tmp_path)
    prices = lake_at(tmp_path).read(LISTING_HISTORY).filter(pl.col("listing_key") == "a").sort("valid_from")
    assert prices.select(pl.col("list_price").cast(pl.Int64), "valid_from").rows() == [
        (100, day(1)),
        (90, day(2)),
        (80, day(3)),
    ]
    assert state(tmp_path, "a")["last_seen_at"] == day(3)


def test_removals_that_are_held_stay_held(tmp_path: Path, operate: Operate) -> None:
    homes = {f"h{n:02}": 1 for n in range(30)}
    put_aside(tmp_path, 1, seen=homes, complete=True)
    put_aside(tmp_path, 2, ("old", fields("x")), seen=homes)
    for run_seq in (3, 4):
        put_aside(tmp_path, run_seq, seen={"h00": 1}, complete=True)
    refresh_all(tmp_path)
    assert operate("quarantine", "retry").code == 0
    refresh_all(tmp_path)
    assert "held for a person: 29 removals" in operate("status").out
    answer = operate("accept-removals", "all", "--dry-run")
    assert "29 removals" in answer.out, answer.err


def test_a_feed_that_may_still_come_is_waited_for(tmp_path: Path, operate: Operate) -> None:
    put_aside(tmp_path, 1, ("old", fields("a")))
    claim = claim_run(open_store(str(tmp_path / "landing")), SOURCE, "all", day(1.5))
    path = tmp_path / "landing" / f"feeds/source={SOURCE}/scope=all/claims/{claim.run_seq:06d}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "pid": os.getppid(), "born": ""}))
    answer = operate("quarantine", "retry")
    assert answer.code == 6
    assert "is at work" in answer.err
    assert len(manifests(tmp_path)) == 1


def test_killed_before_the_manifest_it_is_done_by_the_next_try(tmp_path: Path, operate: Operate, monkeypatch) -> None:
    put_aside(tmp_path, 1, ("old", fields("a")), ("old", fields("k" * 300)))
    import orchestration.operations.retrying as retrying

    with monkeypatch.context() as patch:

        def killed(*_words: object, **_facts: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(retrying, "publish", killed)
        with pytest.raises(KeyboardInterrupt):
            operate("quarantine", "retry")
    assert len(manifests(tmp_path)) == 1
    assert operate("quarantine", "retry").code == 0
    refresh_all(tmp_path)
    assert lake_at(tmp_path).read(LISTINGS)["listing_key"].to_list() == ["a"]


def test_two_at_once_take_a_line_once(tmp_path: Path, operate: Operate, monkeypatch) -> None:
    put_aside(tmp_path, 1, ("old", fields("a")))
    import orchestration.operations.retrying as retrying

    real = retrying.claim_after

    def overtaken(*words: object) -> object:
        monkeypatch.setattr(retrying, "claim_after", real)
        assert operate("quarantine", "retry").code == 0
        return real(*words)

    monkeypatch.setattr(retrying, "claim_after", overtaken)
    answer = operate("quarantine", "retry")
    assert answer.code == 5
    assert "retried meanwhile" in answer.err
    assert sum(manifest.items for manifest in manifests(tmp_path)) == 1


def test_personal_data_of_an_older_policy_are_not_let_through(tmp_path: Path, operate: Operate) -> None:
    canary = "Ana Canaria"
    put_aside(tmp_path, 1, ("old", fields("a", owner_name=canary, title=f"call {canary} 0911 555 123")))
    assert operate("quarantine", "retry").code == 0
    refresh_all(tmp_path)
    row = state(tmp_path, "a")
    assert (row["owner_name"], row["title"]) == (None, "call [name] [phone]")


def test_a_mended_rule_lets_a_real_crawls_listing_through(tmp_path: Path, operate: Operate, monkeypatch) -> None:
    mapping = {
        "source": "registry",
        "key": "id",
        "fields": {"list_price": "price", "on_market_date": "since", "living_area": {"column": "m2", "unit": "m2"}},
        "constants": {"currency": "EUR", "offer": "sale", "property_type": "house"},
        "snapshot": "complete",
    }
    row = {"price": "250.000 €", "since": "2026-01-31", "m2": "62,5", "floor": 2.5, "note": None}
    rows = [{**row, "id": "k" * 300}, {**row, "id": "short"}]
    done = crawl(tmp_path, *dataset(tmp_path, rows, mapping))
    assert done.manifest["quarantined"] == 1
    refresh_all(tmp_path)
    assert "0 can be used now" in operate("quarantine", "retry").out
    monkeypatch.setattr(rules, "MAX_KEY", 400)
    assert operate("quarantine", "retry").code == 0
    refresh_all(tmp_path)
    mended, plain = state(tmp_path, "k" * 300), state(tmp_path, "short")
    same = [name for name in mended if not name.startswith("last_change") and name != "listing_key"]
    assert {name: mended[name] for name in same} == {name: plain[name] for name in same}
    assert not stage_all(tmp_path)
    assert contents(tmp_path)["listings"]
