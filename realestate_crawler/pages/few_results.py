"""A page of results so few that nothing on it repeats: its listings are those that its links lead to.

Only where the site's profile knows the addresses of listings, and the page's own total is as many: a page whose layout
is not understood must stay a failure.
"""

import re
from itertools import islice
from urllib.parse import urlsplit

from realestate_crawler.domain.text import clean, fold
from realestate_crawler.items import Listing
from realestate_crawler.pages.cards import base_url
from realestate_crawler.pages.document import Element, parse
from realestate_crawler.pages.identifiers import absolute, clean_url, url_key
from realestate_crawler.pages.lines import read_lines
from realestate_crawler.pages.page import Page, Reading, Verdict
from realestate_crawler.pages.paging import reported_total
from realestate_crawler.profiles.model import Profile
from realestate_crawler.vocabulary import Kind

FEW = 3
_AROUND = 5
# A few results, in words that never begin the description of a home ("1 bedroom flats").
_COUNT = re.compile(
    r"(?<![\d.,])([1-3])\s(?:results?|propert(?:y|ies)|listings?|homes?|ergebnis(?:se)?|treffer|objekte?|immobilien?"
    r"|angebote?|inserate?|resultate?|annonces?|biens?|resultados?|anuncios?|inmuebles?|propiedad(?:es)?|viviendas?"
    r"|imove(?:l|is)|risultat[oi]|annunc[io]|immobil[ei]|resulta(?:at|ten)|woning(?:en)?|vysled(?:ek|ky)|inzerat[y]?"
    r"|nabid(?:ka|ky)|nemovitosti?|ofert[ay]?|oglosze(?:nie|nia)|bolig(?:er)?|bost(?:ad|ader))\b"
)
_ID = re.compile(r"(?=.*\d)[\w.-]{3,60}")


def few_results(body: bytes, url: str, profile: Profile, left: int | None = None) -> Page | None:
    """The page as a page of results, with listings that say nothing but where they are; None when it is none.

    Args:
        body: the page as fetched.
        url: its address.
        profile: of the site.
        left: how many results the search has after those of the pages before; None for a first page.
    """
    pattern = profile.links.listing
    if pattern is None or re.search(pattern, url):
        return None
    document = parse(body, url)
    root = document.root
    if root is None:
        return None
    base = base_url(document)
    cards: dict[str, Listing] = {}
    for link in root.xpath("//a[@href]"):
        address = clean_url(absolute(base, link.get("href")))
        if address not in cards and re.search(pattern, address) and profile.owns(urlsplit(address).hostname or ""):
            key = url_key(address) or _named(link, address)
            cards[address] = Listing(listing_key=key, kind=Kind.SIGHTING, listing_url=address)
    lines, title = read_lines(document.outline, root, limit=1500), str(root.xpath("string(//title)"))
    texts = (fold(clean(text)) for text in (title, *(line.text for line in lines)))
    counted = next((int(found[1]) for text in texts if (found := _COUNT.search(text))), None)
    if not 0 < len(cards) <= FEW or len(cards) not in (counted, left):
        return None
    total = reported_total(lines, title, len(cards)) if counted is None else counted
    readings = [Reading(card) for card in cards.values()]
    return Page(Verdict.RESULTS, clean_url(url), total, readings=readings, reason="as many links as results")


def way_of(key: str, url: str) -> str:
    """How a listing's id and its address belong together; on one site, all do alike."""
    return "address" if key == url_key(url) else "part of the address" if key and key in url else "elsewhere"


def _named(link: Element, address: str) -> str:
    """The id in an attribute around a link that stands in its address too; empty where there is none."""
    for element in (link, *islice(link.iterancestors(), _AROUND)):
        for name, value in element.attrib.items():
            if name.startswith("data-") and _ID.fullmatch(value) and value in address:
                return str(value)
    return ""
