"""Area text → value and unit, and the one conversion to square metres."""

import re
from dataclasses import dataclass
from decimal import Decimal

from realestate_crawler.domain.numbers import find_number
from realestate_crawler.vocabulary import SQUARE_METERS_PER_UNIT, AreaUnits, lookup

_UNIT = re.compile(
    r"m²|m2|qm|sqm|sq\.?\s?m\b|ft²|ft2|sq\.?\s?ft\.?|sqft|square feet|square met(?:er|re)s"
    r"|acres?|hectares?|\bha\b|\bac\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Area:
    """What an area text says: a value, and the unit where it names one."""

    value: Decimal
    units: AreaUnits | None = None


def parse_area(text: str) -> Area | None:
    """Reads an area text; None when it holds no number."""
    value = find_number(_UNIT.sub(" ", text, count=1))
    return None if value is None else Area(value, area_units(text))


def area_units(text: str) -> AreaUnits | None:
    """The unit that `text` is or names; None when it names none."""
    found = _UNIT.search(text)
    return lookup(AreaUnits, text) or (lookup(AreaUnits, _spelling(found.group())) if found else None)


def square_meters(value: Decimal, units: AreaUnits) -> float:
    """The area in square metres."""
    return float(value) * SQUARE_METERS_PER_UNIT[units]


def _spelling(unit: str) -> str:
    word = re.sub(r"[\s.]", "", unit.casefold())
    return {"sqm": "m2", "sqft": "ft2", "squarefeet": "ft2", "squaremeters": "m2", "squaremetres": "m2"}.get(
        word, word.rstrip("s")
    )
