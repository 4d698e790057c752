"""A row becomes a listing by its mapping; nothing of the row is lost, nothing is guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.dataset.mapping import Mapping
from realestate_crawler.dataset.rows import RowReader
from realestate_crawler.domain.normalise import OUTSIDE_VOCABULARY, UNREADABLE, normalise
from realestate_crawler.vocabulary import AreaUnits, Offer, PropertyType, StandardStatus


def reader(key="id", constants=None, **fields):
    return RowReader(Mapping(source="s", key=key, fields=fields, constants=constants or {}))


def read(row, key="id", constants=None, **fields):
    listing = reader(key, constants, **fields).read(row)
    return listing, [(problem.field, problem.reason) for problem in normalise(listing)]


def test_dotted_paths_are_read_and_their_neighbours_kept():
    row = {"id": 7, "place": {"city": "Graz", "geo": {"lat": 47.07, "alt": 353}}, "agency": None}
    listing, problems = read(row, city="place.city", latitude="place.geo.lat", longitude="place.geo.lon")
    assert (listing.listing_key, listing.city) == ("7", "Graz")
    assert listing.extra == {"place": {"geo": {"alt": 353}}}
    assert problems == [("latitude", "unknown_point")]
    assert listing.raw == {"latitude": 47.07}


def test_a_list_of_columns_makes_the_key():
    listing, _ = read({"site": "a", "nr": 5, "more": 1}, key=["site", "nr"])
    assert (listing.listing_key, listing.extra) == ("a:5", {"more": 1})
    assert read({"site": "a", "nr": None}, key=["site", "nr"])[0].listing_key == ""


def test_a_unit_belongs_to_its_area():
    listing, _ = read(
        {"id": 1, "a": 900, "b": "2.5"},
        living_area={"column": "a", "unit": "sqft"},
        lot_size_area={"column": "b", "unit": "acres"},
    )
    assert (listing.living_area, listing.living_area_units) == (900, AreaUnits.SQUARE_FEET)
    assert (listing.lot_size_area, listing.lot_size_units) == (Decimal("2.5"), AreaUnits.ACRES)


@pytest.mark.parametrize(
    ("value", "scale", "price"),
    [
        (250, 1000, 250000),
        ("250", 1000, 250000),
        ("249.5", 1000, 249500),
        ("€ 250", 1000, 250000),
        (0.1, 3, Decimal("0.30")),
        (1995, 0.01, Decimal("19.95")),
        ("on request", 1000, None),
        (True, 1000, None),
        (10**10, 1000, None),
        ("10000000000", 1000, None),
        ("2.5e2", 1000, 250000),
        (None, 1000, None),
    ],
)
def test_a_scale_holds_for_numbers_and_for_texts(value, scale, price):
    listing, problems = read({"id": 1, "p": value}, list_price={"column": "p", "scale": scale})
    assert listing.list_price == price
    assert problems == ([("list_price", UNREADABLE)] if price is None and value is not None else [])
    if price is not None:
        assert listing.raw["list_price"] == value
    assert listing.currency == ("EUR" if value == "€ 250" else None)


def test_words_of_the_source_are_mapped_and_others_stay_raw():
    fields = {"property_type": {"column": "t", "values": {"1": "flat", "true": "house", "Lagenhet": "apartment"}}}
    for told, kind in ((1, PropertyType.APARTMENT), ("1", PropertyType.APARTMENT), (True, PropertyType.HOUSE)):
        assert read({"id": 1, "t": told}, **fields)[0].property_type is kind
    listing, problems = read({"id": 1, "t": "castle"}, **fields)
    assert (listing.property_type, listing.raw, problems) == (
        None,
        {"property_type": "castle"},
        [("property_type", OUTSIDE_VOCABULARY)],
    )


def test_a_constant_holds_where_the_row_says_nothing():
    constants = {"currency": "SEK", "standard_status": "for sale", "on_market_date": "2026-01-31", "offer": "buy"}
    listing, _ = read({"id": 1, "status": ""}, constants=constants, standard_status="status")
    assert (listing.currency, listing.standard_status, listing.offer) == ("SEK", StandardStatus.ACTIVE, Offer.SALE)
    assert listing.on_market_date.isoformat() == "2026-01-31"
    assert (
        read({"id": 1, "status": "Sold"}, constants=constants, standard_status="status")[0].standard_status == "Closed"
    )
    listing, problems = read({"id": 1, "status": "?"}, constants=constants, standard_status="status")
    assert (listing.standard_status, problems) == (None, [("standard_status", OUTSIDE_VOCABULARY)])


def test_a_constant_that_its_field_cannot_hold_is_refused():
    with pytest.raises(CriteriaError, match=r"constants\.offer: 'barter' is outside vocabulary"):
        reader(constants={"offer": "barter"})


def test_columns_that_no_row_has_are_named_with_those_that_there_are():
    rows = [{"id": 1, "a": {"b": 1}}, {"id": 2, "price": None}]
    reader(list_price="price", city="a.b").check_columns(rows, "t.json")
    with pytest.raises(CriteriaError) as caught:
        reader(key=["id", "nr"], list_price="prize", city="a.c").check_columns(rows, "t.json")
    assert str(caught.value) == (
        "t.json: the mapping names columns that no row has: prize, a.c, nr; the file has a, id, price"
    )


def test_the_columns_said_to_be_volatile_or_personal_reach_their_fields():
    mapping = Mapping(
        source="s",
        key="id",
        fields={"list_office_name": "seller.name", "title": "head", "days_on_market": "dom", "city": "sellers"},
        personal=["seller", "fax.nr"],
        volatile=["dom", "head.text"],
    )
    assert mapping.personal_names() == {"seller", "fax.nr", "list_office_name"}
    assert mapping.volatile_names() == {"dom", "head.text", "days_on_market", "title"}
    rows = [{"id": 1, "seller": {"name": 1}, "dom": 3, "head": "x"}]
    assert RowReader(mapping).absent_columns(rows) == ["fax.nr", "head.text"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "a.b", "id"]), VALUES),
    st.lists(st.sampled_from(["a", "a.b", "a.b.c", "b", "c.a"])),
)
def test_every_value_of_a_row_is_in_the_key_in_raw_or_in_extra(row, columns):
    names = ["title", "list_price", "city", "rooms_total", "energy_class"]
    fields = dict(zip(names, dict.fromkeys(columns), strict=False))
    listing = reader(**fields).read(row)
    kept = repr([listing.raw, listing.extra, row.get("id")])
    assert all(repr(leaf) in kept for leaf in leaves(row))


def leaves(value):
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    return [] if value in (None, "") else [value]
