"""Microdata and RDFa → nodes of the same shape as JSON-LD ({"@type": …, property: value}).

What belongs here: the nesting of items. What does not: what a node means (schema_org).
"""

from typing import Any

from realestate_crawler.pages.document import Document, Element

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
    if document.root is None or "itemscope" not in document.text:
        return []
    return [node for node, _ in microdata_items(document.root)]


def microdata_items(root: Element) -> list[tuple[dict[str, Any], Element]]:
    """Every top item below `root` with the element that opens it."""
    items: dict[Element, dict[str, Any]] = {}
    top: list[tuple[dict[str, Any], Element]] = []
    for element in root.xpath(".//*[@itemscope or @itemprop]"):
        owner = _owner(element, items)
        node: dict[str, Any] | None = None
        if element.get("itemscope") is not None:
            node = {"@type": (element.get("itemtype") or "").rstrip("/").rpartition("/")[2]}
            if element.get("itemid"):
                node["@id"] = element.get("itemid")
            items[element] = node
        names = (element.get("itemprop") or "").split()
        if not names or owner is None:
            if node is not None:
                top.append((node, element))
            continue
        value: Any = node if node is not None else _value(element)
        for name in names:
            _add(owner, name.rpartition("/")[2], value)
    return top


def _owner(element: Element, items: dict[Element, dict[str, Any]]) -> dict[str, Any] | None:
    parent = element.getparent()
    while parent is not None:
        if parent in items:
            return items[parent]
        parent = parent.getparent()
    return None


def _value(element: Element) -> str:
    content = element.get("content")
    if content is not None:
        return str(content)
    attribute = _VALUE_ATTRIBUTES.get(str(element.tag))
    if attribute and element.get(attribute):
        return str(element.get(attribute))
    return " ".join(element.text_content().split())


def _add(node: dict[str, Any], name: str, value: Any) -> None:
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]
