"""An element → the lines a reader sees, each in its parts, with the hints that markup gives about them.

What belongs here: turning markup into lines. What does not: what a line says (visible_text, prices).
"""

import functools
import re
from collections.abc import Container
from dataclasses import dataclass, field

from lxml import etree

from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.document import Element

_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "button",
        "html",
        "label",
    ]
)
_SKIP = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "select",
        "textarea",
        "iframe",
        "object",
        "canvas",
        "map",
        "math",
        "title",
    ]
)
_STRUCK = frozenset(("del", "s", "strike"))
_STRUCK_CLASS = re.compile(
    (
        r"(?:^|[\s_-])(?:old|was|strike\w*|previous|original|durchgestrichen|crossed|line-?through|before"
        r"|pricedown|drop|precio-anterior|discount)(?:$|[\s_-])|pricedown|oldprice|old-price|strikethrough"
    ),
    re.I,
)
_ICON = frozenset(("svg", "img", "i", "use", "wl-icon"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


@dataclass(slots=True)
class Part:
    """A piece of text of one inline element; a hint comes from an attribute (title, alt, icon name), not from text."""

    text: str
    hint: bool = False
    struck: bool = False
    marks: str = ""


@dataclass(slots=True)
class Line:
    """One block of text.

    Attributes:
        parts: its pieces in order.
        element: the innermost block element it stands in.
        marks: class names and ids of the blocks around its text, for hints such as "price"; a part has its own.
        heading: the heading's tag; empty for other lines.
        text: what stands in it, in one line.
    """

    parts: list[Part]
    element: Element | None
    marks: str
    heading: str = ""
    text: str = ""
    folded: str = field(default="")

    @property
    def struck(self) -> bool:
        """Whether all of its text is crossed out."""
        texts = [part for part in self.parts if not part.hint]
        return bool(texts) and all(part.struck for part in texts)


def read_lines(root: Element, without: Container[Element] = frozenset(), limit: int = 6000) -> list[Line]:
    """The lines below `root` in order, leaving out the elements in `without`; at most `limit`."""
    builder = _Builder(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if event == "start":
            if tag in _SKIP or element in without:
                builder.flush_if_block(tag)
                walker.skip_subtree()
                continue
            builder.open(element, tag)
        else:
            if tag in _SKIP or element in without:
                builder.tail(element, root)
                continue
            builder.close(element, tag)
            builder.tail(element, root)
        if len(builder.lines) >= limit:
            break
    builder.flush()
    return builder.lines


class _Builder:
    def __init__(self, root: Element) -> None:
        self.lines: list[Line] = []
        self._blocks: list[Element] = [root]
        self._struck = 0
        self._striking: set[Element] = set()
        self._parts: list[Part] = []
        self._heading: list[str] = []

    def open(self, element: Element, tag: str) -> None:
        if tag in _BLOCK or "-" in tag:
            self.flush()
            self._blocks.append(element)
        if tag in HEADINGS:
            self._heading.append(tag)
        css = element.get("class") or ""
        if tag in _STRUCK or (css and _strikes(css)) or "line-through" in (element.get("style") or ""):
            self._struck += 1
            self._striking.add(element)
        if tag in _ICON or element.get("aria-label") or element.get("title"):
            self._hint(element, tag, css)
        text = element.text
        if text and not text.isspace():
            self._add(text, element, tag)

    def close(self, element: Element, tag: str) -> None:
        if tag in _BLOCK or "-" in tag:
            self.flush()
            if len(self._blocks) > 1:
                self._blocks.pop()
        if tag in HEADINGS and self._heading:
            self._heading.pop()
        if self._struck and element in self._striking:
            self._struck -= 1

    def tail(self, element: Element, root: Element) -> None:
        if element is not root and element.tail and not element.tail.isspace():
            self._add(element.tail, element.getparent(), "")

    def flush_if_block(self, tag: str) -> None:
        if tag in _BLOCK:
            self.flush()

    def flush(self) -> None:
        if not self._parts:
            return
        block = self._blocks[-1]
        texts = [part.text for part in self._parts if not part.hint]
        marks = f"{_own_marks(block)} {_own_marks(block.getparent())}"
        text = " ".join(texts)
        self.lines.append(Line(self._parts, block, marks, self._heading[-1] if self._heading else "", text, fold(text)))
        self._parts = []

    def _add(self, raw: str, element: Element, tag: str) -> None:
        text = clean(raw)
        if not text:
            return
        if tag in ("sup", "sub") and text == "2" and self._parts and not self._parts[-1].hint:
            self._parts[-1].text += "²"
            return
        if self._parts and not self._parts[-1].hint and not raw[:1].isspace() and tag == "" and text[0] in ".,²":
            self._parts[-1].text += text
            return
        marks, around = "", element
        while around is not None and around is not self._blocks[-1] and len(marks) < 200:
            marks = f"{marks} {_own_marks(around)}"
            around = around.getparent()
        self._parts.append(Part(text, struck=self._struck > 0, marks=marks))

    def _hint(self, element: Element, tag: str, css: str) -> None:
        if tag in _ICON:
            name = (
                element.get("title")
                or element.get("alt")
                or element.get("aria-label")
                or element.get("xlink:href")
                or element.get("href")
                or ""
            )
            hint = name if len(name) <= 40 else ""
            hint = hint or css
        else:
            hint = element.get("title") or element.get("aria-label") or ""
            if len(hint) > 40:
                return
        if hint:
            self._parts.append(Part(clean(hint)[:80], hint=True, marks=tag))


@functools.lru_cache(maxsize=20_000)
def _strikes(css: str) -> bool:
    return _STRUCK_CLASS.search(css) is not None


def _own_marks(element: Element | None) -> str:
    if element is None:
        return ""
    names = [
        element.get("class"),
        element.get("id"),
        element.get("itemprop"),
        element.get("data-testid"),
        element.get("data-cy"),
    ]
    return " ".join(name for name in names if name)[:200]
