"""Histograms lose no value, have round bars, and leave out only what is far from the rest."""

import math
from itertools import pairwise

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from orchestration.report.spread import BARS, histogram, round_width

amounts = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=200)


@given(amounts)
def test_every_value_is_in_one_bar_or_counted_as_outside(values):
    found = histogram(pl.Series(values))
    assert sum(n for _, _, n in found.bars) + found.below + found.above == len(values)
    low, high = found.bars[0][0], found.bars[-1][1]
    margin = 1e-9 * high
    assert sum(v < low - margin for v in values) <= found.below <= sum(v < low + margin for v in values)
    assert sum(v > high + margin for v in values) <= found.above <= sum(v > high - margin for v in values)


@given(amounts)
def test_bars_are_few_adjacent_and_equally_wide(values):
    bars = histogram(pl.Series(values)).bars
    width = bars[0][1] - bars[0][0]
    assert 1 <= len(bars) <= 2 * BARS
    assert all(a[1] == b[0] for a, b in pairwise(bars))
    assert all(math.isclose(high - low, width, rel_tol=1e-6) for low, high, _ in bars)


def test_one_absurd_price_does_not_stretch_the_axis():
    found = histogram(pl.Series([*(100_000.0 + 1_000 * n for n in range(100)), 99_999_999.0, 1.0]))
    assert (found.below, found.above) == (1, 1)
    assert (found.bars[0][0], found.bars[-1][1]) == (100_000, 200_000)


def test_equal_prices_make_one_bar():
    found = histogram(pl.Series([250_000.0] * 3))
    assert [n for _, _, n in found.bars] == [3]


@given(st.floats(1e-6, 1e12))
def test_a_width_is_one_two_or_five_times_a_power_of_ten(width):
    found = round_width(width)
    assert 0.5 <= found / width <= 2
    assert f"{found:.0e}"[0] in "125"
    assert math.isclose(found, float(f"{found:.0e}"))
