"""One object of a site's own data → evidence for the fields of a listing.

What belongs here: reading one object that is known (or supposed) to be a listing. What does not: finding it
(state_search).
"""

import functools
import html
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from realestate_crawler.domain.money import on_request
from realestate_crawler.domain.place import parse_point
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.labels import NOISE, label_field
from realestate_crawler.pages.lines import plain_line
from realestate_crawler.pages.prices import price_facts
from realestate_crawler.pages.state_joins import join
from realestate_crawler.pages.state_keys import (
    GENERIC,
    NOT_MAIN,
    key_currency,
    key_field,
    leads_elsewhere,
    names_office,
    plain_key,
)
from realestate_crawler.pages.units import unit_facts

_DEPTH = 6
_UNIT_KEYS = frozenset({"unit", "units", "unitcode", "unittext", "uom", "measure", "unitofmeasure"})
_DISPLAYED = frozenset({"value", "text", "label", "name", "displayvalue", "content"})
# Parts of an address as map services name them.
_COMPONENTS = {
    "locality": "city",
    "postaltown": "city",
    "administrativearealevel1": "state_or_province",
    "country": "country",
    "postalcode": "postal_code",
}
_ALONE: Mapping[str, Any] = MappingProxyType({})
_LEAVES = 1500
# Keys that mean a field only where no plainer key does.
_WEAK = {"suburb": 18, "metrekare": 6, "square": 4}
_AMOUNTS = frozenset({"list_price", "living_area", "lot_size_area"})
_PAIR_LABELS = ("keylabel", "label", "name", "title", "key", "type", "caption")
# Names under which a row keeps the key of its value, as a site's own data call it.
_PAIR_KEYS = frozenset({"name", "key", "code", "attribute", "field", "type", "label"})
_POINT_KEYS = frozenset(
    {"coordinates", "coordinate", "coords", "latlng", "latlong", "latlon", "gps", "geo", "geolocation"}
)
_PAIR_VALUES = ("valuelabel", "value", "text", "values", "displayvalue", "formattedvalue", "content", "description")


def state_facts(value: dict[str, Any], source: str, where: str, trust: int) -> list[Evidence]:
    """Everything that the object says about a listing; deeper keys and less plain forms are trusted a little less."""
    found: list[Evidence] = []
    budget = [_LEAVES]
    for path, leaf in _leaves(unwrap(value), (), budget):
        evidence = _read(path, leaf, source, where, trust)
        if evidence is not None:
            found.append(evidence)
            if evidence.field == "list_price" and (code := key_currency(path[-1])):
                found.append(Evidence("currency", code, source, evidence.where, trust - 2))
        elif isinstance(leaf, str) and path[-1] in _DISPLAYED and 1 < len(leaf) < 40:
            found.extend(_displayed(leaf, source, f"{where}.{'.'.join(path)}"))
    return join(found, source, where)


def unwrap(value: Any) -> Any:
    """Takes off the wrapping of state serialisers: [value, {"s": "arr"}] → value."""
    if type(value) is not list:
        return value
    while (
        isinstance(value, list) and len(value) == 2 and isinstance(value[1], dict) and set(value[1]) <= {"s", "class"}
    ):
        value = value[0]
        if not isinstance(value, list | dict):
            return value
    return value


