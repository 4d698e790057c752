"""The cards of a page and the lists in its data → one sighting each.

What belongs here: what a card says, and joining it with the data of the same id. What does not: finding cards (cards).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from realestate_crawler.domain.text import fold
from realestate_crawler.pages.address_words import address_words
from realestate_crawler.pages.cards import Card, CardGroup, base_url
from realestate_crawler.pages.document import Document, load_json
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.identifiers import absolute, url_key
from realestate_crawler.pages.labels import label_field
from realestate_crawler.pages.lines import Line, read_lines
from realestate_crawler.pages.listing import build
from realestate_crawler.pages.merge import Surroundings
from realestate_crawler.pages.microdata import microdata_items
from realestate_crawler.pages.offices import office_facts
from realestate_crawler.pages.open_graph import attribute_points, meta_facts
from realestate_crawler.pages.outline import Element, Outline
from realestate_crawler.pages.overrides import left_empty, section_evidence
from realestate_crawler.pages.page import Reading
from realestate_crawler.pages.page_head import meta_values
from realestate_crawler.pages.place_names import can_be_town, without_code
from realestate_crawler.pages.places import place_facts
from realestate_crawler.pages.prices import price_facts
from realestate_crawler.pages.schema_org import is_property, node_facts
from realestate_crawler.pages.state_search import StateList, StateObject, read_object
from realestate_crawler.pages.titles import card_titles, named_titles
from realestate_crawler.pages.town_words import is_county
from realestate_crawler.pages.units import unit_facts
from realestate_crawler.pages.visible_text import labelled_facts
from realestate_crawler.vocabulary import Kind

if TYPE_CHECKING:
    from realestate_crawler.profiles.model import Profile


MOST_CARDS = 3_000
"""More than any real page shows; what follows on a hostile one is not read."""
_CONTEXT_LOSS = 12
_PIECES = re.compile(r"[|·,•/]|\s[-–]\s")


@dataclass(frozen=True, slots=True)
class Search:
    """What a page of results says about all of its listings: country, evidence such as the offer, and its
    folded headline.
    """

    country: str | None
    common: tuple[Evidence, ...]
    words: str = ""
    profile: "Profile | None" = None


def read_cards(
    document: Document,
    group: CardGroup,
    search: Search,
    *,
    lists: list[StateList],
    nodes: list[dict[str, Any]],
    states: list[tuple[str, Any]],
) -> list[Reading]:
    """One sighting for each card, in the order of the page."""
    base = base_url(document)
    everything = {element for card in group.cards for element in card.elements}
    state: dict[str, StateObject] = {}
    for item in (item for found in lists for item in found.items):
        for key in item.ids:
            # The same listing may stand in several lists: as a pin of the map, too.
            if key not in state or item.score > state[key].score:
                state[key] = item
    by_node = {key: node for node in nodes for key in _node_keys(node)}
    contexts: dict[Element, list[Evidence]] = {}
    readings = []
    for card in group.cards[:MOST_CARDS]:
        found = list(card_facts(document.outline, card, search.country))
        if card.context is not None:
            if card.context not in contexts:
                lines = read_lines(document.outline, card.context, everything)
                shared = [*_facts(lines, search.country), *named_titles(lines)]
                contexts[card.context] = [e._replace(trust=e.trust - _CONTEXT_LOSS) for e in shared]
            found += contexts[card.context]
        own = state.get(card.key)
        if own is not None:
            found += own.facts
        node = by_node.get(card.key)
        if node is not None:
            found += node_facts(node, "json_ld")
        found += search.common
        empty: frozenset[str] = frozenset()
        if search.profile is not None:
            value = own.value if own is not None else None
            found += section_evidence(search.profile.results, card.elements[0], states, value)
            empty = left_empty(search.profile.results, found)
        url = absolute(base, card.url) if card.url else ""
        found += address_words(url)
        around = Surroundings(search.country, search.words, strict=False)
        found += _named_places(found, search)
        reading = build(found, around, key=_told_key(found) or card.key, url=url, kind=Kind.SIGHTING, empty=empty)
        if _says_enough(reading):
            readings.append(reading)
    return readings


def read_state_list(listed: StateList, search: Search, base: str) -> list[Reading]:
    """One sighting for each object of a list in the page's data."""
    readings = []
    for item in listed.items[:MOST_CARDS]:
        key, url = state_key(item, base)
        found = [*item.facts, *address_words(url), *search.common]
        empty: frozenset[str] = frozenset()
        if search.profile is not None:
            found += section_evidence(search.profile.results, None, [], item.value)
            empty = left_empty(search.profile.results, found)
        key = _told_key(found) or key
        if key:
            around = Surroundings(search.country)
            readings.append(build(found, around, key=key, url=url, kind=Kind.SIGHTING, empty=empty))
    return readings


def _told_key(found: list[Evidence]) -> str | None:
    """The id that the profile's rule found."""
    return next((str(e.value) for e in found if e.field == "listing_key" and e.source == "profile"), None)


def read_nodes(nodes: list[dict[str, Any]], search: Search, base: str) -> list[Reading]:
    """One sighting for each listing that the page's JSON-LD lists."""
    readings = []
    for node in nodes:
        keys = _node_keys(node)
        if keys:
            url = absolute(base, str(node.get("url") or ""))
            around = Surroundings(search.country)
            readings.append(
                build([*node_facts(node, "json_ld"), *search.common], around, key=keys[0], url=url, kind=Kind.SIGHTING)
            )
    return readings


