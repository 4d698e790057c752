"""Quality rules: what makes a value or a listing unusable."""

import datetime
from decimal import Decimal

import pytest

from realestate_crawler.domain.rules import RULES, violations
from realestate_crawler.items import Listing

OUT = "amount_out_of_range"
TODAY = datetime.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("told", "broken"),
    [
        ({}, []),
        ({"listing_key": ""}, [("key_missing", None)]),
        ({"listing_key": "x" * 255}, []),
        ({"listing_key": "x" * 256}, [("key_too_long", None)]),
        ({"year_built": 999}, [("year_built_implausible", "year_built")]),
        ({"year_built": 1000}, []),
        ({"year_built": 2031}, []),
        ({"year_built": 2032}, [("year_built_implausible", "year_built")]),
        ({"list_price": Decimal("999999999999.99"), "living_area": Decimal(9_999_999_999)}, []),
        ({"list_price": Decimal("1e12")}, [("amount_out_of_range", "list_price")]),
        ({"tax_annual_amount": Decimal("-0.01")}, [("amount_out_of_range", "tax_annual_amount")]),
        ({"lot_size_area": Decimal("1e10")}, [("amount_out_of_range", "lot_size_area")]),
        ({"bedrooms_total": 10**6, "rooms_total": Decimal(10**6)}, [(OUT, "bedrooms_total"), (OUT, "rooms_total")]),
        ({"title": "x" * 65_536}, []),
        ({"title": "x" * 65_537, "city": "y" * 65_537}, [("text_too_long", "title"), ("text_too_long", "city")]),
    ],
)
def test_each_rule_at_its_border(told, broken):
    found = violations(Listing(**{"listing_key": "k", **told}), TODAY)
    assert [(violation.rule, violation.field) for violation in found] == broken


def test_every_rule_says_what_it_is():
    assert all(rule.__doc__ for rule in RULES)
