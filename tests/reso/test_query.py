"""A criterion's query, judged by an independent reading of the OData grammar."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.domain.matching import mismatch
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.reso.lookup_resource import read_lookups
from realestate_crawler.reso.metadata import FieldType, Resource, ServiceError, read_metadata
from realestate_crawler.reso.odata import number, text
from realestate_crawler.reso.options import ON_MARKET, ResoOptions
from realestate_crawler.reso.pages import read_page
from realestate_crawler.reso.query import build_query
from realestate_crawler.reso.rows import read_row
from realestate_crawler.vocabulary import PropertyType, StandardStatus
from tests.reso.market import MEMBERS, TYPES, row
from tests.reso.odata_filter import Filter
from tests.reso.service import ENUMS, metadata

OPTIONS = ResoOptions(url="https://api.example.com/odata")
PLAIN = {name: "Edm.String" if ENUMS in kind else kind for name, kind in TYPES.items()}
LISTS = {**PLAIN, "PropertySubType": "Collection(Edm.String)"}


def resource(types=TYPES, members=MEMBERS):
    return read_metadata(metadata(types, members), "Property")


def query(criterion, types=TYPES, **more):
    return build_query(Criterion(id="x", source="reso", **criterion), OPTIONS, resource(types), **more)


def selected(found, rows, types=TYPES):
    enums = {name: kind if ENUMS in kind else None for name, kind in types.items()}
    test = Filter(found.parameters["$filter"], enums).test
    return [r["ListingKey"] for r in rows if test(r)]


@given(st.text())
def test_a_text_literal_is_one_literal_and_says_what_was_meant(value):
    rows = [{"ListingKey": "yes", "City": value}, {"ListingKey": "no", "City": value + "x"}]
    test = Filter(f"City eq {text(value)}", {"City": None}).test
    assert [r["ListingKey"] for r in rows if test(r)] == ["yes"]


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False))
def test_a_number_literal_has_no_exponent_and_no_loss(value):
    assert "e" not in number(value).casefold()
    assert float(number(value)) == value


CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        "city": st.sampled_from(["O'Fallon", "Springfield"]),
        "offer": st.sampled_from(["sale", "rent", "auction"]),
        "property_types": st.lists(st.sampled_from(list(PropertyType)), min_size=1, max_size=3).map(tuple),
        "list_price": st.just({"min": 210_000, "max": 225_000.5}),
        "bedrooms_total": st.just({"min": 2}),
        "year_built": st.just({"max": 1975}),
        "near": st.builds(lambda r: {"latitude": 38.82, "longitude": -90.7, "radius_km": r}, st.floats(0.1, 40)),
        "living_area": st.just({"min": 141, "max": 142}),
    },
)


@given(CRITERIA, st.sampled_from(["enums", "texts", "lists"]))
def test_the_service_leaves_out_nothing_that_matches(criterion, kind):
    types = {"enums": TYPES, "texts": PLAIN, "lists": LISTS}[kind]
    rows = [row(n, SpecialListingConditions="Auction" if n % 6 == 1 else None) for n in range(40)]
    if kind != "enums":
        members = MEMBERS["PropertySubType"] | MEMBERS["PropertyType"] | MEMBERS["StandardStatus"]
        names = ("StandardStatus", "PropertyType", "PropertySubType")
        rows = [r | {name: members.get(r[name]) for name in names} for r in rows]
    if kind == "lists":
        rows = [r | {"PropertySubType": [r["PropertySubType"]] if r["PropertySubType"] else []} for r in rows]
    found = query(criterion, types)
    asked = Criterion(id="x", source="reso", **criterion)
    matching = []
    for r in rows:
        listing = read_row(r, resource(types), OPTIONS)
        normalise(listing)
        if mismatch(listing, asked) is None:
            matching.append(r["ListingKey"])
    left = selected(found, rows, types)
    assert set(matching) <= set(left)
    auctions = criterion.get("offer") in ("sale", "auction")
    if not {"near", "living_area"} & set(found.unexpressed) and not auctions:
        assert matching == left


def test_only_fields_that_the_service_has_are_named():
    few = {name: TYPES[name] for name in ("ListingKey", "City", "ListPrice")}
    found = query({"city": "X", "year_built": {"min": 1990}, "offer": "rent"}, few)
    assert found.parameters["$filter"] == "City eq 'X'"
    assert set(found.parameters["$select"].split(",")) == set(few)
    assert {"offer", "year_built", "options.statuses"} == set(found.unexpressed)
    assert "StandardStatus" in found.missing


def test_a_place_that_an_enumeration_does_not_have_is_filtered_after_reading():
    cities = Resource("Property", ("ListingKey",), {"City": FieldType("x.City", members={"SaintPaul": "Saint Paul"})})
    known = build_query(Criterion(id="x", source="reso", city="saint paul"), OPTIONS, cities)
    other = build_query(Criterion(id="x", source="reso", city="Duluth"), OPTIONS, cities)
    assert known.parameters["$filter"] == "City eq x.City'SaintPaul'"
    assert ("$filter" in other.parameters, "city" in other.unexpressed) == (False, True)


def test_the_words_of_a_service_mean_what_its_lookup_resource_says():
    told = [
        {"LookupName": "PropertySubType", "LookupValue": "Attached Home", "StandardLookupValue": "Townhouse"},
        {"LookupName": "PropertySubType", "LookupValue": "Hi-Rise", "StandardLookupValue": "Condominium"},
        {"LookupName": "PropertySubType", "LookupValue": "Igloo", "StandardLookupValue": None},
        {"LookupName": "StandardStatus", "LookupValue": "On Market", "StandardLookupValue": "Active"},
        {"LookupName": "Appliances", "LookupValue": "Oven"},
    ]
    explained = resource(PLAIN).explained(read_lookups(told, {}))
    words = ["Attached Home", "Hi-Rise", "Igloo"]
    rows = [row(n, PropertySubType=w, PropertyType=None, StandardStatus="On Market") for n, w in enumerate(words)]
    found = build_query(Criterion(id="x", source="reso", property_types=["house"]), OPTIONS, explained)
    assert selected(found, rows, PLAIN) == ["K0000", "K0002"]
    read = [read_row(r, explained, OPTIONS) for r in rows]
    assert [one.property_type for one in read] == [PropertyType.HOUSE, PropertyType.APARTMENT, None]
    assert {one.standard_status for one in read} == {StandardStatus.ACTIVE}
    assert [one.raw["property_type"] for one in read] == words


def test_an_incremental_query_also_sees_what_left_the_market_since():
    since = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
    old, new = "2026-05-01T00:00:00Z", "2026-06-02T00:00:00Z"
    rows = [
        row(1, ModificationTimestamp=new),
        row(2, ModificationTimestamp=old),
        row(3, ModificationTimestamp=new, StandardStatus="Closed", StatusChangeTimestamp=new),
        row(4, ModificationTimestamp=new, StandardStatus="Closed", StatusChangeTimestamp=old),
    ]
    assert selected(query({}, since=since), rows) == ["K0001", "K0003"]


def test_statuses_are_those_on_the_market_unless_others_are_asked_for():
    assert StandardStatus.CLOSED not in ON_MARKET
    rows = [row(1), row(2, StandardStatus="Closed")]
    assert selected(query({}), rows) == ["K0001"]
    every = build_query(Criterion(id="x", source="reso"), OPTIONS.model_copy(update={"statuses": ()}), resource())
    assert "$filter" not in every.parameters


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"<html>", "not XML"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "refused"),
        (
            metadata(TYPES, MEMBERS).replace(b'"Property" EntityType', b'"Listings" EntityType'),
            "it has Listings, Media",
        ),
    ],
)
def test_metadata_that_cannot_be_used_is_an_error_that_says_why(data, complaint):
    with pytest.raises(ServiceError, match=complaint):
        read_metadata(data, "Property")


@pytest.mark.parametrize("data", [b"<html>", b"[]", b'{"value": [1]}', b'{"error": {"message": "no"}}', b"[" * 100_000])
def test_an_answer_that_is_no_collection_is_an_error(data):
    with pytest.raises(ServiceError):
        read_page(data, "https://api.example.com/odata/Property")


def test_a_next_link_may_be_relative():
    page = read_page(
        b'{"value": [], "@odata.nextLink": "Property?$skiptoken=5"}', "https://a.example/odata/Property?x=1"
    )
    assert page.next_url == "https://a.example/odata/Property?$skiptoken=5"
