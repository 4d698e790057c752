"""A profile's field rules applied to a page → evidence that goes before everything else.

What belongs here: following a rule. What does not: what rules may say (`profiles.model`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from parsel import Selector

from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.document import Document, Element, load_json
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.state_facts import unwrap

if TYPE_CHECKING:
    from realestate_crawler.profiles.model import Profile, Rule, Section


_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def section_evidence(
    section: "Section", element: Element | None, states: list[tuple[str, Any]], own: dict[str, Any] | None = None
) -> Iterator[Evidence]:
    """What the rules of a section find: in an element (the page or one card), in embedded data, in a card's own
    object.
    """
    selector = Selector(root=element) if element is not None else None
    for field, rule in section.fields.items():
        value = follow(rule, selector, states, own)
        if value is not None:
            yield Evidence(field, value, "profile", rule.css or rule.json_path or "value", Trust.PROFILE)


def site_evidence(profile: "Profile") -> Iterator[Evidence]:
    """What holds for every listing of the site; whatever a page itself says goes before it."""
    for field in ("country", "currency", "offer"):
        value = getattr(profile, field)
        if value is not None:
            yield Evidence(field, str(value), "profile", field, Trust.URL - 20)


def left_empty(section: "Section", found: Iterable[Evidence]) -> frozenset[str]:
    """The fields that a section says to leave empty: always, or because its rule has found nothing."""
    told = {evidence.field for evidence in found if evidence.trust == Trust.PROFILE}
    fields = section.fields.items()
    return frozenset(field for field, rule in fields if rule.missing or (rule.only and field not in told))


def follow(
    rule: "Rule", selector: Selector | None, states: list[tuple[str, Any]], own: dict[str, Any] | None = None
) -> Any:
    """What one rule finds; None when there is nothing, or the regular expression or the values do not know it."""
    found: Any = rule.value
    if rule.css is not None and selector is not None:
        found = next((text for text in map(clean, selector.css(rule.css).getall()) if text), None)
    elif rule.json_path is not None:
        found = _in_data(rule.json_path, states, own)
    if found is None or isinstance(found, dict | list | bool):
        return None
    if rule.regex is not None:
        match = re.search(rule.regex, str(found), re.S)
        if match is None:
            return None
        found = match.group(1) if match.groups() else match.group()
    return _meaning(rule.values, str(found)) if rule.values else found


def _meaning(values: Mapping[str, str], found: str) -> str | None:
    """What a text stands for; None for one that is not named, or stands for nothing."""
    folded = {fold(clean(text)): value for text, value in values.items()}
    return folded.get(fold(clean(found)), values.get("*")) or None


def cards_of(document: Document, profile: "Profile") -> list[Element]:
    """The blocks that the profile calls cards, in order."""
    if document.root is None or profile.results.cards is None:
        return []
    return [selector.root for selector in Selector(root=document.root).css(profile.results.cards)]


def _in_data(path: str, states: list[tuple[str, Any]], own: dict[str, Any] | None) -> Any:
    name, _, steps = path.partition("#")
    roots = [own] if not name and own is not None else [value for called, value in states if name in called]
    for root in roots:
        value = _walk(root, steps)
        if value not in (None, ""):
            return value
    return None


def _walk(value: Any, steps: str) -> Any:
    for key, number in _STEP.findall(steps):
        value = unwrap(value)
        if isinstance(value, str) and value[:1] in ("{", "["):
            value = load_json(value)
        if key == "*" and isinstance(value, dict):
            value = next(iter(value.values()), None)
        elif key and isinstance(value, dict):
            value = value.get(key)
        elif number and isinstance(value, list) and int(number) < len(value):
            value = value[int(number)]
        else:
            return None
    return unwrap(value)
