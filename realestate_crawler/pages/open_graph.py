"""Meta elements (OpenGraph, RDFa, geo, data attributes with coordinates) → evidence.

What belongs here: what stands in attributes, named by a vocabulary or a plain key. What does not: visible text.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from realestate_crawler.domain.money import parse_money
from realestate_crawler.domain.place import parse_point
from realestate_crawler.pages.evidence import POINT, Evidence, Trust
from realestate_crawler.pages.outline import Element, Outline, text_of
from realestate_crawler.pages.state_keys import NOT_MAIN, key_field, plain_key

_FIELDS = frozenset(
    {"list_price", "currency", "city", "postal_code", "state_or_province", "country", "unparsed_address"}
    | {"bedrooms_total", "bathrooms_total_integer", "rooms_total", "living_area", "list_office_name", "year_built"}
)
_LATITUDE = re.compile(r"^(?:data-)?(?:[a-z-]*[-_:])?(?:lat|latitude)(?:[-_]value)?$|latitude$", re.I)
_PREFIXES = ("og:", "place:location:", "product:", "twitter:", "property:", "article:", "business:contact_data:")
_AMOUNT = re.compile(r"[1-9]\d{2,11}(?:\.\d{1,2})?")
_DECIMAL = re.compile(r"-?\d{1,3}[.,]\d{2,}")


def meta_facts(metas: dict[str, str]) -> Iterator[Evidence]:
    """What the meta elements of a page say about its listing."""
    amount = metas.get("product:price:amount") or metas.get("og:price:amount")
    if amount:
        currency = metas.get("product:price:currency") or metas.get("og:price:currency")
        companions = {"currency": currency} if currency else {}
        yield Evidence("list_price", amount, "meta", "product:price:amount", Trust.META + 4, companions)
    for name, content in metas.items():
        short = name
        for prefix in _PREFIXES:
            short = short.removeprefix(prefix)
        field = key_field(plain_key(short.rpartition(":")[2] if "fb:" in name else short.replace("-name", "")))
        if field in _FIELDS and len(content) < 200 and not NOT_MAIN.search(short) and short != "locality2":
            yield Evidence(field, content, "meta", name, Trust.META)
    for name in ("geo.position", "icbm"):
        pair = re.split(r"[;,]\s*", metas[name]) if name in metas else []
        if len(pair) == 2:
            yield Evidence(POINT, (pair[0], pair[1]), "meta", name, Trust.META)
    for name, content in metas.items():
        if name.endswith("latitude") and _DECIMAL.fullmatch(content):
            other = metas.get(name[: -len("latitude")] + "longitude")
            if other:
                yield Evidence(POINT, (content, other), "meta", name, Trust.META)


def attribute_points(outline: Outline, root: Element) -> Iterator[Evidence]:
    """Points that stand in the attributes of an element: data-lat with data-lng, data-gps-lat with data-gps-lon, …"""
    for place, name, value in outline.within(outline.latitudes, root):
        if not 3 < len(value) < 40 or not _LATITUDE.search(name):
            continue
        element = outline.elements[place]
        for variant in ("lng", "lon", "long", "longitude"):
            other = element.get(re.sub(r"latitude|lat", variant, name))
            if other:
                latitude, longitude = degrees(value), degrees(other)
                if latitude and longitude:
                    yield Evidence(POINT, (latitude, longitude), "attribute", f"{element.tag}@{name}", Trust.META)
                break


def attribute_facts(outline: Outline) -> Iterator[Evidence]:
    """A price and a point in data attributes, where all of the page's attributes of that kind agree."""
    prices: dict[str, tuple[int, str]] = {}
    points: dict[tuple[str, str], str] = {}
    for place, name, value in outline.facts:
        if "price" in name:
            if _AMOUNT.fullmatch(value) and not NOT_MAIN.search(plain_key(name)):
                prices.setdefault(value.partition(".")[0], (place, name))
        elif len(value) < 80 and (point := parse_point(value)):
            points.setdefault(point, name)
    if len(prices) == 1:
        amount, (place, name) = prices.popitem()
        element = outline.elements[place]
        currency, shown = element.get("data-currency"), text_of(element)[:80]
        money = parse_money(shown)
        # The text beside it says the same, with its currency.
        value = shown if money is not None and money.amount == int(amount) else amount
        companions = {"currency": currency} if currency else {}
        yield Evidence("list_price", value, "attribute", f"@{name}", Trust.UNIT_TEXT - 6, companions)
    if len(points) == 1:
        point, name = points.popitem()
        yield Evidence(POINT, point, "attribute", f"@{name}", Trust.META)


def degrees(text: str) -> str | None:
    """A decimal number of degrees, plain or in base 64; None when it is neither."""
    if _DECIMAL.fullmatch(text.strip()):
        return text.strip().replace(",", ".")
    try:
        decoded = base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return decoded if _DECIMAL.fullmatch(decoded) else None
