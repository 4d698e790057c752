"""Mass changes in words, number by number: what of how many, which example, and which flags."""

from decimal import Decimal

import polars as pl
import pytest

from orchestration.logic.guard import Guard, too_many
from orchestration.logic.mass_changes import bound, mass_changes
from tests.graph_fixtures.diffs import Tables, price
from tests.graph_fixtures.feeds import listing, sighting

FEW = Guard(least_changes=2, least_emptied=2)
CHANGE = ("listing_key", "field_name", "previous_value", "new_value")


def homes(*numbers, **change):
    """Homes; `change`: field → function of the number."""
    return [
        listing(
            f"h{n}",
            **{
                "list_price": Decimal(1000 + n * n * n),
                "currency": "EUR",
                "year_built": 1900 + n,
                "living_area": Decimal(50 + n),
                "city": f"Town {n}",
                **{name: make(n) for name, make in change.items()},
            },
        )
        for n in numbers
    ]


@pytest.fixture
def tables():
    found = Tables()
    found.see(*homes(*range(1, 9)))
    return found


def test_the_example_is_the_first_listing_with_its_old_and_new_value(tables):
    change = homes(*range(1, 9), list_price=lambda n: (1000 + n**3) * (1 if n < 3 else Decimal("2.5")))
    found = tables.see(*change, guard=FEW)
    assert found.holds == ["list_price: 6 of 8 changed by the factor 2.5, for example 1027 → 2567.5"]


def test_no_value_is_told_as_nothing(tables):
    found = tables.see(*homes(*range(1, 9), year_built=lambda n: None if n > 5 else 1900 + n), guard=FEW)
    assert found.holds == ["year_built: 3 of 8 lost its value, for example 1906 → nothing"]
    assert tables.row("h6")["held"][0]["pattern"] == "lost its value"


def test_each_listing_is_held_for_one_shape_only(tables):
    """The first shape that fits tells; the rest is told without it."""
    change = homes(
        *range(1, 9), list_price=lambda n: (1000 + n**3) * 3 if n < 6 else 1000 + n**3 + n, city=lambda _: "X"
    )
    found = tables.see(*change, guard=FEW)
    assert found.holds == [
        "city: 8 of 8 changed at once, for example Town 1 → X",
        "list_price: 5 of 8 changed by the factor 3, for example 1001 → 3003",
        "list_price: 3 of 8 changed at once, for example 1216 → 1222",
    ]
    assert {tables.row(f"h{n}")["held"][1]["pattern"] for n in range(1, 6)} == {"changed by the factor 3"}
    assert {tables.row(f"h{n}")["held"][1]["pattern"] for n in range(6, 9)} == {"changed at once"}


def test_a_factor_near_one_needs_more_listings_than_another():
    guard = Guard(least_changes=2, least_emptied=2, factor_share=0.2, near_share=0.5, at_once_share=0.9)

    def held(factor, count):
        tables = Tables()
        tables.see(*homes(*range(1, 11)))
        change = homes(
            *range(1, 11), list_price=lambda n: (1000 + n**3) * (Decimal(factor) if n <= count else Decimal(1))
        )
        return tables.see(*change, guard=guard).counts.held_changes

    assert [held("1.09", count) for count in (3, 5, 6)] == [0, 0, 6]
    assert [held("0.91", count) for count in (3, 5, 6)] == [0, 0, 6]
    assert [held("1.11", count) for count in (2, 3, 6)] == [0, 3, 6]
    assert [held("0.89", count) for count in (2, 3, 6)] == [0, 3, 6]


def test_a_factor_tells_only_where_it_explains_half_of_the_changes():
    guard = Guard(least_changes=2, least_emptied=2, at_once_share=1.0)

    def held(others):
        tables = Tables()
        tables.see(*homes(*range(1, 11)))
        changed = homes(
            *range(1, 11),
            list_price=lambda n: 1000 + n**3 + (1000 + n**3 if n <= 3 else n * n if n <= 3 + others else 0),
        )
        return tables.see(*changed, guard=guard).counts.held_changes

    assert (held(3), held(4)) == (3, 0)


def test_lost_values_are_counted_among_those_that_had_one():
    tables = Tables()
    tables.see(*homes(*range(1, 7)), *homes(*range(7, 40), year_built=lambda n: None))
    found = tables.see(
        *homes(*range(1, 7), year_built=lambda n: None if n < 4 else 1900 + n),
        *homes(*range(7, 40), year_built=lambda n: None),
        guard=FEW,
    )
    assert found.holds == ["year_built: 3 of 6 lost its value, for example 1901 → nothing"]


def test_a_field_that_a_card_does_not_show_is_not_compared(tables):
    cards = [sighting(f"h{n}", list_price=Decimal(1000 + n**3), raw={"city": f"City {n}"}) for n in range(4, 9)]
    found = tables.see(*homes(1, 2, 3, city=lambda n: f"City {n}", year_built=lambda n: 1800 + n), *cards, guard=FEW)
    assert found.holds == [
        "city: 5 of 8 lost its value, for example Town 4 → nothing",
        "city: 3 of 8 changed at once, for example Town 1 → City 1",
        "year_built: 3 of 3 changed at once, for example 1901 → 1801",
    ]


