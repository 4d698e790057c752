"""What a person lets pass is taken: that, of that run, and nothing else."""

import json
from decimal import Decimal

import pytest

from orchestration.logic.guard import Guard
from realestate_crawler.contracts.manifest import Accepted
from tests.graph_fixtures.diffs import Tables, changes
from tests.graph_fixtures.feeds import day, listing

STRICT = Guard(least=1, share=0.1, least_changes=2, least_emptied=2)
KEYS = "abcdef"


def home(key, price=100, **more):
    return listing(key, list_price=Decimal(price), currency="EUR", living_area=Decimal(50), title=f"Home {key}", **more)


def town(price=100, keys=KEYS, **more):
    return [home(key, price * (1 + KEYS.index(key)), **more) for key in keys]


@pytest.fixture
def tables():
    """Run 1 saw six homes, run 2 the same at a hundred times the price."""
    found = Tables()
    found.see(*town())
    held = found.see(*town(10_000), guard=STRICT)
    assert (held.counts.held_changes, held.counts.changed, held.counts.unchanged) == (6, 0, 6)
    assert found.row("b")["list_price"] == 200
    return found


def held_of(tables, key):
    return [(e["scope"], e["what"], e["run_id"]) for e in tables.row(key)["held"] or []]


def test_an_accepted_change_is_taken_and_dated_by_the_look(tables):
    found = tables.accept(2, *town(10_000), changes={"list_price": list(KEYS)})
    assert (found.counts.changed, found.counts.held_changes, found.counts.all_held) == (6, 0, 0)
    assert tables.row("b")["list_price"] == 20_000
    assert changes(found, "b") == {"list_price": ("200", "20000")}
    assert tables.row("b")["last_change_run_id"] == "run-3"
    assert tables.row("b")["last_seen_at"] == day(3)
    assert tables.state["held"].null_count() == 6
    assert tables.row("b")["price_per_sqm"] == 400.0


def test_after_it_the_same_page_is_unchanged_and_a_new_price_is_told(tables):
    tables.accept(2, *town(10_000), changes={"list_price": list(KEYS)})
    assert tables.see(*town(10_000), guard=STRICT).counts.unchanged == 6
    found = tables.see(home("a", 1), *town(10_000, "bcdef"), guard=STRICT)
    assert changes(found, "a") == {"list_price": ("10000", "1")}


def test_what_is_not_named_stays_held(tables):
    found = tables.accept(2, *town(10_000, "ab"), changes={"list_price": ["a", "b"]})
    assert (found.counts.observed, found.counts.changed) == (2, 2)
    assert (tables.row("b")["list_price"], tables.row("c")["list_price"]) == (20_000, 300)
    assert held_of(tables, "b") == []
    assert held_of(tables, "c") == [("all", "list_price", "run-2")]


def test_other_facts_of_the_accepted_lines_are_not_taken(tables):
    lines = [home(key, 10_000 * (1 + n), year_built=1999) for n, key in enumerate("ab")]
    found = tables.accept(2, *lines, changes={"list_price": ["a", "b"]})
    assert set(changes(found, "a")) == {"list_price"}
    assert tables.row("a")["year_built"] is None


def test_a_field_that_was_never_held_does_not_pass(tables):
    found = tables.accept(2, *town(10_000, "a", year_built=1999), changes={"year_built": ["a"]})
    assert (found.counts.changed, found.counts.unchanged) == (0, 1)
    assert tables.row("a")["year_built"] is None
    assert held_of(tables, "a") == [("all", "list_price", "run-2")]


def test_what_another_run_held_does_not_pass(tables):
    tables.see(*town(20_000), guard=STRICT)
    found = tables.accept(2, *town(10_000), changes={"list_price": list(KEYS)})
    assert found.counts.changed == 0
    assert tables.row("a")["list_price"] == 100


