"""A page → the repeated blocks that each show one listing, found by the ids in their links or attributes.

What belongs here: which blocks are cards, their ids and addresses. What does not: what a card says (results).
"""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from realestate_crawler.pages.document import Document, Element
from realestate_crawler.pages.identifiers import absolute, first_words, url_key, url_shape
from realestate_crawler.pages.outline import LINK_ATTRIBUTES, Outline, text_of
from realestate_crawler.pages.page_head import canonical_url, metas_of

_NO_LISTING = re.compile(
    r"^(?:mailto:|tel:|javascript:|#|data:|sms:|whatsapp:)|\.(?:jpe?g|png|gif|svg|webp|pdf|css|js|ico)(?:$|\?)", re.I
)
_SOCIAL = re.compile(
    (
        r"facebook\.|twitter\.|x\.com|instagram\.|linkedin\.|youtube\.|pinterest\.|whatsapp\.|wa\.me"
        r"|google\.|apple\.com|t\.me"
    ),
    re.I,
)
_ONCLICK = re.compile(r"""(?:location(?:\.href)?\s*=\s*|window\.open\(\s*)['"]([^'"]+)['"]""")
_ATTRIBUTE_ID = re.compile(r"^[A-Z]{6}$|\d{3,}|[0-9a-f]{8}-[0-9a-f]{4}|(?=.*\d)[A-Za-z0-9]{6,}")
_ELEMENT_ID = re.compile(r"^([A-Za-z][A-Za-z_-]*?)[-_]?(\d{3,})$")
_CLASS_ID = re.compile(r"(?:^|\s)([A-Za-z][A-Za-z-]*?-(?:id-)?)(\d{4,})(?:\s|$)")
_SIGN = re.compile(r"[€£₹₱¥₺]")
_DIGIT = re.compile(r"\d")
_LOOKED_AT = 6_000
_AMOUNT = re.compile(
    (
        r"(?:^|[^\w])(?:R|CHF|AED|Kč|zł|kr|Rs|PHP|USD|EUR|\$)[\s.]?\d|\d[\s.]?(?:Kč|zł|kr\b|円|CHF"
        r"|EUR|AED|euros?)|万円|auf anfrage|on request|na dotaz|sur demande|a consultar"
    ),
    re.I,
)
_FACT = re.compile(
    (
        r"m²|m2\b|m 2\b|㎡|sq\.? ?ft|sqft|sqm|acres|ft²|\d\s?(?:zimmer|zi\b|bed|bd\b|hab|rooms?|pièces|pokoj"
        r"|locali|quartos|kamers)|\d\+(?:kk|1)"
    ),
    re.I,
)
_MINIMUM = 2


@dataclass(slots=True)
class Card:
    """One repeated block: the listing's id and address, the elements that show it, and the block it shares with
    others.
    """

    key: str
    url: str
    elements: list[Element]
    context: Element | None = None


@dataclass(slots=True)
class CardGroup:
    """The cards of one kind, with how much they look like listings."""

    kind: str
    cards: list[Card]
    score: float
    shape: tuple[str, int, int, str] | None = None
    _members: set[Element] = field(default_factory=set)


@dataclass(slots=True)
class _Mark:
    element: Element
    key: str
    url: str


def find_cards(document: Document) -> list[CardGroup]:
    """Groups of cards, the most listing-like first; cards without an amount or a fact are no listings."""
    root = document.root
    if root is None:
        return []
    base = base_url(document)
    groups: dict[tuple[object, ...], list[_Mark]] = defaultdict(list)
    outline = document.outline
    for mark in _link_marks(outline, base):
        shape = url_shape(mark.url, mark.key)
        groups[("link", shape, first_words(mark.url))].append(mark)
        groups[("link", shape, "")].append(mark)
    for name, mark in _attribute_marks(outline):
        groups[("attribute", name)].append(mark)
    found: list[CardGroup] = []
    known: dict[Element, float] = {}
    seen: set[tuple[object, tuple[str, ...]]] = set()
    for kind, marks in groups.items():
        keys = tuple(sorted({mark.key for mark in marks}))
        if len(keys) < _MINIMUM or (kind[0], keys) in seen:
            continue
        seen.add((kind[0], keys))
        group = _group(str(kind[0]), marks, kind[1] if kind[0] == "link" else None, known)
        if group is not None:
            found.append(group)
    if not found:
        slugs = _slug_group(outline, base)
        found = [slugs] if slugs is not None else []
    host = urlsplit(base).netloc.removeprefix("www.")

    def rank(group: CardGroup) -> float:
        # Ids in the site's own links are its public ids; those in attributes, or of other sites, may be anything.
        own = group.shape is not None and group.shape[0] in ("", host)
        return -group.score * (1.1 if own else 0.9 if group.shape is not None and host else 1.0)

    return sorted(found, key=rank)


