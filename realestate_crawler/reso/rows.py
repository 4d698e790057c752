"""One entity of a Property resource → one listing. Nothing of it is lost, except what reaches people.

What belongs here: which RESO field fills which item field. What does not: reading values (`domain.normalise`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from realestate_crawler.domain.area import area_units
from realestate_crawler.items import MEANINGS, PERSONAL_FIELDS, SOURCE_FIELDS, Listing
from realestate_crawler.reso.lookups import (
    AREA_UNITS,
    OFFERS,
    PERIODS,
    PROPERTY_SUB_TYPES,
    PROPERTY_TYPES,
    STATUSES,
    find,
)
from realestate_crawler.reso.metadata import Resource
from realestate_crawler.reso.options import ResoOptions
from realestate_crawler.vocabulary import AreaUnits, Offer

# Item field → RESO field. The standard name says it all, except for these two.
FIELDS: dict[str, str] = {
    **{name: MEANINGS[name].reso for name in SOURCE_FIELDS if MEANINGS[name].reso},
    "offer": "PropertyType",
    "price_period": "LeaseAmountFrequency",
}
_ADDRESS = (
    "StreetNumber",
    "StreetDirPrefix",
    "StreetName",
    "StreetSuffix",
    "StreetDirSuffix",
    "UnitNumber",
)
# Says what the item fields need beside their own: an address in parts, auctions, plots with the unit in the name.
HELPERS = (*_ADDRESS, "SpecialListingConditions", "LotSizeAcres", "LotSizeSquareFeet", "StatusChangeTimestamp")

# Who sells, lives there or shows it, how they are reached and how one gets in; the item has two fields for people.
PERSONAL = re.compile(
    r"(Co)?(List|Buyer)(Agent|TeamKey|TeamName)|Owner(?!ship)|Occupant|Tenant(?!Pays)|Showing|Lock[Bb]ox|"
    r"AccessCode|GateCode|Private(Office)?Remarks|Originating.*Agent|.*(Email|Phone|Pager|Fax)(\b|$|Number|Ext)"
)

# Counters and clocks of the service: stored, never compared.
VOLATILE = frozenset(
    {"CumulativeDaysOnMarket", "DaysOnMarket", "days_on_market", "modification_timestamp"}
    | {"ModificationTimestamp", "PhotosChangeTimestamp", "StatusChangeTimestamp", "PriceChangeTimestamp"}
    | {"MajorChangeTimestamp", "BridgeModificationTimestamp", "DocumentsChangeTimestamp", "VideosChangeTimestamp"}
)


def wanted_fields(*, personal: bool) -> tuple[str, ...]:
    """The RESO fields that an item is made of; those that name people only when they are kept."""
    told = [reso for name, reso in FIELDS.items() if personal or name not in PERSONAL_FIELDS]
    return tuple(dict.fromkeys(["ListingKey", *told, *HELPERS]))


def read_row(row: Mapping[str, Any], resource: Resource, options: ResoOptions) -> Listing:
    """The listing in an entity, its values still raw; everything that no field names is in `extra`.

    Args:
        row: the entity as the service sent it.
        resource: what the service's metadata says of it.
        options: what the criterion says about the service.
    """
    listing = Listing(listing_key=_key(row, resource.key), currency=options.currency)
    for name, reso in FIELDS.items():
        value = row.get(reso)
        if value not in (None, "", []):
            listing.raw[name] = _single(value)
    _choices(listing, row, resource)
    _areas(listing, row, options)
    address = " ".join(str(row[part]).strip() for part in _ADDRESS if row.get(part) not in (None, ""))
    if address and "unparsed_address" not in listing.raw:
        listing.unparsed_address = address
    listing.extra |= _rest(row)
    return listing


def _key(row: Mapping[str, Any], key: tuple[str, ...]) -> str:
    names = ("ListingKey",) if row.get("ListingKey") not in (None, "") else key
    words = [str(row.get(name) or "").strip() for name in names]
    return ":".join(words) if words and all(words) else ""


def _choices(listing: Listing, row: Mapping[str, Any], resource: Resource) -> None:
    """What RESO's lists say in our words; what they do not say stays raw, and normalising counts it."""
    status, kind, sub_type = (
        _named(row, name, resource) for name in ("StandardStatus", "PropertyType", "PropertySubType")
    )
    listing.standard_status = find(STATUSES, status)
    listing.property_type = find(PROPERTY_SUB_TYPES, sub_type) if sub_type else find(PROPERTY_TYPES, kind)
    if not sub_type and listing.property_type is not None:
        listing.raw["property_type"] = _single(row.get("PropertyType"))
    listing.offer = find(OFFERS, kind)
    if listing.offer is Offer.SALE and "auction" in {word.casefold() for word in _words(row)}:
        listing.offer = Offer.AUCTION
    if listing.offer is not Offer.RENT:
        listing.raw.pop("price_period", None)
    listing.price_period = find(PERIODS, listing.raw.get("price_period"))


def _named(row: Mapping[str, Any], name: str, resource: Resource) -> str | None:
    """The standard name of a lookup field's value."""
    word = _single(row.get(name))
    return resource.standard_name(name, word) if isinstance(word, str) and word else None


def _words(row: Mapping[str, Any]) -> list[str]:
    told = row.get("SpecialListingConditions") or []
    words = told.split(",") if isinstance(told, str) else told if isinstance(told, list) else []
    return [str(word).strip() for word in words]


def _areas(listing: Listing, row: Mapping[str, Any], options: ResoOptions) -> None:
    """An area without a unit is no area: it is kept as the source's own column, and the criterion may name the unit."""
    for name, fallback in (("living_area", options.living_area_units), ("lot_size_area", None)):
        units = "living_area_units" if name == "living_area" else "lot_size_units"
        found = area_unit(listing.raw.get(units)) or fallback
        if name in listing.raw and found is None:
            listing.extra[FIELDS[name]] = listing.raw.pop(name)
        elif name in listing.raw:
            setattr(listing, units, found)
    for column, plot_units in (("LotSizeSquareFeet", AreaUnits.SQUARE_FEET), ("LotSizeAcres", AreaUnits.ACRES)):
        if "lot_size_area" not in listing.raw and row.get(column) not in (None, ""):
            listing.raw["lot_size_area"] = row[column]
            listing.lot_size_units = plot_units


def area_unit(word: object) -> AreaUnits | None:
    """The unit that a service's word names, as standard name, enumeration member or abbreviation."""
    return (find(AREA_UNITS, word) or area_units(word)) if isinstance(word, str) else None


def _rest(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What no item field names: without the protocol's own annotations, without personal data."""
    used = {*FIELDS.values(), "ListingKey"}
    for column, value in row.items():
        if column not in used and "@" not in column and value is not None and not PERSONAL.match(column):
            yield column, value


def _single(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value
