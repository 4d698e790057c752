"""A page that shows one listing → that listing.

What belongs here: which parts of the page speak of the listing itself. What does not: how each part is read.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from realestate_crawler.domain.money import amounts
from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.domain.text import clean
from realestate_crawler.pages.address_words import address_words
from realestate_crawler.pages.document import Document, Element
from realestate_crawler.pages.evidence import POINT, Evidence, Trust
from realestate_crawler.pages.identifiers import url_key
from realestate_crawler.pages.lines import Line, plain_line, read_lines
from realestate_crawler.pages.offices import office_facts
from realestate_crawler.pages.open_graph import attribute_facts, attribute_points, degrees, meta_facts
from realestate_crawler.pages.outline import Outline
from realestate_crawler.pages.page_head import headlines, page_title
from realestate_crawler.pages.place_names import town_evidence
from realestate_crawler.pages.places import place_facts
from realestate_crawler.pages.prices import price_facts
from realestate_crawler.pages.schema_org import node_facts, property_nodes, types_of
from realestate_crawler.pages.state_search import StateObject
from realestate_crawler.pages.units import unit_facts
from realestate_crawler.pages.visible_text import labelled_facts
from realestate_crawler.vocabulary import Offer

_OTHER_PART = re.compile(
    (
        r"(?:^|[\s_-])(?:similar|related|recommend\w*|recently|footer|cookie\w*|consent|navbar|mainnav"
        r"|megamenu|breadcrumbs?|also-like|other-(?:listings|properties)|more-(?:listings|properties)"
        r"|nearby-(?:homes|properties|listings)|mortgage\w*|calculator|aehnlich\w*|podobne|newsletter"
        r"|modal-login|inmuebles-similares|simulador|finance\w*|hypoteka)(?:$|[\s_-])"
    ),
    re.I,
)
_OTHER_HEADING = AnyOf(
    r"similar|related|nearby (?:homes|properties|listings)|recommended|recently (?:viewed|sold)|you "
    r"(?:may|might) (?:also )?(?:like|be interested)|properties you|more (?:properties|homes|listings"
    r"|from)|other (?:properties|listings|homes)|comparable|ahnliche|weitere (?:angebote|immobilien"
    r"|objekte|inserate)|das konnte|annonces similaires|biens (?:similaires|comparables)|ces (?:biens"
    r"|annonces)|vous aimerez|inmuebles similares|anuncios similares|otros (?:inmuebles|anuncios)"
    r"|propiedades similares|tambien te|pisos similares|viviendas similares|imoveis semelhantes"
    r"|anuncios semelhantes|annunci simili|immobili simili|vergelijkbare|podobne|dalsi nabidky|mohlo by"
    r"|podobne (?:nabidky|inzeraty|nemovitosti)|podobne ogloszenia|lignende|liknande|この物件を見た|おすすめ|homes "
    r"similar|listings similar"
)
# How a listing says that bids are taken; a menu only names auctions.
_AUCTION = AnyOf(
    r"(?:by|via|at) (?:public |online |unconditional |conditional )*auction\b"
    r"|auction (?:date|guide|ends|starts)"
    r"|versteigerungstermin"
    r"|zwangsversteigerung|vente aux encheres|mise a prix|en subasta|asta giudiziaria|leilao judicial"
    r"|\bdrazba\b"
    r"|licytacj[ai]\b"
)
_SHORT = 80
_SCRIPT_POINT = re.compile(
    r"""(?:latitude|lat)["']?\s*[:=]\s*["']?(-?\d{1,2}\.\d{3,})["']?\s*[,;&\s]"""
    r"""[^{}]{0,120}?["']?[A-Za-z_]{0,20}?(?:longitude|lng|lon|long)["']?\s*[:=]\s*["']?(-?\d{1,3}\.\d{3,})""",
    re.I,
)
_ENCODED_POINT = re.compile(
    r"""lat\w*\s*=\s*["']([A-Za-z0-9+/=]{8,40})["'][^{}]{0,120}?l(?:ng|on)\w*\s*=\s*["']([A-Za-z0-9+/=]{8,40})["']""",
    re.I,
)
_MAP_POINT = re.compile(
    (
        r"(?:maps\.google|google\.[a-z.]+/maps|staticmap|maps/api|openstreetmap)[^\s\"'<>]{0,200}?(?:[?&]q="
        r"|[?&]ll=|markers=[^\"'&]*?|@|mlat=)(-?\d{1,2}\.\d{3,})(?:,|%2C|&(?:amp;)?mlon=)(-?\d{1,3}\.\d{3,})"
    ),
    re.I,
)


