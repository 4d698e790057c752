"""When a card says that a listing is as it was: equal prices, pages that are young enough, cards that say something."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.cards import card_hash, price_told, same_price, typed
from realestate_crawler.domain.refresh import Known, young
from realestate_crawler.items import Listing
from realestate_crawler.vocabulary import Kind

START = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)


def day(number):
    return START + dt.timedelta(days=number - 1)


def card(**told):
    return Listing(**{"listing_key": "a", "kind": Kind.SIGHTING, "list_price": Decimal(100), **told})


@pytest.mark.parametrize(
    ("on_the_card", "on_the_page", "same"),
    [
        ({"list_price": "1250.50"}, {"list_price": Decimal("1250.5"), "currency": "EUR"}, True),
        ({"list_price": "250000.00", "currency": "EUR"}, {"list_price": Decimal(250_000), "currency": "EUR"}, True),
        ({"list_price": "900", "price_period": "week"}, {"list_price": Decimal(900), "price_period": "month"}, False),
        ({"list_price": "900", "currency": "USD"}, {"list_price": Decimal(900), "currency": "EUR"}, False),
        ({"list_price": "900", "currency": "USD"}, {"list_price": Decimal(900)}, False),
        ({"list_price": "900"}, {"list_price": None}, False),
        ({"list_price": None}, {"list_price": None}, False),
    ],
)
def test_two_prices_are_the_same_when_amount_currency_and_period_are(on_the_card, on_the_page, same):
    amount = on_the_card.pop("list_price")
    shown = Listing(list_price=Decimal(amount) if amount else None, **on_the_card)
    assert same_price(shown, price_told(on_the_page)) is same


@given(st.text(max_size=5), st.floats(0, 20), st.floats(0.01, 20))
def test_a_page_is_fetched_again_in_the_second_half_of_its_time(key, age, most):
    found = young(key, day(1), day(1 + age), most)
    if age >= most:
        assert not found
    if age < most / 2 - 1e-6:
        assert found
    assert not young(key, day(1) + dt.timedelta(seconds=1), day(1), most)


def test_pages_that_were_read_on_one_day_come_due_on_several():
    due = [next(n for n in range(1, 9) if not young(f"k{k}", day(1), day(1 + n), 7)) for k in range(400)]
    assert set(due) == {4, 5, 6, 7}
    assert max(due.count(n) for n in set(due)) < 200


def test_nothing_is_known_where_nobody_has_looked():
    assert Known().seen(card(), card_hash(card(), ())) is None


def test_a_card_is_the_same_when_what_it_shows_of_the_listing_is():
    shown = card(raw={"title": "Home"}, extra={"views": 3, "lift": True}, listing_url="http://x/a?session=1")
    same = card(raw={"title": " Home "}, extra={"views": 4, "lift": True}, listing_url="http://x/a?session=2")
    same.list_agent_full_name = "Ada Example"  # names are no part of it, whatever is done with them
    assert card_hash(typed(shown), {"views"}) == card_hash(typed(same), {"views"}) != card_hash(typed(shown), ())
    for other in (card(raw={"title": "Hut"}), card(raw={"title": "Home"}, extra={"lift": False})):
        assert card_hash(typed(other), {"views"}) != card_hash(typed(shown), {"views"})
    assert shown.title is None  # the card itself is left as it is


def test_a_card_that_says_nothing_or_nothing_that_can_be_told_has_no_digest():
    assert card_hash(Listing(listing_key="a", listing_url="http://x/"), ()) == ""
    assert card_hash(card(list_price=None, extra={"views": 3}), {"views"}) == ""
    assert card_hash(card(extra={"x": float("nan")}), ()) == ""
