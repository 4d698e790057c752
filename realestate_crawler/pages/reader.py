"""The generic page reader: the bytes of a page and its address in, a Page out.

What belongs here: the order of the steps, and telling a listing from results. What does not: any of the steps, and
anything that names a site (profiles).
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from realestate_crawler.domain.kinds import offer_in
from realestate_crawler.domain.text import fold
from realestate_crawler.pages.cards import CardGroup, base_url, find_cards
from realestate_crawler.pages.detail import DetailSources, detail_evidence, main_nodes
from realestate_crawler.pages.document import Document, parse
from realestate_crawler.pages.embedded_state import embedded_states
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.identifiers import absolute, clean_url, url_key, url_shape
from realestate_crawler.pages.json_ld import json_ld_nodes
from realestate_crawler.pages.lines import read_lines
from realestate_crawler.pages.listing import build
from realestate_crawler.pages.merge import Surroundings
from realestate_crawler.pages.microdata import microdata_nodes
from realestate_crawler.pages.open_graph import meta_values
from realestate_crawler.pages.page import Page, Reading, Verdict
from realestate_crawler.pages.paging import next_page_url, reported_total, total_in_state
from realestate_crawler.pages.places import page_country
from realestate_crawler.pages.results import Search, read_cards, read_nodes, read_state_list, state_key
from realestate_crawler.pages.schema_org import list_nodes, property_nodes, types_of
from realestate_crawler.pages.state_search import StateList, StateObject, search_states
from realestate_crawler.pages.verdict import blocked_reason, empty_reason, gone_reason, visible
from realestate_crawler.vocabulary import Kind


def read_page(body: bytes, url: str = "") -> Page:
    """Reads one page.

    Args:
        body: the page as fetched, HTML or JSON, in any encoding.
        url: its address; without it the page's own canonical address is used where it names one.
    """
    document = parse(body, url)
    if document.root is None:
        return _read_json(document)
    blocked = blocked_reason(document, listings=0)
    if blocked:
        return Page(Verdict.BLOCKED, clean_url(url), reason=blocked)
    return _read_html(document)


def _read_html(document: Document) -> Page:
    root = document.root
    assert root is not None
    metas = meta_values(root)
    own = own_url(document, metas)
    document.url = document.url or own
    nodes, micro = json_ld_nodes(document), microdata_nodes(document)
    states = embedded_states(document)
    objects, lists = search_states(states, Trust.STATE)
    groups = find_cards(document)
    country = page_country(document)
    key = url_key(document.url) if document.url else None
    group = groups[0] if groups else None
    detail = _detail_score(document, key, nodes, objects, group)
    results = _results_score(document, key, nodes, group)
    if group is None and not document.url:
        results += 2 * len(lists) + len(list_nodes(nodes))
    if results > detail:
        page = _results(document, group, lists, nodes, country=country, states=states)
        if page.readings:
            page.url = clean_url(own)
            page.reason = f"results {results:.1f} against listing {detail:.1f}"
            return page
    other = {e for g in groups[:4] for card in g.cards if card.key != key for e in card.elements} if key else set()
    other = {e for e in other if not _holds_headline(e)}
    reading = _detail(DetailSources(document, country, key, metas, nodes, micro, objects, other), own)
    if reading is not None and _is_listing(reading, detail):
        gone = gone_reason(document)
        if gone and reading.listing.list_price is None:
            return Page(Verdict.GONE, clean_url(own), reason=gone)
        return Page(Verdict.LISTING, clean_url(own), readings=[reading], reason=f"listing {detail:.1f}")
    gone = gone_reason(document)
    if gone:
        return Page(Verdict.GONE, clean_url(own), reason=gone)
    empty = empty_reason(document)
    if empty:
        return Page(Verdict.EMPTY, clean_url(own), reported_total=0, reason=empty)
    return Page(Verdict.OTHER, clean_url(own), reason="neither a listing nor results were found")


def own_url(document: Document, metas: dict[str, str]) -> str:
    """The page's address: as fetched, else what the page itself calls its address."""
    if document.url:
        return document.url
    assert document.root is not None
    return str(document.root.xpath("string(//link[@rel='canonical']/@href)")) or metas.get("og:url", "")


