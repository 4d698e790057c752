"""schema.org nodes (JSON-LD, microdata) → evidence for a listing.

What belongs here: what the vocabulary's types and properties mean for a property on offer. What does not: finding the
nodes (json_ld, microdata). People, agencies, sites and reviews are never read as the property.
"""

import re
from collections.abc import Iterator
from typing import Any

from realestate_crawler.domain.area import area_units
from realestate_crawler.domain.kinds import property_type
from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.pages.evidence import POINT, Evidence, Trust
from realestate_crawler.pages.labels import NOISE, label_field

_PROPERTY = AnyOf(
    (
        r"apartment|house|residence|accommodation|realestatelisting|product|offer|place$|event|room$|suite"
        r"|rentaction|sellaction|buyaction|landform|^land|property$|listing"
    ),
    any_case=True,
)
_OTHER = AnyOf(
    (
        r"organization|agent|business|breadcrumb|website|person|imageobject|video|searchaction|webpage"
        r"|review|rating|question|faq|article|brand|collection|viewaction|listitem|itemlist|searchresults"
        r"|propertyvalue|corporation|contact|broadcast|featurespec"
    ),
    any_case=True,
)
_INSIDE = ("mainEntity", "itemOffered", "about", "object", "item", "location", "containedInPlace", "accommodation")
_AGENCY = ("offeredBy", "seller", "broker", "provider", "agent", "realEstateAgent", "landlord")
_PERIODS = {"MON": "month", "WEE": "week", "ANN": "year", "YEA": "year", "DAY": "day"}
_UNITS = {"MTK": "m2", "FTK": "ft2", "SQM": "m2", "SQF": "ft2", "ACR": "acres", "HAR": "ha", "M2": "m2", "YDK": "sq yd"}


def types_of(node: dict[str, Any]) -> list[str]:
    """The type names of a node, without their namespace."""
    kinds = node.get("@type") or node.get("type") or []
    return [str(kind).rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds])]


def is_property(node: dict[str, Any]) -> bool:
    """Whether a node may describe a property on offer."""
    kinds = types_of(node)
    return any(_PROPERTY.search(kind) and not _OTHER.search(kind) for kind in kinds)


