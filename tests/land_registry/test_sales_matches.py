"""Listings and sales of the same address: exact after normalising, never guessed."""

import datetime
from decimal import Decimal

import polars as pl
import pytest

from orchestration.logic.sale_schemas import SALES
from orchestration.logic.sales_matches import sales_matches
from orchestration.logic.schemas import LISTINGS

SEEN = datetime.datetime(2026, 1, 10, tzinfo=datetime.UTC)


def listing(address, **changes):
    told = {"source": "s", "listing_key": "L1", "country": "GB", "postal_code": "WA5 3TU", "unparsed_address": address}
    told |= {"offer": "sale", "list_price": Decimal(100_000), "currency": "GBP", "first_seen_at": SEEN}
    return pl.DataFrame([told | changes], schema=LISTINGS.columns)


def sale(**changes):
    told = {"source": "land_registry", "listing_key": "S1", "country": "GB", "postal_code": "WA5 3TU"}
    told |= {
        "unit_number": "FLAT 3",
        "street_number": "12",
        "street_name": "ST JOHN'S ROAD",
        "locality": "GREAT SANKEY",
    }
    told |= {"city": "WARRINGTON", "district": "WARRINGTON", "county_or_parish": "CHESHIRE", "currency": "GBP"}
    told |= {"close_price": Decimal(93_000), "close_date": datetime.date(2026, 3, 10)}
    return pl.DataFrame([told | changes], schema=SALES.columns)


@pytest.mark.parametrize(
    ("address", "method"),
    [
        ("Flat 3, 12 St Johns Road", "postal_code+address"),
        ("FLAT 3 - 12 St. John’s Road", "postal_code+address"),
        ("Flat 3, 12 St John's Road, Great Sankey", "postal_code+address+locality"),
        ("Flat 3, 12 St John's Road, Warrington, WA5 3TU", "postal_code+address+city"),
        ("Flat 3, 12 St John's Road, Great Sankey, Warrington, Cheshire, WA53TU, UK", None),
        (
            "Flat 3, 12 St John's Road, Great Sankey, Warrington, Cheshire, WA53TU",
            "postal_code+address+locality+city+county_or_parish",
        ),
        ("12 St John's Road", None),
        ("Flat 3, 12 Saint John's Road", None),
        ("Flat 3, 12 St John's Road, Leeds", None),
        ("Flat 33, 12 St John's Road", None),
        ("St John's Road", None),
    ],
)
def test_the_same_address_matches_however_it_is_written_and_no_other(address, method):
    found = sales_matches(listing(address), sale())
    expected = method or ("postal_code+address+locality+city+county_or_parish" if address.endswith("UK") else None)
    assert found["match_method"].to_list() == ([expected] if expected else [])


def test_a_match_tells_the_prices_and_the_days_between():
    found = sales_matches(listing("Flat 3, 12 St John's Road", postal_code="wa53tu"), sale()).row(0, named=True)
    assert (found["list_price"], found["close_price"], found["close_to_list"]) == (100_000, 93_000, 0.93)
    assert (found["days_after_first_seen"], found["postal_code"]) == (59, "WA53TU")
    assert found["matched_address"] == "FLAT 3 12 ST JOHNS ROAD"


@pytest.mark.parametrize(
    ("of_listing", "of_sale"),
    [
        ({"postal_code": "WA5 3TX"}, {}),
        ({"postal_code": None}, {"postal_code": None}),
        ({"postal_code": "63366"}, {"postal_code": "63366"}),
        ({"country": None}, {}),
        ({"country": "US"}, {}),
        ({}, {"deleted_at": SEEN}),
        ({"unparsed_address": "St John's Road"}, {"unit_number": None, "street_number": None}),
    ],
)
def test_without_proof_there_is_no_match(of_listing, of_sale):
    found = sales_matches(listing("Flat 3, 12 St John's Road", **of_listing), sale(**of_sale))
    assert found.height == 0


@pytest.mark.parametrize("of_listing", [{"offer": "rent"}, {"currency": "EUR"}, {"list_price": None}])
def test_prices_that_cannot_be_compared_are_not(of_listing):
    [ratio] = sales_matches(listing("Flat 3, 12 St John's Road", **of_listing), sale())["close_to_list"]
    assert ratio is None


def test_every_sale_of_a_home_is_a_pair_of_its_own():
    both = pl.concat([sale(), sale(listing_key="S2", close_date=datetime.date(2001, 1, 1))])
    found = sales_matches(listing("Flat 3, 12 St John's Road"), both)
    assert found.select("sale_key", "days_after_first_seen").rows() == [("S1", 59), ("S2", -9140)]
