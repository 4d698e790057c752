"""What a result card shows of a listing, as a digest that says whether it shows the same as before. Pure."""

from collections.abc import Collection, Mapping
from copy import copy
from decimal import Decimal
from typing import Any

from realestate_crawler.contracts.feed import UnwritableError
from realestate_crawler.domain.identity import compared_content, content_hash
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.items import PERSONAL_FIELDS, Listing
from realestate_crawler.vocabulary import Kind


def typed(sighting: Listing) -> Listing:
    """A copy of a sighting with its typed fields filled in."""
    found = copy(sighting)
    found.raw, found.extra = dict(sighting.raw), dict(sighting.extra)
    normalise(found)
    return found


def card_hash(card: Listing, left_out: Collection[str]) -> str:
    """Digest of what a card shows; empty for a card that shows nothing, or nothing that can be told.

    Args:
        card: typed.
        left_out: fields and extra columns that say nothing of the listing: volatile ones, and those that the page says
            of all its results.
    """
    volatile = {*left_out, *PERSONAL_FIELDS}
    try:
        return content_hash(card, volatile) if compared_content(card, volatile) else ""
    except UnwritableError:
        return ""


def price_told(told: Mapping[str, Any]) -> str:
    """Amount, currency and period of a line of a feed, as one text; empty where there is no amount."""
    amount, currency, period = (told.get(name) for name in _PRICE)
    return f"{Decimal(amount).normalize():f} {currency or ''} {period or ''}" if amount is not None else ""


def same_price(card: Listing, told: str) -> bool:
    """Whether a card shows the price that `price_told` told; what the card leaves out, it does not deny."""
    if card.list_price is None or not told:
        return False
    amount, currency, period = told.split(" ")
    return (
        card.list_price == Decimal(amount)
        and (card.currency or currency) == currency
        and (card.price_period or period) == period
    )


def sighting_of(card: Listing, digest: str, *, price: bool, url: bool) -> Listing:
    """The line that says that a listing was seen as it was.

    Args:
        card: typed.
        digest: its `card_hash`.
        price: whether the price of the card is that of the listing's own page.
        url: whether the same holds for the address.
    """
    seen = Listing(listing_key=card.listing_key, kind=Kind.SIGHTING, card_hash=digest)
    if url:
        seen.listing_url = card.listing_url
    if price:
        seen.list_price, seen.currency, seen.price_period = card.list_price, card.currency, card.price_period
    return seen


_PRICE = ("list_price", "currency", "price_period")
