"""What names or reaches people is dropped, hashed or kept, wherever it stands: F45."""

import pytest

from realestate_crawler.domain.policies import FREE_TEXTS, Policies, Policy
from realestate_crawler.domain.privacy import digest, protect
from realestate_crawler.items import PERSONAL_FIELDS, Listing

CANARY = "Ana Canária"
COLUMNS = ("phone", "contact.name", "list_office_name", "tags")


def listing():
    return Listing(
        listing_key="k",
        title="Flat",
        owner_name=CANARY,
        list_office_name=CANARY,
        raw={
            "owner_name": CANARY,
            "list_agent_full_name": {"name": CANARY},
            "list_office_name": CANARY,
            "title": "Flat ",
        },
        extra={"phone": CANARY, "contact": {"name": CANARY, "hours": "9-5"}, "tags": [CANARY], "floor": 2},
    )


def test_by_default_nothing_of_a_person_is_left():
    item = listing()
    assert protect(item, Policy.DROP, b"", COLUMNS).values == 6
    assert CANARY not in repr(item)
    assert item.extra == {"contact": {"hours": "9-5"}, "floor": 2}
    assert item.raw == {"title": "Flat "}
    assert item.title == "Flat"


def test_a_hash_needs_a_key_and_tells_people_apart_without_naming_them():
    one, other, third = listing(), listing(), listing()
    third.extra["phone"] = "Someone Else"
    other.extra["phone"] = f" {CANARY.upper()} "
    for item in (one, other, third):
        protect(item, Policy.HASH, b"secret", COLUMNS)
        assert CANARY not in repr(item)
        assert item.extra["contact"]["hours"] == "9-5"
        assert all(len(getattr(item, name)) == 32 for name in PERSONAL_FIELDS)
    assert one.extra["phone"] == other.extra["phone"] != third.extra["phone"]
    again = listing()
    protect(again, Policy.HASH, b"another secret", COLUMNS)
    assert again.extra["phone"] != one.extra["phone"]
    with pytest.raises(ValueError, match="REALESTATE_PERSONAL_DATA_KEY"):
        protect(listing(), Policy.HASH, b"", COLUMNS)


def test_kept_is_kept_as_it_is():
    item = listing()
    assert protect(item, Policy.KEEP, b"", COLUMNS) == (6, 0)
    assert item == listing()


def test_a_number_is_emptied_and_not_replaced_by_a_text():
    item = Listing(list_price=5, raw={"list_price": "5 €"})
    assert protect(item, Policy.HASH, b"secret", ["list_price"]) == (1, 0)
    assert (item.list_price, item.raw) == (None, {})


def test_absent_people_are_not_counted():
    item = Listing(extra={"contact": "9-5", "phone": None})
    assert protect(item, Policy.DROP, b"", COLUMNS) == (0, 0)
    assert item.extra == {"contact": "9-5", "phone": None}


PHONE, EMAIL = "0911 555 123", "ana@canary.example.org"
TEXT = f"Two rooms, 250 000 EUR. {CANARY}, {PHONE}, {EMAIL}"


def advert():
    """People in every place where a source may name them."""
    return Listing(
        listing_key="0911-555-999",
        title=f"Flat, call {PHONE}",
        city=f"Lund ({EMAIL})",
        postal_code="09115 55123",
        list_office_name="Homes & Co",
        owner_name=CANARY,
        raw={"title": f"Flat,  call {PHONE}", "list_price": f"ask {CANARY.upper()}: {PHONE}", "owner_name": CANARY},
        extra={
            "description": TEXT,
            "contact_phone": 911555123,
            "agent": {"lines": [f"Agent {CANARY}", {"mobile": "911555123"}]},
            "id": 911555123,
            "reference": "0911555123",
            "price_text": "911 555 123 Kč",
        },
    )


# F45: phone, e-mail and the owner's name in texts.
def test_f45_by_default_contacts_are_masked_in_every_text():
    item = advert()
    met = protect(item, Policy.DROP, b"")
    assert met.values == 1
    assert item.title == "Flat, call [phone]"
    assert item.city == "Lund ([e-mail])"
    assert item.raw["title"] == "Flat,  call [phone]"
    assert item.extra["description"] == "Two rooms, 250 000 EUR. [name], [phone], [e-mail]"
    assert item.extra["contact_phone"] == "[phone]"
    assert item.extra["agent"] == {"lines": ["Agent [name]", {"mobile": "[phone]"}]}
    assert item.raw["list_price"] == "ask [name]: [phone]"
    assert met.masked == 11
    for canary in (PHONE, EMAIL, CANARY, CANARY.upper()):
        assert canary not in repr(item)
    untouched = {name: advert().extra[name] for name in ("id", "reference", "price_text")}
    assert {name: item.extra[name] for name in untouched} == untouched
    assert (item.listing_key, item.postal_code) == ("0911-555-999", "09115 55123")


