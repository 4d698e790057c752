"""Raw values → typed fields, one listing at a time; what cannot be read stays empty, is kept raw and named.

What belongs here: which reader reads which form of field. What does not: the readers themselves (money, area, …).
"""

import datetime
import functools
from collections.abc import Callable, Iterator
from decimal import ROUND_CEILING, Decimal, InvalidOperation
from typing import Any, NamedTuple, Self

from realestate_crawler.domain.area import area_units, parse_area
from realestate_crawler.domain.currency import may_mean
from realestate_crawler.domain.dates import parse_date, parse_timestamp
from realestate_crawler.domain.money import Money, currency_code, on_request, parse_money
from realestate_crawler.domain.numbers import find_number, parse_number
from realestate_crawler.domain.place import country_code, known_point
from realestate_crawler.domain.text import clean
from realestate_crawler.items import MEANINGS, SOURCE_FIELDS, FieldMeaning, Form, Listing
from realestate_crawler.vocabulary import AreaUnits, PriceQualifier, lookup


class Problem(NamedTuple):
    """A value that could not be used: which field, why, and what the source said."""

    field: str
    reason: str
    raw: Any


UNREADABLE = "unreadable"
OUTSIDE_VOCABULARY = "outside_vocabulary"
UNKNOWN_POINT = "unknown_point"
# What was assumed of a value is not what the value itself says.
OVERRULED = "overruled"


# Area → the field that says its unit.
UNITS_OF = {"living_area": "living_area_units", "lot_size_area": "lot_size_units"}


class ScaledText(str):
    """A text whose number is to be multiplied by `factor`."""

    __slots__ = ("factor",)

    def __new__(cls, text: str, factor: Decimal) -> Self:
        """The text as the source has it."""
        told = super().__new__(cls, text)
        told.factor = factor
        return told

    factor: Decimal


def normalise(listing: Listing) -> list[Problem]:
    """Fills the typed fields of `listing` from its `raw`, in place; afterwards `raw` holds only what differs.

    A price text may also name currency and period, an area text its unit; the source's own field wins, and what was
    set before (what holds wherever the source says nothing) loses.
    """
    problems: list[Problem] = []
    for name in SOURCE_FIELDS:
        raw = listing.raw.get(name)
        if getattr(listing, name) is not None or raw is None or (isinstance(raw, str) and not raw.strip()):
            continue
        meaning = MEANINGS[name]
        value = _READERS[meaning.form](raw, meaning, listing, name)
        if value is not None and isinstance(raw, ScaledText):
            product = value * raw.factor
            value = _READERS[meaning.form](product, meaning, listing, name)
            if value is None:
                listing.raw[name] = product  # whoever reads it later must not take the text without its factor
        if value is not None and isinstance(raw, str):
            problems.extend(_overruled(listing, name, raw))
        if value is None:
            reason = OUTSIDE_VOCABULARY if meaning.form in _CLOSED else UNREADABLE
            problems.append(Problem(name, reason, raw))
        setattr(listing, name, value)
    if (listing.latitude is not None or listing.longitude is not None) and not known_point(
        listing.latitude, listing.longitude
    ):
        problems.append(Problem("latitude", UNKNOWN_POINT, f"{listing.latitude}, {listing.longitude}"))
        for name in ("latitude", "longitude"):
            if getattr(listing, name) is not None:
                listing.raw.setdefault(name, str(getattr(listing, name)))
                setattr(listing, name, None)
    listing.raw = {n: v for n, v in listing.raw.items() if v not in (None, "") and not _says_the_same(listing, n, v)}
    return problems


def _overruled(listing: Listing, name: str, raw: str) -> Iterator[Problem]:
    """Takes what a text says beside its number instead of what was assumed; each time that they differ is told."""
    for hint, own, agrees in _said(name, raw):
        assumed = getattr(listing, hint)
        if assumed is not None and hint not in listing.raw and not agrees(assumed):
            setattr(listing, hint, own)
            yield Problem(hint, OVERRULED, raw)


def _said(name: str, raw: str) -> Iterator[tuple[str, Any, Callable[[Any], bool]]]:
    """Which fields a text says beside its number, what each is, and whether another value would be the same."""
    if name == "list_price" and (money := parse_money(raw)) is not None:
        if _is_written(money, raw):
            yield "currency", money.currency, functools.partial(may_mean, money.sign)
        if money.period is not None:
            yield "price_period", money.period, money.period.__eq__
    elif name in UNITS_OF and (area := parse_area(raw)) is not None and area.units is not None:
        yield UNITS_OF[name], area.units, area.units.__eq__


def _is_written(money: Money, raw: str) -> bool:
    """Whether a currency sign stands in the text; number words ("lakh", "万") only suggest one."""
    return bool(money.sign) and money.sign in clean(raw)


_CLOSED = frozenset({Form.CHOICE, Form.COUNTRY, Form.CURRENCY})


