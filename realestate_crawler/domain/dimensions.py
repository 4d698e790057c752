"""Along what a search can be narrowed, and where it is cut: ranges of numbers or dates, and lists of words. Pure.

What belongs here: one search into its parts. What does not: when a search is cut, and whether its parts hold all of it
(`splitting`), and how a source is asked (spiders).
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

# No amount of money or area is larger; an open range ends here at the latest.
LARGEST = Decimal(10) ** 12
# Below this width (in steps) it no longer matters whether a limit is a round number.
_ROUND_MATTERS = 40
# Values of a sample that say where the middle is.
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both included; None is open. Dates are their ordinals."""

    low: Decimal | None = None
    high: Decimal | None = None


# Dimension → what a search is narrowed to along it.
Narrowing = Mapping[str, "Span | str"]


@dataclass(frozen=True, slots=True)
class Parts:
    """A search cut along one dimension.

    Attributes:
        gapless: whether nothing can lie between the parts; else only their totals tell.
        shared: what is in both parts; None where they have nothing in common.
    """

    parts: tuple["Span | str", ...]
    gapless: bool = True
    shared: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A dimension of words, such as kinds of property or towns, that together may cover a search."""

    name: str
    values: tuple[str, ...]

    def cut(self, narrowed: "Span | str | None", _sample: Sequence[Decimal], *, guided: bool) -> Parts | None:
        """One part a word; None when the search is narrowed to a word already."""
        del guided  # there is no middle
        return Parts(self.values, gapless=False) if narrowed is None and len(self.values) > 1 else None

    def closed(self, _cut: Parts) -> Parts | None:
        """Words have no limits that could be moved together."""
        return None

    def told(self, part: "Span | str") -> dict[str, str]:
        """The words of a part, as arguments of a criterion."""
        return {self.name: str(part)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A dimension of numbers or dates between limits that the source includes.

    Attributes:
        whole: only whole steps occur (bedrooms, years, days), so that nothing lies between two of them.
        span: what the whole search is limited to.
        step: the smallest difference that limits can have.
        first: where a range without an end is cut first; the next cut is at twice as much.
        least: where a range without a beginning is taken to begin, for finding its middle.
        most: where a range without an end is taken to end; None: it is searched for upwards.
        dates: whether numbers are days.
    """

    name: str
    whole: bool = False
    span: Span = Span()
    step: Decimal = Decimal(1)
    first: Decimal = Decimal(100)
    least: Decimal = Decimal(0)
    most: Decimal | None = None
    dates: bool = False

    def cut(self, narrowed: "Span | str | None", sample: Sequence[Decimal], *, guided: bool) -> Parts | None:
        """Two parts that have nothing in common; None when it cannot be cut any further.

        Args:
            narrowed: to what the search is narrowed along this dimension; None for not at all.
            sample: values that the source has shown, in order.
            guided: cut where half of the sample lies on each side, rather than in the middle.
        """
        span = narrowed if isinstance(narrowed, Span) else self.span
        low = self.least if span.low is None else span.low
        high = self.most if span.high is None else span.high
        at = self._median(sample, low, high) if guided else None
        if at is None:
            at = self._middle(low, high)
        if at is not None:
            return Parts((Span(span.low, at), Span(at + self.step, span.high)), gapless=self.whole)
        if high is None or high <= low:
            return None
        return Parts((Span(span.low, low), Span(high, span.high)), gapless=self.whole)

    def closed(self, cut: Parts) -> Parts | None:
        """The same cut without a gap: a price of 249 999.50 lies between 249 999 and 250 000.

        None where it has none, or where the second part would be no narrower than the whole.
        """
        first, second = cut.parts
        assert isinstance(first, Span)
        assert isinstance(second, Span)
        if cut.gapless or first.high is None or first.high <= (self.least if first.low is None else first.low):
            return None
        return Parts((first, Span(first.high, second.high)), shared=Span(first.high, first.high))

    def _middle(self, low: Decimal, high: Decimal | None) -> Decimal | None:
        if high is None:
            at = max(self.first, 2 * low)
            return at if at < LARGEST else None
        return self._place((low + high) / 2, low, high)

    def _median(self, sample: Sequence[Decimal], low: Decimal, high: Decimal | None) -> Decimal | None:
        inside = [value for value in sample if low < value and (high is None or value < high)]
        return self._place(inside[len(inside) // 2], low, high) if len(inside) >= _ENOUGH else None

    def _place(self, at: Decimal, low: Decimal, high: Decimal | None) -> Decimal | None:
        """The nearest limit below that the source can express; None where both parts would not be narrower.

        Where there is room, it is one that hardly anybody asks: adverts stand at round prices and just below.
        """
        placed = (at / self.step).to_integral_value(ROUND_FLOOR)
        width = (high - low) / self.step if high is not None else placed
        if not self.whole and width > _ROUND_MATTERS:
            placed = placed // 10 * 10 + 3
        found = placed * self.step
        return found if low <= found and (high is None or found + self.step <= high) else None

    def told(self, part: "Span | str") -> dict[str, str]:
        """The words of a part, as arguments of a criterion: list_price_min, list_price_max."""
        assert isinstance(part, Span)
        ends = (("min", part.low), ("max", part.high))
        return {f"{self.name}_{end}": self._written(value) for end, value in ends if value is not None}

    def _written(self, value: Decimal) -> str:
        return datetime.date.fromordinal(int(value)).isoformat() if self.dates else f"{value.normalize():f}"


Dimension = Range | Words


def as_number(value: object) -> Decimal | None:
    """A fact of a listing as a dimension counts it; None for a word, or where there is none."""
    if isinstance(value, datetime.date):
        return Decimal(value.toordinal())
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def spanning(low: float | None = None, high: float | None = None) -> Span:
    """The span of a criterion's range."""
    return Span(*(None if limit is None else Decimal(str(limit)).normalize() for limit in (low, high)))


def days_before(today: datetime.date) -> Range:
    """The days on which listings came on the market: nearly all of them lie in the last ten years."""
    now = Decimal(today.toordinal())
    return Range(name="on_market_date", whole=True, dates=True, least=now - 3650, most=now + 1)
