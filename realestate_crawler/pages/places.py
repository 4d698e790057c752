"""Lines of visible text → evidence for the property's place.

What belongs here: where a page says its property lies. What does not: the forms of addresses (`domain.address`).
The agency's address is left out by where it stands.
"""

import functools
import re
from collections.abc import Iterator

from realestate_crawler.domain.address import looks_like_street, parse_address
from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.domain.place import country_code
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.lines import Line

_SIGNS = re.compile(r"[€£$₹₱¥₩฿₫₪₽₺]")
_AMOUNTS = re.compile(r"\d,\d{3}\b|m²|\bsq\.?\s?f|\bsqft|\d\s?acres?\b", re.I)
_ADDRESS_MARK = AnyOf(
    (
        r"address|adress|location|standort|\bort\b|locality|lokalit|\blage\b|city|place\b|geo|region"
        r"|localisation|ubicacion|direccion|estate-place|adres"
    ),
    any_case=True,
)
_AGENT_MARK = AnyOf(
    (
        r"agent|broker|makler|anbieter|contact|kontakt|office|agency|agence|agencia|inmobiliaria|branch"
        r"|publisher|seller|impress|footer|advertiser|company|author|vcard|kancelar|dealer|provider|realtor"
    ),
    any_case=True,
)


def place_facts(lines: list[Line], country: str | None, base: int = Trust.UNIT_TEXT) -> Iterator[Evidence]:
    """Postal codes, cities, streets and whole addresses that stand in the lines."""
    for line in lines:
        text = line.text
        if not 3 < len(text) < 200 or "@" in text or "http" in text:
            continue
        marks = f"{line.marks} {' '.join([part.marks for part in line.parts[:3]])}"
        marked, agent = _marked_as(marks)
        if agent and not marked:
            # The agency's own address.
            continue
        trust = base - (30 if agent else 0) + (6 if marked else 0) + (4 if line.heading else 0)
        if not marked and _SIGNS.search(text):
            trust -= 8
        address = parse_address(text, country)
        if address.postal_code:
            yield Evidence("postal_code", address.postal_code, "text", text[:80], trust)
        if address.city:
            # A form with a postal code needs no other sign that it names the town.
            yield Evidence("city", address.city, "text", text[:80], trust + 4)
        if address.state:
            yield Evidence("state_or_province", address.state, "text", text[:80], trust)
        if address.street and not (_SIGNS.search(address.street) or _AMOUNTS.search(text)):
            yield Evidence("unparsed_address", address.street, "text", text[:80], trust)
        if marked and not address.city:
            yield from _marked(line, country, trust)


@functools.lru_cache(maxsize=20_000)
def _marked_as(marks: str) -> tuple[bool, bool]:
    """Whether markup calls a line an address, and whether an agent's."""
    return _ADDRESS_MARK.search(marks) is not None, _AGENT_MARK.search(marks) is not None


def _marked(line: Line, country: str | None, trust: int) -> Iterator[Evidence]:
    """A line that its markup calls an address, without a postal code in front of the city."""
    text = line.text.strip(" ,")
    if any(sign in text for sign in "€£$?!:") or len(text) > 90 or re.search(r"m²|\bm2\b|sq ?ft", text):
        return
    parts = [re.sub(r"^\d{2,3}\s(?=[A-Z])", "", part.strip()) for part in re.split(r",|\||·", text) if part.strip()]
    if len(parts) > 1 and country_code(parts[-1]):
        # "Dahlem, Berlin, Deutschland": quarter, town, country.
        yield Evidence("city", parts[-2], "text", text[:80], trust - 8)
        parts = parts[:-2] or parts[:1]
    parts = [part for part in parts if not re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]?(?:\s?\d[A-Z]{2})?|[\d\s-]+", part)]
    if not parts:
        return
    street = looks_like_street(parts[0])
    if street or len(parts) > 1 or any(c.isdigit() for c in text):
        yield Evidence("unparsed_address", text, "text", text[:80], trust - (6 if street else 14))
    city = parts[1] if street and len(parts) > 1 else parts[0] if len(parts) == 1 and not street else ""
    if not street and len(parts) > 1:
        city = parts[-1] if country in ("GB", "IE") and len(parts) <= 2 else parts[0]
    city = re.sub(r"\s*\([^)]*\)|\s[A-Z]{1,2}\d[A-Z\d]?(?:\s\d[A-Z]{2})?$", "", city).strip()
    if city and len(city) < 40 and not re.search(r"\d{3}", city) and city[0].isupper():
        yield Evidence("city", city, "text", text[:80], trust - 16)
    last = re.sub(r"\s\d{1,2}$", "", parts[-1])
    if country in ("GB", "IE") and street and len(parts) > 2 and last[0].isupper():
        # "Main Street, Rathmines, Dublin 6": taken where the search or the headline names it.
        yield Evidence("city", last, "text", text[:80], trust - 18)
