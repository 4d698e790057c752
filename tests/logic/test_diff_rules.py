"""The diff's rules, each by an example."""

from decimal import Decimal

import polars as pl
import pytest

from orchestration.logic.diff import Look, diff
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from tests.graph_fixtures.feeds import SOURCE, day, frame, listing, sighting


class Tables:
    """Listings as feed after feed leaves them."""

    def __init__(self):
        self.state = LISTINGS.empty()
        self.number = 0

    def see(self, *items, scope="all", complete=True, volatile=(), guard=None):
        self.number += 1
        at = day(self.number)
        look = Look(
            source=SOURCE,
            scope=scope,
            run_id=f"run-{self.number}",
            observed_at=at,
            complete=complete,
            volatile=frozenset(volatile),
        )
        found = diff(frame(*items, at=at), self.state, look, guard or Guard())
        assert found.counts.reconciles()
        kept = self.state.join(found.rows, on="listing_key", how="anti")
        self.state = pl.concat([kept, found.rows])
        assert self.state["listing_key"].is_unique().all()
        return found

    def row(self, key):
        return self.state.row(by_predicate=pl.col("listing_key") == key, named=True)

    def presence(self):
        return dict(self.state.select("listing_key", "presence").rows())


@pytest.fixture
def tables():
    return Tables()


def changes(found, key="a"):
    """Field → (old, new) of what the feed changed."""
    row = found.rows.row(by_predicate=pl.col("listing_key") == key, named=True)
    return {c["field_name"]: (c["previous_value"], c["new_value"]) for c in row["last_changes"] or []}


def price(key, amount, **more):
    return listing(key, list_price=Decimal(str(amount)), currency="EUR", **more)


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


def test_from_nothing_to_a_value_and_back_is_one_change_each(tables):
    tables.see(price("a", 1))
    assert changes(tables.see(price("a", 1, bedrooms_total=2))) == {"bedrooms_total": (None, "2")}
    assert tables.see(price("a", 1, bedrooms_total=2)).counts.unchanged == 1
    assert changes(tables.see(price("a", 1))) == {"bedrooms_total": ("2", None)}
    assert tables.see(price("a", 1)).counts.unchanged == 1


def test_the_same_number_written_otherwise_is_no_change(tables):
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
    from orchestration.logic.diff import Counts

    assert not Counts(observed=2, new=1).reconciles()
    assert not Counts(scope_before=2, scope_seen=1).reconciles()
