"""`accept-removals` lets pass exactly what one run held: once, recorded, and the same in a replay."""

import datetime as dt
import json
from pathlib import Path

import pytest

from realestate_crawler.contracts.feed import claim_key
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.landing.opening import open_store
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import contents, events, listings_by_key, refresh
from tests.operators.conftest import Operate
from tests.operators.test_replay import refresh_all

MANY = [listing(f"m{n:02}") for n in range(40)]
GONE = {f"m{n:02}" for n in range(10, 40)}


def removed(root: Path) -> set[str]:
    return {key for key, row in listings_by_key(root).items() if row["presence"] == "removed"}


def last_claim(root: Path, run_seq: int) -> None:
    """The crawls of these tests claim no numbers; the command does, so the newest must be taken."""
    store = open_store(str(root / "landing"))
    manifest = Manifest.model_validate_json(
        next((root / "landing").rglob(f"run=*-{run_seq:06d}/manifest.json")).read_bytes()
    )
    claim = {"run_id": manifest.run_id, "host": "crawler", "pid": 1, "claimed_at": dt.datetime.now(dt.UTC).isoformat()}
    store.put_if_absent(claim_key("town", "all", run_seq), json.dumps(claim).encode())


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """Run 3 misses thirty of forty for the second time."""
    for run_seq, items in enumerate([MANY, MANY[:10], MANY[:10]], start=1):
        deliver(tmp_path, items, run_seq=run_seq)
        refresh_all(tmp_path)
    last_claim(tmp_path, 3)
    assert not removed(tmp_path)
    return tmp_path


def test_the_next_materialization_removes_what_was_held(held: Path, operate: Operate) -> None:
    answer = operate("accept-removals", "all", "--by", "ann")
    assert answer.code == 0, answer.err
    assert not removed(held), "only the next materialization applies it"
    refresh_all(held)
    assert removed(held) == GONE
    assert json.loads(operate("status", "--format", "json").out)[0]["held"] == 0
    assert operate("doctor", "--deep").code == 0
    assert operate("replay").code == 0


def test_it_is_recorded_beside_the_feeds(held: Path, operate: Operate) -> None:
    operate("accept-removals", "town/all", "--by", "ann")
    path = next((held / "landing").rglob("run=*-000004/manifest.json"))
    told = Manifest.model_validate_json(path.read_bytes())
    assert told.accepts is not None
    assert told.accepts.by == "ann"
    assert set(told.accepts.keys) == GONE
    assert told.accepts.run_id.endswith("-000003")
    assert not told.complete
    status = operate("status")
    assert "-000003" in status.out, "an acceptance is no crawl"


def test_removals_are_dated_when_the_run_saw_them(held: Path, operate: Operate) -> None:
    operate("accept-removals", "all")
    refresh(held)
    found = {row for row in events(held, "listing_key", "change_type", "observed_at") if row[1] == "removed"}
    assert {key for key, _, _ in found} == GONE
    assert {at for _, _, at in found} == {dt.datetime(2026, 3, 4, 6, tzinfo=dt.UTC)}


def test_a_second_acceptance_or_a_second_application_does_nothing(held: Path, operate: Operate) -> None:
    operate("accept-removals", "all")
    assert operate("accept-removals", "all").code == 2, "the first one waits"
    refresh(held)
    before = contents(held)
    assert not refresh(held)
    assert operate("accept-removals", "all").code == 2
    assert contents(held) == before


def test_later_removals_are_held_again(held: Path, operate: Operate) -> None:
    operate("accept-removals", "all")
    refresh(held)
    more = [listing(f"n{n:02}") for n in range(60)]
    for run_seq, items in enumerate([[*MANY[:10], *more], MANY[:10], MANY[:10]], start=5):
        deliver(held, items, run_seq=run_seq)
        refresh(held)
    assert removed(held) == GONE


def test_what_is_seen_afterwards_is_relisted(held: Path, operate: Operate) -> None:
    operate("accept-removals", "all")
    deliver(held, MANY[:20], run_seq=5)
    refresh(held)
    assert removed(held) == {f"m{n:02}" for n in range(20, 40)}
    back = {key for key, what in events(held, "listing_key", "change_type") if what == "relisted"}
    assert back == {f"m{n:02}" for n in range(10, 20)}


def test_first_misses_of_the_same_run_do_not_pass(tmp_path: Path, operate: Operate) -> None:
    for run_seq, items in enumerate([MANY, MANY[:10], MANY[:5]], start=1):
        deliver(tmp_path, items, run_seq=run_seq)
        refresh_all(tmp_path)
    last_claim(tmp_path, 3)
    assert operate("accept-removals", "all").code == 0
    refresh_all(tmp_path)
    assert removed(tmp_path) == GONE
    assert listings_by_key(tmp_path)["m07"]["presence"] == "missing"
    assert operate("replay").code == 0


def test_a_dry_run_records_nothing(held: Path, operate: Operate) -> None:
    answer = operate("accept-removals", "all", "--dry-run")
    assert answer.code == 0
    assert "30 removals" in answer.out
    assert not list((held / "landing").rglob("run=*-000004/manifest.json"))


@pytest.mark.parametrize("scope", ["nowhere", "village/all"])
def test_an_unknown_scope_is_refused_with_those_there_are(held: Path, operate: Operate, scope: str) -> None:
    answer = operate("accept-removals", scope)
    assert answer.code == 2
    assert "town/all" in answer.err


def test_nothing_held_is_refused(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, MANY, run_seq=1)
    refresh(tmp_path)
    assert operate("accept-removals", "all").code == 2


def test_it_never_overtakes_a_feed_that_waits(held: Path, operate: Operate) -> None:
    deliver(held, MANY, run_seq=4)
    answer = operate("accept-removals", "all")
    assert answer.code == 2
    assert "feeds wait" in answer.err


def test_it_never_overtakes_a_crawl_at_work_elsewhere(held: Path, operate: Operate) -> None:
    claim = {"run_id": "x-000004", "host": "elsewhere", "pid": 1, "claimed_at": dt.datetime.now(dt.UTC).isoformat()}
    open_store(str(held / "landing")).put_if_absent(claim_key("town", "all", 4), json.dumps(claim).encode())
    assert operate("accept-removals", "all").code == 6


def test_it_comes_after_the_run_it_is_about_even_where_claims_were_lost(held: Path, operate: Operate) -> None:
    for claim in (held / "landing").rglob("claims/*.json"):
        claim.unlink()
    assert operate("accept-removals", "all").code == 0
    refresh(held)
    assert removed(held) == GONE
