"""Evidence → at most one value a field: what cannot be read or cannot be true is left out, agreement counts.

What belongs here: choosing. What does not: finding evidence, and turning the chosen value into a typed one
(`domain.normalise`).
"""

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from realestate_crawler.domain.address import is_postal_code
from realestate_crawler.domain.area import area_units, parse_area, square_meters
from realestate_crawler.domain.kinds import offer_in, property_type, status_in
from realestate_crawler.domain.money import parse_money
from realestate_crawler.domain.numbers import find_number, parse_number
from realestate_crawler.domain.place import country_code, known_point
from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.evidence import POINT, Evidence
from realestate_crawler.pages.town_words import NO_TOWN
from realestate_crawler.vocabulary import AreaUnits, Offer, PropertyType, StandardStatus, lookup

AGREEMENT = 11
"""What each further kind of source that says the same adds to the trust of a value."""
_CORROBORATED = 9
_ALONE = 50


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the choice may lean on.

    Attributes:
        country: ISO 3166 alpha-2; None when unknown.
        words: folded address, title and headline of the page: a city or street named there is the property's.
        strict: whether a city that only its place on the page makes one has to be named in `words`; on a page of
            results it has not.
    """

    country: str | None = None
    words: str = ""
    strict: bool = True


Groups: TypeAlias = dict[str, dict[Any, list[Evidence]]]
"""Evidence by field and canonical value."""
_Reader: TypeAlias = Callable[[Any, Evidence, Surroundings], Any]


def agreeing(found: Iterable[Evidence], around: Surroundings) -> Groups:
    """What can be a value of its field, by field and by the value that it says."""
    by_field: Groups = {}
    for evidence in found:
        key = canonical(evidence, around)
        if key is not None:
            groups = by_field.setdefault(evidence.field, {})
            groups.setdefault(_close(groups, key), []).append(evidence)
    return by_field


def choose(by_field: Groups, around: Surroundings) -> dict[str, Evidence]:
    """The best evidence of each field; ties go to the one found first."""
    chosen = {field: _best(field, groups, around) for field, groups in by_field.items()}
    return {field: best for field, best in chosen.items() if best is not None}


def canonical(evidence: Evidence, around: Surroundings) -> Any:
    """The value in a form that equal values share; None when it cannot be a value of its field."""
    reader: _Reader = _CANONICAL.get(evidence.field, _words)
    return reader(evidence.value, evidence, around)


def _best(field: str, groups: dict[Any, list[Evidence]], around: Surroundings) -> Evidence | None:
    def score(item: tuple[Any, list[Evidence]]) -> float:
        key, members = item
        total = max(e.trust for e in members) + AGREEMENT * (len({e.source for e in members}) - 1)
        if field in ("city", "unparsed_address") and len(str(key)) > 2 and _named(key, around):
            total += _CORROBORATED
        return total

    key, members = max(groups.items(), key=score)
    # Of equals the one in capitals: the others are made for addresses.
    best = max(members, key=lambda e: e.trust + (0.5 if isinstance(e.value, str) and not e.value.islower() else 0))
    if field == "city" and around.words and around.strict and best.source in ("text", "meta") and best.trust < _ALONE:
        # A word that only its place on the page makes a city has to stand in the headline or the address, too.
        return best if _named(key, around) else None
    if field == "postal_code":
        # "OX3" and "OX3 9AY": the whole code says more than its first half.
        longer = [
            e for other, several in groups.items() if str(other).startswith(str(key)) and other != key for e in several
        ]
        return (
            max(longer, key=lambda e: e.trust, default=best)
            if len(str(key)) <= 4 and around.country in ("GB", "IE")
            else best
        )
    return best


def _named(key: Any, around: Surroundings) -> bool:
    """Whether address, title or headline of the page speak of it."""
    return f" {' '.join(re.sub(r'[^0-9a-z一-龥]+', ' ', str(key)).split())} " in around.words


def _close(groups: dict[Any, list[Evidence]], key: Any) -> Any:
    """The group that `key` belongs to: areas and points that differ only by rounding are one value."""
    if isinstance(key, float):
        return next((other for other in groups if abs(other - key) <= 0.006 * max(other, key)), key)
    if isinstance(key, tuple) and len(key) == 2 and all(isinstance(k, float) for k in key):
        return next((o for o in groups if abs(o[0] - key[0]) < 5e-4 and abs(o[1] - key[1]) < 5e-4), key)
    return key


def _price(value: Any, _evidence: Evidence, _around: Surroundings) -> Decimal | None:
    amount = _decimal(value)
    if amount is None and isinstance(value, str):
        money = parse_money(value)
        amount = money.amount if money else None
    return amount if amount is not None and 1 < amount < Decimal("1e12") else None


def _area(value: Any, evidence: Evidence, around: Surroundings) -> float | None:
    units: AreaUnits | None = None
    companion = evidence.companions.get("living_area_units") or evidence.companions.get("lot_size_units")
    if isinstance(companion, str):
        units = area_units(companion)
    amount = _decimal(value)
    if amount is None and isinstance(value, str):
        area = parse_area(value)
        if area is None:
            return None
        amount, units = area.value, area.units or units
    if amount is None or amount <= 0:
        return None
    if units is None:
        units = AreaUnits.SQUARE_FEET if around.country == "US" else AreaUnits.SQUARE_METERS
    metres = square_meters(amount, units)
    limit = 5_000 if evidence.field == "living_area" else 1e9
    return metres if (5 if evidence.field == "living_area" else 1) < metres <= limit else None


def _count(value: Any, evidence: Evidence, around: Surroundings) -> Decimal | None:
    if evidence.field == "rooms_total" and around.country == "TR" and "+" in str(value):
        # "3+1" counts the living room apart.
        return None
    number = _decimal(value)
    if number is None and isinstance(value, str):
        number = find_number(value)
    if number is None:
        return None
    if evidence.field == "year_built":
        return number if 1500 <= number <= 2100 else None
    return number if 0 < number <= 60 and (number * 4) % 1 == 0 else None


def _point(value: Any, _evidence: Evidence, _around: Surroundings) -> tuple[float, float] | None:
    try:
        latitude, longitude = (Decimal(str(part).strip().replace(",", ".")) for part in value)
    except (InvalidOperation, ValueError):
        return None
    if not latitude.is_finite() or not longitude.is_finite() or not known_point(latitude, longitude):
        return None
    return float(latitude), float(longitude)


def _kind(value: Any, _evidence: Evidence, _around: Surroundings) -> PropertyType | None:
    return _named_kind(value) if isinstance(value, str) and len(value) < 200 else None


@functools.lru_cache(maxsize=20_000)
def _named_kind(text: str) -> PropertyType | None:
    return lookup(PropertyType, text) or property_type(text)


@functools.lru_cache(maxsize=20_000)
def _named_offer(text: str) -> Offer | None:
    return lookup(Offer, text) or offer_in(text)


def _offer(value: Any, _evidence: Evidence, _around: Surroundings) -> Offer | None:
    return _named_offer(value) if isinstance(value, str) and len(value) <= 300 else None


def _status(value: Any, _evidence: Evidence, _around: Surroundings) -> StandardStatus | None:
    return (lookup(StandardStatus, value) or status_in(value)) if isinstance(value, str) and len(value) < 60 else None


def _postal(value: Any, _evidence: Evidence, around: Surroundings) -> str | None:
    text = clean(str(value))
    return text.upper().replace(" ", "") if is_postal_code(text, around.country) else None


def _country(value: Any, _evidence: Evidence, _around: Surroundings) -> str | None:
    return country_code(value) if isinstance(value, str) and 1 < len(value) < 40 else None


def _city(value: Any, evidence: Evidence, _around: Surroundings) -> str | None:
    if not isinstance(value, str):
        return None
    text = clean(value).split(",")[0].strip()
    if not 1 < len(text) <= 60 or any(c in text for c in "€£$|@<>{}=") or sum(c.isdigit() for c in text) > 3:
        return None
    name = fold(text)
    return name if any(c.isalpha() for c in text) and name not in NO_TOWN and offer_in(text) is None else None


def _words(value: Any, _evidence: Evidence, _around: Surroundings) -> str | None:
    if isinstance(value, bool | dict | list) or value is None:
        return None
    text = fold(clean(str(value)))
    return text if 0 < len(text) <= 300 and text not in ("-", "null", "none", "n/a", "undefined") else None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value))
        return number if number.is_finite() else None
    return parse_number(value) if isinstance(value, str) else None


_CANONICAL: dict[str, _Reader] = {
    "list_price": _price,
    "association_fee": _price,
    "tax_annual_amount": _price,
    "living_area": _area,
    "lot_size_area": _area,
    "bedrooms_total": _count,
    "bathrooms_total_integer": _count,
    "rooms_total": _count,
    "year_built": _count,
    POINT: _point,
    "property_type": _kind,
    "offer": _offer,
    "standard_status": _status,
    "postal_code": _postal,
    "country": _country,
    "city": _city,
}
