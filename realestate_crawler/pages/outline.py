"""An HTML tree → its elements and attributes in lists: walked once, asked many times.

What belongs here: where things stand in the tree. What does not: meaning.
"""

import functools
import itertools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

Element: TypeAlias = Any
"""An lxml element."""

_string = etree.XPath("string()", smart_strings=False)
_ID_NAME = re.compile(r"^data-.*(?:id|key|ref)")
_FACT_NAME = re.compile(r"^(?:data-|:).*(?:price|gps|coord|latl|center|position|geo)")
_STRUCK_CLASS = re.compile(
    (
        r"(?:^|[\s_-])(?:old|was|strike\w*|previous|original|durchgestrichen|crossed|line-?through|before"
        r"|pricedown|drop|precio-anterior|discount)(?:$|[\s_-])|pricedown|oldprice|old-price|strikethrough"
    ),
    re.I,
)
_STRUCK = frozenset(("del", "s", "strike"))
_HIDDEN = frozenset(("script", "style", "noscript", "template"))
_LONG_MARKS = 200
_JSON_LENGTH = 40
# The richest real pages have some 30 000 elements; what comes later on a hostile one is not looked at.
_MOST = 200_000
LINK_ATTRIBUTES = ("data-url", "data-href", "data-link", "data-target-url", "data-detail-url", "data-permalink")
"""Attributes that hold the address which a click on their element leads to."""
# What an attribute may be asked for, by its name.
_PLAIN, _CLASS, _ID, _ITEM, _NAME, _HINT, _STYLE, _SCOPE, _LEADING, _CODE, _LATITUDE, _FACT = range(12)
_KNOWN = {
    "class": _CLASS,
    "title": _HINT,
    "aria-label": _HINT,
    "style": _STYLE,
    "itemprop": _ITEM,
    "itemscope": _SCOPE,
    "data-testid": _NAME,
    "data-cy": _NAME,
    "id": _ID,
    **dict.fromkeys((*LINK_ATTRIBUTES, "onclick"), _LEADING),
}

Attribute: TypeAlias = tuple[int, str, str]
"""(place of its element, name, value)."""


