"""A page's bytes → a document: an HTML tree or a JSON value, with its address.

What belongs here: parsing. What does not: decoding (encoding), what is too much for a parser (limits), meaning.
"""

import contextlib
import json
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from realestate_crawler.pages.encoding import decode
from realestate_crawler.pages.limits import SuspectPageError, refuse_flood, refuse_length
from realestate_crawler.pages.outline import Element, Outline

__all__ = ["Document", "Element", "load_json", "parse", "visible"]

_HUGE_TAG = 20_000
_MOST_ATTRIBUTES = 1_000


@dataclass(slots=True)
class Document:
    """One page.

    Attributes:
        url: the address it was fetched from; empty when unknown.
        text: the decoded text.
        root: the HTML tree; None for JSON.
        data: the JSON value; None for HTML.
        found: what is looked for only once.
        encoding_suspect: why its letters may not be those that the site meant; empty where they are sure.
        decoded: scripts whose data have been read whole, with their surroundings (embedded_state).
    """

    url: str
    text: str
    root: Element | None
    data: Any
    decoded: set[Element] = field(default_factory=set)
    found: dict[str, Any] = field(default_factory=dict)
    encoding_suspect: str = ""

    @property
    def outline(self) -> Outline:
        """The tree's elements and attributes in lists."""
        made: Outline | None = self.found.get("outline")
        if made is None:
            assert self.root is not None
            made = self.found["outline"] = Outline(self.root)
        return made

    def scripts(self) -> list[Element]:
        """Every script element, in order."""
        return [] if self.root is None else self.outline.all("script")


def parse(body: bytes, url: str, charset: str = "") -> Document:
    """Parses a page; bytes that are no JSON and hold no markup become an HTML tree of their text.

    Args:
        body: HTML or JSON.
        url: its address; empty when unknown.
        charset: what the Content-Type header says; empty where it says nothing.

    Raises:
        SuspectPageError: for a page that cannot be parsed whole.
    """
    refuse_length(body)
    decoded = decode(body, charset)
    text = decoded.text
    refuse_flood(text)
    bare = text.lstrip("\ufeff \t\r\n")
    data = load_json(bare) if bare.startswith(("{", "[")) else None
    root = _tree(text) if data is None else None
    return Document(url, text, root, data, encoding_suspect=decoded.suspect)


def load_json(text: str) -> Any:
    """The JSON value of `text`; None when it is none, too deep, or holds absurd numbers."""
    try:
        return json.loads(text, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return None


def _tree(text: str) -> Element:
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8")
    root = None
    with contextlib.suppress(etree.XMLSyntaxError):
        root = etree.fromstring(_without_huge_tags(text).encode("utf-8", "replace") or b"<html/>", parser)
    if any(error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        raise SuspectPageError("nested deeper than the parser goes: the rest of the page was not read")
    return root if root is not None else etree.fromstring(b"<html><body></body></html>", etree.HTMLParser())


def _without_huge_tags(text: str) -> str:
    """The text with thousands of attributes taken off their tag: the parser compares each with all others."""
    told: list[str] = []
    place = end = 0
    # A piece so long without the begin of a tag holds one whole step without it.
    step = _HUGE_TAG // 2
    while place + step <= len(text):
        if text.find("<", place, place + step) >= 0:
            place += step
            continue
        start, behind = text.rfind("<", 0, place) + 1, text.find("<", place + step)
        told += [text[end:start], _without_attributes(text[start:behind] if behind >= 0 else text[start:])]
        place = end = behind if behind >= 0 else len(text)
    return "".join([*told, text[end:]]) if told else text


def _without_attributes(piece: str) -> str:
    """A tag and the text behind it, without its attributes where they are thousands."""
    if len(piece) >= _HUGE_TAG and not piece.startswith("script") and piece.count("=") > _MOST_ATTRIBUTES:
        tag, end, rest = piece.partition(">")
        if tag.count('="') + tag.count("='") > _MOST_ATTRIBUTES or tag.count("=") > 10 * _MOST_ATTRIBUTES:
            return tag.split(None, 1)[0][:40] + end + rest
    return piece


def visible(document: Document) -> str:
    """The page's text without scripts and styles, in one line; found once."""
    return document.outline.visible() if document.root is not None else ""
