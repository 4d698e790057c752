"""A page → the repeated blocks that each show one listing, found by the ids in their links or attributes.

What belongs here: which blocks are cards, their ids and addresses. What does not: what a card says (results).
"""

import functools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.pages.card_marks import Mark, attribute_marks, is_no_listing, link_marks, slug_marks
from realestate_crawler.pages.document import Document, Element
from realestate_crawler.pages.identifiers import absolute, first_words, url_shape
from realestate_crawler.pages.outline import Outline, text_of
from realestate_crawler.pages.page_head import canonical_url, metas_of

_SIGN = re.compile(r"[€£₹₱¥₺]")
_DIGIT = re.compile(r"\d")
_LOOKED_AT = 2_500
# A digit beside a sign of money; the digit comes first, because it is found fast.
_AMOUNT = re.compile(
    r"\d(?:[\s.]?(?:Kč|zł|kr\b|円|CHF|EUR|AED|euros?)|"
    + "|".join(
        rf"(?<=(?<!\w)(?:{signs}){between}\d)"
        for signs in (r"R|\$", "Kč|zł|kr|Rs", "CHF|AED|PHP|USD|EUR")
        for between in ("", r"[\s.]")
    )
    + ")",
    re.I,
)
_WORDED = AnyOf(r"万円|auf anfrage|on request|na dotaz|sur demande|a consultar", any_case=True)
_FACT = AnyOf(
    (
        r"m²|m2\b|m 2\b|㎡|sq\.? ?ft|sqft|sqm|acres|ft²|\d\s?(?:zimmer|zi\b|bed|bd\b|hab|rooms?|pièces|pokoj"
        r"|locali|quartos|kamers)|\d\+(?:kk|1)"
    ),
    any_case=True,
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


def find_cards(document: Document) -> list[CardGroup]:
    """Groups of cards, the most listing-like first; cards without an amount or a fact are no listings."""
    root = document.root
    if root is None:
        return []
    base = base_url(document)
    outline = document.outline
    groups: dict[tuple[object, ...], list[Mark]] = defaultdict(list)
    for mark in link_marks(outline, base):
        shape = url_shape(mark.url, mark.key)
        groups[("link", shape, first_words(mark.url))].append(mark)
        groups[("link", shape, "")].append(mark)
    for name, mark in attribute_marks(outline):
        groups[("attribute", name)].append(mark)
    found: list[CardGroup] = []
    blocks = _Blocks(outline)
    seen: set[tuple[object, tuple[str, ...]]] = set()
    for kind, marks in groups.items():
        keys = tuple(sorted({mark.key for mark in marks}))
        if len(keys) < _MINIMUM or (kind[0], keys) in seen:
            continue
        seen.add((kind[0], keys))
        group = _group(str(kind[0]), marks, kind[1] if kind[0] == "link" else None, blocks)
        if group is not None:
            found.append(group)
    if not found:
        slugs = _slug_group(blocks, base)
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


class _Blocks:
    """The page's blocks by their place: what each looks like, found once."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self._signatures: dict[int, str] = {}
        self._looks: dict[int, float] = {}

    def signature(self, place: int) -> str:
        """Tag and classes, numbers aside: what blocks of one kind share."""
        found = self._signatures.get(place)
        if found is None:
            outline = self.outline
            found = self._signatures[place] = f"{outline.tags[place]} {_classes(outline.classes.get(place, ''))}"
        return found

    def looks(self, place: int) -> float:
        """How much a block's text looks like a listing: 2 for an amount of money, 1 for another fact."""
        found = self._looks.get(place)
        if found is None:
            text = text_of(self.outline.elements[place])[:_LOOKED_AT]
            amount = _SIGN.search(text) or _AMOUNT.search(text) or _WORDED.search(text)
            found = (2.0 if amount else 0.0) + (1.0 if _DIGIT.search(text) and _FACT.search(text) else 0.0)
            self._looks[place] = found
        return found


@functools.lru_cache(maxsize=20_000)
def _classes(css: str) -> str:
    return re.sub(r"[0-9]+", "#", " ".join(sorted(css.split())[:6]))


def _slug_group(blocks: _Blocks, base: str) -> CardGroup | None:
    """Cards whose links carry no id at all."""
    groups: dict[tuple[str, int, str], list[Mark]] = defaultdict(list)
    for kind, mark in slug_marks(blocks.outline, base):
        groups[kind].append(mark)
    made = [_group("slug", marks, None, blocks) for marks in groups.values() if len({m.key for m in marks}) >= 3]
    return max((g for g in made if g is not None), key=lambda g: g.score, default=None)


def _group(kind: str, marks: list[Mark], shape: object, blocks: _Blocks) -> CardGroup | None:
    outline = blocks.outline
    owner = _owners(marks, outline)
    chains: dict[str, list[list[int]]] = defaultdict(list)
    tops: set[int] = set()
    for mark in marks:
        chain = _chain(mark, owner, outline)
        if chain and chain[-1] not in tops:
            tops.add(chain[-1])
            chains[mark.key].append(chain)
    common = Counter(blocks.signature(chain[-1]) for several in chains.values() for chain in several)
    usual = {signature for signature, count in common.items() if count >= max(2, len(chains) // 3)}
    urls: dict[str, str] = {}
    for mark in marks:
        urls.setdefault(mark.key, mark.url)
    blocks_of = {key: [_usual(chain, usual, blocks) for chain in several] for key, several in chains.items()}
    # A card that tells neither price nor size is one where its neighbours are.
    parents = Counter(outline.parents[places[0]] for places in blocks_of.values() if blocks.looks(places[0]))
    among = {parent for parent, count in parents.items() if count >= 3}
    cards, score = [], 0.0
    for key, places in blocks_of.items():
        value = max(blocks.looks(place) for place in places)
        first = outline.elements[places[0]]
        if value or (outline.parents[places[0]] in among and len(text_of(first).strip()) > 20):
            elements = [outline.elements[place] for place in sorted(places, key=blocks.looks, reverse=True)]
            cards.append(Card(key, urls[key] or _first_link(outline, elements[0]), elements))
            score += value
    if len(cards) < _MINIMUM or len(cards) * 2 < len(chains):
        return None
    _share(cards, blocks)
    typed = shape if isinstance(shape, tuple) else None
    if any(card.elements[0].tag in ("head", "body", "script", "form", "main") for card in cards):
        return None
    return CardGroup(kind, cards, score, typed)


def _owners(marks: list[Mark], outline: Outline) -> dict[int, str | None]:
    """The one id that stands at or below each place; None where several do."""
    parents = outline.parents
    owner: dict[int, str | None] = {}
    for mark in marks:
        place, key = mark.place, mark.key
        while True:
            known = owner.get(place, "")
            # Who has this id, or several, has been here before, and was above, too.
            if known == key or known is None:
                break
            owner[place] = None if known else key
            if not place:
                break
            place = parents[place]
    return owner


def _chain(mark: Mark, owner: dict[int, str | None], outline: Outline) -> list[int]:
    chain: list[int] = []
    place = mark.place
    while owner.get(place) == mark.key and outline.tags[place] not in ("body", "html"):
        chain.append(place)
        place = outline.parents[place]
    return chain


def _usual(chain: list[int], usual: set[str], blocks: _Blocks) -> int:
    return next((place for place in reversed(chain) if blocks.signature(place) in usual), chain[-1])


def _first_link(outline: Outline, element: Element) -> str:
    for link in outline.below(element, "a"):
        href = link.get("href") or ""
        if href and not is_no_listing(href):
            return str(href)
    return ""


def _share(cards: list[Card], blocks: _Blocks) -> None:
    """Gives each card the block that it shares with its neighbours only: a building above its flats."""
    outline = blocks.outline
    by_signature: dict[str, set[int]] = defaultdict(set)
    above: list[list[int]] = []
    for card in cards:
        ancestors: list[int] = []
        place = outline.place[card.elements[0]]
        while place and len(ancestors) < 7:
            place = outline.parents[place]
            ancestors.append(place)
            by_signature[blocks.signature(place)].add(place)
        above.append(ancestors)
    for card, ancestors in zip(cards, above, strict=True):
        shared = [p for p in ancestors if 3 <= len(by_signature[blocks.signature(p)]) < len(cards)]
        card.context = outline.elements[shared[-1]] if shared else None
