"""A criterion → the OData query that expresses it, as far as the service's fields allow.

What a service has no field for is filtered after reading, and named. The query leaves out what is known to be
something else: a property type in the service's own words is kept, because nobody can say what it is.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from realestate_crawler.contracts.criteria import Criterion, Range
from realestate_crawler.reso.box import box_terms
from realestate_crawler.reso.lookups import OFFERS, PROPERTY_SUB_TYPES, PROPERTY_TYPES
from realestate_crawler.reso.metadata import FieldType, Resource
from realestate_crawler.reso.odata import all_of, any_of, choices, compare, number, text, timestamp
from realestate_crawler.reso.options import ResoOptions
from realestate_crawler.reso.rows import HELPERS, wanted_fields
from realestate_crawler.vocabulary import Offer

STATUS, MODIFIED, STATUS_CHANGED = "StandardStatus", "ModificationTimestamp", "StatusChangeTimestamp"

_PLACE = {
    "city": "City",
    "state_or_province": "StateOrProvince",
    "postal_code": "PostalCode",
    "country": "Country",
}
_RANGES = {
    "list_price": "ListPrice",
    "bedrooms_total": "BedroomsTotal",
    "rooms_total": "RoomsTotal",
    "year_built": "YearBuilt",
}
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask.

    Attributes:
        parameters: the system query options of the first request.
        missing: item fields' standard names that the service does not have.
        unexpressed: keys of the criterion that are filtered after reading.
    """

    parameters: Mapping[str, str]
    missing: tuple[str, ...]
    unexpressed: tuple[str, ...]


def build_query(
    criterion: Criterion,
    options: ResoOptions,
    resource: Resource,
    *,
    since: datetime.datetime | None = None,
    personal: bool = False,
    nulls: bool = True,
) -> Query:
    """The query of a pull: of everything that matches, or of what was modified after `since`.

    Rows come in the order of their key: whatever changes while the pages are read, no row is skipped.

    Args:
        criterion: what is wanted.
        options: how the service is to be asked.
        resource: what the service has.
        since: only what was modified after it.
        personal: ask for the names of people as well.
        nulls: say that a type may be null; some services do not know the word.
    """
    terms: list[str] = []
    unexpressed: list[str] = []
    for key, term in _terms(criterion, resource, nulls=nulls):
        if term is None:
            unexpressed.append(key)
        else:
            terms.append(term)
    status = _status(options, resource, since)
    if status is None:
        unexpressed.append("options.statuses")
    else:
        terms.append(status)
    if since is not None:
        terms.append(f"{MODIFIED} gt {timestamp(since)}")
    wanted = wanted_fields(personal=personal)
    parameters = {"$filter": all_of(terms)} if terms else {}
    if options.extra_fields != "all":
        asked = dict.fromkeys([*resource.key, *wanted, *options.extra_fields])
        parameters["$select"] = ",".join(name for name in asked if name in resource.fields)
    if resource.key:
        parameters["$orderby"] = ",".join(resource.key)
    parameters |= {"$top": str(options.page_size), "$count": "true"}
    extra = () if options.extra_fields == "all" else options.extra_fields
    missing = tuple(n for n in dict.fromkeys([*wanted, *extra]) if n not in resource.fields and n not in HELPERS)
    return Query(parameters, missing, tuple(dict.fromkeys(unexpressed)))


def after(resource: Resource, key: Any) -> str | None:
    """The term for rows whose key comes after `key`; None where rows have no single key, a text or a number."""
    if len(resource.key) != 1 or isinstance(key, bool) or not isinstance(key, str | int):
        return None
    return f"{resource.key[0]} gt {text(key) if isinstance(key, str) else key}"


def _terms(criterion: Criterion, resource: Resource, *, nulls: bool) -> Iterator[tuple[str, str | None]]:
    """Each key that is set, with its expression; None where the service cannot express it."""
    fields = resource.fields
    for key, name in _PLACE.items():
        value = getattr(criterion, key)
        if value is not None:
            literals = choices(value, fields[name]) if name in fields else []
            yield key, any_of(compare(name, "eq", found, fields[name]) for found in literals) if literals else None
    if criterion.offer:
        # An auction is a sale with a special condition, which is looked at after reading.
        asked = Offer.SALE if criterion.offer is Offer.AUCTION else criterion.offer
        others = [word for word, offer in OFFERS.items() if offer is not asked]
        yield "offer", _none_of("PropertyType", others, fields, nulls=nulls)
    if criterion.property_types:
        wanted = criterion.property_types
        for name, table in (("PropertySubType", PROPERTY_SUB_TYPES), ("PropertyType", PROPERTY_TYPES)):
            others = [word for word, kind in table.items() if kind not in wanted]
            yield "property_types", _none_of(name, others, fields, nulls=nulls)
    for key, name in _RANGES.items():
        limits = getattr(criterion, key)
        if limits is not None:
            yield from ((key, term if name in fields else None) for term in _within(name, limits))
    if criterion.living_area is not None:
        yield "living_area", None  # in square metres here, in whatever unit each row says there
    for key, term in box_terms(criterion):
        if {"Latitude", "Longitude"} <= set(fields):
            yield key, term
        yield key, None  # the box is wider than the circle or the polygon: the rest is filtered after reading


def _status(options: ResoOptions, resource: Resource, since: datetime.datetime | None) -> str | None:
    """On the market; in an incremental pull also what has left it since."""
    kind = resource.fields.get(STATUS)
    if kind is None or not options.statuses:
        return None
    literals = [literal for status in options.statuses for literal in choices(status.value, kind)]
    terms = [compare(STATUS, "eq", literal, kind) for literal in literals]
    if not terms:
        return None
    if since is not None and STATUS_CHANGED in resource.fields:
        terms.append(f"{STATUS_CHANGED} gt {timestamp(since)}")
    return any_of(terms)


def _none_of(name: str, words: list[str], fields: Mapping[str, FieldType], *, nulls: bool) -> str | None:
    if name not in fields:
        return None
    literals = [literal for word in words for literal in choices(word, fields[name])]
    terms = [compare(name, "ne", literal, fields[name]) for literal in literals]
    if not terms:
        return None
    # By the specification null is different from every word; services that answer as SQL does leave such rows out.
    kept = terms if fields[name].collection or not nulls else [f"({name} eq null or ({all_of(terms)}))"]
    return all_of(kept)


def _within(name: str, limits: Range) -> Iterator[str]:
    if limits.min is not None:
        yield f"{name} ge {number(limits.min)}"
    if limits.max is not None:
        yield f"{name} le {number(limits.max)}"
