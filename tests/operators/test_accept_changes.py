"""`accept` lets pass exactly what was held, of every kind: once, recorded, with its own lines, the same in a replay."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from realestate_crawler.contracts.manifest import Manifest
from tests.graph_fixtures.feeds import day, deliver, listing
from tests.graph_fixtures.tables import contents, events, history, listings_by_key, refresh
from tests.operators.conftest import Answer, Operate
from tests.operators.test_accept_removals import last_claim
from tests.operators.test_replay import refresh_all

MANY = 60


def home(number: int, factor: int = 1, key: str = "", **more):
    told = {"list_price": Decimal((1000 + number) * factor), "living_area": Decimal(30 + number), "title": f"{number}"}
    return listing(key or f"h{number:02}", currency="EUR", **{**told, **more})


def town(factor: int = 1, **more) -> list:
    return [home(number, factor, **more) for number in range(MANY)]


def prices(root: Path) -> set[Decimal]:
    """How many times its first price each listing costs."""
    rows = listings_by_key(root).items()
    return {row["list_price"] / (1000 + int(key.removeprefix("h"))) for key, row in rows if key.startswith("h")}


def held_in_status(operate: Operate) -> tuple[int, int, int]:
    [row] = json.loads(operate("status", "--format", "json").out)
    return row["held"], row["held_changes"], row["held_keys"]


def acceptance(root: Path, run_seq: int) -> Manifest:
    path = next((root / "landing").rglob(f"run=*-{run_seq:06d}/manifest.json"))
    return Manifest.model_validate_json(path.read_bytes())


def sound(operate: Operate) -> Answer:
    assert operate("replay").code == 0
    return operate("doctor", "--deep")


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """Run 2 says that every home costs a hundred times as much, and that one has another title."""
    deliver(tmp_path, town(), run_seq=1)
    deliver(tmp_path, [home(0, 100, title="Sold"), *town(100)[1:]], run_seq=2)
    refresh_all(tmp_path)
    last_claim(tmp_path, 2)
    assert prices(tmp_path) == {1}
    return tmp_path


def test_a_held_change_is_told_by_status_feeds_and_the_listing(held: Path, operate: Operate) -> None:
    assert held_in_status(operate) == (0, MANY, 0)
    row = listings_by_key(held)["h00"]
    assert (row["title"], row["list_price"], row["held"][0]["new_value"]) == ("Sold", 1000, "100000")
    assert "list_price: 1000 → 100000" in operate("history", "h00").out
    assert [e for e in events(held) if e[1] == "changed"] == [("h00", "changed", "title", "0", "Sold")]
    assert sound(operate).code == 0


def test_a_dry_run_shows_what_would_pass_from_old_to_new(held: Path, operate: Operate) -> None:
    answer = operate("accept", "all", "--dry-run")
    assert answer.code == 0
    assert "list_price: changed by the factor 100: 60 listings" in answer.out
    assert "town/h00: 1000 → 100000" in answer.out
    assert "… and 50 more" in answer.out
    assert "60 changes would be accepted" in answer.out
    assert not list((held / "landing").rglob("run=*-000003"))


def test_the_next_materialization_takes_what_was_accepted(held: Path, operate: Operate) -> None:
    assert operate("accept", "all", "--by", "ann").code == 0
    assert prices(held) == {1}, "only the next materialization applies it"
    refresh_all(held)
    assert prices(held) == {100}
    assert held_in_status(operate) == (0, 0, 0)
    told = {e for e in events(held, "listing_key", "field_name", "new_value", "observed_at") if e[1] == "list_price"}
    assert ("h07", "list_price", "100700", day(2)) in told
    assert len(told) == MANY
    assert listings_by_key(held)["h00"]["title"] == "Sold"
    assert history(held, "h07")["list_price"].to_list() == [1007, 100700]
    assert sound(operate).code == 0


def test_it_is_recorded_with_names_and_the_runs_own_lines(held: Path, operate: Operate) -> None:
    operate("accept", "town/all", "--by", "ann")
    told = acceptance(held, 3)
    assert told.accepts is not None
    assert (told.accepts.by, told.accepts.run_id[-6:], told.accepts.proves) == ("ann", "000002", True)
    assert told.accepts.changes == {"list_price": [f"h{n:02}" for n in range(MANY)]}
    assert (told.items, told.complete) == (MANY, False)


def test_after_it_the_next_feed_has_nothing_to_change(held: Path, operate: Operate) -> None:
    operate("accept", "all")
    deliver(held, [home(0, 100, title="Sold"), *town(100)[1:]], run_seq=4)
    applied = refresh(held)
    assert [feed.feed.counts.unchanged for feed in applied] == [0, MANY]
    assert applied[1].feed.counts.held_changes == 0


def test_once_is_enough_and_twice_is_refused(held: Path, operate: Operate) -> None:
    operate("accept", "all")
    assert operate("accept", "all").code == 2, "the first one waits"
    refresh(held)
    before = contents(held)
    assert not refresh(held)
    assert operate("accept", "all").code == 2
    assert contents(held) == before


def test_a_blip_that_heals_cannot_be_accepted_any_more(held: Path, operate: Operate) -> None:
    deliver(held, town(), run_seq=3)
    refresh(held)
    answer = operate("accept", "all")
    assert answer.code == 2
    assert "no removals or changes or keys are held" in answer.err


def test_what_another_scope_has_seen_since_is_not_taken_back(held: Path, operate: Operate) -> None:
    deliver(held, [home(5, 3, title="later")], run_seq=1, scope="other", at=day(3))
    refresh(held)
    assert operate("accept", "all").code == 0
    refresh_all(held)
    row = listings_by_key(held)["h05"]
    assert (row["list_price"], row["title"], row["held"]) == (3015, "later", None)
    assert prices(held) == {3, 100}
    assert sound(operate).code == 0


def test_only_one_kind_may_pass_and_the_others_wait_on(tmp_path: Path, operate: Operate) -> None:
    """Run 3: thirty are missed for the second time, thirty cost a hundred times as much."""
    deliver(tmp_path, town(), run_seq=1)
    deliver(tmp_path, town()[:30], run_seq=2)
    deliver(tmp_path, town(100)[:30], run_seq=3)
    refresh_all(tmp_path)
    last_claim(tmp_path, 3)
    assert held_in_status(operate) == (30, 30, 0)
    assert operate("accept", "all", "--only", "changes").code == 0
    refresh_all(tmp_path)
    assert held_in_status(operate) == (30, 0, 0)
    assert {row["presence"] for row in listings_by_key(tmp_path).values()} == {"present", "missing"}
    assert operate("accept-removals", "all").code == 0
    refresh_all(tmp_path)
    assert held_in_status(operate) == (0, 0, 0)
    assert [row["presence"] for row in listings_by_key(tmp_path).values()].count("removed") == 30
    assert sound(operate).code == 0


def test_accept_removals_lets_no_change_pass(held: Path, operate: Operate) -> None:
    assert operate("accept-removals", "all").code == 2
    assert operate("accept", "all", "--only", "removals").code == 2
    assert operate("accept", "all", "--only", "prices").code == 2


def test_homes_under_another_key_come_in_when_they_are_accepted(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, town(), run_seq=1)
    deliver(tmp_path, [home(n, key=f"id-{n}") for n in range(MANY)], run_seq=2)
    refresh_all(tmp_path)
    last_claim(tmp_path, 2)
    assert held_in_status(operate) == (0, 0, MANY)
    assert len(listings_by_key(tmp_path)) == MANY
    answer = operate("accept", "all", "--dry-run")
    assert "town/h00: h00 → id-0" in answer.out
    operate("accept", "all")
    refresh_all(tmp_path)
    found = {key: row["presence"] for key, row in listings_by_key(tmp_path).items()}
    assert {found[f"h{n:02}"] for n in range(MANY)} == {"missing"}
    assert {found[f"id-{n}"] for n in range(MANY)} == {"present"}
    assert held_in_status(operate) == (0, 0, 0)
    assert sound(operate).code == 0


def test_keys_that_an_incomplete_look_found_come_in_and_nothing_goes(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, town(), run_seq=1)
    deliver(tmp_path, [home(n, key=f"id-{n}") for n in range(MANY)], run_seq=2, complete=False)
    refresh_all(tmp_path)
    last_claim(tmp_path, 2)
    operate("accept", "all")
    refresh_all(tmp_path)
    assert {row["presence"] for row in listings_by_key(tmp_path).values()} == {"present"}
    assert len(listings_by_key(tmp_path)) == 2 * MANY


def test_what_two_runs_hold_is_accepted_run_by_run(tmp_path: Path, operate: Operate) -> None:
    """The second look is incomplete: it holds what it saw, the first one what only that saw."""
    deliver(tmp_path, town(), run_seq=1)
    deliver(tmp_path, town(100), run_seq=2)
    deliver(tmp_path, town(200)[:30], run_seq=3, complete=False)
    refresh_all(tmp_path)
    last_claim(tmp_path, 3)
    assert operate("accept", "all").code == 0
    refresh_all(tmp_path)
    rows = listings_by_key(tmp_path)
    assert (rows["h00"]["list_price"], rows["h59"]["list_price"]) == (200_000, 105_900)
    assert held_in_status(operate) == (0, 0, 0)
    assert sound(operate).code == 0
