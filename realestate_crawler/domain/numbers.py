"""Number text → Decimal, whatever the thousands and decimal marks are."""

import re
from decimal import Decimal, InvalidOperation

_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?!\d)")
_PLAIN = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_SPACES = re.compile(r"[ \u00a0\u202f'’]")


def parse_number(text: str) -> Decimal | None:
    """The one number that `text` is; None when it is none or not only a number.

    A single mark followed by exactly three digits is read as a thousands mark ("1.250", "1,250"),
    unless the part before it is 0 ("0.125").
    """
    compact = _SPACES.sub("", text.strip())
    if not re.fullmatch(r"[-+]?\d[\d.,]*", compact):
        return None
    marks = re.findall(r"[.,]", compact)
    if not marks:
        return _decimal(compact)
    last = marks[-1]
    whole, _, fraction = compact.rpartition(last)
    if len(set(marks)) == 2:
        other = "." if last == "," else ","
        return _decimal(f"{whole.replace(other, '')}.{fraction}") if last not in whole else None
    if len(marks) > 1:
        groups = compact.lstrip("+-").split(last)
        return _decimal(compact.replace(last, "")) if all(len(g) == 3 for g in groups[1:]) else None
    if len(fraction) == 3 and whole.lstrip("+-") not in ("0", ""):
        return _decimal(whole + fraction)
    return _decimal(f"{whole}.{fraction}")


def find_number(text: str) -> Decimal | None:
    """The first number inside `text`, with its thousands marks; None when there is none."""
    for pattern in (_GROUPED, _PLAIN):
        found = pattern.search(text)
        if found:
            number = parse_number(found.group())
            if number is not None:
                return number
    return None


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
