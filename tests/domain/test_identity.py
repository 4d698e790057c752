"""Who a listing is, and what of it is compared: stable for ever, blind to what does not matter."""

import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.feed import UnwritableError
from realestate_crawler.domain.identity import compared_content, content_hash, listing_key
from realestate_crawler.items import MEANINGS, Listing
from realestate_crawler.vocabulary import Offer

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
PLAIN = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))
EXTRA = st.dictionaries(TEXT, NESTED, max_size=4)


def example():
    return Listing(
        source="s",
        listing_key="k",
        title="Haus „Süd“",
        offer=Offer.SALE,
        list_price=Decimal("250000.00"),
        living_area=Decimal("85.50"),
        raw={"list_price": "250.000 €", "year_built": "vor 1900"},
        extra={"floors": [1, {"b": None, "a": 2.0}], "views": 7},
    )


def test_the_hash_is_the_same_in_every_version_and_on_every_machine():
    """If this fails, every listing of every lake counts as changed: do not change the expected value."""
    told = (
        '{"extra":{"floors":[1,{"a":2,"b":null}]},"list_price":250000,"living_area":85.5,"offer":"sale",'
        '"title":"Haus „Süd“","year_built":"vor 1900"}\n'
    )
    assert hashlib.blake2b(told.encode(), digest_size=16).hexdigest() == "a6c84624c49e3b4a00f6d16a51069915"
    assert content_hash(example(), {"views"}) == "a6c84624c49e3b4a00f6d16a51069915"


def shuffled(value):
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(inner) for inner in value] if isinstance(value, list) else value


@given(EXTRA)
def test_the_order_of_keys_does_not_matter(extra):
    assert content_hash(Listing(extra=extra), ()) == content_hash(Listing(extra=shuffled(extra)), ())


@given(EXTRA)
def test_a_trip_through_json_does_not_matter(extra):
    assert content_hash(Listing(extra=extra), ()) == content_hash(Listing(extra=json.loads(json.dumps(extra))), ())


@pytest.mark.parametrize(
    ("one", "other"), [(0.0, -0.0), (1, 1.0), (Decimal("1.50"), 1.5), (Decimal("-0"), 0), (1e3, 1000)]
)
def test_equal_numbers_are_equal_however_they_are_written(one, other):
    assert content_hash(Listing(extra={"x": [one]}), ()) == content_hash(Listing(extra={"x": [other]}), ())
    assert content_hash(Listing(list_price=one), ()) == content_hash(Listing(list_price=other), ())


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), ("1", 1), (None, 0), ([], {}), ("", None), ([1, 2], [2, 1])]
)
def test_different_values_stay_different(one, other):
    assert content_hash(Listing(extra={"x": [one]}), ()) != content_hash(Listing(extra={"x": [other]}), ())


@pytest.mark.parametrize("name", [name for name, meaning in MEANINGS.items() if name not in ("raw", "extra")])
def test_a_field_counts_exactly_when_its_meaning_says_so(name):
    changed = example()
    setattr(changed, name, "2026")
    differs = content_hash(changed, ()) != content_hash(example(), ())
    assert differs == MEANINGS[name].compared
    assert content_hash(changed, {name}) == content_hash(changed if not differs else _without(name), {name})


def _without(name):
    listing = example()
    setattr(listing, name, None)
    listing.raw.pop(name, None)
    return listing


def test_volatile_columns_do_not_count_also_inside_others():
    one = Listing(extra={"views": 1, "stats": {"seen": 1, "kept": 2}, "a.b": 1})
    other = Listing(extra={"views": 2, "stats": {"seen": 9, "kept": 2}, "a.b": 2})
    volatile = {"views", "stats.seen", "a.b", "title"}
    assert content_hash(one, volatile) == content_hash(other, volatile)
    other.extra["stats"]["kept"] = 3
    assert content_hash(one, volatile) != content_hash(other, volatile)
    assert one.extra["stats"] == {"seen": 1, "kept": 2}


def test_what_could_not_be_read_is_compared_by_the_sources_own_text():
    one, other = (Listing(raw={"list_price": text}) for text in ("on request", "call us"))
    assert compared_content(one, ()) == {"list_price": "on request"}
    assert content_hash(one, ()) != content_hash(other, ())
    read = [Listing(list_price=Decimal(5), raw={"list_price": text}) for text in ("5 €", "5,00 EUR")]
    assert content_hash(read[0], ()) == content_hash(read[1], ())


def test_an_empty_column_is_no_column():
    assert content_hash(Listing(extra={"x": None}), ()) == content_hash(Listing(), ())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800", {"\ud800": 1}, "\x00", {"\x00": 1}, b"x", {1}])
@pytest.mark.fault("F36", "NaN")
def test_what_a_feed_cannot_hold_has_no_hash(value):
    with pytest.raises(UnwritableError):
        content_hash(Listing(extra={"x": value}), ())


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (["a"], "a"),
        ([" a "], "a"),
        ([12], "12"),
        ([12.0], "12"),
        (["a", 5], "a:5"),
        (["a:b", "c"], r"a\:b:c"),
        (["a:b"], "a:b"),
        ([None], None),
        ([""], None),
        (["  "], None),
        (["a", None], None),
        ([True], None),
        ([float("nan")], None),
        ([{"id": 1}], None),
        ([["a"]], None),
        ([], None),
    ],
)
def test_a_key_is_made_of_words_and_numbers_only(parts, key):
    assert listing_key(parts) == key


@given(
    st.lists(TEXT.filter(str.strip).map(str.strip), min_size=2, max_size=2),
    st.lists(TEXT.filter(str.strip).map(str.strip), min_size=2, max_size=2),
)
def test_different_parts_never_make_the_same_key(one, other):
    assert (listing_key(one) == listing_key(other)) == (one == other)


@given(st.sampled_from("ab:\\"), st.sampled_from("ab:\\"), st.text("ab:\\", min_size=1, max_size=4))
def test_the_mark_between_parts_cannot_be_imitated(a, b, text):
    assert listing_key([a + text, b]) != listing_key([a, text + b])
