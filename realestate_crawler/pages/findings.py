"""Everything that is found on an HTML page before it is known what the page shows.

What belongs here: collecting, once, what several steps need. What does not: deciding (page_kind) and
reading (detail, results).
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from realestate_crawler.domain.text import fold
from realestate_crawler.pages.cards import CardGroup, find_cards
from realestate_crawler.pages.document import Document, Element
from realestate_crawler.pages.embedded_state import embedded_states
from realestate_crawler.pages.evidence import Trust
from realestate_crawler.pages.identifiers import url_key
from realestate_crawler.pages.json_ld import json_ld_nodes
from realestate_crawler.pages.microdata import microdata_nodes
from realestate_crawler.pages.page_country import page_country
from realestate_crawler.pages.page_head import canonical_url, headlines, metas_of, page_title
from realestate_crawler.pages.profile_cards import profile_cards
from realestate_crawler.pages.state_search import StateList, StateObject, search_states

if TYPE_CHECKING:
    from realestate_crawler.profiles.model import Profile


@dataclass(slots=True)
class Findings:
    """What a page holds.

    Attributes:
        document: the page; its url is set to `url`.
        root: its tree.
        profile: the site's profile; None for the generic reader alone.
        url: its address: as fetched, else what the page itself calls its address.
        key: the listing id in that address.
        country: ISO 3166 alpha-2, where address, links, language or currency tell it.
        title: the title element's text.
        heads: the texts of the first two h1.
        metas: named meta elements.
        nodes: JSON-LD.
        micro: microdata.
        states: embedded data with their names.
        objects: objects in them that may be a listing, best first.
        lists: lists in them that may be results, best first.
        groups: groups of cards, best first.
    """

    document: Document
    root: Element
    profile: "Profile | None"
    url: str
    key: str | None
    country: str | None
    title: str
    heads: list[str]
    metas: dict[str, str]
    nodes: list[dict[str, Any]]
    micro: list[dict[str, Any]]
    states: list[tuple[str, Any]]
    objects: list[StateObject]
    lists: list[StateList]
    groups: list[CardGroup]

    @property
    def group(self) -> CardGroup | None:
        """The best group of cards."""
        return self.groups[0] if self.groups else None

    @property
    def words(self) -> str:
        """Address, title and headlines, folded, as words between spaces: what the page is about."""
        told = " ".join([unquote(self.url), self.metas.get("og:title", ""), self.title, *self.heads])
        return f" {' '.join(re.sub(r'[^0-9a-z一-龥]+', ' ', fold(told)).split())} "


def collect(document: Document, profile: "Profile | None") -> Findings:
    """Collects what an HTML page holds."""
    root = document.root
    assert root is not None
    metas = metas_of(document)
    url = document.url or canonical_url(document) or metas.get("og:url", "")
    document.url = url
    states = embedded_states(document)
    objects, lists = search_states(states, Trust.STATE)
    groups = find_cards(document)
    if profile is not None and (own := profile_cards(document, profile)) is not None:
        groups = [own, *groups]
    return Findings(
        document=document,
        root=root,
        profile=profile,
        url=url,
        key=url_key(url) if url else None,
        country=page_country(document) or (profile.country if profile else None),
        title=page_title(document)[:300],
        heads=headlines(document),
        metas=metas,
        nodes=json_ld_nodes(document),
        micro=microdata_nodes(document),
        states=states,
        objects=objects,
        lists=lists,
        groups=groups,
    )