def _leaves(value: Any, path: tuple[str, ...], budget: list[int]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(value, dict) or len(path) >= _DEPTH:
        return
    pair = _pair(value)
    if pair is not None and path:
        yield (*path, pair[0]), pair[1]
        return
    for key, raw in value.items():
        inner = unwrap(raw)
        plain = plain_key(str(key))
        if budget[0] <= 0:
            return
        budget[0] -= 1
        if isinstance(inner, dict):
            if not leads_elsewhere(plain) or names_office(plain):
                yield from _leaves(inner, (*path, plain), budget)
        elif isinstance(inner, list) and len(inner) == 1 and isinstance(inner[0], str | int | float):
            # A list for the sake of the site's schema: {"price": [570000]}.
            yield (*path, plain), inner[0]
        elif isinstance(inner, list):
            yield from _list(inner, (*path, plain), budget)
        elif isinstance(inner, str) and plain in _POINT_KEYS and (point := parse_point(inner)):
            yield (*path, "latitude"), point[0]
            yield (*path, "longitude"), point[1]
        elif inner is not None and inner != "":
            yield (*path, plain), html.unescape(inner) if isinstance(inner, str) and "&" in inner else inner


def _list(items: list[Any], path: tuple[str, ...], budget: list[int]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if path[-1] in ("coordinates", "coords") and len(items) == 2 and all(isinstance(i, int | float) for i in items):
        yield (*path[:-1], "longitude"), items[0]
        yield (*path[:-1], "latitude"), items[1]
        return
    if leads_elsewhere(path[-1]) or len(path) >= _DEPTH:
        return
    members = [item for item in map(unwrap, items[:60]) if isinstance(item, dict)]
    yield from _components(members, path)
    # A page built of sections has members of several shapes; members of one shape are things of their own.
    sections = len(members) == 1 or len({frozenset(member) for member in members}) > len(members) // 2
    for item in members:
        pair = _pair(item)
        if pair is not None and pair[0] in _POINT_KEYS and isinstance(pair[1], str) and (point := parse_point(pair[1])):
            yield (*path, "latitude"), point[0]
            yield (*path, "longitude"), point[1]
        elif pair is not None:
            yield (*path, pair[0]), pair[1]
        elif sections or len(item) <= 4:
            yield from _leaves(item, (*path, "[]"), budget)


def _components(members: list[dict[str, Any]], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """[{"placeType": "locality", "text": "Berlin"}, …]: a city state has a region and quarters, but no locality."""
    named: dict[str, Any] = {}
    for member in members:
        plain = {plain_key(str(key)): value for key, value in member.items()}
        kinds = plain.get("placetype") or plain.get("types") or plain.get("type")
        text = plain.get("longname") or plain.get("text") or plain.get("name") or plain.get("longtext")
        if isinstance(text, str):
            for kind in kinds if isinstance(kinds, list) else [kinds]:
                named.setdefault(plain_key(str(kind)), text)
    if (
        "administrativearealevel1" in named
        and "locality" not in named
        and any(k.startswith("sublocality") for k in named)
    ):
        named["locality"] = named["administrativearealevel1"]
    for kind, field in _COMPONENTS.items():
        if kind in named and len(named) >= 2:
            yield (*path, {"state_or_province": "state"}.get(field, field.replace("_", ""))), named[kind]


def _pair(value: dict[str, Any]) -> tuple[str, Any] | None:
    """(key, value) of an object that is one row of a table of facts; the key of a row with a label is "=label"."""
    if not 2 <= len(value) <= 8:
        return None
    plain = dict(zip(_plain_keys(tuple(value)), value.values(), strict=True))
    for name in _PAIR_LABELS:
        label = plain.get(name)
        if not isinstance(label, str):
            continue
        key = "=" + label if label_field(label) else plain_key(label.rpartition("/")[2])
        if not key.startswith("=") and (name not in _PAIR_KEYS or (key_field(key) is None and key not in _POINT_KEYS)):
            continue
        for other in _PAIR_VALUES:
            inner = plain.get(other)
            if isinstance(inner, list) and len(inner) == 1:
                inner = inner[0]
            if other != name and isinstance(inner, str | int | float) and not isinstance(inner, bool):
                return key, inner
    return None


@functools.lru_cache(maxsize=4096)
def _plain_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(plain_key(str(key)) for key in keys)


def row_fields(value: Any) -> int:
    """How many fields the rows of a table of facts tell: a list of them, or an object that holds such a list."""
    if isinstance(value, dict):
        return max((row_fields(inner) for inner in value.values() if isinstance(inner, list)), default=0)
    rows = [_pair(item) for item in value[:40] if isinstance(item, dict)]
    return len({row[0] for row in rows if row is not None})


def _displayed(text: str, source: str, where: str) -> Iterator[Evidence]:
    """What a short text without a label shows by its unit: "1.740 €", "82 m²", "3 Zi."."""
    line = plain_line(text)
    if not line.digits and not on_request(text):
        return
    for evidence in (*unit_facts([line], set(), Trust.UNIT_TEXT), *price_facts([line], set(), Trust.UNIT_TEXT)):
        yield Evidence(evidence.field, evidence.value, source, where, evidence.trust, evidence.companions)


def _read(path: tuple[str, ...], leaf: Any, source: str, where: str, trust: int) -> Evidence | None:
    if isinstance(leaf, bool) or (isinstance(leaf, str) and len(leaf) > 400):
        return None
    meaning = _meaning(path)
    if meaning is None:
        return None
    field, less, companions = meaning
    return Evidence(field, leaf, source, f"{where}.{'.'.join(path)}", trust - less, companions)


@functools.lru_cache(maxsize=20_000)
def _meaning(path: tuple[str, ...]) -> tuple[str, int, Mapping[str, Any]] | None:
    """(field, what it is trusted less, companions) of a value by the keys that lead to it; None when it is of no field.

    The objects of one list, and of all pages of a site, have the same keys.
    """
    last = path[-1]
    penalty = 2 * (len(path) - 1)
    if last.startswith("="):
        field = label_field(last[1:])
        return None if field is None or field == NOISE else (field, 1, _ALONE)
    parents = [key for key in path[:-1] if key != "[]"]
    parent = parents[-1] if parents else ""
    if any(names_office(key) for key in parents):
        named = last in ("name", "title", "displayname") or key_field(last) == "list_office_name"
        return ("list_office_name", penalty, _ALONE) if named else None
    if last in _UNIT_KEYS and key_field(parent) in ("living_area", "lot_size_area"):
        return ("living_area_units" if key_field(parent) == "living_area" else "lot_size_units"), 0, _ALONE
    if last in GENERIC and parent and (key_field(parent) is not None or key_field(last) is None):
        field, step = key_field(parent), GENERIC[last]
        if last == "code" and field in ("city", "unparsed_address", "property_type"):
            step += 10
    else:
        field, step = key_field(last), 0
    if field is None or (field in _AMOUNTS and any(NOT_MAIN.search(key) for key in path)):
        return None
    if field == "listing_key" and len(parents) > 1:
        return None
    if field in ("title", "listing_url", "standard_status", "listing_key") and parents:
        penalty += 12
    penalty += _WEAK.get(last, 0)
    if field == "living_area" and last in ("size", "area", "surface", "totalarea", "totalsurface", "superficie"):
        penalty += 8
    return field, penalty + step, _unit_in_key(field, path)


def _unit_in_key(field: str, path: tuple[str, ...]) -> Mapping[str, Any]:
    if field not in ("living_area", "lot_size_area"):
        return _ALONE
    units = "living_area_units" if field == "living_area" else "lot_size_units"
    for key in path:
        if "sqft" in key or "squarefeet" in key or "squarefootage" in key:
            return {units: "sqft"}
        if "sqm" in key or key.endswith(("m2", "qm")) or "squaremet" in key:
            return {units: "m2"}
        if "acre" in key:
            return {units: "acres"}
    return {}