def base_url(document: Document) -> str:
    """The address that links of the page are relative to."""
    if document.root is None:
        return document.url
    if "base" in document.found:
        return str(document.found["base"])
    base = next((e.get("href") or "" for e in document.outline.all("base")), "")
    own = document.url or canonical_url(document) or metas_of(document).get("og:url", "")
    document.found["base"] = absolute(own, base) if base else str(own)
    return str(document.found["base"])


def _link_marks(outline: Outline, base: str) -> Iterator[_Mark]:
    own = urlsplit(base).path
    for element, href in _addresses(outline):
        if _NO_LISTING.search(href):
            continue
        url = absolute(base, href)
        netloc, path, query = _split(url)
        if _is_social(netloc) or (path == own and not query):
            continue
        key = url_key(url)
        if key:
            yield _Mark(element, key, url)


def _addresses(outline: Outline) -> Iterator[tuple[Element, str]]:
    """(element, address) of every link, and of every other element that a click leads somewhere."""
    places = sorted({*outline.by_tag.get("a", ()), *outline.leading})
    for element in (outline.elements[place] for place in places):
        if element.tag == "a":
            if href := element.get("href"):
                yield element, href
            continue
        for name in LINK_ATTRIBUTES:
            if href := element.get(name):
                yield element, href
        onclick = element.get("onclick")
        if onclick and (found := _ONCLICK.search(onclick)):
            yield element, found.group(1)


def _attribute_marks(outline: Outline) -> Iterator[tuple[str, _Mark]]:
    elements = outline.elements
    for place, name, text in outline.codes:
        if _may_be_id(text):
            yield name, _Mark(elements[place], text, "")
    for element in outline.all("input"):
        if element.get("type") == "hidden" and "id" in (element.get("name") or ""):
            text = element.get("value") or ""
            if _may_be_id(text):
                yield f"input {element.get('name')}", _Mark(element, text, "")
    for place, value in outline.ids:
        if value[-1:].isdigit() and (found := _ELEMENT_ID.match(value)):
            yield f"id {found.group(1)}", _Mark(elements[place], found.group(2), "")
    for place, value in outline.classes.items():
        if (named := _class_id(value)) is not None:
            yield f"class {named[0]}", _Mark(elements[place], named[1], "")


def _may_be_id(text: str) -> bool:
    return 3 <= len(text) <= 60 and " " not in text and _ATTRIBUTE_ID.search(text) is not None


@functools.lru_cache(maxsize=20_000)
def _class_id(css: str) -> tuple[str, str] | None:
    found = _CLASS_ID.search(css) if "-" in css else None
    return (found.group(1), found.group(2)) if found else None


@functools.lru_cache(maxsize=4096)
def _is_social(host: str) -> bool:
    return _SOCIAL.search(host) is not None


