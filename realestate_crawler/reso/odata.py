"""OData 4 expressions as text: literals are escaped here and nowhere else.

What belongs here: the grammar. What does not: which fields are compared with what (`query`).
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal

from realestate_crawler.reso.lookups import fold
from realestate_crawler.reso.metadata import FieldType


def text(value: str) -> str:
    """A string literal; a quote inside is doubled."""
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """A number literal, never in scientific notation."""
    return f"{Decimal(str(value)).normalize():f}"


def timestamp(value: datetime.datetime) -> str:
    """A DateTimeOffset literal in UTC, to the microsecond where there is one."""
    return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def choices(value: str, kind: FieldType) -> list[str]:
    """The literals of a lookup field that mean a standard name; none where the service has no word for it."""
    wanted = fold(value)
    enumeration = "" if kind.name.startswith("Edm.") else kind.name
    if not kind.members:
        return [text(value)]
    return [f"{enumeration}{text(w)}" for w, name in kind.members.items() if wanted in (fold(w), fold(name))]


def compare(field: str, operator: str, literal: str, kind: FieldType) -> str:
    """One comparison; of a field with several values, whether any (for `ne`: none) of them compares."""
    if not kind.collection:
        return f"{field} {operator} {literal}"
    return f"{field}/all(v: v ne {literal})" if operator == "ne" else f"{field}/any(v: v {operator} {literal})"


def all_of(terms: Iterable[str]) -> str:
    """Terms joined by `and`."""
    return " and ".join(terms)


def any_of(terms: Iterable[str]) -> str:
    """Terms joined by `or`, in parentheses where there are several."""
    told = list(terms)
    return told[0] if len(told) == 1 else f"({' or '.join(told)})"
