"""One advert of the demo market on one day, and what the item must say about it."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from realestate_crawler.vocabulary import (
    AreaUnits,
    Offer,
    PricePeriod,
    PriceQualifier,
    PropertyType,
    StandardStatus,
)

_FIRST_NUMBER = 100_001


def key_of(index: int) -> str:
    """The key of the listing with this number in order of appearance, from 0."""
    return f"B{_FIRST_NUMBER + index}"


def index_of(key: str) -> int | None:
    """The number of the listing with this key; None for what no listing could be called."""
    digits = key[1:]
    if not key.startswith("B") or not (digits.isascii() and digits.isdigit()) or len(digits) > 12:
        return None
    index = int(digits) - _FIRST_NUMBER
    return index if index >= 0 and key_of(index) == key else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """What the portal shows of one listing on one day.

    Attributes:
        key: stable; a listing that comes back has its old one.
        type_word: the portal's own word for the property type ("Villa").
        price: in `currency`; for rents, for one `price_period`; None when on request.
        living_area: in square metres.
        lot_size: in `lot_size_units`.
        latitude: degrees WGS84; None (with the street) when the address is withheld.
        agent_name: an invented person.
        owner_name: an invented person; only private sellers are named.
        days_on_market: counted by the portal; grows every day.
        views: page views so far; grows every day.
    """

    key: str
    offer: Offer
    property_type: PropertyType
    type_word: str
    title: str
    status: StandardStatus
    price: Decimal | None
    currency: str
    price_period: PricePeriod | None
    living_area: Decimal | None
    lot_size: Decimal | None
    lot_size_units: AreaUnits | None
    bedrooms: int | None
    bathrooms: int | None
    rooms: Decimal | None
    year_built: int | None
    energy_class: str | None
    street_address: str | None
    city: str
    state: str
    postal_code: str
    country: str
    latitude: Decimal | None
    longitude: Decimal | None
    office_name: str
    agent_name: str
    owner_name: str | None
    on_market_date: datetime.date
    description: str
    days_on_market: int
    views: int


def item_fields(advert: Advert) -> dict[str, Any]:
    """What a perfect reading of the advert's own page is: item field → value in the item's types; empty ones left out.

    `listing_url` is left out too: it depends on where the portal runs.
    """
    told = {
        "title": advert.title,
        "offer": advert.offer,
        "standard_status": advert.status,
        "property_type": advert.property_type,
        "list_price": advert.price,
        "currency": advert.currency,
        "price_period": advert.price_period,
        "price_qualifier": PriceQualifier.ON_REQUEST if advert.price is None else None,
        "living_area": advert.living_area,
        "living_area_units": AreaUnits.SQUARE_METERS if advert.living_area is not None else None,
        "lot_size_area": advert.lot_size,
        "lot_size_units": advert.lot_size_units,
        "bedrooms_total": advert.bedrooms,
        "bathrooms_total_integer": advert.bathrooms,
        "rooms_total": advert.rooms,
        "year_built": advert.year_built,
        "energy_class": advert.energy_class,
        "unparsed_address": advert.street_address,
        "city": advert.city,
        "state_or_province": advert.state,
        "postal_code": advert.postal_code,
        "country": advert.country,
        "latitude": advert.latitude,
        "longitude": advert.longitude,
        "on_market_date": advert.on_market_date,
        "days_on_market": advert.days_on_market,
        "list_office_name": advert.office_name,
        "list_agent_full_name": advert.agent_name,
        "owner_name": advert.owner_name,
    }
    return {name: value for name, value in told.items() if value is not None}