@functools.lru_cache(maxsize=4096)
def _split(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.netloc, parts.path, parts.query


def _slug_group(outline: Outline, base: str) -> CardGroup | None:
    """Cards whose links carry no id at all: the last part of the address tells them apart."""
    groups: dict[tuple[str, int, str], list[_Mark]] = defaultdict(list)
    for element in outline.all("a"):
        href = element.get("href")
        if not href or _NO_LISTING.search(href):
            continue
        url = absolute(base, href)
        parts = urlsplit(url)
        segments = [s for s in parts.path.split("/") if s]
        if segments and segments[-1].count("-") >= 2 and not _is_social(parts.netloc):
            groups[parts.netloc, len(segments), first_words(url)].append(_Mark(element, segments[-1], url))
    made = [_group("slug", marks, None, {}) for marks in groups.values() if len({m.key for m in marks}) >= 3]
    return max((g for g in made if g is not None), key=lambda g: g.score, default=None)


def _group(kind: str, marks: list[_Mark], shape: object, known: dict[Element, float]) -> CardGroup | None:
    owner: dict[Element, str | None] = {}
    for mark in marks:
        element: Element | None = mark.element
        while element is not None:
            if element not in owner:
                owner[element] = mark.key
            elif owner[element] != mark.key:
                owner[element] = None
            element = element.getparent()
    chains: dict[str, list[list[Element]]] = defaultdict(list)
    tops: set[Element] = set()
    for mark in marks:
        chain = _chain(mark, owner)
        if chain and chain[-1] not in tops:
            tops.add(chain[-1])
            chains[mark.key].append(chain)
    common = Counter(_signature(chain[-1]) for several in chains.values() for chain in several)
    usual = {signature for signature, count in common.items() if count >= max(2, len(chains) // 3)}
    urls: dict[str, str] = {}
    for mark in marks:
        urls.setdefault(mark.key, mark.url)
    cards, score = [], 0.0
    # A card that tells neither price nor size is one where its neighbours are.
    parents = Counter(
        e.getparent() for several in chains.values() for e in [_usual(several[0], usual)] if _looks(e, known)
    )
    parents = Counter({parent: count for parent, count in parents.items() if count >= 3})
    for key, several in chains.items():
        elements = [_usual(chain, usual) for chain in several]
        value = max(_looks(element, known) for element in elements)
        if value or (elements[0].getparent() in parents and len(text_of(elements[0]).strip()) > 20):
            elements.sort(key=lambda e: _looks(e, known), reverse=True)
            cards.append(Card(key, urls[key] or _first_link(elements[0]), elements))
            score += value
    if len(cards) < _MINIMUM or len(cards) * 2 < len(chains):
        return None
    _share(cards)
    typed = shape if isinstance(shape, tuple) else None
    if any(card.elements[0].tag in ("head", "body", "script", "form", "main") for card in cards):
        return None
    return CardGroup(kind, cards, score, typed)


def _chain(mark: _Mark, owner: dict[Element, str | None]) -> list[Element]:
    chain = []
    element: Element | None = mark.element
    while element is not None and owner.get(element) == mark.key and element.tag not in ("body", "html"):
        chain.append(element)
        element = element.getparent()
    return chain


def _usual(chain: list[Element], usual: set[str]) -> Element:
    if _signature(chain[-1]) in usual:
        return chain[-1]
    return next((element for element in reversed(chain) if _signature(element) in usual), chain[-1])


def _signature(element: Element) -> str:
    classes = " ".join(sorted((element.get("class") or "").split())[:6])
    return f"{element.tag} {re.sub(r'[0-9]+', '#', classes)}"


def _looks(element: Element, known: dict[Element, float]) -> float:
    """How much a block's text looks like a listing: 2 for an amount of money, 1 for another fact; found once."""
    if element in known:
        return known[element]
    text = text_of(element)[:_LOOKED_AT]
    amount = _SIGN.search(text) or _AMOUNT.search(text)
    known[element] = (2.0 if amount else 0.0) + (1.0 if _DIGIT.search(text) and _FACT.search(text) else 0.0)
    return known[element]


def _first_link(element: Element) -> str:
    for link in [element, *element.iter("a")] if element.tag == "a" else element.iter("a"):
        href = link.get("href") or ""
        if href and not _NO_LISTING.search(href):
            return str(href)
    return ""


def _share(cards: list[Card]) -> None:
    """Gives each card the block that it shares with its neighbours only: a building above its flats."""
    by_signature: dict[str, set[Element]] = defaultdict(set)
    above: list[list[Element]] = []
    for card in cards:
        ancestors: list[Element] = []
        element = card.elements[0].getparent()
        while element is not None and len(ancestors) < 7:
            ancestors.append(element)
            by_signature[_signature(element)].add(element)
            element = element.getparent()
        above.append(ancestors)
    for card, ancestors in zip(cards, above, strict=True):
        shared = [e for e in ancestors if 3 <= len(by_signature[_signature(e)]) < len(cards)]
        card.context = shared[-1] if shared else None
