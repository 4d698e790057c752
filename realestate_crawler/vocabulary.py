"""The closed lists: every value that a choice field of a listing may hold.

What belongs here: enumerations and the words that mean the same. What does not: how a text is
searched for such a word (`domain`). A value outside a list is never forced into it: the field stays
empty, the source's own word is kept in `raw`, and the crawl counts it.
"""

from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)


class Offer(StrEnum):
    """What is asked for: a price to buy, a rent, or a bid."""

    SALE = "sale"
    RENT = "rent"
    AUCTION = "auction"


class PropertyType(StrEnum):
    """What kind of property it is (a short list on purpose: every source can be mapped to it)."""

    APARTMENT = "apartment"
    HOUSE = "house"
    ROOM = "room"
    LAND = "land"
    COMMERCIAL = "commercial"
    PARKING = "parking"
    OTHER = "other"


class PricePeriod(StrEnum):
    """What span of time a rent pays for (RESO FeeFrequency in short form)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class StandardStatus(StrEnum):
    """RESO Data Dictionary lookup `StandardStatus`."""

    ACTIVE = "Active"
    ACTIVE_UNDER_CONTRACT = "Active Under Contract"
    CANCELED = "Canceled"
    CLOSED = "Closed"
    COMING_SOON = "Coming Soon"
    DELETE = "Delete"
    EXPIRED = "Expired"
    HOLD = "Hold"
    INCOMPLETE = "Incomplete"
    PENDING = "Pending"
    WITHDRAWN = "Withdrawn"


class QualityFlag(StrEnum):
    """What may be wrong with an observation although it could be read.

    ENCODING_SUSPECT: the page's bytes and the encoding that it declares contradict each other; letters may be wrong.
    """

    ENCODING_SUSPECT = "encoding_suspect"


class AreaUnits(StrEnum):
    """RESO lookups `AreaUnits` and `LotSizeUnits`."""

    SQUARE_METERS = "Square Meters"
    SQUARE_FEET = "Square Feet"
    ACRES = "Acres"
    HECTARES = "Hectares"


class PriceQualifier(StrEnum):
    """How binding the price is."""

    FIXED = "fixed"
    FROM = "from"
    RANGE = "range"
    GUIDE = "guide"
    ON_REQUEST = "on_request"


class Kind(StrEnum):
    """What a feed line proves: a whole listing, or what its card in a result page shows."""

    DETAIL = "detail"
    SIGHTING = "sighting"


class Presence(StrEnum):
    """What the crawls observed. A vanished advert is `removed`; that does not mean sold."""

    PRESENT = "present"
    MISSING = "missing"
    REMOVED = "removed"


class ChangeType(StrEnum):
    """What happened to a listing between two observations."""

    NEW = "new"
    CHANGED = "changed"
    MISSING = "missing"
    REMOVED = "removed"
    RELISTED = "relisted"


SQUARE_METERS_PER_UNIT = {
    AreaUnits.SQUARE_METERS: 1.0,
    AreaUnits.SQUARE_FEET: 0.09290304,
    AreaUnits.ACRES: 4046.8564224,
    AreaUnits.HECTARES: 10_000.0,
}

# Spellings that sources and people use for the same value, all in lower case.
SYNONYMS: dict[type[StrEnum], dict[str, StrEnum]] = {
    Offer: {
        "buy": Offer.SALE,
        "for sale": Offer.SALE,
        "for_sale": Offer.SALE,
        "sell": Offer.SALE,
        "to rent": Offer.RENT,
        "for rent": Offer.RENT,
        "for_rent": Offer.RENT,
        "lease": Offer.RENT,
        "let": Offer.RENT,
        "rental": Offer.RENT,
    },
    PropertyType: {
        "flat": PropertyType.APARTMENT,
        "condo": PropertyType.APARTMENT,
        "condominium": PropertyType.APARTMENT,
        "studio": PropertyType.APARTMENT,
        "villa": PropertyType.HOUSE,
        "townhouse": PropertyType.HOUSE,
        "single family residence": PropertyType.HOUSE,
        "single family": PropertyType.HOUSE,
        "plot": PropertyType.LAND,
        "office": PropertyType.COMMERCIAL,
        "garage": PropertyType.PARKING,
    },
    PricePeriod: {
        "daily": PricePeriod.DAY,
        "weekly": PricePeriod.WEEK,
        "monthly": PricePeriod.MONTH,
        "annually": PricePeriod.YEAR,
        "yearly": PricePeriod.YEAR,
    },
    StandardStatus: {
        "for_sale": StandardStatus.ACTIVE,
        "for sale": StandardStatus.ACTIVE,
        "for rent": StandardStatus.ACTIVE,
        "available": StandardStatus.ACTIVE,
        "under contract": StandardStatus.ACTIVE_UNDER_CONTRACT,
        "under offer": StandardStatus.PENDING,
        "reserved": StandardStatus.PENDING,
        "sold": StandardStatus.CLOSED,
        "let": StandardStatus.CLOSED,
        "rented": StandardStatus.CLOSED,
        "cancelled": StandardStatus.CANCELED,
    },
    AreaUnits: {
        "m2": AreaUnits.SQUARE_METERS,
        "m²": AreaUnits.SQUARE_METERS,
        "qm": AreaUnits.SQUARE_METERS,
        "sqm": AreaUnits.SQUARE_METERS,
        "mtk": AreaUnits.SQUARE_METERS,
        "ft2": AreaUnits.SQUARE_FEET,
        "ft²": AreaUnits.SQUARE_FEET,
        "sqft": AreaUnits.SQUARE_FEET,
        "sq ft": AreaUnits.SQUARE_FEET,
        "sq. ft.": AreaUnits.SQUARE_FEET,
        "ftk": AreaUnits.SQUARE_FEET,
        "acre": AreaUnits.ACRES,
        "ac": AreaUnits.ACRES,
        "ha": AreaUnits.HECTARES,
        "hectare": AreaUnits.HECTARES,
    },
    PriceQualifier: {},
}


def lookup(vocabulary: type[E], text: str) -> E | None:
    """The value of `vocabulary` that `text` names, by its own spelling or a synonym; None when it names none."""
    word = text.strip().casefold()
    for member in vocabulary:
        if member.value.casefold() == word:
            return member
    found = SYNONYMS.get(vocabulary, {}).get(word)
    return found if isinstance(found, vocabulary) else None
