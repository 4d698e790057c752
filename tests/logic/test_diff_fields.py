"""What counts as a change of a listing, each rule by an example."""

from decimal import Decimal

import pytest

from orchestration.logic.diff import Counts, Look, diff
from orchestration.logic.guard import Guard
from tests.graph_fixtures.diffs import Tables, changes, price
from tests.graph_fixtures.feeds import SOURCE, day, frame, listing, sighting


@pytest.fixture
def tables():
    return Tables()


def test_a_sighting_keeps_what_it_does_not_show(tables):
    tables.see(price("a", 100, title="Home", bedrooms_total=3, extra={"lift": "yes", "heat": "gas"}))
    found = tables.see(sighting("a", list_price=Decimal(90)))
    assert changes(found) == {"list_price": ("100", "90")}
    row = tables.row("a")
    assert (row["title"], row["bedrooms_total"], row["currency"]) == ("Home", 3, "EUR")
    assert row["extra"] == '{"lift": "yes", "heat": "gas"}'


def test_a_sighting_adds_the_extra_columns_it_shows_to_those_that_are_known(tables):
    a, b = {"lift": "yes", "heat": "gas"}, {"lift": "no"}
    tables.see(price("a", 100, extra=a, raw={"title": "?"}), price("b", 1, extra=b))
    found = tables.see(sighting("a", extra={"heat": "wood"}, raw={"city": "??"}), sighting("b", extra=b))
    assert changes(found) == {"extra.heat": ("gas", "wood"), "city": (None, "??")}
    whole = price("a", 100, extra={**a, "heat": "wood"}, raw={"title": "?", "city": "??"})
    found = tables.see(whole, price("b", 1, extra=b))
    assert found.counts.unchanged == 2


def test_a_feed_with_sightings_says_nothing_of_vanished_columns(tables):
    tables.see(price("a", 100, extra={"lift": "yes"}))
    found = tables.see(sighting("a", list_price=Decimal(100)))
    assert found.gone_columns == []
    assert found.counts.unchanged == 1


def test_a_sighting_that_shows_an_unreadable_price_says_that_the_price_changed(tables):
    tables.see(price("a", 100))
    found = tables.see(sighting("a", raw={"list_price": "on request"}))
    assert changes(found) == {"list_price": ("100", "on request")}
    assert tables.row("a")["list_price"] is None


def test_a_price_that_a_sighting_changed_and_the_whole_page_changes_back_is_told_both_times(tables):
    tables.see(price("a", 100))
    assert changes(tables.see(sighting("a", list_price=Decimal(90)))) == {"list_price": ("100", "90")}
    found = tables.see(price("a", 100))
    assert changes(found) == {"list_price": ("90", "100")}
    assert tables.see(price("a", 100)).counts.unchanged == 1


def test_volatile_fields_and_columns_are_kept_but_never_compared(tables):
    volatile = ("views", "title")
    tables.see(price("a", 1, title="x", extra={"views": 3}, volatile=volatile), volatile=volatile)
    found = tables.see(price("a", 1, title="y", extra={"views": 4}, volatile=volatile), volatile=volatile)
    assert found.counts.unchanged == 1
    row = tables.row("a")
    assert (row["title"], row["extra"]) == ("y", '{"views": 4}')


@pytest.mark.fault("F39", "new column")
def test_a_new_source_column_is_announced_and_no_change(tables):
    tables.see(price("a", 1, extra={"lift": "yes"}), price("b", 1, extra={"lift": "no"}))
    found = tables.see(price("a", 1, extra={"lift": "yes", "heat": "gas"}), price("b", 1, extra={"lift": "no"}))
    assert found.new_columns == ["heat"]
    assert found.counts.unchanged == 2
    next_day = tables.see(price("a", 1, extra={"lift": "yes", "heat": "wood"}), price("b", 1, extra={"lift": "no"}))
    assert next_day.new_columns == []
    assert changes(next_day) == {"extra.heat": ("gas", "wood")}


def test_the_very_first_source_column_is_announced_too(tables):
    first = tables.see(price("a", 1))
    assert first.new_columns == []
    found = tables.see(price("a", 1, extra={"lift": "yes"}))
    assert found.new_columns == ["lift"]
    assert found.counts.unchanged == 1


def test_the_columns_of_a_scopes_first_feed_are_no_news(tables):
    assert tables.see(price("a", 1, extra={"lift": "yes"})).new_columns == []


@pytest.mark.fault("F39", "vanished column")
def test_a_vanished_source_column_is_announced_and_no_change(tables):
    tables.see(price("a", 1, extra={"lift": "yes", "heat": "gas"}), price("b", 1, extra={"lift": "no"}))
    found = tables.see(price("a", 1, extra={"lift": "yes"}), price("b", 1, extra={"lift": "no"}))
    assert found.gone_columns == ["heat"]
    assert found.counts.unchanged == 2


