"""An element → the lines a reader sees, each in its parts, with the hints that markup gives about them.

What belongs here: turning markup into lines. What does not: what a line says (visible_text, prices).
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.outline import Element, Outline

_BLOCK, _LEFT_OUT, _ICON, _OWN_TAG = range(4)
_OPENING = (_BLOCK, _OWN_TAG)
_KINDS: dict[str, int] = {
    **dict.fromkeys(
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
        ],
        _BLOCK,
    ),
    **dict.fromkeys(
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
        ],
        _LEFT_OUT,
    ),
    **dict.fromkeys(["svg", "img", "i", "use", "wl-icon"], _ICON),
}
"""What a tag does to the lines around it; tags with a dash in their name are blocks, too."""
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LONG_HINT = 40
# No paragraph that a person reads is longer.
_LONGEST_TEXT = 20_000
_DIGIT = re.compile(r"\d")
_LONG_MARKS = 200


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
        folded: the same, folded.
        digits: whether a digit stands in it.
    """

    parts: list[Part]
    element: Element | None
    marks: str
    heading: str = ""
    text: str = ""
    folded: str = ""
    digits: bool = False

    @property
    def struck(self) -> bool:
        """Whether all of its text is crossed out."""
        texts = [part for part in self.parts if not part.hint]
        return bool(texts) and all(part.struck for part in texts)


def plain_line(text: str, element: Element | None = None) -> Line:
    """A line of a text that stands nowhere."""
    return Line([Part(text)], element, "", "", text, fold(text), _DIGIT.search(text) is not None)


def read_lines(
    outline: Outline, root: Element, without: Iterable[Element] = frozenset(), limit: int = 6000
) -> list[Line]:
    """The lines below `root` in order, leaving out the elements in `without`; at most `limit`."""
    builder = _Builder(outline, root)
    first, end = outline.span(root)
    elements, tags, ends, texts, tails = outline.elements, outline.tags, outline.ends, outline.texts, outline.tails
    hints, struck, lines = outline.hints, outline.struck, builder.lines
    left_out = {outline.place.get(element) for element in without}
    place = first
    # What has to be closed, or has text behind it: where it ends, its place, whether it was left out.
    around: list[tuple[int, int, bool]] = []
    while place < end and len(lines) < limit:
        while around and around[-1][0] <= place:
            builder.leave(*around.pop()[1:], first)
        kind = _kind(tags[place])
        if kind == _LEFT_OUT or place in left_out:
            if kind == _BLOCK:
                builder.flush()
            if tails[place]:
                around.append((ends[place], place, True))
            place = ends[place]
            continue
        block, crossed, text = kind in _OPENING, place in struck, texts[place]
        if block:
            builder.open(place, tags[place])
        if crossed:
            builder.struck += 1
        if kind == _ICON or place in hints:
            builder.hint(elements[place], icon=kind == _ICON)
        if text:
            builder.add(text, place, tags[place])
        if block or crossed or tails[place]:
            around.append((ends[place], place, False))
        place += 1
    while around and len(lines) < limit:
        builder.leave(*around.pop()[1:], first)
    builder.flush()
    return lines


@functools.lru_cache(maxsize=4096)
def _kind(tag: str) -> int | None:
    return _KINDS.get(tag, _OWN_TAG if "-" in tag else None)


class _Builder:
    def __init__(self, outline: Outline, root: Element) -> None:
        self.lines: list[Line] = []
        self.struck = 0
        self._outline = outline
        self._blocks: list[int] = [outline.span(root)[0]]
        self._parts: list[Part] = []
        self._heading: list[str] = []

    def open(self, place: int, tag: str) -> None:
        if self._parts:
            self.flush()
        self._blocks.append(place)
        if tag in HEADINGS:
            self._heading.append(tag)

    def leave(self, place: int, left_out: bool, first: int) -> None:
        outline = self._outline
        if not left_out:
            if self._blocks[-1] == place and len(self._blocks) > 1:
                if self._parts:
                    self.flush()
                self._blocks.pop()
                if self._heading and outline.tags[place] in HEADINGS:
                    self._heading.pop()
            if self.struck and place in outline.struck:
                self.struck -= 1
        if place != first:
            tail = outline.tails[place]
            if tail:
                self.add(tail, outline.parents[place], "")

    def flush(self) -> None:
        parts = self._parts
        if not parts:
            return
        outline, block = self._outline, self._blocks[-1]
        marks = f"{outline.own_marks(block)} {outline.own_marks(outline.parents[block]) if block else ''}"
        text = (
            parts[0].text if len(parts) == 1 and not parts[0].hint else " ".join([p.text for p in parts if not p.hint])
        )
        heading = self._heading[-1] if self._heading else ""
        digits = _DIGIT.search(text) is not None
        self.lines.append(Line(parts, outline.elements[block], marks, heading, text, fold(text), digits))
        self._parts = []

    def add(self, raw: str, place: int, tag: str) -> None:
        text = clean(raw[:_LONGEST_TEXT])
        if not text:
            return
        parts = self._parts
        if parts and not parts[-1].hint:
            if text == "2" and tag in ("sup", "sub"):
                parts[-1].text += "²"
                return
            if tag == "" and text[0] in ".,²" and not raw[:1].isspace():
                parts[-1].text += text
                return
        outline, marks, block = self._outline, "", self._blocks[-1]
        while place != block and len(marks) < _LONG_MARKS:
            marks = f"{marks} {outline.own_marks(place)}"
            if not place:
                break
            place = outline.parents[place]
        parts.append(Part(text, struck=self.struck > 0, marks=marks))

    def hint(self, element: Element, *, icon: bool) -> None:
        get = element.get
        if icon:
            name = get("title") or get("alt") or get("aria-label") or get("xlink:href") or get("href") or ""
            hint = name if len(name) <= _LONG_HINT else ""
            hint = hint or get("class") or ""
        else:
            hint = get("title") or get("aria-label") or ""
            if len(hint) > _LONG_HINT:
                return
        if hint:
            self._parts.append(Part(clean(hint)[:80], hint=True, marks=element.tag))
