"""Number text → Decimal, whatever the thousands and decimal marks are.

What belongs here: the marks, half rooms, number shapes. What does not: units, currencies and multiples (area, money).
"""

import functools
import re
from decimal import Decimal, InvalidOperation

from realestate_crawler.domain.text import clean, decimal_fractions

# A number as sources write it: groups of three with any mark, or plain digits with one decimal mark.
# What may follow its first digit stands apart: a pattern that begins with a digit is searched for much faster.
MORE_DIGITS = r"(?:\d{0,2}(?:[ \u00a0\u202f\u2009'’.,]\d{3})+(?:[.,]\d{1,2})?(?![\d])|\d*(?:[.,]\d+)?)"
NUMBER = rf"\d{MORE_DIGITS}"
# The Indian way of grouping: 1,20,00,000.
_INDIAN = re.compile(r"[-+]?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d{1,2})?(?!\d)")
_FOUND = re.compile(rf"(?<![\d.,])[-+]?{NUMBER}")
_SPACES = re.compile(r"[ \u00a0\u202f\u2009'’]")


@functools.lru_cache(maxsize=20_000)
def parse_number(text: str) -> Decimal | None:
    """The one number that `text` is; None when it is none or not only a number.

    A single mark followed by exactly three digits is read as a thousands mark ("1.250", "1,250"),
    unless the part before it is 0 ("0.125").
    """
    cleaned = decimal_fractions(clean(text))
    if _INDIAN.fullmatch(cleaned):
        return _decimal(cleaned.replace(",", ""))
    compact = _SPACES.sub("", cleaned)
    if not re.fullmatch(r"[-+]?\d[\d.,]*", compact):
        return None
    marks = re.findall(r"[.,]", compact)
    if not marks:
        return _decimal(compact)
    last = marks[-1]
    whole, _, fraction = compact.rpartition(last)
    if not fraction:
        return None
    if len(set(marks)) == 2:
        return _two_marks(whole, fraction, last)
    if len(marks) > 1:
        groups = compact.lstrip("+-").split(last)
        return _decimal(compact.replace(last, "")) if all(len(g) == 3 for g in groups[1:]) else None
    if len(fraction) == 3 and whole.lstrip("+-") not in ("0", ""):
        return _decimal(whole + fraction)
    return _decimal(f"{whole}.{fraction}")


@functools.lru_cache(maxsize=20_000)
def find_number(text: str) -> Decimal | None:
    """The first number inside `text`, with its thousands marks; None when there is none."""
    cleaned = decimal_fractions(clean(text))
    indian = _INDIAN.search(cleaned)
    if indian:
        return parse_number(indian.group())
    for found in _FOUND.finditer(cleaned):
        number = parse_number(found.group())
        if number is not None:
            return number
    return None


def _two_marks(whole: str, fraction: str, last: str) -> Decimal | None:
    """1.234.567,89 and 1,234,567.89: the first mark groups by three, the last one is the decimal mark."""
    other = "." if last == "," else ","
    groups = whole.lstrip("+-").split(other)
    if last in whole or not all(len(group) == 3 for group in groups[1:]) or not groups[0]:
        return None
    return _decimal(f"{whole.replace(other, '')}.{fraction}")


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
