"""The key names that sites' own data use, and which field each means.

What belongs here: what a key says, whole or by its parts. What does not: the words (key_words), and walking the data
(state_facts).
"""

import functools
import re

from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.pages.key_words import KEYS

_PREFIX = re.compile(
    r"^(?:listing|property|obj|object|advert|estate|realestate|real|house|home|item|locality|address"
    r"|location|unit|display|main|base|classified)(?=[a-z])"
)
# How a key says in which form its value is: "bedroomsQuantity", "priceFormatted", "nbBathrooms".
_FORM_SUFFIX = re.compile(
    r"(?:quantity|count|number|numeric|num|nb|qty|value|values|total|amount|text|string|str|label|display"
    r"|displayed|formatted"
    r"|raw|int|float|min|from|range|main|current)$"
)
_COUNT_PREFIX = re.compile(
    r"^(?:num(?:ber)?of|numberof|totalnumberof|countof|num|nb(?:r|re)?|no(?:of)?|nr|qty|total|anzahl|cant(?:idad)?)"
)
_COUNTED = frozenset(
    (
        "list_price",
        "living_area",
        "lot_size_area",
        "bedrooms_total",
        "bathrooms_total_integer",
        "rooms_total",
        "year_built",
    )
)
_CURRENCY_END = re.compile(r"(czk|eur|usd|gbp|chf|pln|sek|nok|dkk|aed|inr|zar|cad|aud)$")
_BY_KEY: dict[str, str] = {key: field for field, keys in KEYS.items() for key in keys.split()}

# Keys that only say something together with the key above them: {"price": {"value": 1, "currency": "EUR"}}.
GENERIC = {
    "amount": 0,
    "value": 0,
    "numeric": 1,
    "number": 1,
    "raw": 1,
    "unformatted": 1,
    "numericvalue": 0,
    "mainvalue": 1,
    "min": 2,
    "minimum": 2,
    "from": 2,
    "text": 3,
    "display": 3,
    "displayvalue": 3,
    "formatted": 3,
    "formattedvalue": 3,
    "label": 4,
    "name": 4,
    "key": 5,
    "total": 2,
    "current": 1,
    "main": 1,
    "code": 5,
    "iso": 5,
    "short": 5,
    "primary": 1,
    "content": 3,
    "title": 5,
    "displayprices": 3,
    "primaryprice": 3,
    "minvalue": 2,
}
# Below these keys stands something that is not the listing: other listings, people, figures of the area, pictures.
_OTHER = AnyOf(
    r"agent|realtor|consultant|similar|related|recommend|nearby|neighbo|comparable|suggest|history"
    r"|mortgage|financ|loan|school|station|transport|poi$|pois$|image|photo|media|video|picture|gallery"
    r"|floorplan"
    r"|breadcrumb|translation|i18n|locale|menu|footer|navig|user|session|experiment|featuretoggle"
    r"|featureflag|estimate|valuation|statistic|average|insight|market|calculator|deposit|kaution"
    r"|openhouse|taxhistory|pricehistory|review|rating$|cookie|seo|criteria|filter|searchparams"
    r"|searchquery|refinement|facet|sort|alert|viewport|boundingbox|bounds|polygon|geometry"
    r"|contactform|contactinfo|contactdetails|responsible|salesperson|person|employee|owner"
    r"|landlord|virtualtour|analytics|schema$|advertising|banner|previous|old|sold|premise|offeredby"
    r"|seller|lister$|vendor|contact$|otherlistings|parentregion|labels$|amenities|nearest|interestingplaces|units$|childunits"
    r"|energycertificate|certificate"
)
# An amount or an area whose key carries one of these words is not the property's own.
NOT_MAIN = AnyOf(
    r"deposit|fee|tax|mortgage|perarea|persq|perm2|sqmprice|pricesqm|permeter|pricem2|history|estimate"
    r"|zestimate|previous|old|original|last|sold|max|hoa|warm|service|parking|garage|garden|terrace"
    r"|balcon|cellar|basement|old|discount|drop|change|reduction|average|avg|total(?:rent|cost)|interest"
    r"|utilit|charges|extra|index|note|visible|hidden|type$"
)
_OFFICE = re.compile(
    r"^(?:agency|agencies|offices?|branch|branches|brokers?|brokerage|customers?|company|companies"
    r"|realestateagency|publisher|advertiser|listingoffice|offerer|provider|estateagent|agencydetails"
    r"|agencyinfo|listingbroker|brokeringagency|organization)$"
)


@functools.lru_cache(maxsize=50_000)
def plain_key(key: str) -> str:
    """A key in lower case without marks: "livingArea_sqm" → "livingareasqm"."""
    return "".join(c for c in key.lower() if c.isalnum())[:60]


@functools.lru_cache(maxsize=50_000)
def key_field(key: str) -> str | None:
    """The field that a plain key means; None when it means none."""
    found = _BY_KEY.get(key)
    if found is None:
        prefix = _PREFIX.match(key)
        found = _BY_KEY.get(key[prefix.end() :]) if prefix else None
        # An id named after something else than the listing is another thing's.
        if found in ("listing_key", "title", "listing_url"):
            return None
    if found is None:
        stem = _COUNT_PREFIX.sub("", _FORM_SUFFIX.sub("", key))
        if stem != key and len(stem) > 3:
            found = _BY_KEY.get(stem)
            return found if found in _COUNTED else None
    return found


@functools.lru_cache(maxsize=50_000)
def key_currency(key: str) -> str | None:
    """The currency that a plain key names at its end ("pricesummaryczk"); None when it names none."""
    found = _CURRENCY_END.search(key)
    return found.group(1).upper() if found and ("price" in key or "amount" in key or "rent" in key) else None


@functools.lru_cache(maxsize=50_000)
def leads_elsewhere(key: str) -> bool:
    """Whether what stands below a plain key is not the listing itself."""
    return _OTHER.search(key) is not None


@functools.lru_cache(maxsize=50_000)
def names_office(key: str) -> bool:
    """Whether what stands below a plain key is the office that brokers the offer."""
    return _OFFICE.match(key) is not None
