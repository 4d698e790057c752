"""Does a listing satisfy a criterion? What a source cannot express in its search is decided here, after reading.

A listing that does not say (no price, no coordinates) is not excluded by that key: absence of a fact is no mismatch.
"""

from realestate_crawler.contracts.criteria import Criterion, Range
from realestate_crawler.domain.area import square_meters
from realestate_crawler.domain.place import distance_km, inside
from realestate_crawler.domain.text import GERMAN, clean, fold, respelled
from realestate_crawler.items import Listing
from realestate_crawler.vocabulary import AreaUnits


def mismatch(listing: Listing, criterion: Criterion) -> str | None:
    """The first key of the criterion that the listing contradicts; None when it satisfies all."""
    for key in ("city", "state_or_province", "postal_code", "country"):
        wanted, told = getattr(criterion, key), getattr(listing, key)
        if wanted is not None and told is not None and _spellings(wanted).isdisjoint(_spellings(told)):
            return key
    if criterion.offer and listing.offer and criterion.offer != listing.offer:
        return "offer"
    if criterion.property_types and listing.property_type and listing.property_type not in criterion.property_types:
        return "property_types"
    area = None
    if listing.living_area is not None:
        area = square_meters(listing.living_area, listing.living_area_units or AreaUnits.SQUARE_METERS)
    numbers = {
        "list_price": listing.list_price,
        "living_area": area,
        "bedrooms_total": listing.bedrooms_total,
        "rooms_total": listing.rooms_total,
        "year_built": listing.year_built,
    }
    for key, value in numbers.items():
        if value is not None and not _within(float(value), getattr(criterion, key)):
            return key
    return _outside(listing, criterion)


def _spellings(text: str) -> set[str]:
    """The ways in which a name may be written: Düsseldorf is Dusseldorf on one site and Duesseldorf on another."""
    return {fold(clean(text)), fold(respelled(clean(text), GERMAN))}


def _within(value: float, limits: Range | None) -> bool:
    if limits is None:
        return True
    return (limits.min is None or value >= limits.min) and (limits.max is None or value <= limits.max)


def _outside(listing: Listing, criterion: Criterion) -> str | None:
    if listing.latitude is None or listing.longitude is None:
        return None
    point = (float(listing.latitude), float(listing.longitude))
    near = criterion.near
    if near and distance_km(point, (near.latitude, near.longitude)) > near.radius_km:
        return "near"
    if criterion.polygon and not inside(criterion.polygon, point[1], point[0]):
        return "polygon"
    return None
