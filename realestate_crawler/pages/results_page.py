"""Findings of a page of results → the Page: its sightings, what it claims, and where it goes on.

What belongs here: which of the page's sources are the results. What does not: what one card says (results).
"""

import re
from collections.abc import Iterator

from realestate_crawler.domain.kinds import offer_in
from realestate_crawler.pages.cards import base_url
from realestate_crawler.pages.evidence import Evidence
from realestate_crawler.pages.findings import Findings
from realestate_crawler.pages.identifiers import clean_url
from realestate_crawler.pages.lines import read_lines
from realestate_crawler.pages.overrides import site_evidence
from realestate_crawler.pages.page import Page, Reading, Verdict
from realestate_crawler.pages.paging import is_least, next_page_url, reported_total, total_in_attributes, total_in_state
from realestate_crawler.pages.results import MOST_CARDS, Search, read_cards, read_nodes, read_state_list, state_key
from realestate_crawler.pages.schema_org import list_nodes, property_nodes

_MOST = 250


def results_page(found: Findings) -> Page:
    """The page as a page of results; without sightings when nothing on it is one."""
    search = Search(found.country, tuple(_common(found)), found.words, found.profile)
    readings: list[Reading] = []
    if found.group is not None:
        listed = list_nodes(found.nodes) or property_nodes(found.nodes)
        readings = read_cards(found.document, found.group, search, lists=found.lists, nodes=listed, states=found.states)
    readings = _with_undrawn(found, readings, search)
    if not readings:
        readings = read_nodes(list_nodes(found.nodes), search, base_url(found.document))
    _one_currency(readings)
    cards = found.group.cards if found.group else []
    lines = read_lines(found.document.outline, found.root, {e for card in cards for e in card.elements}, limit=1500)
    total = (
        reported_total(lines, found.title, len(readings))
        or total_in_state(found.states, len(readings))
        or total_in_attributes(found.document.text, len(readings))
    )
    return Page(
        Verdict.RESULTS,
        clean_url(found.url),
        reported_total=total,
        next_page_url=next_page_url(found.document),
        readings=readings,
        reason=f"only {MOST_CARDS} of {len(cards)} cards were read" if len(cards) > MOST_CARDS else "",
        total_is_least=is_least(lines, found.title, total),
    )


def _one_currency(readings: list[Reading]) -> None:
    """A result whose price is on request is in the currency that all others are in."""
    named = {
        r.listing.currency: r.provenance["currency"]
        for r in readings
        if r.listing.currency and "currency" in r.provenance
    }
    if len(named) == 1:
        currency, evidence = next(iter(named.items()))
        for reading in readings:
            if reading.listing.currency is None:
                reading.listing.currency = currency
                reading.provenance["currency"] = evidence


def _with_undrawn(found: Findings, readings: list[Reading], search: Search) -> list[Reading]:
    """The whole list of the page's data, where only a part of it is drawn yet; bare pins of a map are no list."""
    keys = {reading.listing.listing_key for reading in readings}
    base = base_url(found.document)
    for state in found.lists[:3]:
        ids = {state_key(item, base)[0] for item in state.items}
        priced = sum(any(e.field == "list_price" for e in item.facts) for item in state.items)
        if len(ids) > len(keys) and keys <= ids and priced * 2 > len(state.items) and len(ids) <= _MOST:
            known = {reading.listing.listing_key: reading for reading in readings}
            whole = read_state_list(state, search, base)
            return [known.get(reading.listing.listing_key, reading) for reading in whole]
    return readings


def _common(found: Findings) -> Iterator[Evidence]:
    """What address, title and headline of a search say about each of its results: sale or rent, kind of property."""
    path = re.sub(r"[-_/]", " ", found.url.partition("://")[2].partition("/")[2])
    told = (
        ("url", path, 52),
        ("h1", " ".join(found.heads)[:300], 50),
        ("title", found.title, 48),
        ("description", found.metas.get("description", "")[:300], 44),
    )
    for where, text, trust in told:
        if text and offer_in(text):
            yield Evidence("offer", text, "page", where, trust)
        if text:
            yield Evidence("property_type", text, "page", where, 20)
    if found.profile is not None:
        yield from site_evidence(found.profile)
