"""The listing: one typed item that every source is read into, field by field with its meaning.

What belongs here: the fields, each with meaning, unit, RESO Data Dictionary 2.0 name and schema.org name
(the data dictionary page and the table schemas are generated from them). What does not: how a text becomes
a value (`domain`) and where a value comes from (`pages`, `dataset`).

A reader fills the identity and `raw`; the normalise stage fills the typed fields from `raw`.
"""

import dataclasses
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from realestate_crawler.vocabulary import AreaUnits, Kind, Offer, PricePeriod, PriceQualifier, PropertyType
from realestate_crawler.vocabulary import QualityFlag as Flag
from realestate_crawler.vocabulary import StandardStatus as Status


class Form(StrEnum):
    """What a field's value is: it decides how a text is read and how a table stores it."""

    TEXT = "text"
    CHOICE = "choice"
    MONEY = "money"
    AREA = "area"
    NUMBER = "number"
    INTEGER = "integer"
    DEGREES = "degrees"
    DATE = "date"
    TIMESTAMP = "timestamp"
    COUNTRY = "country"
    CURRENCY = "currency"
    URL = "url"
    MAPPING = "mapping"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMeaning:
    """What one field of the item means.

    Attributes:
        meaning: what it is and when it is empty.
        form: what its value is.
        unit: unit or format; empty where the form says it all.
        reso: RESO Data Dictionary 2.0 standard name; empty where none exists.
        schema_org: schema.org property; empty where none exists.
        vocabulary: the closed list of a choice.
        compared: whether a different value makes the listing `changed`.
        personal: whether it names or reaches a person; such fields are dropped unless configured otherwise.
        system: set by the crawler, never read from a source.
    """

    meaning: str
    form: Form
    unit: str = ""
    reso: str = ""
    schema_org: str = ""
    vocabulary: type[StrEnum] | None = None
    compared: bool = True
    personal: bool = False
    system: bool = False


def _field(meaning: str, form: Form = Form.TEXT, **more: Any) -> Any:
    described = FieldMeaning(meaning=meaning, form=form, **more)
    return dataclasses.field(default=None, metadata={"meaning": described})


def _system(meaning: str, form: Form = Form.TEXT, *, default: Any, **more: Any) -> Any:
    described = FieldMeaning(meaning=meaning, form=form, system=True, compared=False, **more)
    return dataclasses.field(default=default, metadata={"meaning": described})


def _mapping(meaning: str, *, compared: bool) -> Any:
    described = FieldMeaning(meaning=meaning, form=Form.MAPPING, compared=compared)
    return dataclasses.field(default_factory=dict, metadata={"meaning": described})


