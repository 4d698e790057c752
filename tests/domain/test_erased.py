"""What was erased is recognised by digests alone, however it is written; nothing else is taken for it."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.erasure import ErasedPerson, Erasure, PersonKind
from realestate_crawler.domain.erased import (
    Erased,
    UnclearPersonError,
    WrongKeyError,
    key_check,
    listing_digest,
    person,
    person_digest,
)
from realestate_crawler.items import Listing

SALT, KEY = b"s" * 16, b"a key"
AT = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)


def record(*people, listings=(), key=b"", **more):
    secret = key or SALT
    told = [person(text) for text in people]
    return Erasure(
        id="x",
        begun_at=AT,
        by="ann",
        salt="" if key else SALT.hex(),
        key_check=key_check(key) if key else "",
        listings=[listing_digest(*each, secret) for each in listings],
        people=[ErasedPerson(kind=p.kind, words=p.words, digest=person_digest(p, secret)) for p in told],
        **more,
    )


@pytest.mark.parametrize(
    ("text", "kind", "identity"),
    [
        ("  Ana   Canária ", PersonKind.NAME, "ana canária"),
        ("Dr. Jean-Luc O'Neil", PersonKind.NAME, "dr jean-luc o'neil"),
        ("Haus Nr 999", PersonKind.NAME, "haus nr 999"),
        ("Haus Nr.999", PersonKind.NAME, "haus nr 999"),
        ("Ring 12b Canária", PersonKind.NAME, "ring 12 b canária"),
        ("+421 911 123 456", PersonKind.PHONE, "911123456"),
        ("0911/123 456", PersonKind.PHONE, "911123456"),
        ("Ana@Canary.Example.org", PersonKind.EMAIL, "ana@canary.example.org"),
    ],
)
def test_what_a_text_names(text, kind, identity):
    assert person(text)[:2] == (kind, identity)


@pytest.mark.parametrize("text", ["", "Ana", "12", "123456", "A B", "?!", "Top 12", "Nr 1234567"])
def test_what_is_too_short_to_name_anybody_is_refused(text):
    with pytest.raises(UnclearPersonError):
        person(text)


def test_a_listing_is_known_by_source_and_key():
    erased = Erased([record(listings=[("town", "h1")])], b"")
    assert erased.listing("town", "h1")
    assert not erased.listing("town", "h2")
    assert not erased.listing("city", "h1")
    assert not Erased([record(listings=[("town", "h1")], may_return=True)], b"").listing("town", "h1")


def test_without_its_key_nothing_is_recognised_and_that_is_said():
    told = record("Ana Canária", listings=[("town", "h1")], key=KEY)
    assert Erased([told], KEY).listing("town", "h1")
    for wrong in (b"", b"another"):
        with pytest.raises(WrongKeyError, match="REALESTATE_PERSONAL_DATA_KEY"):
            Erased([told], wrong)
    assert "h1" not in told.model_dump_json()
    assert "ana" not in told.model_dump_json().casefold()


def test_people_are_taken_out_wherever_they_stand():
    erased = Erased([record("Ana Canária", "0911 123 456", "ana@canary.example.org")], b"")
    item = Listing(
        owner_name="ANA  CANÁRIA",
        list_agent_full_name="Ben Other",
        title="Ask Ana Canária, +421 911 123 456!",
        raw={"owner_name": "Ana Canária", "list_price": "call 0911123456"},
        extra={
            "text": "Ana\nCanária and Ana Canárias; Banana Canária; <ANA@canary.example.org>",
            "deep": [{"tel": 911123456, "n": 911123457, "ok": True}],
        },
    )
    assert erased.take_out_people(item) == 8
    assert (item.owner_name, item.list_agent_full_name) == (None, "Ben Other")
    assert item.title == "Ask [erased], [erased]!"
    assert item.raw == {"owner_name": "[erased]", "list_price": "call [erased]"}
    assert item.extra["text"] == "[erased] and Ana Canárias; Banana Canária; <[erased]>"
    assert item.extra["deep"] == [{"tel": "[erased]", "n": 911123457, "ok": True}]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Haus Nr 999", "[erased]"),
        ("Das HAUS Nr.  999!", "Das [erased]!"),
        ("haus nr999, Haus Nr 998", "[erased], Haus Nr 998"),
        ("Haus Nr 1, Haus Nr 999 und Haus Nr 9999", "Haus Nr 1, [erased] und Haus Nr 9999"),
        ("Haus Nr", None),
        ("Haus Nr 1999", None),
        ("Haus Nr 999b", None),
        ("Haus Nr x 999", None),
    ],
)
def test_the_numbers_in_a_name_count(text, left):
    told, count = Erased([record("Haus Nr 999")], b"").without_people(text)
    assert (told, count) == (left or text, int(left is not None))


def test_a_name_without_numbers_is_found_beside_them():
    erased = Erased([record("Ana Canária", "Ana Canária 7")], b"")
    for text in ("Ana 12 Canária", "Ana Canária 5", "1Ana Canária", "7 Ana Canária", "Ana Canária 7"):
        assert erased.without_people(text)[1] >= 1


def test_a_listing_without_them_is_left_as_it_is():
    erased = Erased([record("Ana Canária", "0911 123 456")], b"")
    extra = {"text": "Anna Canária", "price": 911123455, "rows": [1, "a", None]}
    item = Listing(title="Ana and Canária", extra=extra)
    assert erased.take_out_people(item) == 0
    assert item.extra is extra
    assert Erased([], b"").take_out_people(item) == 0


WORD = st.text("abcdeáéč", min_size=3, max_size=6).map(str.capitalize)


@given(st.lists(WORD, min_size=2, max_size=4), st.text("abc ,.;1", max_size=20), st.text("abc ,.;1", max_size=20))
def test_a_name_is_found_in_any_text_between_words(words, before, after):
    name = " ".join(words)
    erased = Erased([record(name)], b"")
    told, count = erased.without_people(f"{before} {name.upper()}, {after}")
    assert count >= 1
    assert name.upper() not in told


@given(st.text(max_size=60))
def test_any_other_text_stays(text):
    erased = Erased([record("Zuzana Canarova", "0911 987 654")], b"")
    assert erased.without_people(text) == (text, 0)
