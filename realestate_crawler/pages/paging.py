"""A page of results → how many the site claims in all, and where they go on.

What belongs here: totals and next links. What does not: the results themselves (results).
"""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from realestate_crawler.domain.numbers import parse_number
from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.cards import base_url
from realestate_crawler.pages.document import Document
from realestate_crawler.pages.identifiers import absolute
from realestate_crawler.pages.lines import Line
from realestate_crawler.pages.outline import text_of
from realestate_crawler.pages.state_facts import unwrap
from realestate_crawler.pages.state_keys import plain_key

_THINGS = (
    r"(?:results?|properties|homes?|listings?|houses?|flats?|apartments?|rentals?|places?|ergebnisse"
    r"|treffer|objekte|immobilien|angebote|wohnungen|hauser|inserate|anzeigen|mietwohnungen"
    r"|eigentumswohnungen|projekte|neubauprojekte|resultats?|annonces?|biens|maisons?|appartements?"
    r"|resultados|anuncios|inmuebles|propiedades|casas|pisos|viviendas|imoveis|apartamentos"
    r"|departamentos|risultati|annunci|case|appartamenti|resultaten|woningen|koopwoningen|huurwoningen"
    r"|vysledku|nabidek|inzeratu|nemovitosti|bytu|domu|ofert|ogloszen|mieszkan|boliger|bostader|ventes?"
    r"|real estate)"
)
_TOTAL = re.compile(
    rf"(?<![\d.,])(\d{{1,3}}(?:[.,\s'’]\d{{3}})+|\d+)\s*\+?\s*(?:[a-z]+[\s-]){{0,3}}{_THINGS}\b|{_THINGS}\s*[:(]\s*(\d{{1,3}}(?:[.,\s]\d{{3}})+|\d+)|(\d{{1,3}}(?:,\d{{3}})+|\d+)\s?件|(?:of|von|de|sur|su|van|z)\s(\d{{1,3}}(?:[.,\s]\d{{3}})+|\d{{2,}})(?:\s|$)"
)
_DIGIT = re.compile(r"\d")
_AMOUNT = r"(\d{1,3}(?:[.,\s'’]\d{3})+|\d+)"
_LEAST = re.compile(
    rf"(?<![\d.,]){_AMOUNT}\s?\+(?!\s?\d)"
    rf"|\b(?:more than|over|uber|mehr als|plus de|mas de|mais de|oltre|piu di|meer dan|vice nez|ponad)\s{_AMOUNT}"
)
_TOTAL_ATTRIBUTE = re.compile(r"""\s([a-z-]*(?:total|number-of|results-count)[a-z-]*)=["'](\d{1,7})["']""")
_TOTAL_KEYS = frozenset(
    [
        "totalresults",
        "totalcount",
        "resultcount",
        "resultscount",
        "numberofresults",
        "totalresultcount",
        "listingstotal",
        "total",
        "totalitems",
        "totalelements",
        "totalhits",
        "numfound",
        "count",
        "totallistings",
        "totalnumberofresults",
        "resultsize",
        "hitcount",
        "totalads",
        "foundcount",
        "totalrecords",
        "resultstotal",
        "searchresultcount",
        "numberofhits",
    ]
)
_NEXT_WORDS = re.compile(
    r"^(?:next(?: page)?|weiter|nachste(?: seite)?|folgende(?: seite)?|suivante?|page suivante|siguiente"
    r"|pagina siguiente|proxima|seguinte|proximo|pagina seguinte|successiva|avanti|prossima|volgende"
    r"|dalsi(?: stranka)?|nasledujici|nastepna|naste|naesta|neste|次へ|次|>|›|»|→|>>|next ›|next >|next »"
    r"|weiter ›|weiter »|siguiente ›)$"
)
_NEXT_MARK = re.compile(
    r"(?:^|[\s_-])(?:next|weiter|nachste|naechste|suivant|siguiente|proxima|volgende|dalsi)(?:$|[\s_-])", re.I
)
_PAGE_PARAMETER = re.compile(
    r"^(?:page|p|pagina|seite|pg|pn|block|offset|index|start|currentpage|pagenumber|strana|from|o)$", re.I
)


