"""One record of Price Paid Data → one sale. What cannot be read stays empty, is kept raw and named.

What belongs here: what the register's codes and columns mean. What does not: layouts (`files`).
"""

import datetime
from collections.abc import Iterator, Mapping
from decimal import Decimal

from realestate_crawler.land_registry.files import COLUMNS, Line
from realestate_crawler.sale import Record, Sale, SaleCategory, StructureType, Tenure
from realestate_crawler.vocabulary import PropertyType

_STRUCTURES = {
    "D": (PropertyType.HOUSE, StructureType.DETACHED),
    "S": (PropertyType.HOUSE, StructureType.SEMI_DETACHED),
    "T": (PropertyType.HOUSE, StructureType.TERRACED),
    "F": (PropertyType.APARTMENT, StructureType.FLAT),
    "O": (PropertyType.OTHER, StructureType.OTHER),
}
_TENURES = {"F": Tenure.FREEHOLD, "L": Tenure.LEASEHOLD}
_CATEGORIES = {"A": SaleCategory.STANDARD, "B": SaleCategory.ADDITIONAL}
_FLAGS = {"Y": True, "N": False}
_TEXTS = {
    "postal_code": "postcode",
    "unit_number": "saon",
    "street_number": "paon",
    "street_name": "street",
    "locality": "locality",
    "city": "town",
    "district": "district",
    "county_or_parish": "county",
}


def read_row(line: Line) -> Sale:
    """The sale in a record; without key or record status where the record cannot be used, its text then in `raw`."""
    sale = Sale(line_number=line.number, currency="GBP", country="GB")
    if line.values is None:
        sale.raw["record"] = line.text
        return sale
    values = line.values
    sale.listing_key = values["unique_id"].strip().strip("{}").upper()
    sale.record = _record(values)
    if sale.record is None:
        sale.raw["record"] = values["record_status"]
    for name, column in _TEXTS.items():
        setattr(sale, name, " ".join(values[column].split()) or None)
    sale.close_price = _price(values["price_paid"])
    sale.close_date = _date(values["deed_date"])
    sale.property_type, sale.structure_type = _STRUCTURES.get(values["property_type"], (None, None))
    sale.new_construction_yn = _FLAGS.get(values["new_build"])
    sale.tenure = _TENURES.get(values["estate_type"])
    sale.sale_category = _CATEGORIES.get(values["transaction_category"])
    for name, column in _READ.items():
        if getattr(sale, name) is None and values[column].strip():
            sale.raw[name] = values[column]
    sale.unparsed_address = _address(sale)
    sale.extra = {name: value for name, value in values.items() if name not in COLUMNS and value}
    return sale


_READ = {
    "close_price": "price_paid",
    "close_date": "deed_date",
    "property_type": "property_type",
    "new_construction_yn": "new_build",
    "tenure": "estate_type",
    "sale_category": "transaction_category",
}


def unread(sale: Sale) -> Iterator[str]:
    """What of a sale could not be read, in the words of a manifest's notes."""
    for name, value in sale.raw.items():
        if name in _READ:
            yield f"unreadable: {name} ({str(value)[:40]})"


def _record(values: Mapping[str, str]) -> Record | None:
    status = values.get("record_status")
    if status is None:
        return Record.ADD
    return Record(status) if status in set(Record) else None


def _price(text: str) -> Decimal | None:
    return Decimal(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _date(text: str) -> datetime.date | None:
    """A date, alone or with the midnight that the files write behind it."""
    day, _, rest = text.strip().partition(" ")
    try:
        return datetime.date.fromisoformat(day) if rest in ("", "00:00", "00:00:00") else None
    except ValueError:
        return None


def _address(sale: Sale) -> str | None:
    """As it is written on a letter: "FLAT 3, GRACEVILLE COURT, ROSE CREEK GARDENS"; "12 HIGH STREET"."""
    number, street = sale.street_number, sale.street_name
    house = " ".join(filter(None, (number, street))) if number and number[0].isdigit() else None
    parts = [sale.unit_number, house] if house else [sale.unit_number, number, street]
    return ", ".join(part for part in parts if part) or None
