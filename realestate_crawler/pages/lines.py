"""An element → the lines a reader sees, each in its parts, with the hints that markup gives about them.

What belongs here: turning markup into lines. What does not: what a line says (visible_text, prices).
"""

from collections.abc import Container
from dataclasses import dataclass, field

from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.outline import Element, Outline

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
_ICON = frozenset(("svg", "img", "i", "use", "wl-icon"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LONG_HINT = 40
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


def read_lines(
    outline: Outline, root: Element, without: Container[Element] = frozenset(), limit: int = 6000
) -> list[Line]:
    """The lines below `root` in order, leaving out the elements in `without`; at most `limit`."""
    builder = _Builder(outline, root)
    first, end = outline.span(root)
    elements, tags, ends, lines = outline.elements, outline.tags, outline.ends, builder.lines
    place = first
    # What is open around the present place: where each element ends, the element's place, whether it was left out.
    around: list[tuple[int, int, bool]] = []
    while place < end and len(lines) < limit:
        while around and around[-1][0] <= place:
            builder.leave(*around.pop()[1:], first)
        tag = tags[place]
        if tag in _SKIP or elements[place] in without:
            if tag in _BLOCK:
                builder.flush()
            around.append((ends[place], place, True))
            place = ends[place]
            continue
        builder.enter(place, tag)
        around.append((ends[place], place, False))
        place += 1
    while around and len(lines) < limit:
        builder.leave(*around.pop()[1:], first)
    builder.flush()
    return lines


class _Builder:
    def __init__(self, outline: Outline, root: Element) -> None:
        self.lines: list[Line] = []
        self._outline = outline
        self._blocks: list[int] = [outline.span(root)[0]]
        self._struck = 0
        self._parts: list[Part] = []
        self._heading: list[str] = []

    def enter(self, place: int, tag: str) -> None:
        outline = self._outline
        if tag in _BLOCK or "-" in tag:
            if self._parts:
                self.flush()
            self._blocks.append(place)
            if tag in HEADINGS:
                self._heading.append(tag)
        if place in outline.struck:
            self._struck += 1
        if tag in _ICON or place in outline.hints:
            self._hint(outline.elements[place], tag)
        text = outline.elements[place].text
        if text and not text.isspace():
            self._add(text, place, tag)

    def leave(self, place: int, left_out: bool, first: int) -> None:
        outline = self._outline
        if not left_out:
            tag = outline.tags[place]
            if tag in _BLOCK or "-" in tag:
                if self._parts:
                    self.flush()
                if len(self._blocks) > 1:
                    self._blocks.pop()
                if tag in HEADINGS and self._heading:
                    self._heading.pop()
            if self._struck and place in outline.struck:
                self._struck -= 1
        if place != first:
            tail = outline.elements[place].tail
            if tail and not tail.isspace():
                self._add(tail, outline.parents[place], "")

    def flush(self) -> None:
        if not self._parts:
            return
        outline, block = self._outline, self._blocks[-1]
        marks = f"{outline.own_marks(block)} {outline.own_marks(outline.parents[block]) if block else ''}"
        text = " ".join([part.text for part in self._parts if not part.hint])
        heading = self._heading[-1] if self._heading else ""
        self.lines.append(Line(self._parts, outline.elements[block], marks, heading, text, fold(text)))
        self._parts = []

    def _add(self, raw: str, place: int, tag: str) -> None:
        text = clean(raw)
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
        parts.append(Part(text, struck=self._struck > 0, marks=marks))

    def _hint(self, element: Element, tag: str) -> None:
        get = element.get
        if tag in _ICON:
            name = get("title") or get("alt") or get("aria-label") or get("xlink:href") or get("href") or ""
            hint = name if len(name) <= _LONG_HINT else ""
            hint = hint or get("class") or ""
        else:
            hint = get("title") or get("aria-label") or ""
            if len(hint) > _LONG_HINT:
                return
        if hint:
            self._parts.append(Part(clean(hint)[:80], hint=True, marks=tag))