def reported_total(lines: list[Line], title: str, cards: int) -> int | None:
    """The number of results that headline, title or text claim; None when they claim none that can be true."""
    heads = [line.text for line in lines if line.heading in ("h1", "h2")]
    rest = [line.text for line in lines if len(line.text) < 200]
    for text in [*heads[:4], title, *rest[:400]]:
        found = _TOTAL.search(fold(clean(text))) if _DIGIT.search(text) else None
        if found:
            number = parse_number(next(group for group in found.groups() if group))
            if number is not None and number == int(number) and max(1, cards // 3) <= number < 10_000_000:
                return int(number)
    return None


def is_least(lines: list[Line], title: str, total: int | None) -> bool:
    """Whether the page says "1,000+ results" or "more than 1,000 results" of a total: then there may be any number."""
    if total is None or total % 50:
        return False
    for text in (title, *(line.text for line in lines if len(line.text) < 200)):
        for found in _LEAST.finditer(fold(clean(text))) if _DIGIT.search(text) else ():
            if parse_number(next(group for group in found.groups() if group)) == total:
                return True
    return False


def total_in_attributes(text: str, cards: int) -> int | None:
    """The number of results that an attribute names ("number-of-listings"); None when none can be true."""
    for found in _TOTAL_ATTRIBUTE.finditer(text):
        if int(found.group(2)) >= max(cards, 1) and re.search(
            r"listing|result|propert|advert|items|count", found.group(1)
        ):
            return int(found.group(2))
    return None


def total_in_state(states: list[tuple[str, Any]], cards: int) -> int | None:
    """The number of results that embedded data claim, nearest to the top; None when none can be true."""
    stack: list[Any] = [value for _, value in states]
    for _ in range(20_000):
        if not stack:
            return None
        node = unwrap(stack.pop(0))
        if isinstance(node, dict):
            for key, value in node.items():
                number = parse_number(value) if isinstance(value, str) else value
                if (
                    plain_key(str(key)) in _TOTAL_KEYS
                    and isinstance(number, int | float)
                    and not isinstance(number, bool)
                    and number > max(1, cards) - 1
                ):
                    return int(number)
            stack.extend(value for value in node.values() if isinstance(value, dict))
    return None


def next_page_url(document: Document) -> str | None:
    """Where the results go on: by rel=next, by a link that says so, or by the link to the following page number."""
    root = document.root
    if root is None:
        return None
    base, outline = base_url(document), document.outline
    for element in outline.all("link", "a"):
        if element.get("href") and "next" in (element.get("rel") or "").split():
            return _usable(base, element.get("href"))
    for place in sorted({*outline.by_tag.get("a", ()), *outline.leading}):
        element = outline.elements[place]
        if not element.get("href" if element.tag == "a" else "onclick") and not element.get("onclick"):
            continue
        text = fold(clean(text_of(element)[:60]))
        label = fold(clean(element.get("aria-label") or element.get("title") or ""))
        names = (element.get("class"), element.get("id"), element.get("data-testid"), _class(element.getparent()))
        marks = " ".join(name for name in names if name)
        if (
            _NEXT_WORDS.match(text)
            or _NEXT_WORDS.match(label)
            or (_NEXT_MARK.search(marks) and len(text) < 25 and "prev" not in marks.lower())
        ):
            url = _usable(base, _target(element))
            if (
                url
                and url != document.url
                and not re.search(r"slide|carousel|gallery|swiper|slick|image|photo", marks, re.I)
            ):
                return url
    return _following(document, base)


def _following(document: Document, base: str) -> str | None:
    """The link whose page parameter or path number is one more than this page's."""
    own = parse_qs(urlsplit(document.url).query)
    current = next(
        (int(v[0]) for k, v in own.items() if re.fullmatch(r"page|p|pg|pagina|seite", k, re.I) and v[0].isdigit()), 1
    )
    for href in [href for link in document.outline.all("a") if "=" in (href := link.get("href") or "")]:
        url = absolute(base, href)
        for name, values in parse_qs(urlsplit(url).query).items():
            if re.fullmatch(r"page|p|pg|pagina|seite|pn|pagenumber", name, re.I) and values[0] == str(current + 1):
                return _usable(base, href)
    return None


def _target(element: Any) -> str:
    href = element.get("href") or ""
    found = re.search(r"""location(?:\.href)?\s*=\s*['"]([^'"]+)['"]""", element.get("onclick") or "")
    return href if href and href not in ("#", "javascript:void(0)") else found.group(1) if found else ""


def _usable(base: str, href: str | None) -> str | None:
    if not href or href.startswith(("javascript:", "#", "mailto:")):
        return None
    url = absolute(base, href)
    return url if url.startswith("http") or not base else None


def _class(element: Any) -> str:
    return (element.get("class") or "") if element is not None else ""
