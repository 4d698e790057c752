"""A price text names its period however the portal puts it."""

import pytest

from realestate_crawler.domain.money import parse_money
from realestate_crawler.vocabulary import PricePeriod


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("€1,250 / month", PricePeriod.MONTH),
        ("€1,250/month", PricePeriod.MONTH),
        ("1250 € /mo", PricePeriod.MONTH),
        ("£950 pcm", PricePeriod.MONTH),
        ("£950pcm", PricePeriod.MONTH),
        ("€420 / week", PricePeriod.WEEK),
        ("£210 pw", PricePeriod.WEEK),
        ("€245,000", None),
        ("€245,000 (former gypw)", None),
    ],
)
def test_the_period_is_found_with_or_without_spaces_around_the_slash(text, period):
    assert parse_money(text).period is period