@dataclass(slots=True)
class DetailSources:
    """What the reader has found on the page before it knew that the page shows one listing."""

    document: Document
    country: str | None
    key: str | None
    metas: dict[str, str]
    nodes: list[dict[str, Any]]
    micro: list[dict[str, Any]]
    objects: list[StateObject]
    other_cards: set[Element]


def detail_evidence(sources: DetailSources) -> list[Evidence]:
    """Everything on the page that speaks of its listing."""
    root = sources.document.root
    found: list[Evidence] = []
    for node in main_nodes(sources.nodes, sources.key):
        found.extend(node_facts(node, "json_ld"))
    for node in main_nodes(sources.micro, sources.key):
        found.extend(node_facts(node, "microdata", Trust.MICRODATA))
    found.extend(meta_facts(sources.metas))
    found.extend(_state(sources))
    if root is not None:
        outline = sources.document.outline
        lines = main_lines(outline, root, sources.other_cards)
        found.extend(
            town_evidence(outline, sources.document.url, titles(sources), lines, sources.nodes, country=sources.country)
        )
        found.extend(text_evidence(lines, sources.country))
        found.extend(_headlines(sources))
        found.extend(attribute_points(outline, root))
        found.extend(attribute_facts(outline))
        found.extend(_script_points(sources.document))
    found.extend(address_words(sources.document.url))
    return found


def titles(sources: DetailSources) -> list[str]:
    """Title, headlines and shared title of the page."""
    heads = [head[:200] for head in headlines(sources.document)]
    return [*heads, page_title(sources.document)[:300], sources.metas.get("og:title", "")]


def main_nodes(nodes: list[dict[str, Any]], key: str | None) -> list[dict[str, Any]]:
    """The nodes that describe the page's own listing: those that name its id, else those that are alone of
    their type.
    """
    candidates = property_nodes(nodes)
    named = [
        node
        for node in candidates
        if key
        and key
        in str((node.get("url"), node.get("@id"), node.get("sku"), node.get("productID"), node.get("identifier")))
    ]
    if named:
        return named
    kinds = [tuple(types_of(node)) for node in candidates]
    times = Counter(kinds)
    others = {
        id(node) for node in candidates if isinstance(node.get("url"), str) and url_key(node["url"]) not in (None, key)
    }
    return [
        node
        for node, kind in zip(candidates, kinds, strict=True)
        if times[kind] <= 2 and (id(node) not in others or not key)
    ]