@dataclass(slots=True, kw_only=True)
class Listing:
    """One observation of one listing."""

    source: str = _system(
        "The collection the listing comes from; with listing_key it identifies the listing.",
        default="",
        reso="SourceSystemName",
        schema_org="provider.name",
    )
    listing_key: str = _system(
        "Stable id inside the source; never the URL where the source has an id.",
        default="",
        reso="ListingKey",
        schema_org="identifier",
    )
    kind: Kind = _system(
        "Whether the whole listing was read, or only its card in a result page.",
        Form.CHOICE,
        default=Kind.DETAIL,
        vocabulary=Kind,
    )
    scope: str = _system("Id of the search criterion that found it.", default="")
    run_id: str = _system("Id of the crawl that saw it.", default="")
    observed_at: datetime.datetime | None = _system("When the crawl saw it.", Form.TIMESTAMP, default=None, unit="UTC")
    content_hash: str = _system("Digest (blake2b, 16 bytes, hex) of the compared fields in canonical JSON.", default="")
    quality_flag: Flag | None = _system(
        "What is doubtful about what was read; empty where nothing is.", Form.CHOICE, default=None, vocabulary=Flag
    )
    card_hash: str | None = _system(
        "Digest (blake2b, 16 bytes, hex) of what its result card showed; empty where there was none.", default=None
    )

    listing_url: str | None = _field(
        "Address of the listing's own page, tracking parameters removed.",
        Form.URL,
        reso="ListingURL",
        schema_org="url",
        compared=False,
    )
    title: str | None = _field("Headline of the advert.", schema_org="name")

    offer: Offer | None = _field(
        "Whether it is for sale, for rent or auctioned.",
        Form.CHOICE,
        vocabulary=Offer,
        schema_org="offers.businessFunction",
    )
    standard_status: Status | None = _field(
        "State of the offer as the source says it; empty where it says nothing.",
        Form.CHOICE,
        vocabulary=Status,
        reso="StandardStatus",
        schema_org="offers.availability",
    )
    property_type: PropertyType | None = _field(
        "Kind of property in the short list; the source's own word stays in raw.",
        Form.CHOICE,
        vocabulary=PropertyType,
        reso="PropertySubType",
        schema_org="@type",
    )

    list_price: Decimal | None = _field(
        "Asking price, or asking rent for one price_period; empty when on request.",
        Form.MONEY,
        unit="currency",
        reso="ListPrice",
        schema_org="offers.price",
    )
    currency: str | None = _field(
        "Currency of every amount of the listing.",
        Form.CURRENCY,
        unit="ISO 4217",
        schema_org="offers.priceCurrency",
    )
    price_period: PricePeriod | None = _field(
        "Span of time a rent pays for; empty for sales.",
        Form.CHOICE,
        vocabulary=PricePeriod,
        schema_org="offers.priceSpecification.unitCode",
    )
    price_qualifier: PriceQualifier | None = _field(
        "How binding the price is; empty where the source does not say.", Form.CHOICE, vocabulary=PriceQualifier
    )
    association_fee: Decimal | None = _field(
        "Recurring charge of the owners' association or building.", Form.MONEY, unit="currency", reso="AssociationFee"
    )
    tax_annual_amount: Decimal | None = _field(
        "Property tax for one year.", Form.MONEY, unit="currency", reso="TaxAnnualAmount"
    )

    living_area: Decimal | None = _field(
        "Living area as published.",
        Form.AREA,
        unit="living_area_units",
        reso="LivingArea",
        schema_org="floorSize.value",
    )
    living_area_units: AreaUnits | None = _field(
        "Unit of living_area.",
        Form.CHOICE,
        vocabulary=AreaUnits,
        reso="LivingAreaUnits",
        schema_org="floorSize.unitCode",
    )
    lot_size_area: Decimal | None = _field(
        "Area of the plot as published.", Form.AREA, unit="lot_size_units", reso="LotSizeArea"
    )
    lot_size_units: AreaUnits | None = _field(
        "Unit of lot_size_area.", Form.CHOICE, vocabulary=AreaUnits, reso="LotSizeUnits"
    )
    bedrooms_total: int | None = _field(
        "Number of bedrooms.", Form.INTEGER, reso="BedroomsTotal", schema_org="numberOfBedrooms"
    )
    bathrooms_total_integer: int | None = _field(
        "Number of bathrooms, a half bath counted as one.",
        Form.INTEGER,
        reso="BathroomsTotalInteger",
        schema_org="numberOfBathroomsTotal",
    )
    rooms_total: Decimal | None = _field(
        "Number of rooms; half rooms exist (4.5 in Switzerland and Germany).",
        Form.NUMBER,
        reso="RoomsTotal",
        schema_org="numberOfRooms",
    )
    year_built: int | None = _field(
        "Year of construction.", Form.INTEGER, unit="calendar year", reso="YearBuilt", schema_org="yearBuilt"
    )
    energy_class: str | None = _field("Energy label as published (A+ … H).", schema_org="hasEnergyConsumptionDetails")

    unparsed_address: str | None = _field(
        "Address text: street and number, more where the source gives one line.",
        reso="UnparsedAddress",
        schema_org="address.streetAddress",
    )
    city: str | None = _field("Town or city.", reso="City", schema_org="address.addressLocality")
    state_or_province: str | None = _field(
        "State, canton, region or county.", reso="StateOrProvince", schema_org="address.addressRegion"
    )
    postal_code: str | None = _field(
        "Postal code as text, leading zeros kept.", reso="PostalCode", schema_org="address.postalCode"
    )
    country: str | None = _field(
        "Country.", Form.COUNTRY, unit="ISO 3166-1 alpha-2", reso="Country", schema_org="address.addressCountry"
    )
    latitude: Decimal | None = _field(
        "Latitude; 0/0 is unknown.",
        Form.DEGREES,
        unit="degrees, WGS84",
        reso="Latitude",
        schema_org="geo.latitude",
    )
    longitude: Decimal | None = _field(
        "Longitude; 0/0 is unknown.",
        Form.DEGREES,
        unit="degrees, WGS84",
        reso="Longitude",
        schema_org="geo.longitude",
    )

    on_market_date: datetime.date | None = _field(
        "First day on the market as the source says it.", Form.DATE, reso="OnMarketDate", schema_org="datePosted"
    )
    modification_timestamp: datetime.datetime | None = _field(
        "Last change as the source says it.",
        Form.TIMESTAMP,
        unit="UTC",
        reso="ModificationTimestamp",
        schema_org="dateModified",
        compared=False,
    )
    days_on_market: int | None = _field(
        "The source's own count of days on the market.",
        Form.INTEGER,
        unit="days",
        reso="DaysOnMarket",
        compared=False,
    )

    list_office_name: str | None = _field(
        "Brokering office that published the advert.",
        reso="ListOfficeName",
        schema_org="offers.offeredBy",
    )
    list_agent_full_name: str | None = _field(
        "Agent named in the advert.", reso="ListAgentFullName", schema_org="offers.offeredBy", personal=True
    )
    owner_name: str | None = _field(
        "Owner, only where the source names the legal owner.",
        reso="OwnerName",
        schema_org="offers.seller",
        personal=True,
    )

    raw: dict[str, Any] = _mapping(
        "The source's own text or value of each field whose cleaned value differs from it (item field → value).",
        compared=False,
    )
    extra: dict[str, Any] = _mapping(
        "Everything the source publishes that no field names (source column → value).", compared=True
    )


def meanings() -> Iterator[tuple[str, FieldMeaning]]:
    """Every field of the item, in order, with its meaning."""
    for field in dataclasses.fields(Listing):
        yield field.name, field.metadata["meaning"]


MEANINGS: dict[str, FieldMeaning] = dict(meanings())

# What a source may fill in: everything but the system's own fields and the two mappings.
SOURCE_FIELDS: tuple[str, ...] = tuple(n for n, m in MEANINGS.items() if not m.system and m.form is not Form.MAPPING)

PERSONAL_FIELDS: frozenset[str] = frozenset(n for n, m in MEANINGS.items() if m.personal)
