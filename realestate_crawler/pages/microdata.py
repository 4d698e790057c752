"""Microdata and RDFa → nodes of the same shape as JSON-LD ({"@type": …, property: value}).

What belongs here: the nesting of items. What does not: what a node means (schema_org).
"""

from bisect import bisect_left, bisect_right
from typing import Any

from realestate_crawler.pages.document import Document
from realestate_crawler.pages.outline import Element, Outline, text_of

_VALUE_ATTRIBUTES = {
    "meta": "content",
    "a": "href",
    "link": "href",
    "img": "src",
    "time": "datetime",
    "data": "value",
    "meter": "value",
    "area": "href",
    "source": "src",
    "iframe": "src",
}


def microdata_nodes(document: Document) -> list[dict[str, Any]]:
    """Every top item of the page (one that is no property of another), in order."""
    if document.root is None:
        return []
    return [node for node, _ in microdata_items(document.outline, document.root)]


def microdata_items(outline: Outline, root: Element) -> list[tuple[dict[str, Any], Element]]:
    """Every top item below `root` with the element that opens it."""
    items: dict[int, dict[str, Any]] = {}
    top: list[tuple[dict[str, Any], Element]] = []
    start, end = outline.span(root)
    for place in outline.items[bisect_right(outline.items, start) : bisect_left(outline.items, end)]:
        element = outline.elements[place]
        owner = _owner(outline, place, items)
        node: dict[str, Any] | None = None
        if element.get("itemscope") is not None:
            node = {"@type": (element.get("itemtype") or "").rstrip("/").rpartition("/")[2]}
            if element.get("itemid"):
                node["@id"] = element.get("itemid")
            items[place] = node
        names = (element.get("itemprop") or "").split()
        if not names or owner is None:
            if node is not None:
                top.append((node, element))
            continue
        value: Any = node if node is not None else _value(element)
        for name in names:
            _add(owner, name.rpartition("/")[2], value)
    return top


def _owner(outline: Outline, place: int, items: dict[int, dict[str, Any]]) -> dict[str, Any] | None:
    while place and items:
        place = outline.parents[place]
        if place in items:
            return items[place]
    return None


def _value(element: Element) -> str:
    content = element.get("content")
    if content is not None:
        return str(content)
    attribute = _VALUE_ATTRIBUTES.get(str(element.tag))
    if attribute and element.get(attribute):
        return str(element.get(attribute))
    return " ".join(text_of(element).split())


def _add(node: dict[str, Any], name: str, value: Any) -> None:
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]
