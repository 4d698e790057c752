"""Findings → how much speaks for a page that shows one listing, and for one that lists several.

What belongs here: the weighing. What does not: block pages and listings that are gone (verdict).
"""

import re

from realestate_crawler.domain.text import fold
from realestate_crawler.pages.detail import main_nodes
from realestate_crawler.pages.document import visible
from realestate_crawler.pages.findings import Findings
from realestate_crawler.pages.identifiers import url_shape
from realestate_crawler.pages.outline import Outline, text_of
from realestate_crawler.pages.schema_org import list_nodes, property_nodes, types_of

_COUNTED = re.compile(
    r"\b\d[\d.,\s]*\s?(?:[a-z]+ ){0,2}(?:results|properties|homes|ergebnisse|treffer|immobilien|wohnungen|annonces"
    r"|casas|inmuebles|anuncios|imoveis|objekte|nabidek|ofert|件)"
)
# A headline with a size speaks of one home.
_SIZE = re.compile(r"\d\s?(?:m²|m2\b|qm\b|sqm|sq\.? ?ft|sqft)", re.I)
_FEW = 4
_CERTAIN = 100.0


def detail_score(found: Findings) -> float:
    """How much speaks for a page that shows one listing."""
    if found.profile and found.profile.links.listing and re.search(found.profile.links.listing, found.url):
        return _CERTAIN
    score, key, group = 0.0, found.key, found.group
    if key:
        # The ids of one site look alike: an address with another kind of id is one of a search.
        others = {_kind_of(card.key) for card in group.cards} if group is not None else set()
        score += 3 if not others or _kind_of(key) in others else 0.5
        if any(key in o.ids and o.score >= 3 for o in found.objects[:20]):
            score += 3
        if group is not None and group.shape and key not in {card.key for card in group.cards}:
            shape = url_shape(found.url, key)
            one_site = shape[0].endswith(group.shape[0]) or group.shape[0].endswith(shape[0])
            alike = one_site and shape[1:] == group.shape[1:]
            score += 4 if alike else 2 if shape[3] == group.shape[3] and shape[1] == group.shape[1] else 0
        if group is not None and any(card.key == key for card in group.cards):
            # A search is no result of itself.
            score += 4
        if group is not None and len(group.cards) <= _FEW:
            score += 1
    if _SIZE.search(" ".join([*found.heads, found.title])):
        score += 2
    main = main_nodes(found.nodes, key)
    if len(main) == 1 or (main and len({tuple(types_of(node)) for node in main}) == len(main)):
        told = any(name in node for node in main for name in ("offers", "address", "floorSize", "numberOfRooms"))
        score += 3 if told else 1
    if not list_nodes(found.nodes) and 0 < len(property_nodes(found.nodes)) < 3:
        score += 1
    return score + (0.5 if len(found.heads) == 1 else 0)


def _leads_on(outline: Outline) -> bool:
    """Whether anything on the page leads to a further page of results."""
    return (
        any(link.get("rel") == "next" for link in outline.all("link"))
        or any("paginat" in css for css in outline.classes.values())
        or any(
            "page=" in (href := link.get("href") or "") or "pagina" in href or "next" in (link.get("rel") or "")
            for link in outline.all("a")
        )
    )


def _kind_of(key: str) -> str:
    """The look of an id: digits, or letters and digits."""
    return "digits" if key.isdigit() else "mixed"


def results_score(found: Findings) -> float:
    """How much speaks for a page that lists several."""
    if found.profile and found.profile.links.results and re.search(found.profile.links.results, found.url):
        return _CERTAIN
    listed, group = len(list_nodes(found.nodes)), found.group
    if group is None:
        pages = 2.0 * len(found.lists) + listed if not found.url else 0.0
        return pages + (3.0 if listed >= 3 else 0.0)
    score = min(len(group.cards), 12) * 0.3
    text = len(visible(found.document)) or 1
    share = sum(len(text_of(card.elements[0])) for card in group.cards) / text
    score += 5 * min(share, 1.0)
    if listed >= 3 or any("SearchResultsPage" in types_of(node) for node in found.nodes):
        score += 3
    if _leads_on(found.document.outline):
        score += 2
    if found.key is None:
        score += 2
    if _COUNTED.search(fold(" ".join([*found.heads, found.title]))):
        score += 2
    return score
