"""The diff's rules of presence, each by an example: new, missing, removed, held, relisted, several scopes."""

import pytest

from tests.graph_fixtures.diffs import Tables, changes, price
from tests.graph_fixtures.feeds import day


@pytest.fixture
def tables():
    return Tables()


def test_the_first_sight_of_a_key_is_new_also_in_the_first_feed(tables):
    found = tables.see(price("a", 100), price("b", 200))
    assert (found.counts.new, found.counts.observed) == (2, 2)
    row = tables.row("a")
    assert (row["presence"], row["last_change_type"], row["first_seen_at"]) == ("present", "new", day(1))
    assert row["last_seen_at"] == day(1)
    assert row["removed_at"] is None


def test_a_changed_field_is_told_with_its_old_and_new_value(tables):
    tables.see(price("a", 100), price("b", 200))
    found = tables.see(price("a", "99.50", title="now with a title"), price("b", 200))
    assert (found.counts.changed, found.counts.unchanged) == (1, 1)
    assert changes(found) == {"list_price": ("100", "99.5"), "title": (None, "now with a title")}
    assert changes(found, "b") == {}
    assert tables.row("b")["last_change_type"] == "new"
    assert tables.row("b")["last_seen_at"] == day(2)


def test_one_complete_miss_is_missing_the_second_in_a_row_removed(tables):
    tables.see(price("a", 1), price("b", 2))
    first = tables.see(price("b", 2))
    assert (first.counts.missing, first.counts.removed) == (1, 0)
    assert tables.row("a")["presence"] == "missing"
    second = tables.see(price("b", 2))
    assert (second.counts.missing, second.counts.removed) == (0, 1)
    row = tables.row("a")
    assert (row["presence"], row["removed_at"], row["is_active"], row["last_seen_at"]) == (
        "removed",
        day(3),
        False,
        day(1),
    )
    third = tables.see(price("b", 2))
    assert third.counts.removed == 0
    assert third.counts.scope_before == 1


def test_a_missing_listing_seen_again_is_merely_present_and_its_misses_are_forgotten(tables):
    tables.see(price("a", 1), price("b", 2))
    tables.see(price("b", 2))
    back = tables.see(price("a", 1), price("b", 2))
    assert (back.counts.back, back.counts.relisted, back.counts.unchanged) == (1, 0, 2)
    assert tables.row("a")["last_change_type"] == "missing"
    assert tables.presence()["a"] == "present"
    again = tables.see(price("b", 2))
    assert (again.counts.missing, again.counts.removed) == (1, 0)


def test_a_removed_listing_seen_again_is_relisted_with_what_changed_meanwhile(tables):
    tables.see(price("a", 100), price("b", 2))
    tables.see(price("b", 2))
    tables.see(price("b", 2))
    found = tables.see(price("a", 90), price("b", 2))
    assert (found.counts.relisted, found.counts.changed, found.counts.new) == (1, 0, 0)
    assert changes(found) == {"list_price": ("100", "90")}
    row = tables.row("a")
    assert (row["presence"], row["removed_at"], row["last_change_type"]) == ("present", None, "relisted")
    assert row["first_seen_at"] == day(1)


@pytest.mark.parametrize(
    ("known", "gone", "held"), [(100, 20, False), (100, 21, True), (400, 40, False), (400, 41, True)]
)
def test_more_removals_than_twenty_or_a_tenth_wait_for_a_person(tables, known, gone, held):
    everything = [price(str(n), n + 1) for n in range(known)]
    tables.see(*everything)
    tables.see(*everything[gone:])
    found = tables.see(*everything[gone:])
    assert found.counts.held == (gone if held else 0)
    assert found.counts.removed == (0 if held else gone)
    assert list(tables.presence().values()).count("missing") == (gone if held else 0)


def test_held_removals_pass_when_few_enough_are_left(tables):
    everything = [price(str(n), n + 1) for n in range(100)]
    tables.see(*everything)
    tables.see(*everything[30:])
    assert tables.see(*everything[30:]).counts.held == 30
    assert tables.see(*everything[15:]).counts.removed == 15


def test_an_incomplete_feed_changes_and_adds_but_misses_nothing(tables):
    tables.see(price("a", 1), price("b", 2), price("c", 3))
    found = tables.see(price("a", 9), price("d", 4), complete=False)
    assert (found.counts.changed, found.counts.new, found.counts.waiting) == (1, 1, 2)
    assert (found.counts.missing, found.counts.removed) == (0, 0)
    assert set(tables.presence().values()) == {"present"}


def test_an_incomplete_feed_between_two_complete_misses_does_not_break_their_row(tables):
    tables.see(price("a", 1), price("b", 2))
    tables.see(price("b", 2))
    tables.see(price("b", 2), complete=False)
    assert tables.presence()["a"] == "missing"
    assert tables.see(price("b", 2)).counts.removed == 1


def test_an_empty_feed_that_is_not_complete_does_nothing(tables):
    tables.see(price("a", 1))
    found = tables.see(complete=False)
    assert found.rows.is_empty()
    assert found.counts.waiting == 1


@pytest.mark.fault("F38", "listing in two scopes")
def test_a_listing_is_present_while_any_scope_sees_it(tables):
    tables.see(price("a", 1), price("b", 1), scope="north")
    tables.see(price("a", 1), price("c", 1), scope="south")
    for _ in range(3):
        tables.see(price("b", 1), scope="north")
    assert tables.presence()["a"] == "present"
    gone = tables.see(price("c", 1), scope="south")
    assert gone.counts.missing == 1
    assert tables.presence()["a"] == "missing"
    assert tables.see(price("c", 1), scope="south").counts.removed == 1
    assert tables.presence() == {"a": "removed", "b": "present", "c": "present"}


def test_a_scope_misses_only_what_it_held(tables):
    tables.see(price("a", 1), scope="north")
    found = tables.see(price("b", 1), scope="south")
    assert found.counts.scope_before == 0
    assert tables.presence() == {"a": "present", "b": "present"}


def test_a_listing_that_one_scope_lost_and_another_found_stays(tables):
    tables.see(price("a", 1), price("b", 1), scope="north")
    tables.see(price("b", 1), scope="north")
    found = tables.see(price("a", 1), scope="south")
    assert (found.counts.back, found.counts.new) == (1, 0)
    tables.see(price("b", 1), scope="north")
    assert tables.presence()["a"] == "present"
