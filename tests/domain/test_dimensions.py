"""A search is cut where its source can say it: without gaps, or with gaps that are owned to, and never without end."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.dimensions import LARGEST, Range, Span, as_number, spanning
from realestate_crawler.domain.splitting import Splitter
from tests.domain.splitting_site import DAY, KIND, PRICE


def test_a_search_is_told_in_the_words_of_a_criterion():
    splitter = Splitter([PRICE, DAY, KIND], 1)
    splitter.root.narrowed = {
        "list_price": Span(None, Decimal("250003.00")),
        "on_market_date": Span(Decimal(739_000), Decimal(739_001)),
        "property_type": "house",
    }
    assert splitter.words(splitter.root) == {
        "list_price_max": "250003",
        "on_market_date_min": "2024-04-24",
        "on_market_date_max": "2024-04-25",
        "property_type": "house",
    }


def test_limits_are_put_where_hardly_anybody_asks():
    cut = PRICE.cut(Span(Decimal(0), Decimal(1_000_000)), [], guided=False)
    assert [(part.low, part.high) for part in cut.parts] == [(0, 500_003), (500_004, 1_000_000)]
    assert [(part.low, part.high) for part in PRICE.closed(cut).parts] == [(0, 500_003), (500_003, 1_000_000)]


LIMIT = st.none() | st.decimals(0, 10_000, places=1)


@given(LIMIT, LIMIT, st.lists(st.decimals(0, 12_000, places=2), max_size=30), st.booleans(), st.booleans())
def test_the_parts_of_a_range_leave_no_gap_or_say_so_and_are_narrower(low, high, sample, guided, whole):
    if low is not None and high is not None and high < low:
        low, high = high, low
    if whole:
        low, high = (limit if limit is None else limit.to_integral_value() for limit in (low, high))
    span = Span(low, high)
    cut = Range(name="x", whole=whole).cut(span, sorted(sample), guided=guided)
    if cut is None:
        assert high is not None
        assert high <= (low or 0)
        return
    first, second = cut.parts
    assert (first.low, second.high) == (low, high)
    assert first != span != second
    if cut.gapless:
        assert second.low <= first.high + (1 if whole else 0)
    assert second.low > (low or 0) or first.high < (high if high is not None else LARGEST)


def test_facts_are_counted_and_words_are_not():
    assert as_number(datetime.date(2026, 7, 1)) == datetime.date(2026, 7, 1).toordinal()
    assert [as_number(value) for value in (3, Decimal("1.5"), "3", None, True)] == [3, Decimal("1.5"), None, None, None]


def test_a_criterions_range_keeps_its_digits():
    assert spanning(0.1, 250000.0) == Span(Decimal("0.1"), Decimal(250_000))
