"""What holding does to rows: old values come back, and the column `held` says what the source says."""

import json
from decimal import Decimal

import polars as pl
import pytest

from orchestration.logic.keeping import entries, held_changes, keep, keep_all_but, put_held, unshown
from orchestration.logic.look import Look
from orchestration.logic.mass_changes import PAIRS
from orchestration.logic.schemas import HELD, LISTINGS
from orchestration.logic.sightings import filled_in
from tests.graph_fixtures.diffs import Tables, price
from tests.graph_fixtures.feeds import SOURCE, day, frame, sighting

LOOK = Look(source=SOURCE, scope="north", run_id="now", observed_at=day(1), complete=True)
FRESH = {name: pl.String() for name in ("listing_key", "what", "kept_value", "new_value", "pattern")}


def joined(before, now):
    """Lines beside what was known, as the diff joins them."""
    tables = Tables()
    tables.see(*before)
    was = tables.state.rename({name: f"{name}_was" for name in LISTINGS.columns if name != "listing_key"})
    return filled_in(frame(*now).join(was, on="listing_key", how="left", maintain_order="left"))


def pairs(*rows):
    return pl.DataFrame([(*row, "a pattern") for row in rows], schema=PAIRS, orient="row")


def by_key(rows):
    return {row["listing_key"]: row for row in rows.iter_rows(named=True)}


@pytest.fixture
def two():
    before = [price("a", 100, living_area=Decimal(50), title="A"), price("b", 200, living_area=Decimal(50))]
    now = [
        price("b", 300, living_area=Decimal(60)),
        price("a", 400, living_area=Decimal(80), title="AA"),
        price("c", 1),
    ]
    return joined(before, now)


def test_a_kept_value_is_the_earlier_one_and_all_else_is_taken(two):
    kept = keep(two, pairs(("a", "list_price")))
    assert kept["listing_key"].to_list() == ["b", "a", "c"]
    rows = by_key(kept)
    assert (rows["a"]["list_price"], rows["a"]["living_area"], rows["a"]["title"]) == (100, 80, "AA")
    assert (rows["b"]["list_price"], rows["b"]["living_area"]) == (300, 60)
    assert (rows["a"]["price_per_sqm"], rows["b"]["price_per_sqm"]) == (1.25, 5.0)


def test_a_row_with_a_kept_value_has_no_digest_of_a_page(two):
    rows = by_key(keep(two, pairs(("a", "list_price"), ("b", "living_area"))))
    assert (rows["a"]["content_hash"], rows["b"]["content_hash"]) == (None, None)
    assert rows["c"]["content_hash"] is not None
    assert (rows["b"]["list_price"], rows["b"]["living_area"]) == (300, 50)


def test_nothing_held_leaves_all_as_it_was_read(two):
    assert keep(two, pairs()).equals(two)
    assert sorted(keep(two, pairs(("a", "title"))).columns) == sorted({*two.columns, "price_per_sqm", *_areas()})


def _areas():
    return ("living_area_sqm", "lot_size_sqm")


def test_the_sources_words_go_with_the_value_they_belong_to():
    before = [price("a", 1, raw={"list_price": "1.-", "city": "old", "title": "ü"})]
    now = [price("a", 100, raw={"list_price": "100.-", "city": "new", "year_built": "x"}), price("b", 1, raw={"k": 1})]
    rows = by_key(keep(joined(before, now), pairs(("a", "list_price"), ("a", "title"))))
    assert json.loads(rows["a"]["raw"]) == {"list_price": "1.-", "title": "ü", "city": "new", "year_built": "x"}
    assert "ü" in rows["a"]["raw"]
    assert json.loads(rows["b"]["raw"]) == {"k": 1}


def test_the_sources_words_are_in_one_order_in_every_process():
    words = dict.fromkeys(("year_built", "title", "list_price", "city", "living_area", "bedrooms_total", "rooms_total"))
    told = dict.fromkeys(words, "told")
    rows = joined([price("a", 1, raw=dict.fromkeys(words, "old"))], [price("a", 100, raw=told)])
    kept = by_key(keep(rows, pairs(*(("a", name) for name in words))))
    assert list(json.loads(kept["a"]["raw"])) == sorted(words)
    named = by_key(keep_all_but(rows, {"city": ["a"]}))
    assert list(json.loads(named["a"]["raw"])) == ["city", *sorted(words.keys() - {"city"})]


def test_words_that_only_the_disbelieved_value_had_are_gone():
    rows = joined([price("a", 1)], [price("a", 100, raw={"list_price": "100.-"})])
    assert by_key(keep(rows, pairs(("a", "list_price"))))["a"]["raw"] is None


