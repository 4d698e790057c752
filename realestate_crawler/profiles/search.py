"""A criterion and a profile → the address of the search, and what the site cannot express.

What belongs here: addresses. What does not: fetching them (spiders) and filtering what comes back (`domain.matching`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.domain.text import GERMAN, fold, respelled
from realestate_crawler.profiles.model import PLACES, RANGES, Profile
from realestate_crawler.vocabulary import Offer, PropertyType

# Whose sites write their letters with plain ones in addresses.
_GERMAN = {"DE", "AT", "CH", "LI"}


class SearchError(ValueError):
    """The criterion cannot be asked of this site; the message says which key is missing or wrong."""


@dataclass(frozen=True, slots=True)
class SearchAddress:
    """Where a search begins, and which keys of the criterion are left to filtering after extraction."""

    url: str
    not_expressed: tuple[str, ...]


def search_address(profile: Profile, criterion: Criterion) -> SearchAddress:
    """The address that asks the site for a criterion; `options.url` of the criterion, a search copied from the
    browser, wins.

    Raises:
        SearchError: naming the key of the criterion that the address needs, or an address of another site.
    """
    wanted = set(criterion.filters())
    own = criterion.options.get("url")
    if own is not None:
        host = urlsplit(str(own)).hostname or ""
        if not profile.owns(host):
            raise SearchError(
                f"criterion {criterion.id}: key options.url: {host or own} is not a host of {profile.name}"
            )
        return SearchAddress(str(own), tuple(sorted(wanted)))
    offer = criterion.offer or profile.offer or Offer.SALE
    template = profile.search.urls.get(offer)
    if template is None:
        there = ", ".join(sorted(profile.search.urls)) or "none"
        raise SearchError(
            f"criterion {criterion.id}: {profile.name} has no search address for offer {offer.value}"
            f" (there is: {there}); give options.url, copied from the site"
        )
    expressed = {"offer"}
    parts = {}
    for name in re.findall(r"\{(\w+)\}", template):
        value = _part(profile, criterion, name)
        if value is None:
            raise SearchError(f"criterion {criterion.id}: key {name}: {profile.name} needs it for its search address")
        parts[name] = value
        expressed.add({"property_type": "property_types"}.get(name, name))
    words = _words(profile, criterion)
    for name in RANGES:
        ends = {f"{name}_{end}" for end in ("min", "max") if getattr(getattr(criterion, name), end, None) is not None}
        if ends and ends <= set(words):
            expressed.add(name)
    expressed |= set(PLACES) & set(words) | ({"property_types"} if "property_type" in words else set())
    url = narrowed_address(profile, template.format(**parts), words)
    return SearchAddress(url, tuple(sorted(wanted - expressed)))


def narrowed_address(profile: Profile, url: str, words: Mapping[str, str]) -> str:
    """A search with more words, which stand in `parameters`; each takes the place of the one that is there already."""
    query = []
    for name, value in words.items():
        parameter = profile.search.parameters[name]
        kind = profile.search.property_types[PropertyType(value)] if name == "property_type" else value
        query.append((parameter, kind))
    return _with_query(url, query) if query else url


def _words(profile: Profile, criterion: Criterion) -> dict[str, str]:
    """What of a criterion the site's query parameters can say."""
    told: dict[str, str] = {}
    for name in RANGES:
        bounds = getattr(criterion, name)
        for end in ("min", "max"):
            limit = getattr(bounds, end, None)
            if limit is not None:
                # Every digit: a rounded limit would leave listings out.
                told[f"{name}_{end}"] = f"{Decimal(str(limit)).normalize():f}"
    told |= {name: getattr(criterion, name) for name in PLACES if getattr(criterion, name) is not None}
    if len(criterion.property_types) == 1 and criterion.property_types[0] in profile.search.property_types:
        told["property_type"] = criterion.property_types[0].value
    return {name: value for name, value in told.items() if name in profile.search.parameters}


def page_address(profile: Profile, url: str, page: int) -> str | None:
    """The address of a following page of results (2 is the second); None where only links lead on."""
    paging = profile.paging
    if paging.path is not None:
        parts = urlsplit(url)
        return urlunsplit(parts._replace(path=parts.path.rstrip("/") + paging.path.format(page=page)))
    if paging.parameter is None:
        return None
    return _with_query(url, [(paging.parameter, str(paging.first + (page - 1) * paging.step))])


def _part(profile: Profile, criterion: Criterion, name: str) -> str | None:
    if name == "property_type":
        words = [profile.search.property_types.get(kind) for kind in criterion.property_types]
        return words[0] if len(words) == 1 else None
    value = getattr(criterion, name, None)
    if value is None:
        return None
    style, told = profile.search.slug, profile.search.letters
    return slug(str(value), style, usual_letters(profile.country, style) if told is None else told)


def usual_letters(country: str | None, style: str) -> dict[str, str]:
    """Which letters the sites of a country write by others, where a profile does not say."""
    return GERMAN if country in _GERMAN and style in ("dash", "underscore") else {}


def slug(text: str, style: str, letters: dict[str, str]) -> str:
    """How a site writes a place in an address (see `Search.slug` and `Search.letters`)."""
    plain = respelled(text, letters)
    match style:
        case "dash":
            return re.sub(r"[^0-9a-z]+", "-", fold(plain)).strip("-")
        case "underscore":
            return re.sub(r"[^0-9a-z]+", "_", fold(plain)).strip("_")
        case "plus":
            return quote_plus(plain)
        case _:
            return quote(plain, safe="")


def _with_query(url: str, query: list[tuple[str, str]]) -> str:
    parts = urlsplit(url)
    names = {name for name, _ in query}
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in names]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query])))