def _holds_headline(element: Any) -> bool:
    return element.tag in ("body", "html", "main") or next(element.iter("h1"), None) is not None


def _detail_score(
    document: Document,
    key: str | None,
    nodes: list[dict[str, Any]],
    objects: list[StateObject],
    group: CardGroup | None,
) -> float:
    """How much speaks for a page that shows one listing."""
    score = 0.0
    if key:
        score += 3
        if any(key in o.ids and o.score >= 3 for o in objects[:20]):
            score += 3
        if group is not None and group.shape and key not in {c.key for c in group.cards}:
            shape = url_shape(document.url, key)
            score += (
                4 if shape == group.shape else 2 if shape[3] == group.shape[3] and shape[1] == group.shape[1] else 0
            )
        if group is not None and any(card.key == key for card in group.cards):
            score += 2
    main = main_nodes(nodes, key)
    if len(main) == 1 or (main and len({tuple(types_of(n)) for n in main}) == len(main)):
        score += (
            3 if any("offers" in n or "address" in n or "floorSize" in n or "numberOfRooms" in n for n in main) else 1
        )
    if not list_nodes(nodes) and property_nodes(nodes) and len(property_nodes(nodes)) < 3:
        score += 1
    root = document.root
    assert root is not None
    if len(root.xpath("//h1")) == 1:
        score += 0.5
    return score


def _results_score(document: Document, key: str | None, nodes: list[dict[str, Any]], group: CardGroup | None) -> float:
    """How much speaks for a page that lists several."""
    if group is None:
        return 3.0 if len(list_nodes(nodes)) >= 3 else 0.0
    score = min(len(group.cards), 12) * 0.3
    text = len(visible(document)) or 1
    share = sum(len(card.elements[0].text_content()) for card in group.cards) / text
    score += 5 * min(share, 1.0)
    if len(list_nodes(nodes)) >= 3 or any("SearchResultsPage" in types_of(n) for n in nodes):
        score += 3
    root = document.root
    assert root is not None
    if root.xpath(
        "//link[@rel='next'] | //a[contains(@href, 'page=') or contains(@href, 'pagina') or "
        "contains(@rel, 'next')] | //*[contains(@class, 'paginat')]"
    ):
        score += 2
    if key is None:
        score += 2
    heads = fold(" ".join(" ".join(h.text_content().split()) for h in root.xpath("//h1 | //title")[:3]))
    if re.search(
        (
            r"\b\d[\d.,\s]*\s?(?:[a-z]+ ){0,2}(?:results|properties|homes|ergebnisse|treffer|immobilien"
            r"|wohnungen|annonces|casas|inmuebles|anuncios|imoveis|objekte|件)"
        ),
        heads,
    ):
        score += 2
    return score


def _results(
    document: Document,
    group: CardGroup | None,
    lists: list[StateList],
    nodes: list[dict[str, Any]],
    *,
    country: str | None,
    states: list[tuple[str, Any]],
) -> Page:
    search = Search(country, tuple(_common(document)), page_words(document))
    readings: list[Reading] = []
    listed = list_nodes(nodes) or property_nodes(nodes)
    if group is not None:
        readings = read_cards(document, group, search, lists, listed)
    base = base_url(document)
    keys = {reading.listing.listing_key for reading in readings}
    for found in lists[:3]:
        ids = {state_key(item, base)[0] for item in found.items}
        priced = sum(any(e.field == "list_price" for e in item.facts) for item in found.items)
        # The whole list of the page's data, of which only a part is drawn yet; bare pins of a map are not.
        if len(ids) > len(keys) and keys <= ids and priced * 2 > len(found.items) and len(ids) <= 200:
            more = read_state_list(found, search, base)
            known = {r.listing.listing_key: r for r in readings}
            readings = [known.get(r.listing.listing_key, r) for r in more]
            break
    if not readings:
        readings = read_nodes(list_nodes(nodes), search, base)
    root = document.root
    assert root is not None
    lines = read_lines(root, {e for card in (group.cards if group else []) for e in card.elements}, limit=1500)
    title = " ".join(root.xpath("//head/title//text()"))
    total = reported_total(lines, title, len(readings)) or total_in_state(states, len(readings))
    return Page(Verdict.RESULTS, reported_total=total, next_page_url=next_page_url(document), readings=readings)


