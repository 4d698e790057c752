"""A site that changes the form of its ids: nothing is new, nothing is gone, a person decides."""

from decimal import Decimal

import pytest

from tests.graph_fixtures.diffs import Tables
from tests.graph_fixtures.feeds import listing

MANY = 100


def home(key, number, **more):
    told = {"list_price": Decimal(1000 + number), "living_area": Decimal(40 + number % 50), "title": f"Home {number}"}
    return listing(key, **{**told, **more})


def old(*numbers):
    return [home(f"{n}", n) for n in numbers]


def new(*numbers, **more):
    return [home(f"id-{n}", n, **more) for n in numbers]


@pytest.fixture
def tables():
    found = Tables()
    found.see(*old(*range(MANY)))
    return found


@pytest.mark.parametrize("complete", [True, False])
@pytest.mark.fault("F16", "other form of ids")
def test_new_keys_of_the_same_homes_are_held_with_those_that_vanish(tables, complete):
    found = tables.see(*old(*range(10)), *new(*range(10, MANY)), home("fresh", 999), complete=complete)
    counts = found.counts
    assert (counts.new, counts.rekeyed, counts.missing, counts.waiting) == (1, 90, 0, 0)
    assert found.holds == ["90 of 100 listings vanish and come back under another key, for example 10 → id-10"]
    assert tables.state.height == MANY + 1
    assert set(tables.presence().values()) == {"present"}
    [entry] = tables.row("10")["held"]
    assert (entry["what"], entry["new_value"]) == ("listing_key", "id-10")


def test_when_the_old_keys_come_back_no_trace_is_left(tables):
    tables.see(*new(*range(MANY)))
    found = tables.see(*old(*range(MANY)))
    assert (found.counts.unchanged, found.counts.rekeyed) == (MANY, 0)
    assert tables.state["held"].null_count() == MANY


def test_it_is_held_at_every_look_and_never_removes(tables):
    for _ in range(4):
        found = tables.see(*new(*range(MANY)))
        assert (found.counts.rekeyed, found.counts.held) == (MANY, 0)
    assert set(tables.presence().values()) == {"present"}


def test_those_without_a_twin_are_missing_as_usual(tables):
    found = tables.see(*new(*range(5, MANY)))
    assert (found.counts.rekeyed, found.counts.missing) == (95, 5)


def test_a_listing_that_was_missed_before_is_not_removed_while_its_twin_is_there(tables):
    tables.see(*old(*range(5, MANY)))
    found = tables.see(*new(*range(MANY)))
    assert (found.counts.rekeyed, found.counts.removed) == (MANY, 0)
    assert tables.presence()["0"] == "missing"


def test_twenty_adverts_that_are_posted_anew_are_new(tables):
    found = tables.see(*old(*range(20, MANY)), *new(*range(20)))
    assert (found.counts.new, found.counts.missing, found.counts.rekeyed) == (20, 20, 0)


def test_twins_among_many_really_new_ones_are_new(tables):
    fresh = [home(f"f{n}", 5000 + n) for n in range(200)]
    found = tables.see(*old(*range(30, MANY)), *new(*range(30)), *fresh)
    assert (found.counts.new, found.counts.rekeyed) == (230, 0)


def test_a_home_that_says_too_little_is_no_twin():
    tables = Tables()
    tables.see(*(listing(str(n), list_price=Decimal(n)) for n in range(MANY)))
    found = tables.see(*(listing(f"id-{n}", list_price=Decimal(n)) for n in range(MANY)))
    assert (found.counts.new, found.counts.rekeyed) == (MANY, 0)


def test_another_price_makes_another_home(tables):
    found = tables.see(*new(*range(MANY), list_price=Decimal(7)))
    assert (found.counts.new, found.counts.missing) == (MANY, MANY)


def test_equal_homes_of_one_building_are_paired_one_by_one():
    tables = Tables()
    tables.see(*(home(f"{n:02}", 1) for n in range(40)))
    found = tables.see(*(home(f"id-{n:02}", 1) for n in range(30)))
    assert (found.counts.rekeyed, found.counts.missing, found.counts.new) == (30, 10, 0)
    assert tables.row("29")["held"][0]["new_value"] == "id-29"


def test_removals_that_are_held_are_told_in_the_row():
    tables = Tables()
    homes = [home(f"{n:02}", n) for n in range(60)]
    tables.see(*homes)
    tables.see(*homes[25:])
    found = tables.see(*homes[25:])
    assert found.counts.held == 25
    assert found.holds == ["25 of 60 listings would be removed at once"]
    assert tables.row("00")["held"] == [
        {
            "scope": "all",
            "run_id": "run-3",
            "what": "presence",
            "kept_value": "missing",
            "new_value": "removed",
            "pattern": "too many removals at once",
        }
    ]
    tables.see(*homes[25:], complete=False)
    assert tables.row("00")["held"], "a look that proves nothing settles nothing"
    tables.see(*homes)
    assert tables.row("00")["held"] is None
