"""Names of people are dropped, hashed or kept, wherever they stand."""

import pytest

from realestate_crawler.domain.privacy import Policy, protect
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
    assert protect(item, Policy.DROP, b"", COLUMNS) == 6
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
    assert protect(item, Policy.KEEP, b"", COLUMNS) == 6
    assert item == listing()


def test_a_number_is_emptied_and_not_replaced_by_a_text():
    item = Listing(list_price=5, raw={"list_price": "5 €"})
    assert protect(item, Policy.HASH, b"secret", ["list_price"]) == 1
    assert (item.list_price, item.raw) == (None, {})


def test_absent_people_are_not_counted():
    item = Listing(extra={"contact": "9-5", "phone": None})
    assert protect(item, Policy.DROP, b"", COLUMNS) == 0
    assert item.extra == {"contact": "9-5", "phone": None}