def state_key(item: StateObject, base: str) -> tuple[str, str]:
    """(id, address) of an object: the id in its address where it has one, else its own first id."""
    url = next(
        (str(e.value) for e in item.facts if e.field == "listing_url" and isinstance(e.value, str) and "/" in e.value),
        "",
    )
    url = absolute(base, url) if url else ""
    ids = [str(e.value) for e in item.facts if e.field == "listing_key" and str(e.value) in item.ids]
    ids += sorted(item.ids - set(ids))
    key = url_key(url) if url else None
    if key in item.ids or (key and not ids):
        return str(key), url
    return (ids[0] if ids else key or ""), url


def card_facts(outline: Outline, card: Card, country: str | None) -> Iterator[Evidence]:
    """Everything that a card's own elements say: text, microdata, meta elements, attributes."""
    for place, element in enumerate(card.elements[:2]):
        lines = read_lines(outline, element, limit=250)
        loss = 20 * place
        for evidence in _facts(lines, country):
            yield evidence._replace(trust=evidence.trust - loss) if loss else evidence
        if place:
            continue
        yield from card_titles(card.key, outline, element, lines)
        for node, _ in microdata_items(outline, element):
            if is_property(node) or not node.get("@type"):
                yield from node_facts(node, "microdata", Trust.MICRODATA)
        yield from meta_facts(meta_values(outline, element))
        yield from attribute_points(outline, element)
        yield from _attribute_state(outline, element, card.key)
        for script in outline.below(element, "script"):
            if "json" in (script.get("type") or ""):
                value = load_json(script.text or "")
                if isinstance(value, dict):
                    yield from (
                        node_facts(value, "json_ld")
                        if "@type" in value
                        else read_object(value, "script", Trust.STATE).facts
                    )


def _facts(lines: list[Line], country: str | None) -> Iterator[Evidence]:
    consumed: set[int] = set()
    yield from list(labelled_facts(lines, consumed))
    yield from unit_facts(lines, consumed)
    yield from price_facts(lines, consumed, Trust.LOOSE_TEXT + 14)
    yield from place_facts(lines, country)
    yield from office_facts(lines)
    for line in lines:
        if 1 < len(line.text) < 80:
            yield Evidence(
                "property_type", line.text, "text", line.text[:60], Trust.LOOSE_TEXT + (8 if line.heading else 0)
            )
            yield Evidence("offer", line.text, "text", line.text[:60], Trust.LOOSE_TEXT - 6)
        elif line.text:
            yield Evidence("offer", line.text[:300], "text", line.text[:60], Trust.LOOSE_TEXT - 12)


def _named_places(found: list[Evidence], search: Search) -> list[Evidence]:
    """Parts of a card's lines that the search itself is named after: the town that was searched."""
    places = []
    for evidence in found:
        if evidence.field == "property_type" and evidence.source == "text" and isinstance(evidence.value, str):
            for piece in _PIECES.split(evidence.value):
                text = without_code(piece)
                if (
                    f" {fold(text)} " in search.words
                    and can_be_town(text)
                    and not label_field(text)
                    and not is_county(fold(text), search.country)
                ):
                    places.append(Evidence("city", text, "text", evidence.value[:60], Trust.UNIT_TEXT - 22))
    return places


def _attribute_state(outline: Outline, element: Element, key: str) -> Iterator[Evidence]:
    """Data that the card carries in an attribute as JSON, if it is this card's own."""
    held = [(name, value) for _, name, value in outline.within(outline.json, element) if value[0] == "{"]
    for name, value in held[:6]:
        node = load_json(value)
        if isinstance(node, dict):
            for inner in _own(node, key):
                yield from read_object(inner, f"@{name}", Trust.STATE).facts


def _own(node: dict[str, Any], key: str, depth: int = 0) -> Iterator[dict[str, Any]]:
    found = read_object(node, "", Trust.STATE)
    if key in found.ids or (depth == 0 and found.score >= 3):
        yield node
        return
    if depth < 4:
        for value in node.values():
            inner = value
            while isinstance(inner, list) and inner and isinstance(inner[0], dict | list):
                inner = inner[0]
            if isinstance(inner, dict):
                yield from _own(inner, key, depth + 1)


def _node_keys(node: dict[str, Any]) -> list[str]:
    keys = []
    url = node.get("url") or node.get("@id")
    if isinstance(url, str) and (key := url_key(url)):
        keys.append(key)
    for name in ("sku", "productID", "identifier", "@id"):
        value = node.get(name)
        if isinstance(value, str | int) and str(value) not in keys:
            keys.append(str(value))
    return keys


def _says_enough(reading: Reading) -> bool:
    """Whether a card says enough to be a listing: banners and links to other searches do not."""
    listing = reading.listing
    facts = (
        listing.list_price,
        listing.price_qualifier,
        listing.living_area or listing.lot_size_area,
        listing.rooms_total or listing.bedrooms_total,
        listing.postal_code or listing.city,
        listing.latitude,
        listing.title,
    )
    return sum(fact is not None for fact in facts) >= 2
