"""The sale: a registered transaction with the price that was paid, field by field with its meaning.

It stands beside the listing because it is another thing: nobody asks this price, it was paid, and it does not vanish.
What belongs here: the fields and their short lists. What does not: how a register's file is read (`land_registry`).
"""

import dataclasses
import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from realestate_crawler.items import FieldMeaning, Form, Listing
from realestate_crawler.vocabulary import PropertyType


class Record(StrEnum):
    """What a line of a register's file does."""

    ADD = "A"
    CHANGE = "C"
    DELETE = "D"


class StructureType(StrEnum):
    """How a building stands among others."""

    DETACHED = "Detached"
    SEMI_DETACHED = "Semi-Detached"
    TERRACED = "Terraced"
    FLAT = "Flat/Maisonette"
    OTHER = "Other"


class Tenure(StrEnum):
    """What is owned: the land for good, or its use for a time."""

    FREEHOLD = "freehold"
    LEASEHOLD = "leasehold"


class SaleCategory(StrEnum):
    """Standard: one home at its full value. Additional: repossessions, buy-to-let, companies, other property."""

    STANDARD = "standard"
    ADDITIONAL = "additional"


class SaleChange(StrEnum):
    """What happened to a sale between two files."""

    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTORED = "restored"


def _field(meaning: str, form: Form = Form.TEXT, **more: Any) -> Any:
    return dataclasses.field(default=None, metadata={"meaning": FieldMeaning(meaning=meaning, form=form, **more)})


def _system(meaning: str, form: Form = Form.TEXT, *, default: Any, **more: Any) -> Any:
    described = FieldMeaning(meaning=meaning, form=form, system=True, compared=False, **more)
    return dataclasses.field(default=default, metadata={"meaning": described})


def _mapping(meaning: str) -> Any:
    described = FieldMeaning(meaning=meaning, form=Form.MAPPING, compared=False)
    return dataclasses.field(default_factory=dict, metadata={"meaning": described})


@dataclass(slots=True, kw_only=True)
class Sale:
    """One record about one sale."""

    source: str = _system("The register; with listing_key it identifies the sale.", default="")
    listing_key: str = _system("The register's own id of the transaction.", default="", reso="ListingKey")
    record: Record | None = _system(
        "What the record does: A adds, C changes, D deletes.", Form.CHOICE, default=None, vocabulary=Record
    )
    line_number: int | None = _system(
        "Line of the file; of several records of one sale, the last holds.", Form.INTEGER, default=None
    )
    scope: str = _system("Id of the criterion that was read.", default="")
    run_id: str = _system("Id of the run that read it.", default="")
    observed_at: datetime.datetime | None = _system("When the file said so.", Form.TIMESTAMP, default=None, unit="UTC")

    close_price: Decimal | None = _field("Price paid.", Form.MONEY, unit="currency", reso="ClosePrice")
    currency: str | None = _field("Currency of the price.", Form.CURRENCY, unit="ISO 4217")
    close_date: datetime.date | None = _field("Date of the transfer deed.", Form.DATE, reso="CloseDate")
    property_type: PropertyType | None = _field(
        "Kind of property in the short list of listings.", Form.CHOICE, vocabulary=PropertyType, reso="PropertySubType"
    )
    structure_type: StructureType | None = _field(
        "How the building stands among others.", Form.CHOICE, vocabulary=StructureType, reso="StructureType"
    )
    new_construction_yn: bool | None = _field("Whether it was newly built.", Form.FLAG, reso="NewConstructionYN")
    tenure: Tenure | None = _field("What is owned.", Form.CHOICE, vocabulary=Tenure)
    sale_category: SaleCategory | None = _field(
        "Whether the price is that of one home on the open market.", Form.CHOICE, vocabulary=SaleCategory
    )

    unparsed_address: str | None = _field(
        "Unit, number or name, and street in one line.", reso="UnparsedAddress", schema_org="address.streetAddress"
    )
    unit_number: str | None = _field("Flat or unit (secondary addressable object name).", reso="UnitNumber")
    street_number: str | None = _field(
        "Number or name of the house (primary addressable object name).", reso="StreetNumber"
    )
    street_name: str | None = _field("Street.", reso="StreetName")
    locality: str | None = _field("Part of the town, or village.", reso="SubdivisionName")
    city: str | None = _field("Post town.", reso="City", schema_org="address.addressLocality")
    district: str | None = _field("Local authority district.")
    county_or_parish: str | None = _field("County.", reso="CountyOrParish")
    postal_code: str | None = _field("Postcode at the time of the sale.", reso="PostalCode")
    country: str | None = _field("Country.", Form.COUNTRY, unit="ISO 3166-1 alpha-2", reso="Country")

    raw: dict[str, Any] = _mapping("The register's own text of each field that could not be read (field → text).")
    extra: dict[str, Any] = _mapping("Everything in the record that no field names (column → text).")


Item = Listing | Sale

SALE_MEANINGS: dict[str, FieldMeaning] = {f.name: f.metadata["meaning"] for f in dataclasses.fields(Sale)}
