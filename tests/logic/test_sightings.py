"""A result card leaves most fields open: they keep what was known; what it shows is taken."""

import json
from decimal import Decimal

import pytest

from orchestration.logic.sightings import filled_in
from tests.graph_fixtures.diffs import Tables, price
from tests.graph_fixtures.feeds import listing, sighting


@pytest.fixture
def tables():
    return Tables()


def mapping(tables, name, key="a"):
    told = tables.row(key)[name]
    return told if told is None else json.loads(told)


def test_a_card_of_a_listing_that_nobody_knows_is_taken_as_it_is(tables):
    found = tables.see(sighting("a", list_price=Decimal(5), extra={"x": 1}, raw={"city": "?"}))
    assert found.counts.new == 1
    row = tables.row("a")
    assert (row["list_price"], row["title"], mapping(tables, "extra"), mapping(tables, "raw")) == (
        5,
        None,
        {"x": 1},
        {"city": "?"},
    )
    assert row["content_hash"] is not None


def test_a_card_between_pages_touches_its_own_listing_only(tables):
    tables.see(price("a", 1, title="A", year_built=1900), price("b", 2, title="B", year_built=1900))
    tables.see(sighting("a", list_price=Decimal(1)), price("b", 2, title="B"))
    assert (tables.row("a")["title"], tables.row("a")["year_built"]) == ("A", 1900)
    assert (tables.row("b")["title"], tables.row("b")["year_built"]) == ("B", None)


def test_lines_keep_their_order_and_their_number(tables):
    tables.see(*(price(key, 1) for key in "cab"))
    joined = tables.state.rename({n: f"{n}_was" for n in tables.state.columns if n != "listing_key"})
    told = joined.with_columns(
        *(joined[f"{name}_was"].alias(name) for name in tables.state.columns if name != "listing_key"),
        kind=joined["source_was"].replace({"town": "sighting"}),
    )
    shuffled = told.sort("listing_key", descending=True)
    assert filled_in(shuffled)["listing_key"].to_list() == ["c", "b", "a"]
    assert not [name for name in filled_in(shuffled).columns if name.endswith("_merged")]


def test_the_sources_own_words_of_a_field_stay_until_a_card_shows_its_value(tables):
    tables.see(price("a", 1, raw={"year_built": "about 1900", "city": "??"}))
    tables.see(sighting("a", city="Kiel"))
    assert mapping(tables, "raw") == {"year_built": "about 1900"}
    assert tables.see(sighting("a", city="Kiel")).counts.unchanged == 1
    tables.see(sighting("a", raw={"year_built": "around 1900"}))
    assert mapping(tables, "raw") == {"year_built": "around 1900"}
    tables.see(sighting("a", year_built=1901))
    assert (mapping(tables, "raw"), tables.row("a")["year_built"]) == (None, 1901)


def test_words_in_place_of_a_value_empty_it(tables):
    tables.see(price("a", 100, title="Home"))
    tables.see(sighting("a", raw={"list_price": "on request"}))
    assert (tables.row("a")["list_price"], tables.row("a")["currency"]) == (None, "EUR")
    assert mapping(tables, "raw") == {"list_price": "on request"}


def test_source_columns_are_put_over_those_that_are_known(tables):
    tables.see(price("a", 1, extra={"lift": "yes", "straße": "ä", "heat": "gas"}), price("b", 1))
    tables.see(sighting("a", extra={"heat": "wood"}), sighting("b", extra={"lift": "no"}))
    assert mapping(tables, "extra") == {"lift": "yes", "straße": "ä", "heat": "wood"}
    assert "straße" in tables.row("a")["extra"]
    assert mapping(tables, "extra", "b") == {"lift": "no"}
    tables.see(sighting("a"), sighting("b"))
    assert mapping(tables, "extra", "b") == {"lift": "no"}


def test_nothing_stays_nothing(tables):
    tables.see(listing("a"))
    tables.see(sighting("a"))
    assert (tables.row("a")["extra"], tables.row("a")["raw"]) == (None, None)


def test_a_card_that_changes_nothing_keeps_the_digest_of_the_page(tables):
    tables.see(price("a", 100, title="Home"))
    page = tables.row("a")["content_hash"]
    tables.see(sighting("a", list_price=Decimal(100)))
    assert tables.row("a")["content_hash"] == page
    tables.see(sighting("a", list_price=Decimal(90)))
    assert tables.row("a")["content_hash"] is None
