"""A merged snapshot is split by a column: which scopes there are, and what the document claims of each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from realestate_crawler.contracts.criteria import Identifier, Strict
from realestate_crawler.dataset.scopes import MOST_SCOPES, Claimed, Scopes, claimed_number, claims, scope_id, split


class Named(Strict):
    id: Identifier


def test_rows_are_parted_by_the_value_and_none_is_lost():
    rows = [{"id": n, "from": {"portal": value}} for n, value in enumerate(["a", " a ", 7, 7.0, None, "", True, [1]])]
    parted = split(rows, "from.portal")
    assert {value: [row["id"] for row in own] for value, own in parted.rows.items()} == {"a": [0, 1], "7": [2, 3]}
    assert [row["id"] for row in parted.unnamed] == [4, 5, 6, 7]
    assert split([{"id": 1}], "portal").unnamed == [{"id": 1}]


def test_a_column_of_many_values_is_no_column_of_sources():
    with pytest.raises(ValueError, match=f"column id has more than {MOST_SCOPES} values"):
        split([{"id": n} for n in range(MOST_SCOPES + 1)], "id")


def test_a_plain_value_is_written_as_it_is():
    assert scope_id("cincinnati", "sibcy_cline") == "cincinnati.sibcy_cline"


@pytest.mark.parametrize("value", ["a.b", "../x", "Zürich", "a/b", "日本", "x" * 200, "a b", "\ud800", "."])
def test_any_other_value_becomes_a_safe_identifier_that_still_says_it(value):
    found = scope_id("base", value)
    assert Named(id=found).id == found
    assert found.startswith("base.")
    assert "a-b" in scope_id("base", "a b")


@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["s", "s.t", "b" * 100]))
def test_different_values_are_different_scopes(one, other, base):
    assert (scope_id(base, one) == scope_id(base, other)) == (one == other)
    assert re.fullmatch(Identifier.__metadata__[0].metadata[0].pattern, scope_id(base, one))


def test_a_dot_in_a_value_never_makes_the_scope_of_another_base():
    assert scope_id("a.b", "c") != scope_id("a", "b.c")


DOCUMENT = {
    "counts": {"comey": 2103, "huff": "115", "none": None, "bad": -1, "truth": True, "part": 1.5},
    "sources": {"zillow": {"status": "ok", "count": 41}, "redfin": {"status": "blocked"}},
    "stats": [{"portal": "a", "rows": 3}, {"portal": None, "rows": 1}, "loose"],
    "names": ["a", "b", None],
    "total": 7,
}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"at": "counts"}, {"comey": 2103, "huff": 115, "none": None, "bad": None, "truth": None, "part": None}),
        ({"at": "sources", "count": "count"}, {"zillow": 41, "redfin": None}),
        ({"at": "stats", "name": "portal", "count": "rows"}, {"a": 3, "loose": None}),
        ({"at": "names"}, {"a": None, "b": None}),
    ],
)
def test_what_the_document_claims(told, expected):
    assert claims(DOCUMENT, Claimed(**told)) == expected


@pytest.mark.parametrize(("document", "at"), [(DOCUMENT, "nowhere"), (DOCUMENT, "total"), (None, "counts"), ([], "a")])
def test_no_claims_at_that_place_is_said(document, at):
    with pytest.raises(ValueError, match=f"the document claims nothing at {at}"):
        claims(document, Claimed(at=at))


def test_the_number_of_all_rows():
    assert claimed_number(DOCUMENT, "total") == 7
    for document, path in ((DOCUMENT, "counts"), (DOCUMENT, "nowhere"), (None, "total")):
        with pytest.raises(ValueError, match=f"claims no number at {path}"):
            claimed_number(document, path)


def test_a_mapping_says_it_in_short_or_in_full():
    assert Scopes(column="source", claimed="counts").claimed == Claimed(at="counts")
    assert Scopes(column="source", claimed={"at": "s", "count": "n"}).claimed == Claimed(at="s", count="n")
    with pytest.raises(ValidationError):
        Scopes(column="source", colour=1)
