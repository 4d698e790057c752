"""What no market does at once is held, field by field; what a market does passes. Each pattern by an example."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.logic.guard import Guard
from tests.graph_fixtures.diffs import Tables, changes, price
from tests.graph_fixtures.feeds import listing
from tests.graph_fixtures.town import MANY, home, town


def first(share, make):
    """Changes only the first `share` of the listings."""
    return lambda number, value: make(value) if number < share else value


@pytest.fixture
def tables():
    found = Tables()
    found.see(*town())
    return found


def times(factor):
    return lambda value: (value * Decimal(factor)).quantize(Decimal("0.01"))


HELD = {
    "prices in cents": ({"list_price": first(60, times(100))}, "list_price: 60 of 400 changed by the factor 100"),
    "another currency": ({"list_price": first(60, times("1.17"))}, "list_price: 60 of 400 changed by the factor 1.17"),
    "square feet": ({"living_area": first(60, times("10.764"))}, "living_area: 60 of 400 changed by the factor 10.76"),
    "a quarter by one small factor": (
        {"list_price": first(101, times("1.03"))},
        "list_price: 101 of 400 changed by the factor 1.03",
    ),
    "areas of the plot": (
        {"living_area": lambda n, value: home(n).lot_size_area if n < 50 else value},
        "living_area: 50 of 400 took the earlier value of lot_size_area",
    ),
    "latitude and longitude": (
        {"latitude": lambda n, _: home(n).longitude, "longitude": lambda n, _: home(n).latitude},
        "latitude: 400 of 400 took the earlier value of longitude",
    ),
    "rooms as bedrooms": (
        {"bedrooms_total": lambda n, value: int(home(n).rooms_total) if n < 50 else value},
        "bedrooms_total: 50 of 400 took the earlier value of rooms_total",
    ),
    "years lost": ({"year_built": first(41, lambda _: None)}, "year_built: 41 of 400 lost its value"),
    "all prices differ": (
        {"list_price": lambda n, value: value + n * n % 7919 + 1 if n < 201 else value},
        "list_price: 201 of 400 changed at once",
    ),
    "all are for rent": ({"offer": lambda *_: "rent"}, "offer: 400 of 400 changed at once"),
    "all moved": ({"city": lambda n, value: f"{value} " * 2 + "x"}, "city: 400 of 400 changed at once"),
}


@pytest.mark.parametrize(("change", "words"), HELD.values(), ids=HELD)
def test_what_no_market_does_is_held_and_told_with_numbers_and_an_example(tables, change, words):
    before = tables.state.drop("last_seen_at", "content_hash", "held")
    found = tables.see(*town(**change))
    assert any(told.startswith(words) and "for example " in told for told in found.holds), found.holds
    assert found.counts.changed == 0
    assert found.counts.held_changes >= int(words.split()[1])
    assert tables.state.drop("last_seen_at", "content_hash", "held").equals(before)
    healed = tables.see(*town())
    assert (healed.counts.changed, healed.counts.held_changes, healed.holds) == (0, 0, [])
    assert tables.state["held"].null_count() == MANY
    never = Tables()
    never.see(*town())
    left, right = (one.state.drop("last_seen_at", "held") for one in (tables, never))
    assert left.equals(right), "a blip that heals leaves no trace"


PASSES = {
    "a developer cuts 15 flats by one percentage": {"list_price": first(15, times("0.95"))},
    "one in twelve cuts the price": {
        "list_price": lambda n, value: value * (90 + n % 9) / 100 if n % 12 == 0 else value
    },
    "a landlord raises a fifth of all rents by the index": {"list_price": first(80, times("1.031"))},
    "twenty cut by one factor": {"list_price": first(20, times("0.5"))},
    "ten lose a value": {"year_built": first(10, lambda _: None)},
    "half of all prices move, each as it likes": {
        "list_price": lambda n, value: value + n * n % 7919 + 1 if n < 200 else value
    },
    "a few corrections of everything": {
        "living_area": first(9, times("1.2")),
        "rooms_total": first(9, lambda value: value + 1),
        "city": first(9, lambda value: value + " West"),
    },
}


@pytest.mark.parametrize("change", PASSES.values(), ids=PASSES)
def test_what_a_market_does_passes(tables, change):
    found = tables.see(*town(**change))
    assert found.holds == []
    assert found.counts.held_changes == 0
    assert found.counts.changed > 0


def test_the_same_in_a_small_scope_waits_only_above_the_least_number():
    for count, held in ((20, 0), (21, 21)):
        tables = Tables()
        tables.see(*town(count))
        found = tables.see(*town(count, list_price=lambda _, value: value * 100))
        assert found.counts.held_changes == held


def test_only_what_has_the_pattern_is_held_the_rest_of_the_feed_is_taken(tables):
    def mixed(number, value):
        return value * 100 if number < 100 else value - 5_000 if number < 110 else value

    found = tables.see(*town(list_price=mixed, title=lambda n, value: "Sold" if n == 3 else value), home(999))
    assert (found.counts.held_changes, found.counts.changed, found.counts.new) == (100, 11, 1)
    assert changes(found, "k0003") == {"title": ("Home 3", "Sold")}
    assert changes(found, "k0105")["list_price"][1] == str(100_000 + 731 * 105 - 5_000)
    assert tables.row("k0003")["list_price"] == home(3).list_price


def test_the_row_says_what_the_source_says(tables):
    tables.see(*town(list_price=first(100, times(100))))
    [entry] = tables.row("k0000")["held"]
    assert entry == {
        "scope": "all",
        "run_id": "run-2",
        "what": "list_price",
        "kept_value": "100000",
        "new_value": "10000000",
        "pattern": "changed by the factor 100",
    }
    assert tables.row("k0100")["held"] is None


def test_a_lasting_change_is_held_again_at_every_look(tables):
    for number in range(3):
        found = tables.see(*town(list_price=lambda _, value: value * 100))
        assert found.counts.held_changes == MANY
        assert tables.row("k0000")["held"][0]["run_id"] == f"run-{number + 2}"


def test_a_price_never_goes_without_its_currency(tables):
    def prices(number, value):
        return value * 2 if number < 100 else value

    found = tables.see(*town(list_price=prices, currency=lambda n, value: "USD" if n < 5 else value))
    assert found.counts.held_changes == 105
    row = tables.row("k0000")
    assert (row["list_price"], row["currency"]) == (home(0).list_price, "EUR")
    assert {entry["what"] for entry in row["held"]} == {"list_price", "currency"}


def test_held_text_of_the_source_stays_with_the_value_it_belongs_to(tables):
    worded = [listing(f"w{n}", raw={"list_price": "on request"}, currency="EUR") for n in range(5)]
    tables.see(*town(), *worded)
    said = [listing(f"w{n}", list_price=Decimal(7), currency="USD", raw={"list_price": "$7.-"}) for n in range(5)]
    found = tables.see(*town(currency=lambda *_: "USD"), *said)
    assert found.counts.held_changes == MANY + 10
    row = tables.row("w0")
    assert (row["list_price"], row["currency"], row["raw"]) == (None, "EUR", '{"list_price": "on request"}')
    assert tables.see(*town(), *worded).counts.unchanged == MANY + 5


def test_square_metre_prices_follow_the_values_that_are_kept(tables):
    before = tables.row("k0000")["price_per_sqm"]
    tables.see(*town(list_price=lambda _, value: value * 100))
    assert tables.row("k0000")["price_per_sqm"] == before


def test_a_value_where_none_was_is_taken_and_flagged(tables):
    tables = Tables()
    tables.see(*town(latitude=lambda *_: None, longitude=lambda *_: None))
    found = tables.see(*town())
    assert found.counts.changed == MANY
    assert found.holds == []
    assert found.flags == [
        "latitude: 400 of 400 had no value and have one now",
        "longitude: 400 of 400 had no value and have one now",
    ]


def test_texts_and_source_columns_are_flagged_and_taken():
    tables = Tables()
    tables.see(*(home(n, extra={"a": f"{n}-a", "b": f"{n}-b", "seen": 1}) for n in range(MANY)))
    found = tables.see(
        *(home(n, title=f"HOME {n}", extra={"a": f"{n}-b", "b": f"{n}-a", "seen": 2}) for n in range(MANY))
    )
    assert found.counts.changed == MANY
    assert found.holds == []
    assert found.flags == [
        "extra.a: 400 of 400 changed at once; 400 have the earlier value of extra.b",
        "extra.b: 400 of 400 changed at once; 400 have the earlier value of extra.a",
        "extra.seen: 400 of 400 changed at once; if it differs at every look, declare it volatile",
        "title: 400 of 400 changed at once",
    ]


def test_volatile_fields_are_never_held(tables):
    found = tables.see(*town(year_built=lambda *_: 1), volatile=("year_built",))
    assert (found.counts.held_changes, tables.row("k0000")["year_built"]) == (0, 1)


def test_each_scope_holds_for_itself(tables):
    tables.see(*town(list_price=lambda _, value: value * 100), scope="south")
    assert {entry["scope"] for entry in tables.row("k0000")["held"]} == {"south"}
    tables.see(*town(list_price=lambda _, value: value * 100))
    assert [entry["scope"] for entry in tables.row("k0000")["held"]] == ["all", "south"]
    tables.see(*town())
    assert [entry["scope"] for entry in tables.row("k0000")["held"]] == ["south"]


def test_a_relisted_listing_comes_back_with_the_price_it_had(tables):
    for _ in range(2):
        tables.see(*town()[15:])
    found = tables.see(*town(list_price=lambda _, value: value * 100))
    assert (found.counts.relisted, found.counts.held_changes) == (15, MANY)
    assert tables.row("k0000")["list_price"] == home(0).list_price


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=60), st.sampled_from([100, 2, "0.5"]))
def test_a_listing_says_what_the_last_believed_look_said(prices, factor):
    """Whatever the prices: each listing has its old price, or the new one and a change that says so."""
    tables = Tables()
    tables.see(*(price(str(n), amount) for n, amount in enumerate(prices)))
    now = [Decimal(amount) * Decimal(factor) for amount in prices]
    found = tables.see(*(price(str(n), amount) for n, amount in enumerate(now)), guard=Guard(least_changes=5))
    held = found.counts.held_changes
    assert found.counts.changed + held == len(prices)
    for number, (was, said) in enumerate(zip(prices, now, strict=True)):
        row = tables.row(str(number))
        if row["held"]:
            assert (row["list_price"], row["last_change_type"]) == (was, "new")
        else:
            assert (row["list_price"], row["last_change_type"]) == (said, "changed")