def test_it_is_announced_when_every_source_column_vanishes(tables):
    tables.see(price("a", 1, extra={"lift": "yes"}))
    found = tables.see(price("a", 1))
    assert found.gone_columns == ["lift"]
    assert found.counts.unchanged == 1


def test_a_feed_without_listings_announces_no_vanished_columns(tables):
    tables.see(price("a", 1, extra={"lift": "yes"}))
    assert tables.see(complete=False).gone_columns == []


def test_a_price_that_cannot_be_read_is_compared_by_the_sources_own_words(tables):
    tables.see(listing("a", raw={"list_price": "on request"}))
    assert tables.see(listing("a", raw={"list_price": "on request"})).counts.unchanged == 1
    found = tables.see(listing("a", raw={"list_price": "ask the agent"}))
    assert changes(found) == {"list_price": ("on request", "ask the agent")}
    assert changes(tables.see(price("a", 5, raw={"list_price": "5 EUR"}))) == {
        "list_price": ("ask the agent", "5"),
        "currency": (None, "EUR"),
    }


@pytest.mark.fault("F36", "null to value", "value to null")
def test_from_nothing_to_a_value_and_back_is_one_change_each(tables):
    """F36: NULL → value, value → NULL."""
    tables.see(price("a", 1))
    assert changes(tables.see(price("a", 1, bedrooms_total=2))) == {"bedrooms_total": (None, "2")}
    assert tables.see(price("a", 1, bedrooms_total=2)).counts.unchanged == 1
    assert changes(tables.see(price("a", 1))) == {"bedrooms_total": ("2", None)}
    assert tables.see(price("a", 1)).counts.unchanged == 1


@pytest.mark.fault("F36", "zeros")
def test_minus_nothing_is_nothing(tables):
    """F36: −0.0 and 0.0."""
    tables.see(price("a", 1, longitude=Decimal("-0.00000000"), extra={"n": -0.0, "deep": [0.0]}))
    found = tables.see(price("a", 1, longitude=Decimal(0), extra={"n": 0, "deep": [-0.0]}))
    assert found.counts.unchanged == 1


@pytest.mark.fault("F39", "odd name", "twin by case")
def test_source_columns_may_be_named_as_they_like(tables):
    """F39: name with `;{} `, and one that differs from another by case only."""
    odd = {"a;{} b": 1, "ID": 1, "id": 2, "": 3, "a.b": 4, "$.list_price": 5, "__class__": 6}
    tables.see(price("a", 1, extra=odd), price("b", 1))
    found = tables.see(price("a", 1, extra={**odd, "a;{} b": 2, "ID": 9}), price("b", 1, extra={"x;y": 1}))
    assert changes(found) == {"extra.a;{} b": ("1", "2"), "extra.ID": ("1", "9")}
    assert found.new_columns == ["x;y"]


@pytest.mark.fault("F36", "zeros")
def test_the_same_number_written_otherwise_is_no_change(tables):
    """F36: trailing zeros."""
    tables.see(price("a", "1.0", rooms_total=Decimal("4.50"), extra={"n": 1, "deep": {"x": [2.0]}}), price("b", 1))
    found = tables.see(
        price("a", "1.00", rooms_total=Decimal("4.5"), extra={"n": 1.0, "deep": {"x": [2]}}), price("b", 1)
    )
    assert found.counts.unchanged == 2


def test_true_is_not_one(tables):
    tables.see(price("a", 1, extra={"lift": 1, "list": [1]}))
    found = tables.see(price("a", 1, extra={"lift": True, "list": [True]}))
    assert changes(found) == {"extra.lift": ("1", "true"), "extra.list": ("[1]", "[true]")}


def test_the_same_key_at_another_source_is_another_listing(tables):
    tables.see(price("a", 1))
    assert tables.state["source"].to_list() == [SOURCE]


def test_a_change_is_never_dated_before_the_change_that_it_follows(tables):
    tables.see(price("a", 100))
    tables.see(price("a", 90))
    look = Look(source=SOURCE, scope="all", run_id="late", observed_at=day(1.5), complete=True)
    found = diff(frame(price("a", 80), at=day(1.5)), tables.state, look, Guard())
    row = found.rows.row(0, named=True)
    assert row["last_changes"] == [{"field_name": "list_price", "previous_value": "90", "new_value": "80"}]
    assert row["last_change_at"] == day(2)
    assert row["last_seen_at"] == day(2)


def test_a_row_carries_areas_in_square_metres_and_the_price_per_square_metre(tables):
    tables.see(price("a", 100_000, living_area=Decimal(1000), living_area_units="Square Feet"))
    row = tables.row("a")
    assert row["living_area_sqm"] == pytest.approx(92.903)
    assert row["price_per_sqm"] == pytest.approx(1076.39)
    tables.see(sighting("a", list_price=Decimal(50_000)))
    assert tables.row("a")["price_per_sqm"] == pytest.approx(538.2)


def test_the_counts_say_when_something_is_unaccounted_for():

    assert not Counts(observed=2, new=1).reconciles()
    assert not Counts(scope_before=2, scope_seen=1).reconciles()
