"""Shapes of change, each function alone: which listings have the shape, and by what factor."""

from decimal import Decimal

import polars as pl
import pytest

from orchestration.logic.patterns import common_factor, emptied, filled, permuted

SAME = 0.001


def changes(*rows, dtype=None, **others):
    """(was, now) of the listings a, b, c …"""
    dtype = dtype or pl.Decimal(14, 2)
    told = {
        "listing_key": [chr(97 + number) for number in range(len(rows))],
        "was": pl.Series([was for was, _ in rows], dtype=dtype),
        "now": pl.Series([now for _, now in rows], dtype=dtype),
    }
    return pl.DataFrame(told, schema_overrides={"listing_key": pl.String()}).with_columns(
        **{name: pl.Series(values, dtype=dtype) for name, values in others.items()}
    )


def factor(*rows, same=SAME):
    keys, found = common_factor(changes(*rows), same)
    return keys.to_list(), found


def test_the_factor_is_the_one_that_most_have_in_common():
    keys, found = factor((100, 117), (100, 50), (200, 234), (1000, 1170), (10, 5))
    assert keys == ["a", "c", "d"]
    assert found == pytest.approx(1.17)


def test_factors_may_lie_twice_the_tolerance_apart_and_no_further():
    assert factor((100_000, 100_000 * 2), (100_000, 200_390))[0] == ["a", "b"]
    assert factor((100_000, 100_000 * 2), (100_000, 200_410))[0] == ["a"]
    keys, found = factor((10_000, 20_000), (10_000, 20_010), (10_000, 20_030))
    assert keys == ["a", "b", "c"]
    assert found == pytest.approx(2.001)


def test_listings_with_one_factor_come_in_the_order_of_their_keys():
    told = changes(*[(10, 20)] * 5).sort("listing_key", descending=True)
    assert common_factor(told, SAME)[0].to_list() == list("abcde")


def test_of_two_factors_that_are_as_frequent_the_smaller_is_told():
    assert factor((100, 50), (100, 200))[0] == ["a"]


@pytest.mark.parametrize("pair", [(0, 5), (5, 0), (None, 5), (5, None), (-5, 5), (5, -5)])
def test_nothing_and_less_have_no_factor(pair):
    assert factor(pair) == ([], 1.0)
    assert factor(pair, (1, 3))[0] == ["b"]


@pytest.mark.parametrize(("was", "now"), [("0.5", "1"), ("1", "0.5"), ("0.01", "1000")])
def test_small_amounts_have_a_factor(was, now):
    keys, found = factor((Decimal(was), Decimal(now)))
    assert keys == ["a"]
    assert found == pytest.approx(float(Decimal(now) / Decimal(was)))


def test_values_that_changed_places_are_found_per_field():
    told = changes((1, 7), (2, 8), (3, 9), (None, None), other=[7, 9, 9, None], third=[0, 8, 0, None])
    found = permuted(told, ["other", "third"])
    assert {name: keys.to_list() for name, keys in found.items()} == {"other": ["a", "c"], "third": ["b"]}


def test_amounts_of_different_precision_are_the_same_number():
    told = changes((1, Decimal("7.50"))).with_columns(other=pl.Series(["7.5000"]).cast(pl.Decimal(16, 4)))
    assert permuted(told, ["other"])["other"].to_list() == ["a"]


def test_words_change_places_too():
    told = changes(("Kiel", "Holstein"), ("Kiel", "24103"), dtype=pl.String(), other=["Holstein", "x"])
    assert permuted(told, ["other"])["other"].to_list() == ["a"]
    assert permuted(told, []) == {}


def test_what_lost_its_value_and_what_got_one():
    told = changes((1, None), (None, 1), (1, 2), (None, None))
    assert (emptied(told).to_list(), filled(told).to_list()) == (["a"], ["b"])
