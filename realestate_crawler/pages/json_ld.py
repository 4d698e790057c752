"""JSON-LD blocks → their nodes, each block on its own so that a broken one costs only itself.

What belongs here: finding and repairing blocks. What does not: what a node means (schema_org).
"""

import re
from collections.abc import Iterator
from typing import Any

from realestate_crawler.pages.document import Document, load_json

_COMMENT = re.compile(r"^\s*(?:<!--|/\*.*?\*/|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", re.S)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_MOST = 5_000
_CONTROL = re.compile(r"[\x00-\x1f]+")


def json_ld_nodes(document: Document) -> list[dict[str, Any]]:
    """Every top node of every JSON-LD block of the page, graphs and arrays taken apart, in order."""
    nodes: list[dict[str, Any]] = []
    for script in document.scripts():
        kind = (script.get("type") or "").lower()
        if "ld+json" in kind and len(nodes) < _MOST:
            nodes.extend(_top_nodes(_load(script.text or "")))
    return nodes


def _load(text: str) -> Any:
    value = load_json(text)
    if value is None and text.strip():
        repaired = _TRAILING_COMMA.sub(r"\1", _CONTROL.sub(" ", _COMMENT.sub("", text.strip()))).rstrip(" ;")
        value = load_json(repaired)
    return value


def _top_nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(value, list):
        for inner in value:
            yield from _top_nodes(inner, depth + 1)
    elif isinstance(value, dict):
        if "@graph" in value:
            yield from _top_nodes(value["@graph"], depth + 1)
        if "@type" in value or "@graph" not in value:
            yield value
