"""RESO lookup values ↔ our vocabulary.

A service writes a value as its standard name ("Single Family Residence"), as an enumeration member
("SingleFamilyResidence") or in its own words. The first two are read alike; its own words are never forced into a
list: they stay raw and are counted.
"""

import re
from enum import StrEnum
from typing import TypeVar

from realestate_crawler.vocabulary import AreaUnits, Offer, PricePeriod, PropertyType, StandardStatus

E = TypeVar("E", bound=StrEnum)

# Data Dictionary 2.0, lookup PropertySubType.
PROPERTY_SUB_TYPES: dict[str, PropertyType] = {
    "Apartment": PropertyType.APARTMENT,
    "Condominium": PropertyType.APARTMENT,
    "Own Your Own": PropertyType.APARTMENT,
    "Stock Cooperative": PropertyType.APARTMENT,
    "Cabin": PropertyType.HOUSE,
    "Duplex": PropertyType.HOUSE,
    "Manufactured Home": PropertyType.HOUSE,
    "Manufactured On Land": PropertyType.HOUSE,
    "Mobile Home": PropertyType.HOUSE,
    "Quadruplex": PropertyType.HOUSE,
    "Single Family Residence": PropertyType.HOUSE,
    "Townhouse": PropertyType.HOUSE,
    "Triplex": PropertyType.HOUSE,
    "Unimproved Land": PropertyType.LAND,
    "Business": PropertyType.COMMERCIAL,
    "Hotel/Motel": PropertyType.COMMERCIAL,
    "Industrial": PropertyType.COMMERCIAL,
    "Mixed Use": PropertyType.COMMERCIAL,
    "Office": PropertyType.COMMERCIAL,
    "Retail": PropertyType.COMMERCIAL,
    "Warehouse": PropertyType.COMMERCIAL,
    "Deeded Parking": PropertyType.PARKING,
    "Agriculture": PropertyType.OTHER,
    "Boat Slip": PropertyType.OTHER,
    "Farm": PropertyType.OTHER,
    "Multi Family": PropertyType.OTHER,
    "Ranch": PropertyType.OTHER,
    "Timeshare": PropertyType.OTHER,
}

# Lookup PropertyType, where it alone says what kind of property it is ("Residential" does not).
PROPERTY_TYPES: dict[str, PropertyType] = {
    "Business Opportunity": PropertyType.COMMERCIAL,
    "Commercial Lease": PropertyType.COMMERCIAL,
    "Commercial Sale": PropertyType.COMMERCIAL,
    "Farm": PropertyType.OTHER,
    "Land": PropertyType.LAND,
    "Manufactured In Park": PropertyType.HOUSE,
}

# Lookup PropertyType again: it also says whether a price or a rent is asked.
OFFERS: dict[str, Offer] = {
    "Business Opportunity": Offer.SALE,
    "Commercial Lease": Offer.RENT,
    "Commercial Sale": Offer.SALE,
    "Farm": Offer.SALE,
    "Land": Offer.SALE,
    "Manufactured In Park": Offer.SALE,
    "Residential": Offer.SALE,
    "Residential Income": Offer.SALE,
    "Residential Lease": Offer.RENT,
}

STATUSES: dict[str, StandardStatus] = {status.value: status for status in StandardStatus}

# Lookup FeeFrequency, as far as a rent can be compared.
PERIODS: dict[str, PricePeriod] = {
    "Annually": PricePeriod.YEAR,
    "Daily": PricePeriod.DAY,
    "Monthly": PricePeriod.MONTH,
    "Weekly": PricePeriod.WEEK,
}

AREA_UNITS: dict[str, AreaUnits] = {unit.value: unit for unit in AreaUnits}


def fold(word: str) -> str:
    """The same for a standard name and its enumeration member: letters and digits, in one case."""
    return re.sub(r"[^a-z0-9]+", "", word.casefold())


def find(table: dict[str, E], word: object) -> E | None:
    """The value that a service's word stands for; None when the table does not know it."""
    if not isinstance(word, str):
        return None
    wanted = fold(word)
    return next((value for name, value in table.items() if fold(name) == wanted), None)