def test_values_where_none_were_are_flagged_with_their_number():
    tables = Tables()
    tables.see(*homes(*range(1, 9), year_built=lambda _: None, title=lambda _: None))
    found = tables.see(*homes(*range(1, 9), title=lambda n: f"T{n}"), guard=FEW)
    assert found.flags == [
        "year_built: 8 of 8 had no value and have one now",
        "title: 8 of 8 changed at once",
    ]
    assert (found.holds, found.counts.changed) == ([], 8)


@pytest.mark.parametrize(("count", "flags"), [(4, 0), (5, 1)])
def test_a_text_is_flagged_above_half_of_the_listings(count, flags):
    tables = Tables()
    tables.see(*homes(*range(1, 9), title=lambda n: "T"))
    found = tables.see(*homes(*range(1, 9), title=lambda n: "U" if n <= count else "T"), guard=FEW)
    assert len(found.flags) == flags


def columns(*rows):
    return [price(f"h{n}", 1, extra=row) for n, row in enumerate(rows)]


def test_a_mixed_up_source_column_names_the_one_it_has_the_values_of():
    tables = Tables()
    tables.see(*columns(*({"a": f"a{n}", "b": f"b{n}", "c": f"c{n}"} for n in range(6))))
    found = tables.see(
        *columns(*({"a": f"b{n}" if n < 3 else f"c{n}" if n < 4 else "?", "b": "!", "c": "#"} for n in range(6))),
        guard=FEW,
    )
    hint = "6 of 6 changed at once; if it differs at every look, declare it volatile"
    assert found.flags == [
        "extra.a: 6 of 6 changed at once; 3 have the earlier value of extra.b",
        f"extra.b: {hint}",
        f"extra.c: {hint}",
    ]


def test_of_two_columns_as_likely_the_first_is_named():
    tables = Tables()
    tables.see(*columns(*({"x": f"x{n}", "b": f"v{n}", "c": f"v{n}"} for n in range(4))))
    found = tables.see(*columns(*({"x": f"v{n}", "b": "!", "c": "#"} for n in range(4))), guard=FEW)
    assert found.flags[2] == "extra.x: 4 of 4 changed at once; 4 have the earlier value of extra.b"


def test_less_than_half_is_no_mix_up():
    tables = Tables()
    tables.see(*columns(*({"a": f"a{n}", "b": f"b{n}"} for n in range(5))))
    found = tables.see(*columns(*({"a": f"b{n}" if n < 2 else "?", "b": "!"} for n in range(5))), guard=FEW)
    assert found.flags[0] == "extra.a: 5 of 5 changed at once; if it differs at every look, declare it volatile"


def test_a_part_is_compared_with_all_that_it_left_out(tables):
    changed = homes(1, 2, 3, 4, year_built=lambda n: 1800 + n, title=lambda n: f"T{n}")
    found = tables.see(*changed, complete=False, partial=True, guard=FEW)
    assert (found.holds, found.flags) == ([], [])
    found = tables.see(*homes(*range(1, 6), year_built=lambda n: 1700 + n), complete=False, partial=True, guard=FEW)
    assert found.holds == ["year_built: 5 of 8 changed at once, for example 1801 → 1701"]


def test_few_changes_of_many_fields_are_nobodys_business(tables):
    nothing = mass_changes(*_frames(), guard=Guard())
    assert (nothing.pairs.height, nothing.holds, nothing.flags) == (0, [], [])
    assert nothing.pairs.columns == ["listing_key", "field_name", "pattern"]


def _frames():
    empty = pl.DataFrame(schema=dict.fromkeys(CHANGE, pl.String()))
    return pl.DataFrame(), pl.DataFrame(), empty


def test_one_fact_is_held_whole_listing_by_listing():
    pairs = pl.DataFrame(
        [("a", "list_price", "p"), ("b", "latitude", "p")],
        schema=["listing_key", "field_name", "pattern"],
        orient="row",
    )
    found = pl.DataFrame(
        [
            (key, name, "1", "2")
            for key in "abc"
            for name in ("list_price", "currency", "latitude", "city", "year_built", "living_area")
        ],
        schema=CHANGE,
        orient="row",
    )
    more = "one fact with what is held"
    assert sorted(bound(pairs, found).rows()) == [
        ("a", "currency", more),
        ("b", "city", more),
    ]


def test_too_many_is_more_than_the_number_and_the_share():
    assert [too_many(count, 20, 100, 0.1) for count in (20, 21)] == [False, True]
    assert [too_many(count, 20, 409, 0.1) for count in (40, 41)] == [False, True]
    assert [Guard(least=2, share=0.5).holds(count, 7) for count in (3, 4)] == [False, True]