def test_what_another_scope_holds_does_not_pass(tables):
    tables.see(*town(), scope="south")
    found = tables.accept(2, *town(10_000), scope="south", changes={"list_price": list(KEYS)})
    assert found.counts.changed == 0
    assert held_of(tables, "a") == [("all", "list_price", "run-2")]


def test_a_value_that_has_changed_since_is_not_taken_back(tables):
    tables.see(*town(keys="bcdef"), home("a", 77), scope="south")
    found = tables.accept(2, *town(10_000), changes={"list_price": list(KEYS)})
    assert found.counts.changed == 5
    assert tables.row("a")["list_price"] == 77
    assert held_of(tables, "a") == []


def test_an_acceptance_misses_nobody(tables):
    found = tables.accept(2, *town(10_000, "a"), changes={"list_price": ["a"]})
    assert (found.counts.waiting, found.counts.first_misses, found.counts.missing) == (5, 0, 0)
    assert set(tables.presence().values()) == {"present"}


def test_an_acceptance_announces_no_source_columns(tables):
    tables.see(*[home(key, 100 * (1 + n), extra={"x": 1}) for n, key in enumerate(KEYS)])
    found = tables.accept(2, *town(10_000), changes={"list_price": list(KEYS)})
    assert (found.new_columns, found.gone_columns) == ([], [])
    assert json.loads(tables.row("a")["extra"]) == {"x": 1}


@pytest.fixture
def missed():
    """Of six homes only one is seen any more; after two complete misses five removals are held."""
    found = Tables()
    found.see(*town())
    found.see(*town(keys="a"), guard=STRICT)
    held = found.see(*town(keys="a"), guard=STRICT)
    assert (held.counts.held, held.counts.removed) == (5, 0)
    return found


def test_accepted_removals_are_removed_and_no_others(missed):
    found = missed.accept(3, keys=["b", "c"])
    assert (found.counts.dropped, found.counts.removed, found.counts.waiting, found.counts.held) == (2, 2, 4, 0)
    assert missed.presence() == {"a": "present", "b": "removed", "c": "removed", **dict.fromkeys("def", "missing")}
    assert held_of(missed, "b") == []
    assert held_of(missed, "d") == [("all", "presence", "run-3")]
    assert missed.row("b")["removed_at"] == day(4)


def test_many_accepted_removals_are_not_held_again(missed):
    accepts = Accepted(run_id="run-3", keys=list("bcdef"), by="somebody")
    found = missed.see(complete=False, guard=STRICT, accepts=accepts)
    assert (found.counts.removed, found.counts.held) == (5, 0)


def test_a_listing_that_was_seen_again_is_not_removed_by_an_acceptance(missed):
    missed.see(*town(keys="ab"), complete=False)
    found = missed.accept(3, keys=["b", "c"])
    assert found.counts.removed == 1
    assert missed.presence()["b"] == "present"


@pytest.fixture
def renamed():
    """All homes come back under other keys."""
    found = Tables()
    found.see(*town())
    held = found.see(*[_renamed(key) for key in KEYS], guard=STRICT)
    assert (held.counts.rekeyed, held.counts.new, held.counts.missing) == (6, 0, 0)
    return found


def _renamed(key):
    home_ = home(key, 100 * (1 + KEYS.index(key)))
    home_.listing_key = f"id-{key}"
    return home_


def test_accepted_keys_come_in_and_their_twins_are_missed(renamed):
    found = renamed.accept(2, *[_renamed(key) for key in KEYS], rekeyed={key: f"id-{key}" for key in KEYS})
    assert (found.counts.new, found.counts.first_misses, found.counts.missing) == (6, 6, 6)
    assert renamed.presence()["a"] == "missing"
    assert renamed.presence()["id-a"] == "present"
    assert held_of(renamed, "a") == []


def test_keys_of_a_run_that_proves_nothing_come_in_and_nobody_is_missed(renamed):
    found = renamed.accept(2, *[_renamed("a")], rekeyed={"a": "id-a"}, proves=False)
    assert (found.counts.new, found.counts.missing) == (1, 0)
    assert renamed.presence()["a"] == "present"
