"""What a version of listings says happened, as events and as steps of the history."""

import polars as pl
import pytest

from orchestration.logic.events import change_events, changed_rows, history_steps
from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY
from tests.graph_fixtures.diffs import Tables, price
from tests.graph_fixtures.feeds import SOURCE, day


@pytest.fixture
def tables():
    found = Tables()
    found.see(price("a", 1), price("b", 1), price("c", 1))
    return found


def happened(tables):
    return changed_rows(tables.state.lazy(), SOURCE, "all", f"run-{tables.number}")


def events(tables):
    told = change_events(happened(tables))
    assert told.columns == list(LISTING_CHANGES.columns)
    assert set(told["source"]) | {SOURCE} == {SOURCE}
    assert set(told["run_id"]) <= {f"run-{tables.number}"}
    assert set(told["scope"]) <= {"all"}
    columns = ["listing_key", "change_type", "field_name", "previous_value", "new_value"]
    return told.select(columns).rows()


def steps(tables):
    told = history_steps(happened(tables))
    assert told.columns == [*LISTING_HISTORY.columns, "closes"]
    assert told["is_current"].all()
    assert told["valid_to"].null_count() == told.height
    return sorted(told.select("listing_key", "valid_from", "closes", "list_price").rows(), key=repr)


def test_new_listings(tables):
    assert events(tables) == [(key, "new", None, None, None) for key in "abc"]
    assert steps(tables) == [(key, day(1), None, 1) for key in "abc"]


def test_a_changed_listing_closes_its_version_and_opens_another(tables):
    tables.see(price("a", 2, year_built=1900), price("b", 1), price("c", 1))
    assert events(tables) == [("a", "changed", "list_price", "1", "2"), ("a", "changed", "year_built", None, "1900")]
    assert steps(tables) == [("a", day(2), "a", 2), ("a", day(2), None, 2)]


def test_missing_says_nothing_to_the_history_and_removed_closes(tables):
    tables.see(price("a", 1), price("b", 1))
    assert events(tables) == [("c", "missing", None, None, None)]
    assert steps(tables) == []
    tables.see(price("a", 1), price("b", 1))
    assert events(tables) == [("c", "removed", None, None, None)]
    assert steps(tables) == [("c", day(3), "c", 1)]


def test_a_relisted_listing_opens_a_version_and_tells_what_changed_meanwhile(tables):
    for _ in range(2):
        tables.see(price("a", 1), price("b", 1))
    tables.see(price("a", 1), price("b", 1), price("c", 3))
    assert events(tables) == [("c", "changed", "list_price", "1", "3"), ("c", "relisted", None, None, None)]
    assert steps(tables) == [("c", day(4), None, 3)]


def test_the_version_has_the_facts_and_the_first_sight(tables):
    tables.see(price("a", 2, living_area=4), price("b", 1), price("c", 1))
    opened = history_steps(happened(tables)).filter(pl.col("closes").is_null()).row(0, named=True)
    assert (opened["first_seen_at"], opened["valid_from"], opened["run_id"]) == (day(1), day(2), "run-2")
    assert (opened["living_area_sqm"], opened["price_per_sqm"], opened["lot_size_sqm"]) == (4.0, 0.5, None)


def test_only_the_rows_of_the_run_its_scope_and_its_source_count(tables):
    tables.see(price("d", 1), scope="south")
    assert happened(tables).height == 0
    assert changed_rows(tables.state.lazy(), SOURCE, "south", "run-2")["listing_key"].to_list() == ["d"]
    assert changed_rows(tables.state.lazy(), "other", "south", "run-2").is_empty()
    assert changed_rows(tables.state.lazy(), SOURCE, "south", "run-1").is_empty()
