"""One row of a published table → one listing, by the mapping. Nothing of the row is lost.

What belongs here: applying a mapping. What does not: reading values (`domain.normalise`) and files (`table`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.dataset.mapping import Column, Mapping, word_of
from realestate_crawler.dataset.table import Row, value_at
from realestate_crawler.domain.area import area_units
from realestate_crawler.domain.columns import ABSENT, find, without
from realestate_crawler.domain.identity import listing_key
from realestate_crawler.domain.normalise import UNITS_OF, ScaledText, normalise
from realestate_crawler.items import MEANINGS, Listing
from realestate_crawler.vocabulary import lookup


class RowReader:
    """Turns rows into listings.

    Raises:
        CriteriaError: for constants that their fields cannot hold.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.constants = _constants(mapping)
        self.used = [told.column for told in mapping.fields.values()] + list(mapping.key)

    def check_columns(self, rows: Sequence[Row], name: str) -> None:
        """Refuses a mapping whose columns no row has.

        Raises:
            CriteriaError: naming the columns that are missing and those that the file has.
        """
        if not rows:
            return
        there = {column for row in rows for column in row}
        split_by = [self.mapping.scopes.column] if self.mapping.scopes else []
        missing = [column for column in dict.fromkeys([*self.used, *split_by]) if not _any_row_has(rows, column)]
        if missing:
            raise CriteriaError(
                f"{name}: the mapping names columns that no row has: {', '.join(missing)}; "
                f"the file has {', '.join(sorted(there))}"
            )

    def absent_columns(self, rows: Sequence[Row]) -> list[str]:
        """Columns that are said to be personal or volatile, and that no row has: gone, or misspelt."""
        told = dict.fromkeys(self.mapping.personal + self.mapping.volatile)
        return [column for column in told if not _any_row_has(rows, column)]

    def read(self, row: Row) -> Listing:
        """The listing in a row, its values still raw; everything that no field names is in `extra`."""
        listing = Listing(source=self.mapping.source, listing_key=self._key(row))
        for name, value in self.constants.items():
            setattr(listing, name, value)
        for name, column in self.mapping.fields.items():
            value = value_at(row, column.column)
            if value is not None and value != "":
                _fill(listing, name, column, value)
        rest = without(row, self.used)
        listing.extra = {column: value for column, value in rest.items() if value is not None}
        return listing

    def _key(self, row: Row) -> str:
        return listing_key([value_at(row, column) for column in self.mapping.key]) or ""


def _constants(mapping: Mapping) -> dict[str, Any]:
    sample = Listing(raw=dict(mapping.constants))
    problems = normalise(sample)
    if problems:
        told = "; ".join(f"constants.{p.field}: {p.raw!r} is {p.reason.replace('_', ' ')}" for p in problems)
        raise CriteriaError(f"mapping of {mapping.source}: {told}")
    values = {field.name: getattr(sample, field.name) for field in fields(sample)}
    return {name: value for name, value in values.items() if name in mapping.constants}


def _fill(listing: Listing, name: str, column: Column, value: Any) -> None:
    listing.raw[name] = value
    vocabulary = MEANINGS[name].vocabulary
    ours = column.values.get(word_of(value))
    if ours is not None and vocabulary is not None:
        setattr(listing, name, lookup(vocabulary, ours))
        return
    setattr(listing, name, None)  # what the row says goes before what holds for every row
    if column.scale is not None:
        _scale(listing, name, Decimal(str(column.scale)))
    if column.unit is not None and name in UNITS_OF and UNITS_OF[name] not in listing.raw:
        setattr(listing, UNITS_OF[name], area_units(column.unit))


def _scale(listing: Listing, name: str, factor: Decimal) -> None:
    """Multiplies a number, or has a text's number multiplied; `raw` keeps what the source says."""
    if isinstance(listing.raw[name], str):
        listing.raw[name] = ScaledText(listing.raw[name], factor)
        return
    read = Listing(raw={name: listing.raw[name]})
    normalise(read)
    value = getattr(read, name)
    if value is None:
        return
    scaled = Listing(raw={name: value * factor})
    normalise(scaled)
    if getattr(scaled, name) is None:
        listing.raw[name] = value * factor  # out of range: the source's own number must not be taken instead
        return
    setattr(listing, name, getattr(scaled, name))


def _any_row_has(rows: Iterable[Row], column: str) -> bool:
    return any(find(row, column) is not ABSENT for row in rows)
