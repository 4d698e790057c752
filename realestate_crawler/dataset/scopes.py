"""A snapshot that several sources were merged into, split again: each value of one column is a scope of its own.

What belongs here: the model of the mapping's `scopes`, which scopes there are, what the document claims of each. What
does not: earlier runs (`landing.history`) and feeds (`pipelines.feed`).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, field_validator

from realestate_crawler.contracts.criteria import Strict
from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.dataset.table import Row, value_at
from realestate_crawler.domain.columns import ABSENT, find

# A column with more values is no column of sources: each would be a feed.
MOST_SCOPES = 200
LONGEST_ID = 100
# No dots: a.b + c and a + b.c would be one scope.
_AS_IT_IS = re.compile(r"[A-Za-z0-9_-]+")


class Claimed(Strict):
    """Where the document says how many rows it has of each value.

    Attributes:
        at: dotted path to an object (value → number, or → object), or to a list of objects or of values.
        name: in a list of objects, the key that holds the value.
        count: the key that holds the number, where it does not stand there itself.
    """

    at: str = Field(min_length=1)
    name: str | None = None
    count: str | None = None


class Scopes(Strict):
    """How a snapshot is split.

    Attributes:
        column: the column whose values are the scopes; dots lead into nested objects.
        claimed: where the document counts its rows by value.
        expected: values that every snapshot must have.
        ended: values that nobody waits for any more.
        snapshots: what absence proves for single values, where it is not what it proves for the others.
    """

    column: str = Field(min_length=1)
    claimed: Claimed | None = None
    expected: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    snapshots: dict[str, Absence] = Field(default_factory=dict)

    @field_validator("claimed", mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"at": value} if isinstance(value, str) else value


@dataclass(slots=True)
class Split:
    """The rows of a snapshot by the value of the column.

    Attributes:
        rows: value → its rows, in the order of the table.
        unnamed: rows in which the column has no value.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    unnamed: list[Row] = field(default_factory=list)


def split(rows: Iterable[Row], column: str) -> Split:
    """Parts rows by a column.

    Raises:
        ValueError: when it has so many values that it cannot be a column of sources.
    """
    found = Split()
    for row in rows:
        value = value_of(value_at(row, column))
        if value is None:
            found.unnamed.append(row)
            continue
        found.rows.setdefault(value, []).append(row)
        if len(found.rows) > MOST_SCOPES:
            raise ValueError(f"scopes: column {column} has more than {MOST_SCOPES} values: each would be a scope")
    return found


def value_of(value: Any) -> str | None:
    """A column's value as text; None where it names nothing."""
    if isinstance(value, bool | dict | list) or value is None:
        return None
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    return text or None


def scope_id(base: str, value: str) -> str:
    """The scope of a value: `<base>.<value>`, a safe identifier; different values never share one.

    A value that is no identifier is spelt as near as one can be, with a digest of the value itself behind it.
    """
    if _AS_IT_IS.fullmatch(value) and len(base) + len(value) < LONGEST_ID:
        return f"{base}.{value}"
    digest = hashlib.blake2b(f"{base}\0{value}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    spelt = re.sub(r"[^A-Za-z0-9_-]+", "-", value).strip("-")[:40]
    return f"{base[:40]}.{spelt}-{digest}" if spelt else f"{base[:40]}.{digest}"


def claims(document: Any, told: Claimed) -> dict[str, int | None]:
    """Value → how many rows the document says it has; None where it names the value without a number.

    Raises:
        ValueError: when there are no claims at that place.
    """
    found = find(document, told.at) if isinstance(document, Mapping) else ABSENT
    if isinstance(found, Mapping):
        return {str(name): _count(entry, told.count) for name, entry in found.items()}
    if isinstance(found, list):
        names = [(value_of(entry.get(told.name) if isinstance(entry, Mapping) else entry), entry) for entry in found]
        return {name: _count(entry, told.count) for name, entry in names if name is not None}
    raise ValueError(f"the document claims nothing at {told.at}")


def claimed_number(document: Any, path: str) -> int:
    """The number of rows that the document says it has in all.

    Raises:
        ValueError: when there is no number at that place.
    """
    count = _count(find(document, path), None) if isinstance(document, Mapping) else None
    if count is None:
        raise ValueError(f"the document claims no number at {path}")
    return count


def _count(entry: Any, key: str | None) -> int | None:
    if key is not None:
        entry = find(entry, key) if isinstance(entry, Mapping) else None
    if isinstance(entry, str) and entry.isascii() and entry.isdigit():
        return int(entry)
    whole = isinstance(entry, int | float) and not isinstance(entry, bool) and entry == entry // 1 and entry >= 0
    return int(entry) if whole else None
