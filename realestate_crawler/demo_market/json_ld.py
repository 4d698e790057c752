"""The advert as schema.org describes it, for the JSON-LD of its page."""

import json
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.demo_market.wording import path
from realestate_crawler.vocabulary import Offer, PricePeriod, PropertyType

_TYPES = {
    PropertyType.APARTMENT: "Apartment",
    PropertyType.HOUSE: "SingleFamilyResidence",
    PropertyType.ROOM: "Room",
    PropertyType.PARKING: "ParkingFacility",
}
_PERIOD_CODES = {PricePeriod.WEEK: "WEE", PricePeriod.MONTH: "MON"}
_FUNCTIONS = {Offer.SALE: "Sell", Offer.RENT: "LeaseOut"}


def listing(advert: Advert) -> dict[str, Any]:
    """The RealEstateListing with the property, its place and the offer."""
    described: dict[str, Any] = _filled(
        {
            "@context": "https://schema.org",
            "@type": "RealEstateListing",
            "identifier": advert.key,
            "url": path(advert),
            "name": advert.title,
            "datePosted": advert.on_market_date.isoformat(),
            "description": advert.description,
            "about": _property(advert),
            "offers": _offer(advert),
        }
    )
    return described


def breadcrumb(advert: Advert) -> dict[str, Any]:
    """Where the page stands in the site."""
    names = ("Demo market", advert.city, advert.title)
    items = [{"@type": "ListItem", "position": n, "name": name} for n, name in enumerate(names, start=1)]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def script(block: dict[str, Any]) -> Markup:
    """The block as text that is safe inside a script element."""
    text = json.dumps(block, ensure_ascii=False, indent=1)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704  (escaped just here)


def _property(advert: Advert) -> dict[str, Any]:
    area = {"@type": "QuantitativeValue", "value": advert.living_area, "unitCode": "MTK"}
    point = {"@type": "GeoCoordinates", "latitude": advert.latitude, "longitude": advert.longitude}
    return {
        "@type": _TYPES.get(advert.property_type, "Place"),
        "floorSize": area if advert.living_area is not None else None,
        "numberOfRooms": advert.rooms,
        "numberOfBedrooms": advert.bedrooms,
        "numberOfBathroomsTotal": advert.bathrooms,
        "yearBuilt": advert.year_built,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": advert.street_address,
            "addressLocality": advert.city,
            "addressRegion": advert.state,
            "postalCode": advert.postal_code,
            "addressCountry": advert.country,
        },
        "geo": point if advert.latitude is not None else None,
    }


def _offer(advert: Advert) -> dict[str, Any]:
    period = advert.price_period
    return {
        "@type": "Offer",
        "businessFunction": f"http://purl.org/goodrelations/v1#{_FUNCTIONS[advert.offer]}",
        "price": advert.price,
        "priceCurrency": advert.currency,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": advert.price,
            "priceCurrency": advert.currency,
            "unitCode": _PERIOD_CODES[period],
            "unitText": period.value,
        }
        if period
        else None,
        "offeredBy": {
            "@type": "RealEstateAgent",
            "name": advert.office_name,
            "employee": {"@type": "Person", "name": advert.agent_name},
        },
        "seller": {"@type": "Person", "name": advert.owner_name} if advert.owner_name else None,
    }


def _filled(value: Any) -> Any:
    """Without empty entries, and with numbers as JSON writes them."""
    if isinstance(value, dict):
        return {name: _filled(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
