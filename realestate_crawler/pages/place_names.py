"""Title, headline, breadcrumbs and address of a page → the town that several of them name.

What belongs here: names without a label or a postal code; one source alone is never believed. What does not: addresses
with a postal code (places) and data with named keys (state_facts, schema_org).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from realestate_crawler.domain.address import looks_like_street
from realestate_crawler.domain.kinds import offer_in, property_type
from realestate_crawler.domain.patterns import AnyOf, by_first_letter
from realestate_crawler.domain.place import country_code
from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.lines import Line
from realestate_crawler.pages.outline import Outline, text_of
from realestate_crawler.pages.schema_org import types_of
from realestate_crawler.pages.town_words import NO_TOWN, STATE_TOWNS, is_county

_PIECES = re.compile(r"[\s|·•—](?:(?<=\s)(?:[-–—|·•:]\s|\s+)|(?<=[|·•—]))")
_PREPOSITION = re.compile(
    "(?:"
    + by_first_letter(r"\bin|\ben|\bà|\ba|\bem|\bv|\bve|\bw|\bi|\bte")
    + r")\s+((?:[A-ZÀ-Ž][\w'’.-]*)(?:[\s-](?:[A-ZÀ-Ž][\w'’.-]*|de|del|la|le|les|do|da|an|am|der|im|nad|upon|sur))*)"
)
_POSTAL = re.compile(r"\s*\b(?:[A-Z]{1,2}\d[A-Z\d]?(?:\s?\d[A-Z]{2})?|\d{4,6}|\d{3}\s\d{2})$|\s*\([^)]*\)$")
_NO_PLACE = AnyOf(
    r"map|mapa|karte|plan|photo|foto|view|print|share|home|search|suche|contact|kontakt|save|back|new|neu|price|preis|details?|überblick"
    r"|exclusive|furnished|renovated|balcon|balkon|garden|garten|luxur|modern|provision|\bid\b|ref|property|properties|listing|idealista|okres|district",
    any_case=True,
)
_STREET_FIRST = re.compile(
    r"\b(?:calle|c/|avenida|avda\.?|paseo|plaza|carrer|rua|travessa|largo|praça|estrada|via|viale|corso|piazza|rue|boulevard|allée|chemin|ulice|ul\.)"
    r"\s[^,|·–—]{2,50}(?:,\s?(?:nº\s?)?\d{1,4}\b)?",
    re.I,
)
_NEAR = 3
# Where headlines name the quarter, then the town; elsewhere they name the town, then the county.
_QUARTER_FIRST = frozenset(("ES", "PT", "IT", "MX", "BR", "AR", "CL", "CO", "PE"))


@dataclass(slots=True)
class _Name:
    text: str
    kinds: set[str] = field(default_factory=set)
    last: float = 0.0


def town_evidence(
    outline: Outline,
    url: str,
    titles: list[str],
    lines: list[Line],
    nodes: list[dict[str, object]],
    *,
    country: str | None,
) -> Iterator[Evidence]:
    """The town that at least two of title, breadcrumbs, address line and address of the page name."""
    names: dict[str, _Name] = {}
    for title in titles:
        for piece in _PIECES.split(clean(title)):
            _add_list(names, piece, "title")
            for found in _PREPOSITION.finditer(piece):
                _add(names, found.group(1), "title")
    for line in lines:
        if line.heading == "h1" and len(line.parts) > 1:
            for part in line.parts:
                _add_list(names, part.text, "title")
    for text in _beside_headline(lines):
        _add_list(names, text, "line")
    for line in lines:
        # The name alone in a line, further down: the address in parts.
        if len(line.text) <= 40 and (entry := names.get(line.folded)) is not None and line.heading != "h1":
            entry.kinds.add("line")
    for crumb in breadcrumbs(outline, nodes):
        words = [word for word in crumb.split() if property_type(word) is None and offer_in(word) is None]
        _add(names, " ".join(words), "breadcrumb")
    path = f" {' '.join(re.sub(r'[^0-9a-z]+', ' ', fold(unquote(urlsplit(url).path))).split())} "
    for key, name in names.items():
        if f" {' '.join(re.sub(r'[^0-9a-z]+', ' ', key).split())} " in path:
            name.kinds.add("url")
    yield from _streets(titles)
    yield from _state_town([*titles, unquote(urlsplit(url).path).replace("/", ",")], country)
    named = [
        name
        for key, name in names.items()
        if len(name.kinds) >= 2 and name.kinds & {"title", "line"} and not is_county(key, country)
    ]
    best = max(named, key=lambda n: len(n.kinds) + n.last, default=None)
    if best is not None and not (country in _QUARTER_FIRST and _is_quarter(best.text, titles)):
        trust = Trust.UNIT_TEXT - (4 if len(best.kinds) > 2 else 10)
        yield Evidence("city", best.text, "text", " and ".join(sorted(best.kinds)), trust)


def _is_quarter(name: str, titles: list[str]) -> bool:
    """Whether a headline puts a wider place behind the name, as in "in Brera, Milano"."""
    behind = re.compile(rf"(?:^|\s|,\s){re.escape(name)}\s?(?:,\s?|\()([^,()|–-]+)")
    wider = [found.group(1).strip() for title in titles for found in behind.finditer(clean(title))]
    return any(can_be_town(place) and fold(place) != fold(name) for place in wider)


def _state_town(titles: list[str], country: str | None) -> Iterator[Evidence]:
    """The one town of a country of few towns that the headlines name."""
    known = STATE_TOWNS.get(country or "", frozenset())
    words = f" {' '.join(re.sub(r'[^0-9a-z]+', ' ', fold(' '.join(titles))).split())} " if known else ""
    named = [town for town in known if f" {town} " in words]
    if len(named) == 1:
        yield Evidence("city", named[0].title(), "text", "headline", Trust.UNIT_TEXT - 4)


def _streets(titles: list[str]) -> Iterator[Evidence]:
    """A street in the headline: from the street word on where that comes first ("en calle Goya, 54")."""
    for title in titles:
        for piece in _PIECES.split(clean(title)):
            found = _STREET_FIRST.search(piece)
            if found:
                yield Evidence("unparsed_address", found.group().strip(" ,"), "text", title[:80], Trust.UNIT_TEXT - 14)
                return
            first = piece.split(",")[0].strip()
            if looks_like_street(first) and len(first) < 50 and not property_type(first) and not offer_in(first):
                yield Evidence("unparsed_address", first, "text", title[:80], Trust.UNIT_TEXT - 14)
                return


def breadcrumbs(outline: Outline, nodes: list[dict[str, object]]) -> list[str]:
    """The names on the page's breadcrumb trail."""
    for node in nodes:
        elements = node.get("itemListElement")
        if "BreadcrumbList" in types_of(node) and isinstance(elements, list):
            found = []
            for element in elements:
                item = element.get("item") if isinstance(element, dict) else None
                name = element.get("name") if isinstance(element, dict) else None
                name = name or (item.get("name") if isinstance(item, dict) else None)
                if isinstance(name, str):
                    found.append(clean(name))
            return found
    trails = [i for i, css in outline.classes.items() if "readcrumb" in css]
    trails += [i for i, name in outline.ids.items() if "breadcrumb" in name]
    links = {link: None for i in sorted(trails) for link in outline.below(outline.elements[i], "a")}
    return [clean(text_of(link))[:60] for link in list(links)[:12]]


