"""Embedded values → the objects that may be the page's listing, and the lists that may be its results.

What belongs here: searching. What does not: reading an object (state_facts) and choosing between it and the visible
page.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from realestate_crawler.pages.document import load_json
from realestate_crawler.pages.evidence import POINT, Evidence
from realestate_crawler.pages.identifiers import url_key
from realestate_crawler.pages.state_facts import row_fields, state_facts, unwrap
from realestate_crawler.pages.state_keys import key_field, leads_elsewhere, names_office, plain_key

_NODES = 60_000
_DEPTH = 40
_NESTED = 100
_HOLDERS = (dict, list)
_CORE = frozenset(
    [
        "list_price",
        "living_area",
        "bedrooms_total",
        "rooms_total",
        "city",
        "postal_code",
        "point",
        "unparsed_address",
        "latitude",
        "longitude",
        "title",
        "listing_key",
        "offer",
        "property_type",
        "bathrooms_total_integer",
        "lot_size_area",
        "year_built",
    ]
)


@dataclass(slots=True)
class StateObject:
    """An object that may be a listing: what it says, under which ids, and how good it looks."""

    value: dict[str, Any]
    where: str
    facts: list[Evidence]
    ids: frozenset[str]
    score: float
    in_list: bool = False


@dataclass(slots=True)
class StateList:
    """A list of objects that may be the results."""

    where: str
    items: list[StateObject]

    @property
    def score(self) -> float:
        """Total look of its members."""
        return sum(item.score for item in self.items)


def search_states(states: list[tuple[str, Any]], trust: int) -> tuple[list[StateObject], list[StateList]]:
    """(single objects, lists), each the most listing-like first."""
    singles: list[StateObject] = []
    lists: list[StateList] = []
    budget = [_NODES]
    for name, value in states:
        for where, node, in_list in _objects(value, name, budget):
            if _hits(node) >= 2:
                found = read_object(node, where, trust)
                if found.score >= 3 or any(e.field == POINT for e in found.facts):
                    found.in_list = in_list
                    singles.append(found)
        for where, items in _lists(value, name, [_NODES]):
            members = [read_object(item, f"{where}[]", trust) for item in items]
            good = [member for member in members if member.score >= 2 and member.ids]
            if len(good) >= max(2, len(members) // 2):
                lists.append(StateList(where, good))
    singles.sort(key=lambda o: -o.score)
    lists.sort(key=lambda found: -found.score)
    return singles, lists


def read_object(node: dict[str, Any], where: str, trust: int) -> StateObject:
    """What one object says, with its ids."""
    facts = state_facts(node, "state", where, trust)
    best: dict[str, int] = {}
    for evidence in facts:
        if evidence.field in _CORE and evidence.value not in (0, "0"):
            depth = evidence.where.count(".") - where.count(".") - 1
            best[evidence.field] = min(depth, best.get(evidence.field, 9))
    score = sum(1.0 / (1 + 0.15 * depth) for depth in best.values())
    ids = object_ids(node)
    if not ids:
        # The address alone may carry the id.
        own = [
            e
            for e in facts
            if e.field == "listing_url" and isinstance(e.value, str) and e.where.count(".") == where.count(".") + 1
        ]
        ids = frozenset(key for e in own if "/" in e.value and (key := url_key(e.value)))
    return StateObject(node, where, facts, ids, score)


def object_ids(node: dict[str, Any]) -> frozenset[str]:
    """Every value of the object that may be its id, or stands at the end of its address."""
    ids = set()
    for key, value in node.items():
        inner = unwrap(value)
        if (
            isinstance(inner, str | int)
            and not isinstance(inner, bool)
            and key_field(plain_key(str(key))) == "listing_key"
        ):
            ids.add(str(inner))
        elif isinstance(inner, dict) and plain_key(str(key)) in (
            "listing",
            "header",
            "metadata",
            "identifiers",
            "ids",
            "property",
            "item",
            "values",
            "data",
            "properties",
        ):
            for name, wrapped in inner.items():
                deep = unwrap(wrapped)
                if (
                    isinstance(deep, str | int)
                    and not isinstance(deep, bool)
                    and key_field(plain_key(str(name))) == "listing_key"
                ):
                    ids.add(str(deep))
    return frozenset(i for i in ids if len(i) >= 2 and i != "0")


def _hits(node: dict[str, Any]) -> int:
    return _core_fields(tuple(node))


@functools.lru_cache(maxsize=4096)
def _core_fields(keys: tuple[str, ...]) -> int:
    """How many fields of a listing the keys of an object name; the objects of one list have the same keys."""
    return len({key_field(plain_key(str(key))) for key in keys} & _CORE)


def _objects(value: Any, where: str, budget: list[int]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every object of a value that may be a listing, with its path; not below keys that lead elsewhere."""
    stack: list[tuple[str, Any, bool, int]] = [(where, value, False, 0)]
    while stack and budget[0] > 0:
        spot, node, in_list, depth = stack.pop()
        node = unwrap(node)
        budget[0] -= 1
        if isinstance(node, dict):
            yield spot, node, in_list
            for key, inner in node.items() if depth < _DEPTH else ():
                if not _may_hold(inner):
                    continue
                plain = plain_key(str(key))
                if not leads_elsewhere(plain) and not names_office(plain):
                    child = _nested(inner)
                    if isinstance(child, _HOLDERS):
                        stack.append((f"{spot}.{str(key)[:40]}", child, in_list, depth + 1))
        elif isinstance(node, list) and depth < _DEPTH:
            several = sum(isinstance(item, dict) for item in node[:4]) > 1
            for item in node[:400]:
                if isinstance(item, _HOLDERS):
                    stack.append((f"{spot}[]", item, in_list or several, depth + 1))


