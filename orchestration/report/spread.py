"""How numbers spread: the range worth drawing and the bars of a histogram. Pure numbers."""

import math
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from orchestration.report.figures import between, ends

BARS = 36
# Tukey's fences, on the logarithm because prices are skewed to the right.
_REACH = 1.5
# Fewer values have no quartiles worth the name.
_ENOUGH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Bars of equal, round width and what lies outside them.

    Attributes:
        bars: (low, high, number of values in [low, high)); the last bar holds its high end too.
        below: values under the first bar.
        above: values over the last bar.
    """

    bars: list[tuple[float, float, int]]
    below: int
    above: int


def histogram(values: pl.Series) -> Histogram:
    """Bars over the values between the outliers.

    Args:
        values: Float64, finite, above 0, at least one.
    """
    low, high = fences(values)
    # Few values in many bars are a comb, not a shape.
    wanted = min(BARS, max(8, round(1.3 * math.sqrt(len(values)))))
    width = round_width((high - low) / wanted or high / wanted)
    first, last = math.floor(low / width), max(math.ceil(high / width), math.floor(low / width) + 1)
    edges = [number * width for number in range(first, last + 1)]
    place = (values / width).floor().cast(pl.Int64)
    # A value on the uppermost edge belongs to the last bar.
    place = pl.select(pl.when(values == edges[-1]).then(last - 1).otherwise(place)).to_series()
    tally = dict(place.value_counts().iter_rows())
    bars = [(a, b, tally.get(first + n, 0)) for n, (a, b) in enumerate(pairwise(edges))]
    return Histogram(bars=bars, below=int((place < first).sum()), above=int((place >= last).sum()))


def fences(values: pl.Series) -> tuple[float, float]:
    """The smallest and largest value within 1.5 interquartile ranges of the quartiles, measured on the logarithm."""
    if len(values) < _ENOUGH:
        return ends(values)
    logs = values.log()
    quarter, three = between(logs, 0.25, 0.75)
    reach = _REACH * (three - quarter)
    # The margin keeps equal values inside their own fence.
    inside = values.filter(logs.is_between(quarter - reach - 1e-9, three + reach + 1e-9))
    return ends(inside)


def round_width(width: float) -> float:
    """The nearest of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width))
    return min((step * power for step in (1, 2, 5, 10)), key=lambda step: abs(math.log(step / width)))