def _beside_headline(lines: list[Line]) -> list[str]:
    """Short lines next to the first headline: addresses stand there."""
    place = next((i for i, line in enumerate(lines) if line.heading == "h1"), None)
    if place is None:
        return []
    around = lines[max(0, place - 1) : place] + lines[place + 1 : place + 1 + _NEAR]
    return [line.text for line in around if 2 < len(line.text) < 90 and not any(sign in line.text for sign in "€£$²?!")]


def _add_list(names: dict[str, _Name], text: str, kind: str) -> None:
    """Every part of a list with commas; the last one that can be a town is the widest and mostly the town."""
    parts = [part.strip() for part in text.split(",")]
    fit = [part for part in (without_code(p) for p in parts) if can_be_town(part)]
    for part in fit:
        weight = (1.5 if kind == "line" else 1.2) if part is fit[-1] and len(parts) > 1 else 0.0
        _add(names, part, kind, last=weight)


def _add(names: dict[str, _Name], text: str, kind: str, *, last: float = 0.0) -> None:
    name = without_code(text)
    if can_be_town(name):
        entry = names.setdefault(fold(name), _Name(name))
        entry.kinds.add(kind)
        entry.last = max(entry.last, last)


def without_code(text: str) -> str:
    """A name without the postal code behind it."""
    name = clean(text).strip(" .,-")
    # Looking for a code at every letter takes long; it ends in a digit, a capital or a bracket.
    last = name[-1:]
    return _POSTAL.sub("", name).strip(" .,-") if last.isdigit() or last == ")" or "A" <= last <= "Z" else name


def can_be_town(text: str) -> bool:
    """Whether a text can be the name of a town."""
    if not 2 < len(text) <= 40 or not text[0].isupper() or any(c.isdigit() for c in text) or len(text.split()) > 5:
        return False
    if (
        fold(text) in NO_TOWN
        or _NO_PLACE.search(text)
        or property_type(text)
        or offer_in(text)
        or looks_like_street(text)
    ):
        return False
    return country_code(text) is None or text in ("Luxembourg", "Singapore", "Monaco")
