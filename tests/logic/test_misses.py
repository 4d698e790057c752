"""What follows for listings that a feed lacks, and how it is told."""

from decimal import Decimal

import pytest

from orchestration.logic.guard import Guard
from tests.graph_fixtures.diffs import Tables, price
from tests.graph_fixtures.feeds import day, listing

STRICT = Guard(least=1, share=0.0, least_changes=1, least_emptied=1)


@pytest.fixture
def tables():
    found = Tables()
    found.see(*(price(key, 1) for key in "abcd"))
    return found


def last(tables, key):
    row = tables.row(key)
    return (row["last_change_type"], row["last_change_at"], row["last_change_run_id"], row["last_change_scope"])


def test_a_miss_is_dated_and_says_nothing_of_fields(tables):
    tables.see(price("a", 2), price("b", 1), price("c", 1), price("d", 1))
    tables.see(price("b", 1), price("c", 1), price("d", 1))
    row = tables.row("a")
    assert last(tables, "a") == ("missing", day(3), "run-3", "all")
    assert (row["last_changes"], row["present_in"], row["missing_in"], row["removed_at"]) == (None, [], ["all"], None)
    assert (row["last_seen_at"], row["is_active"], row["list_price"]) == (day(2), True, 2)


def test_a_removal_is_dated_once(tables):
    for _ in range(2):
        tables.see(*(price(key, 1) for key in "bcd"))
    row = tables.row("a")
    assert (row["present_in"], row["missing_in"], row["removed_at"], row["is_active"]) == ([], [], day(3), False)
    assert last(tables, "a") == ("removed", day(3), "run-3", "all")


def test_a_miss_of_one_scope_changes_only_where_the_listing_is(tables):
    tables.see(price("a", 1), price("z", 1), scope="south")
    tables.see(price("z", 1), scope="south")
    row = tables.row("a")
    assert (row["presence"], row["present_in"], row["missing_in"]) == ("present", ["all"], ["south"])
    assert last(tables, "a") == ("new", day(1), "run-1", "all")
    found = tables.see(*(price(key, 1) for key in "bcd"))
    assert (found.counts.first_misses, found.counts.missing) == (1, 1)
    assert tables.row("a")["missing_in"] == ["all", "south"]
    found = tables.see(price("z", 1), scope="south")
    assert (found.counts.dropped, found.counts.removed) == (1, 0)
    assert (tables.row("a")["presence"], tables.row("a")["missing_in"]) == ("missing", ["all"])


def test_held_removals_stay_missing_and_are_told(tables):
    tables.see(price("a", 1), guard=STRICT)
    found = tables.see(price("a", 1), guard=STRICT)
    counts = found.counts
    assert (counts.held, counts.dropped, counts.removed, counts.waiting, counts.missing) == (3, 0, 0, 0, 0)
    assert found.holds == ["3 of 4 listings would be removed at once"]
    assert last(tables, "b") == ("missing", day(2), "run-2", "all")
    assert [(e["what"], e["kept_value"], e["new_value"]) for e in tables.row("b")["held"]] == [
        ("presence", "missing", "removed")
    ]
    assert tables.row("a")["held"] is None


def test_what_may_be_removed_in_one_feed_is_counted_apart_from_first_misses(tables):
    tables.see(*(price(key, 1) for key in "abc"))
    found = tables.see(price("a", 1), guard=STRICT)
    assert (found.counts.first_misses, found.counts.dropped, found.counts.held) == (2, 1, 0)
    assert found.holds == []


def test_an_unproven_look_leaves_the_missing_as_they_are(tables):
    tables.see(*(price(key, 1) for key in "abc"))
    found = tables.see(price("a", 1), complete=False)
    assert (found.counts.waiting, found.counts.first_misses, found.counts.dropped) == (3, 0, 0)
    assert found.rows["listing_key"].to_list() == ["a"]


def twin(key, number):
    return listing(key, list_price=Decimal(1000 + number), living_area=Decimal(50), title=f"Home {number}")


def test_homes_under_other_keys_are_told_with_an_example_and_keep_their_place():
    tables = Tables()
    tables.see(*(twin(f"h{n}", n) for n in range(5)))
    found = tables.see(twin("h0", 0), *(twin(f"x{n}", n) for n in range(2, 5)), guard=STRICT)
    assert found.holds == ["3 of 5 listings vanish and come back under another key, for example h2 → x2"]
    assert (found.counts.rekeyed, found.counts.first_misses, found.counts.waiting, found.counts.new) == (3, 1, 0, 0)
    [entry] = tables.row("h3")["held"]
    assert entry == {
        "scope": "all",
        "run_id": "run-2",
        "what": "listing_key",
        "kept_value": "h3",
        "new_value": "x3",
        "pattern": "its twin has another key",
    }
    assert tables.presence() == {"h0": "present", "h1": "missing", "h2": "present", "h3": "present", "h4": "present"}
    assert last(tables, "h3") == ("new", day(1), "run-1", "all")


def test_removals_and_other_keys_in_one_feed_are_told_one_by_one():
    tables = Tables()
    tables.see(*(twin(f"h{n}", n) for n in range(8)))
    tables.see(*(twin(f"h{n}", n) for n in range(4, 8)), guard=STRICT)
    found = tables.see(*(twin(f"x{n}", n) for n in range(4, 8)), guard=STRICT)
    assert [told.split(" listings ")[0] for told in found.holds] == ["4 of 8", "4 of 8"]
    assert (found.counts.held, found.counts.rekeyed) == (4, 4)
    assert found.counts.all_held == 8
