"""How the portal writes values: prices, areas, rooms, addresses of pages."""

import re
import unicodedata
from decimal import Decimal

from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.vocabulary import AreaUnits, Offer

ON_REQUEST = "Price on request"
_UNITS = {AreaUnits.SQUARE_METERS: "m²", AreaUnits.HECTARES: "ha"}


def price_text(advert: Advert) -> str:
    """Such as "€245,000", "€1,250 / month" or "Price on request"."""
    if advert.price is None:
        return ON_REQUEST
    cents = "" if advert.price == advert.price.to_integral_value() else f"{advert.price % 1:.2f}"[1:]
    amount = f"€{int(advert.price):,}{cents}"
    return f"{amount} / {advert.price_period.value}" if advert.price_period else amount


def area_text(value: Decimal | None, units: AreaUnits | None = AreaUnits.SQUARE_METERS) -> str:
    """Such as "84.5 m²", "1,250 m²" or "1.2 ha"; empty for None."""
    return "" if value is None or units is None else f"{value.normalize():,f} {_UNITS[units]}"


def rooms_text(rooms: Decimal | None) -> str:
    """Such as "1 room" or "3.5 rooms"; empty for None."""
    return "" if rooms is None else f"{rooms.normalize():f} {'room' if rooms == 1 else 'rooms'}"


def offer_text(offer: Offer) -> str:
    """What a visitor reads."""
    return "For rent" if offer is Offer.RENT else "For sale"


def qualifier(advert: Advert) -> str:
    """What the markup says beside the price: "on_request" or nothing."""
    return "on_request" if advert.price is None else ""


def facts(advert: Advert) -> list[tuple[str, str, str]]:
    """The table of the advert's page: name in the markup, label, text; without empty rows."""
    rows = [
        ("offer", "Offer", offer_text(advert.offer)),
        ("type", "Type", advert.type_word),
        ("status", "Status", advert.status.value),
        ("living-area", "Living area", area_text(advert.living_area)),
        ("lot-size", "Plot", area_text(advert.lot_size, advert.lot_size_units)),
        ("rooms", "Rooms", rooms_text(advert.rooms)),
        ("bedrooms", "Bedrooms", _number_text(advert.bedrooms)),
        ("bathrooms", "Bathrooms", _number_text(advert.bathrooms)),
        ("year-built", "Built in", _number_text(advert.year_built)),
        ("energy-class", "Energy class", advert.energy_class or ""),
        ("address", "Address", advert.street_address or "On request"),
        ("town", "Town", f"{advert.postal_code} {advert.city}"),
        ("days-on-market", "Days on the market", str(advert.days_on_market)),
        ("views", "Views", str(advert.views)),
    ]
    return [row for row in rows if row[2]]


def _number_text(number: int | None) -> str:
    return "" if number is None else str(number)


def path(advert: Advert) -> str:
    """Where the advert's own page is. The end follows the title, so it changes when the title does."""
    ascii_title = unicodedata.normalize("NFKD", advert.title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title.lower()).strip("-")
    return f"/listing/{advert.key}-{slug}"
