"""A page → the marks of its cards: links and attributes that carry the id of a listing.

What belongs here: finding marks. What does not: which marks belong together, and what a card is (cards).
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from realestate_crawler.pages.identifiers import absolute, first_words, url_key
from realestate_crawler.pages.outline import LINK_ATTRIBUTES, Outline

_NO_PAGE = re.compile(r"mailto:|tel:|javascript:|#|data:|sms:|whatsapp:", re.I)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|pdf|css|js|ico)(?:$|\?)", re.I)
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


@dataclass(slots=True)
class Mark:
    """An id at a place of the page, and the address that carries it; empty for the id of an attribute."""

    place: int
    key: str
    url: str


def link_marks(outline: Outline, base: str) -> Iterator[Mark]:
    """The links to listings, in order."""
    own = urlsplit(base).path
    for place, href in _addresses(outline):
        if is_no_listing(href):
            continue
        url = absolute(base, href)
        netloc, path, query = _split(url)
        if _is_social(netloc) or (path == own and not query):
            continue
        key = url_key(url)
        if key:
            yield Mark(place, key, url)


def _addresses(outline: Outline) -> Iterator[tuple[int, str]]:
    """(place, address) of every link, and of every other element that a click leads somewhere."""
    for place in sorted({*outline.by_tag.get("a", ()), *outline.leading}):
        get = outline.elements[place].get
        if outline.tags[place] == "a":
            if href := get("href"):
                yield place, href
            continue
        for name in LINK_ATTRIBUTES:
            if href := get(name):
                yield place, href
        onclick = get("onclick")
        if onclick and (found := _ONCLICK.search(onclick)):
            yield place, found.group(1)


def attribute_marks(outline: Outline) -> Iterator[tuple[str, Mark]]:
    """(kind of attribute, mark) of the attributes that may hold the id of a listing."""
    for place, name, text in outline.codes:
        if _may_be_id(text):
            yield name, Mark(place, text, "")
    for place in outline.by_tag.get("input", ()):
        element = outline.elements[place]
        if element.get("type") == "hidden" and "id" in (element.get("name") or ""):
            text = element.get("value") or ""
            if _may_be_id(text):
                yield f"input {element.get('name')}", Mark(place, text, "")
    for place, value in outline.ids.items():
        if value[-1:].isdigit() and (found := _ELEMENT_ID.match(value)):
            yield f"id {found.group(1)}", Mark(place, found.group(2), "")
    for place, value in outline.classes.items():
        if (named := _class_id(value)) is not None:
            yield f"class {named[0]}", Mark(place, named[1], "")


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


def slug_marks(outline: Outline, base: str) -> Iterator[tuple[tuple[str, int, str], Mark]]:
    """(kind of address, mark) of links that carry no id at all: the last part of the address tells them apart."""
    for place in outline.by_tag.get("a", ()):
        href = outline.elements[place].get("href")
        if not href or is_no_listing(href):
            continue
        url = absolute(base, href)
        host, path, _ = _split(url)
        segments = [s for s in path.split("/") if s]
        if segments and segments[-1].count("-") >= 2 and not _is_social(host):
            yield (host, len(segments), first_words(url)), Mark(place, segments[-1], url)


def is_no_listing(href: str) -> bool:
    """Whether an address leads to no page at all, or to a file."""
    return _NO_PAGE.match(href) is not None or _FILE.search(href) is not None