def test_of_an_acceptance_only_the_named_fields_are_taken(two):
    rows = by_key(keep_all_but(two, {"list_price": ["a"]}))
    assert (rows["a"]["list_price"], rows["a"]["living_area"], rows["a"]["title"]) == (400, 50, "A")
    assert (rows["b"]["list_price"], rows["b"]["living_area"]) == (200, 50)
    assert (rows["c"]["list_price"], rows["c"]["content_hash"] is None) == (1, False)
    assert rows["a"]["content_hash"] is None
    assert rows["a"]["price_per_sqm"] == 8.0


def test_of_an_acceptance_no_source_column_is_taken():
    lines = joined([price("a", 1, extra={"x": 1})], [price("a", 2, extra={"x": 2}), price("b", 2, extra={"y": 2})])
    rows = by_key(keep_all_but(lines, {}))
    assert (json.loads(rows["a"]["extra"]), json.loads(rows["b"]["extra"])) == ({"x": 1}, {"y": 2})


def test_a_held_change_is_told_with_both_values():
    found = pl.DataFrame(
        [("a", "list_price", "1", "2"), ("a", "title", None, "x"), ("b", "list_price", "3", "4")],
        schema=["listing_key", "field_name", "previous_value", "new_value"],
        orient="row",
    )
    assert held_changes(pairs(("a", "list_price"), ("a", "title")), found).rows() == [
        ("a", "list_price", "1", "2", "a pattern"),
        ("a", "title", None, "x", "a pattern"),
    ]


def entry(scope, what, run="before"):
    return {
        "scope": scope,
        "run_id": run,
        "what": what,
        "kept_value": "1",
        "new_value": "2",
        "pattern": "p",
    }


def held(**of):
    schema = {"listing_key": pl.String(), "before": pl.List(HELD)}
    return pl.DataFrame(list(of.items()), schema=schema, orient="row")


def told(rows):
    return {
        row["listing_key"]: row["held"] and [(e["scope"], e["what"], e["run_id"]) for e in row["held"]]
        for row in rows.iter_rows(named=True)
    }


def fresh(*rows):
    return pl.DataFrame([(*row, "1", "3", "q") for row in rows], schema=FRESH, orient="row")


def test_a_look_replaces_what_its_scope_held_and_leaves_what_others_hold():
    rows = held(b=[entry("north", "title"), entry("south", "title")], a=[entry("north", "city")], c=None)
    found = put_held(rows, "before", fresh(("b", "list_price"), ("c", "city")), LOOK)
    assert told(found) == {
        "b": [("north", "list_price", "now"), ("south", "title", "before")],
        "a": None,
        "c": [("north", "city", "now")],
    }
    [said] = found.row(by_predicate=pl.col("listing_key") == "c", named=True)["held"]
    assert said == entry("north", "city", "now") | {"new_value": "3", "pattern": "q"}


def test_entries_that_stay_are_of_the_same_listing_fact_and_scope():
    rows = held(a=[entry("north", "city"), entry("north", "title"), entry("south", "city")], b=[entry("north", "city")])
    stays = pl.DataFrame({"listing_key": ["a", "a"], "what": ["city", "year_built"]})
    found = put_held(rows, "before", fresh(), LOOK, stays)
    assert told(found) == {"a": [("north", "city", "before"), ("south", "city", "before")], "b": None}


def test_entries_come_in_one_order_and_an_older_column_is_replaced():
    rows = held(a=[entry("south", "a"), entry("east", "z")]).with_columns(held=pl.lit(1))
    found = put_held(rows, "before", fresh(("a", "z"), ("a", "b")), LOOK)
    assert [(scope, what) for scope, what, _ in told(found)["a"]] == [
        ("east", "z"),
        ("north", "b"),
        ("north", "z"),
        ("south", "a"),
    ]
    assert found.columns.count("held") == 1


def test_entries_are_rows():
    rows = held(a=[entry("s", "x"), entry("s", "y")], b=None, c=[entry("t", "x")])
    assert entries(rows, "before").select("listing_key", "scope", "what").rows() == [
        ("a", "s", "x"),
        ("a", "s", "y"),
        ("c", "t", "x"),
    ]


def test_a_card_settles_what_it_shows_and_a_page_everything():
    lines = frame(
        sighting("a", list_price=Decimal(1), raw={"city": "?"}),
        price("b", 1),
        sighting("c", list_price=Decimal(1)),
    )
    facts = ("list_price", "city", "year_built", "presence")
    before = entries(
        held(
            a=[*(entry("north", what) for what in facts), entry("south", "title")],
            b=[entry("north", "year_built")],
            c=[entry("south", "year_built")],
        ),
        "before",
    )
    assert unshown(lines, before, "north").rows() == [("a", "year_built")]
    assert unshown(lines, before, "south").sort("listing_key").rows() == [("a", "title"), ("c", "year_built")]
    assert unshown(lines, before, "east").is_empty()
