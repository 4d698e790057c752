"""An answer of a site's API → the Page: a list of sightings, or one listing.

What belongs here: JSON documents. What does not: data embedded in HTML (embedded_state).
"""

from typing import TYPE_CHECKING, Any

from realestate_crawler.pages.document import Document
from realestate_crawler.pages.evidence import Trust
from realestate_crawler.pages.identifiers import absolute, clean_url, url_key
from realestate_crawler.pages.listing import build, says_enough
from realestate_crawler.pages.merge import Surroundings
from realestate_crawler.pages.overrides import left_empty, section_evidence, site_evidence
from realestate_crawler.pages.page import Page, Verdict
from realestate_crawler.pages.page_country import page_country
from realestate_crawler.pages.paging import total_in_state
from realestate_crawler.pages.results import Search, read_state_list, state_key
from realestate_crawler.pages.state_search import read_object, search_states
from realestate_crawler.pages.verdict import refusal
from realestate_crawler.vocabulary import Kind

if TYPE_CHECKING:
    from realestate_crawler.profiles.model import Profile


_NEXT = ("next", "nextLink", "@odata.nextLink", "next_page_url", "nextPageUrl", "next_url")


def read_json(document: Document, profile: "Profile | None") -> Page:
    """Reads a JSON document."""
    data, address = document.data, clean_url(document.url)
    states = [("document", data)]
    objects, lists = search_states(states, Trust.STATE)
    country = page_country(document) or (profile.country if profile else None)
    site = list(site_evidence(profile)) if profile else []
    whole = read_object(data, "document", Trust.STATE) if isinstance(data, dict) else None
    single = max(
        [o for o in [*objects[:1], whole] if o is not None and not o.in_list], key=lambda o: o.score, default=None
    )
    if lists and (single is None or lists[0].score > 1.5 * single.score):
        search = Search(country, tuple(site), profile=profile)
        readings = read_state_list(lists[0], search, document.url)
        total = total_in_state(states, len(readings))
        return Page(Verdict.RESULTS, address, total, _next(data, document.url), readings, "a list in the data")
    if single is not None:
        key, url = state_key(single, document.url)
        evidence = [*single.facts, *site]
        empty: frozenset[str] = frozenset()
        if profile is not None:
            evidence += section_evidence(profile.listing, None, states)
            empty = left_empty(profile.listing, evidence)
        told = [e for e in evidence if e.field == "listing_key" and e.source == "profile"]
        key = str(told[0].value) if told else url_key(document.url) or key if document.url else key
        reading = build(
            evidence, Surroundings(country), key=key, url=document.url or url, kind=Kind.DETAIL, empty=empty
        )
        if says_enough(reading, certain=True):
            return Page(Verdict.LISTING, address, readings=[reading], reason="one object in the data")
    said = refusal(document.text)
    if said:
        return Page(Verdict.BLOCKED, address, reason=said)
    return Page(Verdict.OTHER, address, reason="no listing was found in the data")


def _next(data: Any, url: str) -> str | None:
    if isinstance(data, dict):
        for key in _NEXT:
            if isinstance(data.get(key), str) and "/" in data[key]:
                return absolute(url, data[key])
    return None