def test_f45_a_digest_only_if_asked_for_and_the_same_for_the_same_number():
    item = advert()
    protect(item, Policies.parse("hash"), b"key")
    assert item.owner_name == digest(CANARY, b"key")
    assert item.title == f"Flat, call [phone {digest('911555123', b'key')}]"
    other = Listing(title="tel. +421 911 555 123", extra={"mail": f"<{EMAIL.upper()}>"})
    protect(other, Policies.parse("hash"), b"key")
    assert other.title.removeprefix("tel. ") == item.title.removeprefix("Flat, call ")
    assert other.extra["mail"] == f"<[e-mail {digest(EMAIL, b'key')}]>"


def test_each_field_has_a_policy_of_its_own():
    item = advert()
    words = "drop, owner_name=hash, title=keep, extra.description=keep, extra.agent.lines=hash"
    protect(item, Policies.parse(words), b"key")
    assert item.owner_name == digest(CANARY, b"key")
    assert (item.title, item.raw["title"]) == (advert().title, advert().raw["title"])
    assert item.extra["description"] == TEXT
    assert item.extra["agent"]["lines"][1]["mobile"].startswith("[phone ")
    assert item.city == "Lund ([e-mail])"
    assert item.extra["contact_phone"] == "[phone]"


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("publish", "'publish' is none of drop, hash, keep"),
        ("drop, publish=keep", "'publish' is none of list_agent_full_name, owner_name, title"),
        ("drop, title=publish", "'publish' is none of"),
        ("drop, keep", "for which field"),
        ("", "'' is none of"),
    ],
)
def test_a_word_that_is_none_is_refused(words, complaint):
    with pytest.raises(ValueError, match=complaint):
        Policies.parse(words)


def test_the_setting_is_read_as_it_is_written():
    told = Policies.parse("hash,extra=drop , extra.a.b=keep")
    assert [told.of(name) for name in ("title", "extra.x", "extra.a", "extra.a.b", "extra.a.b.c")] == [
        Policy.HASH,
        Policy.DROP,
        Policy.DROP,
        Policy.KEEP,
        Policy.KEEP,
    ]
    assert told.need_key
    assert told.keep_people
    assert not Policies.parse("drop, title=keep").keep_people
    assert not Policies.parse("drop, title=keep").need_key
    assert Policies.parse("keep, owner_name=hash").need_key


@pytest.mark.parametrize("name", FREE_TEXTS)
def test_every_free_text_is_masked(name):
    item = Listing(**{name: f"x {EMAIL}"})
    protect(item, Policy.DROP, b"")
    assert getattr(item, name) == "x [e-mail]"


@pytest.mark.parametrize(
    "written",
    [
        "ana@canary.example.org",
        "ANA.M+flat@canary-homes.example.co.uk",
        "ana (at) canary.example.org",
        "ana [at] canary [dot] example [dot] org",
        "ana%40canary.example.org",
        "ana＠canary.example.org",
        "ána@canary.example.org",
    ],
)
def test_addresses_are_found_however_they_are_written(written):
    item = Listing(title=f"Write to {written}, please", extra={"l": f'<a href="mailto:{written}">'})
    assert protect(item, Policy.DROP, b"").masked == 2
    assert item.title == "Write to [e-mail], please"


@pytest.mark.parametrize("text", ["2 rooms @ 250 000", "@anahomes", "a@b", "5@2.", "Flat (at) the park", "x@"])
def test_what_is_no_address_is_left(text):
    item = Listing(title=text, extra={"t": text})
    assert protect(item, Policy.DROP, b"").masked == 0
    assert item == Listing(title=text, extra={"t": text})


@pytest.mark.parametrize("office", [CANARY, f"  {CANARY.upper()} "])
def test_an_office_that_is_named_like_its_agent_keeps_its_name(office):
    item = Listing(list_agent_full_name=CANARY, list_office_name=office, extra={"agency": CANARY})
    protect(item, Policy.DROP, b"")
    assert (item.list_agent_full_name, item.list_office_name) == (None, office)
    assert item.extra["agency"] == CANARY


def test_a_single_name_is_not_looked_for_in_texts():
    item = Listing(owner_name="Rose", title="Rose garden", extra={"text": "by the Rose"})
    protect(item, Policy.DROP, b"")
    assert (item.owner_name, item.title, item.extra["text"]) == (None, "Rose garden", "by the Rose")
