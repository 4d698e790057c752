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
# As programs write large and small numbers; no amount of this world needs more digits of an exponent.
_SCIENTIFIC = re.compile(r"[-+]?(\d+(?:[.,]\d+)?)[eE][-+]?\d{1,2}", re.ASCII)
# "2e-5e étage" is a range of floors.
_EXPONENT = re.compile(r"[eE][-+]?\d++(?![eEè])")
_BEFORE_EXPONENT = re.compile(r"\d[eE][-+]?")
_HAS_EXPONENT = re.compile(r"\d[eE][-+]?\d++(?![eEè])")


@functools.lru_cache(maxsize=20_000)
def parse_number(text: str) -> Decimal | None:
    """The one number that `text` is; None when it is none or not only a number.

    A single mark followed by exactly three digits is read as a thousands mark ("1.250", "1,250"),
    unless the part before it is 0 ("0.125"). In front of an exponent a single mark is a decimal mark ("1.250e6").
    """
    cleaned = decimal_fractions(clean(text))
    if _INDIAN.fullmatch(cleaned):
        return _decimal(cleaned.replace(",", ""))
    compact = _SPACES.sub("", cleaned)
    if not re.fullmatch(r"[-+]?\d[\d.,]*", compact):
        return _scientific(cleaned)
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
    """The first number inside `text`, with its thousands marks; None when there is none, or one has an exponent."""
    cleaned = decimal_fractions(clean(text))
    if has_exponent(cleaned):
        return _scientific(cleaned)
    indian = _INDIAN.search(cleaned)
    if indian:
        return parse_number(indian.group())
    for found in _FOUND.finditer(cleaned):
        number = parse_number(found.group())
        if number is not None:
            return number
    return None


def has_exponent(text: str) -> bool:
    """Whether a number with an exponent stands somewhere in `text`."""
    return _HAS_EXPONENT.search(text) is not None


def part_of_scientific(text: str, start: int, end: int) -> bool:
    """Whether the digits [start, end) of `text` are a number with an exponent behind it, or such an exponent."""
    if text[end : end + 1] in ("e", "E") and _EXPONENT.match(text, end):
        return True
    if text[start - 1 : start] not in ("e", "E", "+", "-"):
        return False
    written = any(_BEFORE_EXPONENT.fullmatch(text, max(0, start - length), start) for length in (2, 3))
    return written and text[end : end + 1] not in ("e", "E", "è")


def _scientific(text: str) -> Decimal | None:
    """2.5e5, 1,25E+06; a comma that may as well group by thousands ("12,500e3") has two readings."""
    found = _SCIENTIFIC.fullmatch(text)
    if found is None or re.fullmatch(r"\d{2,},\d{3}", found[1]):
        return None
    number = _decimal(text.replace(",", "."))
    return None if number is None else Decimal(f"{number:f}")


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