def property_nodes(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nodes that may be a property, also as the main entity of a page."""
    found = []
    for node in nodes:
        if is_property(node):
            found.append(node)
        else:
            main = node.get("mainEntity") or node.get("about")
            if isinstance(main, dict) and is_property(main):
                found.append(main)
    return found


def list_nodes(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The listings that the page itself says it lists: members of an ItemList."""
    found: list[dict[str, Any]] = []
    for node in nodes:
        lists = [node] if "ItemList" in types_of(node) else []
        main = node.get("mainEntity")
        lists += [m for m in (main if isinstance(main, list) else [main]) if isinstance(m, dict)]
        for holder in lists:
            for element in _each(holder.get("itemListElement")):
                item = element.get("item", element) if isinstance(element, dict) else None
                if isinstance(item, dict) and (is_property(item) or "url" in item):
                    found.append({**item, "url": item.get("url") or element.get("url")})
    return found


def node_facts(node: dict[str, Any], source: str, trust: int = Trust.JSON_LD, depth: int = 0) -> Iterator[Evidence]:
    """Everything that one node says about the property."""
    kinds = types_of(node)
    where = "/".join(kinds) or "node"

    def say(field: str, value: Any, spot: str, companions: dict[str, Any] | None = None, less: int = 0) -> Evidence:
        return Evidence(field, value, source, f"{where}.{spot}", trust - less, companions or {})

    for kind in kinds:
        word = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
        if not re.search(r"product|offer|listing|event|place|action|complex", kind, re.I) and property_type(word):
            yield say("property_type", word, "@type", less=10)
    if isinstance(node.get("name"), str):
        yield say("title", node["name"], "name", less=14)
    for key in ("sku", "productID", "identifier", "@id"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("value")
        if isinstance(value, str | int) and not isinstance(value, bool):
            yield say("listing_key", value, key)
    if isinstance(node.get("url"), str):
        yield say("listing_url", node["url"], "url")
    for key, field in (
        ("numberOfRooms", "rooms_total"),
        ("numberOfBedrooms", "bedrooms_total"),
        ("numberOfBathroomsTotal", "bathrooms_total_integer"),
        ("numberOfBathrooms", "bathrooms_total_integer"),
        ("yearBuilt", "year_built"),
        ("datePosted", "on_market_date"),
        ("datePublished", "on_market_date"),
        ("dateModified", "modification_timestamp"),
    ):
        amount = _quantity(node.get(key))[0]
        if amount not in (None, ""):
            yield say(field, amount, key)
    for key, kind in (("floorSize", "living_area"), ("lotSize", "lot_size_area"), ("landSize", "lot_size_area")):
        size, unit = _quantity(node.get(key))
        if size not in (None, ""):
            units = "living_area_units" if kind == "living_area" else "lot_size_units"
            yield say(kind, size, key, {units: unit} if unit else {})
    yield from _address(node.get("address"), say)
    for offer in _each(node.get("offers")):
        if isinstance(offer, dict):
            yield from _offer(offer, say)
    if any("offer" in kind.lower() for kind in kinds):
        yield from _offer(node, say)
    for key in _AGENCY:
        yield from _agency(node.get(key), say)
    for row in _each(node.get("additionalProperty")):
        if isinstance(row, dict) and isinstance(row.get("name"), str):
            named = label_field(row["name"])
            if named and named != NOISE and row.get("value") not in (None, ""):
                yield say(named, row["value"], f"additionalProperty.{row['name']}", less=2)
    geo = node.get("geo")
    for point in _each(geo):
        if isinstance(point, dict) and point.get("latitude") not in (None, ""):
            yield say(POINT, (point.get("latitude"), point.get("longitude")), "geo")
    if node.get("latitude") not in (None, "") and node.get("longitude") not in (None, ""):
        yield say(POINT, (node["latitude"], node["longitude"]), "latitude")
    if depth < 3:
        for key in _INSIDE:
            for inner in _each(node.get(key)):
                if isinstance(inner, dict) and (is_property(inner) or not types_of(inner)):
                    yield from node_facts(inner, source, trust - 2, depth + 1)


def _offer(offer: dict[str, Any], say: Any) -> Iterator[Evidence]:
    specs = [s for s in _each(offer.get("priceSpecification")) if isinstance(s, dict)]
    parts = [part for part in [offer, *specs] if not _per_area(part)]
    periods = {str(part.get("price")): period for part in parts if (period := _period(part))}
    for part in parts:
        price = next(
            (part[name] for name in ("price", "lowPrice", "minPrice") if part.get(name) not in (None, "")), None
        )
        if price is None:
            continue
        companions = {}
        currency = part.get("priceCurrency") or offer.get("priceCurrency")
        if isinstance(currency, str) and currency:
            companions["currency"] = currency
        period = _period(part) or (next(iter(periods.values())) if len(periods) == 1 else None)
        if period:
            companions["price_period"] = period
        yield say("list_price", price, "offers.price", companions)
    words = f"{offer.get('businessFunction') or ''} {offer.get('@type') or ''}".lower()
    if "leaseout" in words or "forlease" in words:
        yield say("offer", "rent", "offers.businessFunction")
    elif "sell" in words or "forpurchase" in words:
        yield say("offer", "sale", "offers.businessFunction")
    for key in _AGENCY:
        yield from _agency(offer.get(key), say)
    for inner in _each(offer.get("itemOffered")):
        if isinstance(inner, dict) and is_property(inner):
            yield from node_facts(inner, "json_ld", Trust.JSON_LD - 2, 2)


def _per_area(part: dict[str, Any]) -> bool:
    """Whether a price is one for a unit of area."""
    quantity = part.get("referenceQuantity")
    units = [part.get("unitCode"), part.get("unitText")]
    if isinstance(quantity, dict):
        units += [quantity.get("unitCode"), quantity.get("unitText")]
    return any(isinstance(unit, str) and (unit.upper() in _UNITS or area_units(unit)) for unit in units)


def _period(part: dict[str, Any]) -> str | None:
    """The span of time that a price pays for."""
    quantity = part.get("referenceQuantity")
    holder = quantity if isinstance(quantity, dict) else part
    found = _PERIODS.get(str(holder.get("unitCode") or "").upper())
    text = holder.get("unitText")
    return found or (_PERIODS.get(text.upper()[:3]) if isinstance(text, str) else None)


def _agency(value: Any, say: Any) -> Iterator[Evidence]:
    for node in _each(value):
        if not isinstance(node, dict):
            continue
        kinds = " ".join(types_of(node))
        name = node.get("name")
        employer = node.get("worksFor") or node.get("parentOrganization") or node.get("memberOf")
        if isinstance(employer, dict) and isinstance(employer.get("name"), str):
            yield say("list_office_name", employer["name"], "offeredBy.worksFor")
        elif isinstance(name, str) and "Person" not in kinds:
            yield say("list_office_name", name, "offeredBy.name", less=4)


def _address(value: Any, say: Any) -> Iterator[Evidence]:
    for address in _each(value):
        if isinstance(address, str):
            yield say("unparsed_address", address, "address", less=6)
        if not isinstance(address, dict):
            continue
        for key, field in (
            ("streetAddress", "unparsed_address"),
            ("addressLocality", "city"),
            ("addressRegion", "state_or_province"),
            ("postalCode", "postal_code"),
            ("addressCountry", "country"),
        ):
            part = address.get(key)
            if isinstance(part, list) and part:
                part = part[0]
            if isinstance(part, dict):
                part = part.get("name") or part.get("identifier")
            if isinstance(part, str | int) and str(part).strip():
                yield say(field, str(part).strip(), f"address.{key}")


def _quantity(value: Any) -> tuple[Any, str]:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        unit = str(value.get("unitCode") or value.get("unitText") or "")
        amount = value.get("value")
        if isinstance(amount, dict):
            amount = amount.get("value")
        return (amount if amount is not None else value.get("minValue")), _UNITS.get(unit.upper(), unit)
    return value, ""


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