class Outline:
    """The elements of one tree in document order; a place is an index into them.

    Attributes:
        elements: all of them; kept, so that lxml needs to make each only once.
        tags: their tags.
        texts: the text in front of each one's children; empty where it is only space.
        tails: the text behind each; empty where it is only space.
        place: the place of each.
        ends: behind the last place of each one's subtree.
        parents: the place of each one's parent; of the root its own.
        by_tag: places of each tag.
        classes: class attribute by place.
        hints: places with a title or an aria-label.
        struck: places whose markup crosses their text out.
        items: places with microdata.
        ids: id attribute by place.
        leading: places that a click leads somewhere, links aside.
        codes: attributes named data-…id, data-…key or data-…ref.
        latitudes: attributes with "lat" in their name.
        facts: data attributes named after a price or a point.
        json: attributes that look like an object or a list of them in JSON.
    """

    def __init__(self, root: Element) -> None:
        self.elements: list[Element] = list(itertools.islice(root.iter(etree.Element), _MOST))
        self.place: dict[Element, int] = dict(zip(self.elements, range(len(self.elements)), strict=True))
        self.tags: list[str] = [element.tag for element in self.elements]
        self.texts: list[str] = [
            text if (text := element.text) and not text.isspace() else "" for element in self.elements
        ]
        self.tails: list[str] = [
            tail if (tail := element.tail) and not tail.isspace() else "" for element in self.elements
        ]
        self.by_tag: dict[str, list[int]] = defaultdict(list)
        for i, tag in enumerate(self.tags):
            self.by_tag[tag].append(i)
        self._family()
        self.classes: dict[int, str] = {}
        self.hints: set[int] = set()
        self.struck: set[int] = {i for tag in _STRUCK for i in self.by_tag.get(tag, ())}
        self.items: list[int] = []
        self.ids: dict[int, str] = {}
        self.leading: list[int] = []
        self.codes: list[Attribute] = []
        self.latitudes: list[Attribute] = []
        self.facts: list[Attribute] = []
        self.json: list[Attribute] = []
        self._marks: dict[int, str] = dict.fromkeys(self.by_tag.get("address", ()), "address")
        self._attributes()
        self._visible: str | None = None

    def _family(self) -> None:
        elements, place = self.elements, self.place
        count = len(elements)
        self.ends = list(range(1, count + 1))
        self.parents = [0] * count
        ends, parents = self.ends, self.parents
        for i in range(count - 1, 0, -1):
            parent = place[elements[i].getparent()]
            parents[i] = parent
            if ends[i] > ends[parent]:  # noqa: PLR1730  (faster than max(), for every element of every page)
                ends[parent] = ends[i]

    def _attributes(self) -> None:
        roles, marks, classes, json = dict(_KNOWN), self._marks, self.classes, self.json
        for i, element in enumerate(self.elements):
            for name, value in element.items():
                role = roles.get(name)
                if role is None:
                    role = roles[name] = _role(name)
                if role == _CLASS:
                    classes[i] = value
                    if before := marks.get(i):
                        marks[i] = f"{before} {value}"[:_LONG_MARKS]
                elif role:
                    self._note(role, i, name, value)
                if len(value) > _JSON_LENGTH and value[0] in "{[":
                    json.append((i, name, value))
        struck = {css for css in set(classes.values()) if _strikes(css)}
        if struck:
            self.struck.update(i for i, css in classes.items() if css in struck)

    def _note(self, role: int, i: int, name: str, value: str) -> None:
        if role < _HINT:
            before = self.own_marks(i)
            self._marks[i] = (f"{before} {value}" if before else value)[:_LONG_MARKS]
        if role == _HINT:
            self.hints.add(i)
        elif role == _ID:
            self.ids[i] = value
        elif role in (_ITEM, _SCOPE):
            if not self.items or self.items[-1] != i:
                self.items.append(i)
        elif role == _STYLE:
            if "line-through" in value:
                self.struck.add(i)
        elif role == _LEADING:
            self.leading.append(i)
        elif role == _CODE:
            self.codes.append((i, name, value))
        elif role == _LATITUDE:
            self.latitudes.append((i, name, value))
        elif role == _FACT:
            self.facts.append((i, name, value))

    def span(self, element: Element) -> tuple[int, int]:
        """The places [start, end) of an element and all below it; an empty span for one that is not looked at."""
        start = self.place.get(element)
        return (0, 0) if start is None else (start, self.ends[start])

    def below(self, element: Element, tag: str) -> list[Element]:
        """The elements with a tag below (or at) `element`, in order."""
        places = self.by_tag.get(tag)
        if not places:
            return []
        start, end = self.span(element)
        return [self.elements[i] for i in places[bisect_left(places, start) : bisect_left(places, end)]]

    def all(self, *tags: str) -> list[Element]:
        """Every element with one of the tags; in order where one is asked for."""
        return [self.elements[i] for tag in tags for i in self.by_tag.get(tag, ())]

    def within(self, found: list[Attribute], element: Element) -> list[Attribute]:
        """Those attributes that stand at or below `element`."""
        start, end = self.span(element)
        return found[bisect_left(found, start, key=_first) : bisect_left(found, end, key=_first)]

    def own_marks(self, place: int) -> str:
        """The names that markup gives to one element: class, id and the like."""
        return self._marks.get(place) or self.classes.get(place, "")[:_LONG_MARKS]

    def name_marks(self, place: int) -> str:
        """Class and id of one element."""
        return f"{self.classes.get(place, '')} {self.ids.get(place, '')}"

    def visible(self) -> str:
        """The text of the body without scripts and styles, in one line; found once."""
        if self._visible is None:
            self._visible = " ".join(" ".join(self._pieces()).split())
        return self._visible

    def _pieces(self) -> Iterator[str]:
        parents, tags, ends = self.parents, self.tags, self.ends
        for body in self.by_tag.get("body", ())[:1]:
            # Where elements end, and the text behind each.
            behind: list[tuple[int, str]] = []
            for i in range(body, ends[body]):
                text, tail = self.texts[i], self.tails[i]
                if not text and not tail:
                    continue
                while behind and behind[-1][0] <= i:
                    yield behind.pop()[1]
                if text and tags[i] not in _HIDDEN:
                    yield text
                if tail and i != body and tags[parents[i]] not in _HIDDEN:
                    behind.append((ends[i], tail))
            yield from (tail for _, tail in reversed(behind))


def text_of(element: Element) -> str:
    """All text below an element, as it stands there."""
    return str(_string(element))


@functools.lru_cache(maxsize=4096)
def _role(name: str) -> int:
    if "lat" in name and not _FACT_NAME.match(name.replace("gps", "").replace("geo", "")):
        return _CODE if _ID_NAME.match(name) else _LATITUDE
    if _FACT_NAME.match(name):
        return _FACT
    return _CODE if _ID_NAME.match(name) else _PLAIN


def _first(attribute: Attribute) -> int:
    return attribute[0]


@functools.lru_cache(maxsize=20_000)
def _strikes(css: str) -> bool:
    return _STRUCK_CLASS.search(css) is not None
