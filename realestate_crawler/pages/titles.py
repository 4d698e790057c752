"""A card → its title.

What belongs here: which of a card's texts names the listing. What does not: what else a card says (results).
"""

import re
from collections.abc import Iterator

from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.lines import Line
from realestate_crawler.pages.outline import Element, Outline, text_of

_NO_TITLE = AnyOf(
    r"zum\b|zur\b|to the|view|details?\b|mehr|see |weiter|ver |voir|share|teilen|merken|bei ", any_case=True
)
# A link that writes to somebody or hands an address to another site.
_SHARES = re.compile(r"mailto:|tel:|sms:|whatsapp:|javascript:|[^?#]*\?(?:.*[&=])?https?(?:://|%3A)", re.I)
_TITLE_MARK = AnyOf(r"title|headline|heading|ueberschrift|name(?<![^\s_-]name)(?:$|[\s_-])|titulo|titre", any_case=True)


def card_titles(key: str, outline: Outline, element: Element, lines: list[Line]) -> Iterator[Evidence]:
    """The titles that a card shows: its heading, its own link, what its markup calls a title."""
    heading = next((line for line in lines if line.heading and len(line.text) > 3), None)
    if heading is not None:
        yield Evidence("title", heading.text, "text", heading.heading, Trust.UNIT_TEXT)
    # Other links of a card lead to its agency, or share it: those name its address behind a question mark.
    links = [a for a in outline.below(element, "a") if not _SHARES.match(a.get("href") or "")]
    own = [a for a in links if key in (a.get("href") or "")] or links
    for title in [element.get("data-title"), *(a.get("title") for a in own)]:
        if title and len(title) > 8 and not _NO_TITLE.match(title):
            yield Evidence("title", title, "text", "@title", Trust.UNIT_TEXT + 2)
            break
    longest = max(
        (
            t
            for t in (" ".join(text_of(a).split()) for a in own)
            if 5 < len(t) < 140 and not _NO_TITLE.match(t) and not re.search(r"[€£$]\s?\d|\d\s?[€£$]", t)
        ),
        key=len,
        default="",
    )
    if longest:
        yield Evidence("title", longest, "text", "a", Trust.LOOSE_TEXT)
    yield from named_titles(lines)


def named_titles(lines: list[Line]) -> Iterator[Evidence]:
    """Lines that their markup calls a title."""
    for line in lines:
        if not 3 < len(line.text) < 200:
            continue
        marks = f"{line.marks} {' '.join([part.marks for part in line.parts if not part.hint])}"
        if _TITLE_MARK.search(marks):
            yield Evidence("title", line.text, "text", "title", Trust.UNIT_TEXT - 8)
            return
