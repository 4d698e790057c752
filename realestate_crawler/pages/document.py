"""A page's bytes → a document: an HTML tree or a JSON value, with its address.

What belongs here: decoding and parsing, with the limits that hostile bytes need. What does not: meaning.
"""

import contextlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from realestate_crawler.pages.outline import Element, Outline

__all__ = ["Document", "Element", "decode", "load_json", "parse", "visible"]

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
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
        decoded: scripts whose data have been read whole, with their surroundings (embedded_state).
    """

    url: str
    text: str
    root: Element | None
    data: Any
    decoded: set[Element] = field(default_factory=set)
    found: dict[str, Any] = field(default_factory=dict)

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


def parse(body: bytes, url: str) -> Document:
    """Parses a page; bytes that are no JSON and hold no markup become an HTML tree of their text."""
    text = decode(body)
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head in ("{", "["):
        data = load_json(text.lstrip("\ufeff \t\r\n"))
        if data is not None:
            return Document(url, text, None, data)
    return Document(url, text, _tree(text), None)


def decode(body: bytes) -> str:
    """The text of a page: by byte order mark, then UTF-8, then the encoding it declares, then Latin-1; NUL removed."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace").replace("\0", "")
    with contextlib.suppress(UnicodeDecodeError):
        return body.decode("utf-8-sig").replace("\0", "")
    declared = _CHARSET.search(body[:4096])
    name = declared.group(1).decode("ascii") if declared else "latin-1"
    try:
        # Browsers read every declared Latin-1 as the Windows code page.
        text = body.decode("cp1252" if name.lower() in ("iso-8859-1", "latin-1", "ascii") else name, "replace")
    except LookupError:
        text = body.decode("latin-1")
    return text.replace("\0", "")


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
    return root if root is not None else etree.fromstring(b"<html><body></body></html>", etree.HTMLParser())


def _without_huge_tags(text: str) -> str:
    """The text with thousands of attributes taken off their tag: the parser compares each with all others."""
    pieces = text.split("<")
    if max(map(len, pieces)) < _HUGE_TAG:
        return text
    for place, piece in enumerate(pieces):
        if len(piece) >= _HUGE_TAG and not piece.startswith("script") and piece.count("=") > _MOST_ATTRIBUTES:
            tag, end, rest = piece.partition(">")
            if tag.count('="') + tag.count("='") > _MOST_ATTRIBUTES or tag.count("=") > 10 * _MOST_ATTRIBUTES:
                pieces[place] = tag.split(None, 1)[0][:40] + end + rest
    return "<".join(pieces)


def visible(document: Document) -> str:
    """The page's text without scripts and styles, in one line; found once."""
    return document.outline.visible() if document.root is not None else ""
