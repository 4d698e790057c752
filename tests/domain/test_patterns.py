"""Lists of alternatives find what a plain regular expression finds, whatever the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.patterns import AnyOf, by_first_letter

PATTERNS = [
    r"rent\b|\brent|renting|\blet\b|(?:to|for) let|l[eo]t|r\.?e",
    r"a|ab|\bab\b|abc?|b*|\d{2}|(?<!x)x|[|(]b|\|a",
    r"haus|\w*haus|\bhaus\b|hausboot|(?:h|b)aus\w*|über|ł|\błódź",
]
TEXTS = st.text(st.sampled_from("abcehlnorstuxüłódź|( .1HAUSRſİı")) | st.sampled_from(
    ["renting", "bauhaus", "hausboot"]
)


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=TEXTS)
def test_the_same_places_are_found(pattern, text):
    plain, grouped = re.compile(pattern), re.compile(by_first_letter(pattern))
    assert [found.span() for found in grouped.finditer(text)] == [found.span() for found in plain.finditer(text)]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=TEXTS)
def test_the_same_is_found_in_any_case(pattern, text):
    plain, any_of = re.compile(pattern, re.I), AnyOf(pattern, any_case=True)
    for way in ("search", "match"):
        wanted, found = getattr(plain, way)(text), getattr(any_of, way)(text)
        assert (found and found.span()) == (wanted and wanted.span())


@given(text=st.text())
def test_a_text_of_any_letters(text):
    wanted = re.search("price|sk|i|k", text, re.I)
    found = AnyOf("price|sk|i|k", any_case=True).search(text)
    assert (found is None) == (wanted is None)
