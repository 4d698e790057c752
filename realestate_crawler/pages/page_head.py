"""What a page calls itself: title, headlines, canonical address, language, named meta elements; each found once.

What belongs here: reading these places. What does not: what they say about a listing (open_graph, detail).
"""

from collections.abc import Callable
from typing import TypeVar

from realestate_crawler.pages.document import Document
from realestate_crawler.pages.outline import Outline, text_of

T = TypeVar("T")


def page_title(document: Document) -> str:
    """The title in one line; empty where there is none."""
    return _once(document, "title", lambda: _title(document.outline))


def headlines(document: Document) -> list[str]:
    """The texts of the first two h1."""
    return _once(
        document, "heads", lambda: [" ".join(text_of(head).split()) for head in document.outline.all("h1")[:2]]
    )


def canonical_url(document: Document) -> str:
    """What the page calls its own address by link; empty where it does not."""
    return _once(document, "canonical", lambda: _canonical(document.outline))


def metas_of(document: Document) -> dict[str, str]:
    """Every named meta element of the page: name or property in lower case → content, the first of each."""
    return _once(document, "metas", lambda: meta_values(document.outline, document.root))


def meta_values(outline: Outline, root: object) -> dict[str, str]:
    """Every named meta element below `root`: name or property in lower case → content, the first of each."""
    found: dict[str, str] = {}
    for element in outline.below(root, "meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and name.lower() not in found:
            found[name.lower().strip()] = content.strip()
    return found


def _title(outline: Outline) -> str:
    texts = [text_of(e) for e in outline.all("title") if e.getparent().tag in ("head", "body")]
    return " ".join(" ".join(texts).split())


def _canonical(outline: Outline) -> str:
    return next((e.get("href") or "" for e in outline.all("link") if e.get("rel") == "canonical"), "")


def _once(document: Document, name: str, find: Callable[[], T]) -> T:
    if name not in document.found:
        document.found[name] = find()
    found: T = document.found[name]
    return found