def _lists(value: Any, where: str, budget: list[int]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    stack: list[tuple[str, Any, int]] = [(where, value, 0)]
    while stack and budget[0] > 0:
        spot, node, depth = stack.pop()
        node = unwrap(node)
        budget[0] -= 1
        if isinstance(node, dict):
            members = [unwrap(inner) for inner in node.values()]
            if len(members) >= 2 and all(isinstance(m, dict) and _rich(m) for m in members):
                yield spot, members
                continue
            for key, inner in node.items() if depth < _DEPTH else ():
                if _may_hold(inner) and not leads_elsewhere(plain_key(str(key))):
                    child = _nested(inner)
                    if isinstance(child, _HOLDERS):
                        stack.append((f"{spot}.{str(key)[:40]}", child, depth + 1))
        elif isinstance(node, list) and depth < _DEPTH:
            members = [unwrap(item) for item in node]
            objects = [m for m in members if isinstance(m, dict)]
            if len(objects) >= 2 and sum(_rich(m) for m in objects[:5]) * 2 > len(objects[:5]):
                yield spot, objects
                continue
            stack.extend((f"{spot}[]", m, depth + 1) for m in members[:400] if isinstance(m, _HOLDERS))


def _rich(node: dict[str, Any]) -> bool:
    """Whether an object has the keys of a listing, its own or one level down."""
    if _hits(node) >= 3:
        return True
    inner = [unwrap(value) for value in node.values()]
    return (
        any(isinstance(value, dict) and _hits(value) >= 3 for value in inner)
        or (_hits(node) >= 1 and any(isinstance(value, dict) and _hits(value) >= 2 for value in inner))
        or any(row_fields(value) >= 3 for value in inner if isinstance(value, _HOLDERS))
    )


def _may_hold(value: Any) -> bool:
    """Whether a value may hold others."""
    return isinstance(value, _HOLDERS) or (isinstance(value, str) and len(value) > _NESTED)


def _nested(value: Any) -> Any:
    """JSON inside a JSON string, decoded; every other value as it is."""
    if isinstance(value, str) and len(value) > _NESTED and value[:2] in ('{"', "[{", "[["):
        return load_json(value)
    return value