def _common(document: Document) -> Iterable[Evidence]:
    """What address, title and headline of a search say about each of its results: sale or rent, kind of property."""
    root = document.root
    if root is None:
        return
    title = " ".join(root.xpath("//head/title//text()"))[:300]
    heads = " ".join(" ".join(h.text_content().split()) for h in root.xpath("//h1")[:2])[:300]
    path = re.sub(r"[-_/]", " ", document.url.partition("://")[2].partition("/")[2])
    description = root.xpath("string(//meta[@name='description']/@content)")
    for where, text, trust in (
        ("url", path, 52),
        ("h1", heads, 50),
        ("title", title, 48),
        ("description", str(description)[:300], 44),
    ):
        if text and offer_in(text):
            yield Evidence("offer", text, "page", where, trust)
        if text:
            yield Evidence("property_type", text, "page", where, 20)


def page_words(document: Document) -> str:
    """Address, title and headlines of the page, folded, as words between spaces: what the page is about."""
    root = document.root
    if root is None:
        return ""
    words = [unquote(document.url), *root.xpath("//meta[@property='og:title']/@content")[:1]]
    words += [
        " ".join(root.xpath("//head/title//text()"))[:300],
        *(" ".join(h.text_content().split()) for h in root.xpath("//h1")[:2]),
    ]
    return f" {' '.join(re.sub(r'[^0-9a-z一-龥]+', ' ', fold(' '.join(words))).split())} "


def _detail(sources: DetailSources, url: str) -> Reading | None:
    found = detail_evidence(sources)
    if not found:
        return None
    around = Surroundings(sources.country, page_words(sources.document))
    key = sources.key or _key_from(found, sources) or ""
    return build(found, around, key=key, url=url, kind=Kind.DETAIL)


def _key_from(found: list[Evidence], sources: DetailSources) -> str | None:
    keys = sorted((e for e in found if e.field == "listing_key"), key=lambda e: -e.trust)
    return str(keys[0].value).strip() if keys else None


def _is_listing(reading: Reading, detail: float) -> bool:
    listing = reading.listing
    facts = (
        listing.list_price or listing.price_qualifier,
        listing.living_area or listing.lot_size_area,
        listing.rooms_total or listing.bedrooms_total,
        listing.postal_code or listing.city or listing.unparsed_address,
        listing.latitude,
        listing.year_built,
    )
    return sum(fact is not None for fact in facts) >= (2 if detail >= 3 else 3)


def _read_json(document: Document) -> Page:
    """An answer of a site's API: a list of listings, or one."""
    states = [("document", document.data)]
    objects, lists = search_states(states, Trust.STATE)
    country = page_country(document)
    search = Search(country, ())
    root = objects[0] if objects else None
    if lists and (root is None or lists[0].score > 1.5 * root.score or root.in_list):
        readings = read_state_list(lists[0], search, document.url)
        return Page(
            Verdict.RESULTS,
            clean_url(document.url),
            total_in_state(states, len(readings)),
            _next_in(document.data, document.url),
            readings,
            "a list in the data",
        )
    if root is not None:
        key, url = state_key(root, document.url)
        key = url_key(document.url) or key if document.url else key
        reading = build(root.facts, Surroundings(country), key=key, url=document.url or url, kind=Kind.DETAIL)
        if _is_listing(reading, 3):
            return Page(Verdict.LISTING, clean_url(document.url), readings=[reading], reason="one object in the data")
    return Page(Verdict.OTHER, clean_url(document.url), reason="no listing was found in the data")


def _next_in(data: Any, url: str) -> str | None:
    if isinstance(data, dict):
        for key in ("next", "nextLink", "@odata.nextLink", "next_page_url", "nextPageUrl", "next_url"):
            if isinstance(data.get(key), str) and "/" in data[key]:
                return absolute(url, data[key])
    return None