def main_lines(outline: Outline, root: Element, without: set[Element]) -> list[Line]:
    """The lines of the page's main part: no navigation, no other listings, nothing below a headline that names them."""
    left_out = set(without) | set(outline.all("nav", "footer"))
    for tag in ("div", "section", "aside", "ul", "article"):
        for place in outline.by_tag.get(tag, ()):
            marks = outline.name_marks(place)
            if len(marks) > 1 and _is_other_part(marks):
                left_out.add(outline.elements[place])
    body = next(iter(outline.all("body")), root)
    lines = read_lines(outline, body, left_out)
    for index, line in enumerate(lines):
        if (line.heading or index > len(lines) // 3) and len(line.text) < 80 and _OTHER_HEADING.match(line.folded):
            return lines[:index]
    return lines


@functools.lru_cache(maxsize=20_000)
def _is_other_part(marks: str) -> bool:
    return _OTHER_PART.search(marks) is not None


def text_evidence(lines: list[Line], country: str | None) -> Iterator[Evidence]:
    """What the lines of the main part say."""
    consumed: set[int] = set()
    yield from list(labelled_facts(lines, consumed))
    yield from unit_facts(lines, consumed, Trust.UNIT_TEXT - 6)
    yield from price_facts(lines, consumed)
    yield from place_facts(lines, country, Trust.UNIT_TEXT - 8)
    yield from office_facts(lines)
    bid = next((line for line in lines if len(line.text) < _SHORT and _AUCTION.search(line.folded)), None)
    if bid is not None:
        yield Evidence("offer", Offer.AUCTION.value, "text", bid.text, Trust.LOOSE_TEXT)
    title = next((line for line in lines if line.heading == "h1"), None)
    if title is not None:
        yield Evidence("title", title.text, "text", "h1", Trust.META + 4)


def _headlines(sources: DetailSources) -> Iterator[Evidence]:
    """Title, headline and description of the page: short texts that speak of the listing alone."""
    root = sources.document.root
    assert root is not None
    title = clean(page_title(sources.document)[:300])
    heads = headlines(sources.document)
    texts = [
        ("title", title),
        ("h1", " | ".join(heads)[:300]),
        ("og:title", sources.metas.get("og:title", "")),
        ("description", sources.metas.get("og:description", "") or sources.metas.get("description", "")),
    ]
    for where, text in texts:
        if not text:
            continue
        short = clean(text)[:400]
        line = plain_line(short)
        loss = 6 if where == "description" else 0
        for evidence in unit_facts([line], set(), Trust.UNIT_TEXT - 4):
            yield evidence._replace(source="meta", where=where, trust=evidence.trust - loss)
        for amount in amounts(short):
            if not amount.per_area:
                yield Evidence(
                    "list_price", short[amount.start : amount.end + 12], "meta", where, Trust.LOOSE_TEXT + 10 - loss
                )
        if where == "description":
            yield Evidence("offer", text[:300], "meta", where, Trust.LOOSE_TEXT)
            yield Evidence("property_type", text[:190], "meta", where, Trust.LOOSE_TEXT)
        else:
            yield Evidence("offer", text, "meta", where, Trust.UNIT_TEXT - 2)
            yield Evidence("property_type", text, "meta", where, Trust.UNIT_TEXT - (0 if where == "h1" else 2))
            for evidence in place_facts([line], sources.country, Trust.UNIT_TEXT - 14):
                yield Evidence(evidence.field, evidence.value, "meta", where, evidence.trust)
        if where in ("title", "og:title"):
            yield Evidence("title", text, "meta", where, Trust.META - (4 if where == "title" else 0))


def _state(sources: DetailSources) -> Iterator[Evidence]:
    """Objects that carry the listing's own id; without one, the best object that stands alone, trusted less."""
    own = [o for o in sources.objects if sources.key and sources.key in o.ids]
    if own:
        best = own[0].score
        for candidate in own[:4]:
            if candidate.score >= best / 2:
                yield from candidate.facts
        yield from _only_point(sources.objects)
        return
    alone = [o for o in sources.objects if not o.in_list]
    if alone and alone[0].score >= 4.5:
        for evidence in alone[0].facts:
            yield Evidence(
                evidence.field,
                evidence.value,
                evidence.source,
                evidence.where,
                evidence.trust - 10,
                evidence.companions,
            )


def _only_point(objects: list[StateObject]) -> Iterator[Evidence]:
    """The one point in the page's data, where it stands apart from the listing's own object."""
    points = [e for o in objects if not o.in_list for e in o.facts if e.field == POINT]
    if points and len({(str(e.value[0])[:6], str(e.value[1])[:6]) for e in points}) == 1:
        yield points[0]._replace(trust=Trust.STATE_UNCONFIRMED)


def _script_points(document: Document) -> Iterator[Evidence]:
    points: list[tuple[str, str]] = []
    for script in document.scripts():
        text = script.text or ""
        if len(text) < 600_000 and "lat" in (lower := text.lower()) and ("lon" in lower or "lng" in lower):
            if script not in document.decoded:
                points += [(m.group(1), m.group(2)) for m in list(_SCRIPT_POINT.finditer(text))[:30]]
            for found in _ENCODED_POINT.finditer(text):
                latitude, longitude = degrees(found.group(1)), degrees(found.group(2))
                if latitude and longitude:
                    points.append((latitude, longitude))
    for link in _map_links(document)[:40]:
        place = _MAP_POINT.search(link)
        if place:
            points.append((place.group(1), place.group(2)))
    # Many different points are those of schools, stations and other listings.
    distinct = {(round(float(a), 3), round(float(b), 3)) for a, b in points}
    if points and len(distinct) <= 2:
        yield Evidence(POINT, points[0], "script", "latitude", Trust.SCRIPT)


def _map_links(document: Document) -> list[str]:
    """The addresses on the page that may lead to a map."""
    links = [e.get("href") for e in document.outline.all("a", "link", "area")]
    links += [e.get("src") for e in document.outline.all("img", "iframe", "script", "source", "embed")]
    return [link for link in links if link and "map" in link]
