"""What waits for a person, read from the rows and told in words."""

import polars as pl

from orchestration.logic.held import HeldKind, held_counts, held_entries, held_words
from orchestration.logic.schemas import HELD

COLUMNS = ["source", "listing_key", "scope", "run_id", "what", "kept_value", "new_value", "pattern", "kind"]


def entry(scope, what, pattern, kept="1", new="2"):
    return {"scope": scope, "run_id": "r", "what": what, "kept_value": kept, "new_value": new, "pattern": pattern}


def listings(*rows):
    schema = {"source": pl.String(), "listing_key": pl.String(), "held": pl.List(HELD)}
    return pl.LazyFrame(rows, schema=schema, orient="row")


ROWS = listings(
    ("town", "b", [entry("south", "presence", "too many"), entry("north", "list_price", "changed at once")]),
    ("town", "a", [entry("north", "year_built", "lost its value"), entry("north", "list_price", "changed at once")]),
    ("town", "d", [entry("north", "list_price", "a factor")]),
    ("city", "a", [entry("south", "listing_key", "twin", kept="a", new="id-a")]),
    ("town", "c", None),
    ("town", "e", []),
)


def test_each_entry_is_a_row_with_what_may_be_accepted_apart():
    found = held_entries(ROWS)
    assert sorted(found.columns) == sorted(COLUMNS)
    assert found.select("source", "listing_key", "scope", "what", "kind").rows() == [
        ("city", "a", "south", "listing_key", "keys"),
        ("town", "d", "north", "list_price", "changes"),
        ("town", "a", "north", "list_price", "changes"),
        ("town", "b", "north", "list_price", "changes"),
        ("town", "a", "north", "year_built", "changes"),
        ("town", "b", "south", "presence", "removals"),
    ]


def test_rows_come_in_the_order_of_scope_fact_pattern_and_listing():
    mixed = listings(
        ("b", "a", [entry("s", "y", "p")]),
        ("a", "c", [entry("t", "y", "p"), entry("s", "x", "q")]),
        ("a", "b", [entry("s", "y", "p"), entry("s", "x", "q")]),
        ("a", "d", [entry("s", "x", "p")]),
    )
    told = held_entries(mixed).select("source", "scope", "what", "pattern", "listing_key").rows()
    assert told == sorted(told)
    assert len(told) == 6


def test_each_scope_is_counted_by_kind():
    assert held_counts(held_entries(ROWS)).rows(named=True) == [
        {"source": "city", "scope": "south", "removals": 0, "changes": 0, "keys": 1},
        {"source": "town", "scope": "north", "removals": 0, "changes": 4, "keys": 0},
        {"source": "town", "scope": "south", "removals": 1, "changes": 0, "keys": 0},
    ]
    assert held_counts(held_entries(ROWS)).schema["changes"] == pl.Int64


def test_nothing_held_is_nothing_to_tell():
    nothing = held_entries(listings(("town", "a", None)))
    assert (nothing.columns, nothing.height) == (held_entries(ROWS).columns, 0)
    assert held_counts(nothing).is_empty()
    assert held_words(nothing) == ""


def test_what_is_held_is_told_in_one_line():
    assert held_words(held_entries(ROWS).filter(pl.col("source") == "town")) == (
        "1 changes of list_price (a factor); 2 changes of list_price (changed at once); "
        "1 changes of year_built (lost its value); 1 removals"
    )
    assert held_words(held_entries(ROWS).filter(pl.col("kind") == HeldKind.KEYS)) == (
        "1 listings that come back under another key"
    )
