"""A mapping says what is wrong with it, with file and key, before anything is read."""

import json

import pytest

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.dataset.mapping import read_mapping


@pytest.fixture
def read(tmp_path):
    def reading(told):
        path = tmp_path / "m.yaml"
        path.write_text(told if isinstance(told, str) else json.dumps({"source": "s", "key": "id", **told}))
        return read_mapping(path)

    return reading


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"colour": 1}, "key colour: unknown key"),
        ({"source": "a/b"}, "key source:"),
        ({"key": []}, "key key:"),
        ({"fields": {"prize": "p"}}, "key fields: no item field prize; there are listing_url, title"),
        ({"fields": {"source": "p"}}, "key fields: no item field source"),
        ({"fields": {"title": {"colum": "p"}}}, "key fields.title.colum: unknown key"),
        ({"fields": {"title": ""}}, "key fields.title.column:"),
        ({"fields": {"title": {"column": "p", "unit": "m2"}}}, "key fields: title: unit is for areas"),
        ({"fields": {"living_area": {"column": "p", "unit": "yards"}}}, "unit 'yards' is not known"),
        ({"fields": {"title": {"column": "p", "values": {"a": "b"}}}}, "title: values is for choices"),
        (
            {"fields": {"offer": {"column": "p", "values": {"a": "barter"}}}},
            "values: a: 'barter' is not in the vocabulary",
        ),
        ({"fields": {"list_price": {"column": "p", "scale": 0}}}, "key fields.list_price.scale:"),
        ({"fields": {"list_price": {"column": "p", "scale": float("nan")}}}, "key fields.list_price.scale:"),
        ({"fields": {"title": {"column": "p", "scale": 2}}}, "title: scale is for numbers"),
        ({"constants": {"id": 1}}, "key constants: no item field id"),
        ({"personal": ["id"]}, "key personal: id is part of the key"),
        ({"snapshot": "all"}, "key snapshot:"),
        ({"delimiter": ",,"}, "key delimiter:"),
        ({"delimiter": "\n"}, "key delimiter:"),
        ({"delimiter": '"'}, "key delimiter:"),
        ("source: s\nkey: id\nkey: nr\n", "line 3: key key is there twice"),
        ("- a\n", "key (whole):"),
        ("", "key (whole):"),
        ("a: [", "not a YAML file"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(read, tmp_path, told, reason):
    with pytest.raises(CriteriaError) as caught:
        read(told)
    assert str(caught.value).startswith(f"{tmp_path / 'm.yaml'}: ")
    assert reason in str(caught.value)


def test_words_of_the_source_are_texts_as_they_are_written(read):
    told = (
        "source: s\nkey: id\nfields: {offer: {column: o, values: {yes: sale, no: rent, 1: sale, 01: rent, true: sale}}}"
    )
    assert list(read(told).fields["offer"].values) == ["yes", "no", "1", "01", "true"]


def test_a_short_mapping_is_enough(read):
    mapping = read("source: s\nkey: id\n")
    assert (mapping.key, mapping.snapshot, mapping.fields, mapping.personal) == (("id",), "complete", {}, ())
