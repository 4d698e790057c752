"""Area text → value and unit, and the one conversion to square metres.

What belongs here: how areas are written. What does not: whether it is the flat's or the plot's (`pages`).
Units without a lookup value (square yards, tsubo, ares) are converted to one that has it.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from realestate_crawler.domain.numbers import MORE_DIGITS, NUMBER, find_number, parse_number, part_of_scientific
from realestate_crawler.domain.patterns import by_first_letter
from realestate_crawler.domain.text import clean, decimal_fractions, fold
from realestate_crawler.vocabulary import SQUARE_METERS_PER_UNIT, AreaUnits, lookup

# Pattern of a unit in folded text → the unit, and how many of it one of the written unit is.
_UNITS: tuple[tuple[str, AreaUnits, Decimal], ...] = (
    (
        r"m²|m2\b|m\s2(?![\d.,])|m\^2|㎡|qm\b|mq\b|sqm\b|mtk\b|sq\.?\s?m(?:tr|trs|t)?\b\.?|square "
        r"met(?:er|re)s?|metros? cuadrados?"
        r"|metros quadrados|metres? carres?|quadratmeter|m\.?q\.|m² wohnfl|mts2|kvm\b|kvadratmet\w+|평방미터"
        r"|м²|м2\b|кв\.?\s?м\b\.?"
        r"|τ\.?\s?μ\.?|م²|م2|متر مربع|מ[\"״]ר|ตร\.?\s?ม\.?|ตารางเมตร|平方米|平米|平方公尺"
        r"|negyzetmeter|neliota?|nm\b|mp\b|m\. ?p\.",
        AreaUnits.SQUARE_METERS,
        Decimal(1),
    ),
    (
        r"ft²|ft2\b|ftk\b|sq\.?\s?f(?:ee|oo)?t\b\.?|sqft\b|sq\.?ft\.?|square f(?:ee|oo)t|pi²|pi2\b|pieds? carres?|sf\b",
        AreaUnits.SQUARE_FEET,
        Decimal(1),
    ),
    (r"acres?\b|ac\b|acr\b", AreaUnits.ACRES, Decimal(1)),
    (r"hectares?\b|hectareas?\b|hektar\w*|ha\b", AreaUnits.HECTARES, Decimal(1)),
    (r"sq\.?\s?y(?:ar)?ds?\b\.?|square yards?|gaj\b", AreaUnits.SQUARE_FEET, Decimal(9)),
    (r"坪|tsubo|평(?!방)", AreaUnits.SQUARE_METERS, Decimal("3.305785")),
    (r"сот(?:ок|ки|ка|\.)", AreaUnits.SQUARE_METERS, Decimal(100)),
    (r"ตร\.?\s?ว\.?|ตารางวา", AreaUnits.SQUARE_METERS, Decimal(4)),
    (r"ไร่", AreaUnits.SQUARE_METERS, Decimal(1600)),
)
_ANY_UNIT = "|".join(pattern for pattern, _, _ in _UNITS)
_UNIT = re.compile(rf"(?<![^\W\d_])(?:{_ANY_UNIT})")
_AREA = re.compile(
    rf"(?P<number>\d(?<![\w.,/+].)(?:\d?(?:,\d{{2}})+,\d{{3}}|{MORE_DIGITS}))\s?-?(?P<unit>{by_first_letter(_ANY_UNIT)})"
)
_EACH = tuple((re.compile(pattern), units, factor) for pattern, units, factor in _UNITS)
_LARGE = (AreaUnits.ACRES, AreaUnits.HECTARES)


@dataclass(frozen=True, slots=True)
class Area:
    """What an area text says: a value, and the unit where it names one."""

    value: Decimal
    units: AreaUnits | None = None


@dataclass(frozen=True, slots=True)
class AreaInText:
    """One area with its unit inside a text: the place [start, end) in the folded text."""

    area: Area
    start: int
    end: int


@functools.lru_cache(maxsize=20_000)
def parse_area(text: str) -> Area | None:
    """Reads an area text; of several areas (a range, or one area in two units) the first; None when there is no
    number.
    """
    words = fold(clean(text))
    first = next(areas(words), None)
    if first is not None:
        # "93 - 176 m²": the unit stands once, behind the upper end.
        lower = re.search(rf"({NUMBER})\s?(?:[-–—]|bis|to)\s?$", words[: first.start])
        if lower is not None and part_of_scientific(words, *lower.span(1)):
            return None
        value = parse_number(lower.group(1)) if lower else None
        return Area(value, first.area.units) if value is not None and value < first.area.value else first.area
    number = find_number(_UNIT.sub(" ", words, count=1))
    if number is None:
        return None
    units, factor = _unit(words)
    return Area(number * factor, units)


def areas(folded: str) -> Iterator[AreaInText]:
    """Every number with an area unit behind it in a folded text, in order."""
    text = decimal_fractions(folded)
    for found in _AREA.finditer(text):
        units, factor = _unit(found.group("unit"))
        written = found.group("number")
        number = parse_number(written)
        # "1.125 ha" has three decimals: nobody groups hectares and acres by thousands with a point.
        if units in _LARGE and re.fullmatch(r"\d{1,2}[.,]\d{3}", written):
            number = Decimal(written.replace(",", "."))
        if number is not None and units is not None and not part_of_scientific(text, *found.span("number")):
            yield AreaInText(Area(number * factor, units), found.start(), found.end())


@functools.lru_cache(maxsize=20_000)
def area_units(text: str) -> AreaUnits | None:
    """The unit that `text` is or names; None when it names none."""
    return lookup(AreaUnits, text) or _unit(fold(clean(text)))[0]


def square_meters(value: Decimal, units: AreaUnits) -> float:
    """The area in square metres."""
    return float(value) * SQUARE_METERS_PER_UNIT[units]


def _unit(folded: str) -> tuple[AreaUnits | None, Decimal]:
    found = _UNIT.search(folded)
    if found is None:
        return None, Decimal(1)
    for pattern, units, factor in _EACH:
        if pattern.match(folded, found.start()):
            return units, factor
    return None, Decimal(1)
