"""Criteria: what can be said, and that every mistake is named with file, criterion and key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.criteria import (
    CriteriaError,
    Criterion,
    criterion_from_arguments,
    read_criteria,
    select,
)
from realestate_crawler.vocabulary import Offer, PropertyType


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "watch.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_criteria(path)

    return reading


def one(line, *more):
    return "criteria:\n  - id: north\n    source: demo_market\n" + "".join(f"    {told}\n" for told in (line, *more))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("colour: red", "colour: unknown key (given: 'red')"),
        ("list_price: {min: 5, max: 3}", "list_price: min 5 is greater than max 3"),
        ("list_price: {min: -1}", "list_price.min:"),
        ("list_price: {min: cheap}", "list_price.min:"),
        ("list_price: {min: true}", "list_price.min:"),
        ("list_price: {min: .nan}", "list_price.min:"),
        ("list_price: {max: .inf}", "list_price.max:"),
        ("list_price: {from: 3}", "list_price.from: unknown key"),
        ("list_price: 300", "list_price:"),
        ("offer: barter", "offer:"),
        ("property_types: [castle]", "property_types.0:"),
        ("property_types: 3", "property_types:"),
        ("country: Portugal", "country:"),
        ("city: ''", "city:"),
        ("city: '  '", "city:"),
        ("city: [Lisbon]", "city:"),
        ("postal_code: 10.5", "postal_code:"),
        ("near: {latitude: 91, longitude: 0, radius_km: 1}", "near.latitude:"),
        ("near: {latitude: 1, longitude: 0}", "near.radius_km:"),
        ("near: {latitude: .nan, longitude: 0, radius_km: 1}", "near.latitude:"),
        ("polygon: [[0, 0], [1, 1]]", "polygon:"),
        ("polygon: [[0, 0], [1, 1], [1, .nan]]", "polygon.2.1:"),
        ("polygon: [[0, 0], [1, 1], [1, 95]]", "polygon.2.1:"),
        ("options: fast", "options:"),
    ],
)
def test_a_mistake_is_named_with_file_criterion_and_key(read, tmp_path, line, key):
    with pytest.raises(CriteriaError) as caught:
        read(one(line))
    assert str(caught.value).startswith(f"{tmp_path / 'watch.yaml'}: criterion north: key {key}")


def test_all_mistakes_are_told_at_once(read):
    with pytest.raises(CriteriaError) as caught:
        read("criteria:\n  - id: a\n    colour: red\n  - {id: b, source: x}\n  - {id: b, source: x}\n  - 7\n")
    told = str(caught.value).split("\n")
    assert [line.split("watch.yaml: ")[1].split(": ")[:2] for line in told] == [
        ["criterion a", "key source"],
        ["criterion a", "key colour"],
        ["criterion #4", "key (whole)"],
        ["criterion b", "key id"],
    ]


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a b", "x" * 101, "a\n"])
def test_an_id_that_could_not_name_a_folder_is_refused(name):
    with pytest.raises(CriteriaError, match="key id"):
        criterion_from_arguments({"id": name}, source="demo_market")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected one key 'criteria'"),
        ("criteria: []", "is empty"),
        ("criteria: {a: 1}", "expected one key 'criteria'"),
        ("criteria: []\nmore: 1", "expected one key 'criteria'"),
        ("criteria: [", "not a YAML file"),
        (b"criteria: \xff", "not a YAML file"),
        ("a: !!python/object/apply:os.getcwd []", "not a YAML file"),
        ("[" * 1500, "not a YAML file"),
        (one("city: Lisbon", "city: Porto"), "line 5: key city is there twice"),
    ],
)
def test_a_file_that_is_no_list_of_criteria_is_refused(read, tmp_path, text, reason):
    with pytest.raises(CriteriaError) as caught:
        read(text)
    assert str(caught.value).startswith(f"{tmp_path / 'watch.yaml'}: ")
    assert reason in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CriteriaError, match=r"none\.yaml: cannot be read: No such file"):
        read_criteria(tmp_path / "none.yaml")
    with pytest.raises(CriteriaError, match="cannot be read: Is a directory"):
        read_criteria(tmp_path)


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("postal_code: 04103", "postal_code", "04103"),  # YAML 1.1 would read an octal number
        ("postal_code: 08001", "postal_code", "08001"),
        ("postal_code: 10115", "postal_code", "10115"),
        ("country: NO", "country", "NO"),  # YAML 1.1 would read false
        ("city: Off", "city", "Off"),
        ("city: 2026-01-01", "city", "2026-01-01"),
        ("city: 12:30", "city", "12:30"),
        ("city: Sa\u0303o Telmo", "city", "S\u00e3o Telmo"),
        ("offer: buy", "offer", Offer.SALE),
        ("property_types: flat", "property_types", (PropertyType.APARTMENT,)),
        ("property_types: [flat, Villa]", "property_types", (PropertyType.APARTMENT, PropertyType.HOUSE)),
    ],
)
def test_what_is_written_is_what_is_meant(read, line, key, value):
    assert getattr(read(one(line))[0], key) == value


def test_the_order_of_the_file_is_kept_and_ids_select(read):
    criteria = read("criteria: [{id: b, source: x}, {id: a, source: x}, {id: c, source: y}]")
    assert [c.id for c in criteria] == ["b", "a", "c"]
    assert [c.id for c in select(criteria, ["c", "b"], where="f")] == ["b", "c"]
    assert select(criteria, [], where="f") == criteria
    with pytest.raises(CriteriaError, match=r"^f: no criterion z; there are a, b, c$"):
        select(criteria, ["a", "z"], where="f")


def test_arguments_override_a_criterion_and_keep_the_rest():
    base = Criterion(id="n", source="demo_market", city="Porto", list_price={"min": 5, "max": 9}, options={"url": "u"})
    told = criterion_from_arguments(
        {"list_price_max": "7", "property_types": "flat, house", "near": "41.1, -8.6, 5"},
        source="demo_market",
        base=base,
    )
    assert (told.city, told.list_price.min, told.list_price.max, told.options) == ("Porto", 5, 7, {"url": "u"})
    assert told.property_types == (PropertyType.APARTMENT, PropertyType.HOUSE)
    assert (told.near.latitude, told.near.longitude, told.near.radius_km) == (41.1, -8.6, 5)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("near", "1,2"),
        ("near", "1,2,3,4"),
        ("near", "a,b,c"),
        ("list_price_min", ""),
        ("list_price_min", "nan"),
        ("list_price_max", "inf"),
        ("city", ""),
        ("offer", "barter"),
        ("property_types", "castle"),
        ("country", "portugal"),
    ],
)
def test_an_impossible_argument_is_named(name, value):
    with pytest.raises(CriteriaError, match=rf"^argument: key {name.removesuffix('_min').removesuffix('_max')}"):
        criterion_from_arguments({name: value}, source="demo_market")


@given(st.dictionaries(st.text(max_size=8), st.none() | st.text() | st.floats() | st.lists(st.integers())))
def test_whatever_is_given_is_a_criterion_or_a_criteria_error(told):
    try:
        criterion = criterion_from_arguments({k: str(v) for k, v in told.items()}, source="x")
    except CriteriaError:
        return
    assert criterion.source == told.get("source", "x")