def _text(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> str | None:
    if isinstance(raw, bool | dict | list):
        return None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # JSON does not tell 8001.0 from 8001
    return " ".join(str(raw).split()) or None


def _choice(raw: Any, meaning: FieldMeaning, _listing: Listing, name: str) -> Any:
    if meaning.vocabulary is None or not isinstance(raw, str):
        return None
    return lookup(meaning.vocabulary, raw) or (area_units(raw) if meaning.vocabulary is AreaUnits else None)


def _money(raw: Any, _meaning: FieldMeaning, listing: Listing, name: str) -> Decimal | None:
    number = _decimal(raw)
    if number is not None:
        return _bounded(number, Decimal("1e12"), "0.01")
    money = parse_money(raw) if isinstance(raw, str) else None
    if name == "list_price" and isinstance(raw, str) and not (money and money.sign) and on_request(raw):
        if listing.price_qualifier is None:
            listing.price_qualifier = _hint(listing, "price_qualifier", PriceQualifier.ON_REQUEST)
        return None
    if money and name != "list_price" and _is_in_another_currency(money, raw, listing.currency):
        return None
    amount = _bounded(money.amount, Decimal("1e12"), "0.01") if money else None
    if money is None or amount is None:
        return None
    if name == "list_price":
        listing.currency = listing.currency or _hint(listing, "currency", money.currency)
        listing.price_period = listing.price_period or _hint(listing, "price_period", money.period)
    return amount


def _is_in_another_currency(money: Money, raw: str, currency: str | None) -> bool:
    """Whether an amount is not in the listing's currency: there is no other place for its own."""
    return currency is not None and _is_written(money, raw) and not may_mean(money.sign, currency)


def _area(raw: Any, _meaning: FieldMeaning, listing: Listing, name: str) -> Decimal | None:
    number = _decimal(raw)
    if number is not None:
        return _bounded(number, Decimal("1e10"), "0.0001") or None
    area = parse_area(raw) if isinstance(raw, str) else None
    value = _bounded(area.value, Decimal("1e10"), "0.0001") if area else None
    if area is None or not value:
        return None
    units = UNITS_OF[name]
    if area.units is not None and getattr(listing, units) is None and units not in listing.raw:
        setattr(listing, units, area.units)
    return value


def _bounded(number: Decimal, limit: Decimal, step: str) -> Decimal | None:
    """A number from 0 up to a limit, in the steps that its column holds; rounding must not lead over the limit."""
    if not 0 <= number < limit:
        return None
    rounded = number.quantize(Decimal(step))
    return rounded if rounded < limit else None


def _number(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> Decimal | None:
    number = _decimal(raw)
    if number is None and isinstance(raw, str):
        number = find_number(raw)
    return None if number is None else _bounded(number, Decimal("1e6"), "0.01")


def _integer(raw: Any, meaning: FieldMeaning, listing: Listing, name: str) -> int | None:
    number = _number(raw, meaning, listing, name)
    if number is not None and name == "bathrooms_total_integer":
        number = number.to_integral_value(rounding=ROUND_CEILING)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _degrees(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> Decimal | None:
    if isinstance(raw, str):
        try:
            raw = Decimal(raw.strip().replace(",", "."))
        except InvalidOperation:
            return None
    number = _decimal(raw)
    return None if number is None or abs(number) > 180 else number.quantize(Decimal("1e-8"))


def _date(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> datetime.date | None:
    return parse_date(raw) if isinstance(raw, str) else None


def _timestamp(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> datetime.datetime | None:
    return parse_timestamp(raw) if isinstance(raw, str) else None


def _country(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> str | None:
    return country_code(raw) if isinstance(raw, str) else None


def _currency(raw: Any, _meaning: FieldMeaning, _listing: Listing, _name: str) -> str | None:
    return currency_code(raw) if isinstance(raw, str) else None


_READERS: dict[Form, Callable[[Any, FieldMeaning, Listing, str], Any]] = {
    Form.TEXT: _text,
    Form.URL: _text,
    Form.CHOICE: _choice,
    Form.MONEY: _money,
    Form.AREA: _area,
    Form.NUMBER: _number,
    Form.INTEGER: _integer,
    Form.DEGREES: _degrees,
    Form.DATE: _date,
    Form.TIMESTAMP: _timestamp,
    Form.COUNTRY: _country,
    Form.CURRENCY: _currency,
}


def _decimal(raw: Any) -> Decimal | None:
    """A number, or a text that is only a number, as a finite Decimal."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float | Decimal):
        number = Decimal(str(raw))
        return number if number.is_finite() else None
    return parse_number(raw) if isinstance(raw, str) else None


def _exact(raw: str) -> Decimal | None:
    """A text that is a number in plain notation, and nothing else."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _hint(listing: Listing, name: str, found: Any) -> Any:
    return None if name in listing.raw else found


def _says_the_same(listing: Listing, name: str, raw: Any) -> bool:
    """Whether the cleaned value holds everything that `raw` says."""
    value = getattr(listing, name, None)
    if value is None or isinstance(raw, bool):
        return False
    if isinstance(value, int | Decimal) and isinstance(raw, int | float):
        return float(value) == float(raw)
    if isinstance(value, int | Decimal) and isinstance(raw, str) and (number := _exact(raw)) is not None:
        return number == value
    return str(value) == str(raw)
