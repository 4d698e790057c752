"""The JSON behind the portal's script-rendered section: what its script needs to draw a page."""

from typing import Any

from realestate_crawler.demo_market import json_ld, wording
from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.demo_market.catalogue import SearchPage


def results(found: SearchPage, cap: int) -> dict[str, Any]:
    """One page of results."""
    return {
        "total": found.total,
        "cap": cap,
        "page": found.page,
        "pages": found.last,
        "towns": dict(sorted(found.towns.items())),
        "listings": [_card(advert) for advert in found.cards],
    }


def detail(advert: Advert) -> dict[str, Any]:
    """One listing: its card, its facts as label and text, and its structured data."""
    return {
        **_card(advert),
        "canonical": wording.path(advert),
        "description": advert.description,
        "facts": wording.facts(advert),
        "structured": json_ld.listing(advert),
    }


def _card(advert: Advert) -> dict[str, Any]:
    return {
        "key": advert.key,
        "path": f"/app{wording.path(advert)}",
        "title": advert.title,
        "price": wording.price_text(advert),
        "qualifier": wording.qualifier(advert),
        "type": advert.type_word,
        "offer": wording.offer_text(advert.offer),
        "area": wording.area_text(advert.living_area),
        "rooms": wording.rooms_text(advert.rooms),
        "city": advert.city,
        "status": advert.status.value,
    }
