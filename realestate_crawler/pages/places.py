"""Lines of visible text, address and language of a page → country, and evidence for the property's place.

What belongs here: where a page says its property lies. What does not: the forms of addresses (`domain.address`).
The agency's address is left out by where it stands.
"""

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from realestate_crawler.domain.address import looks_like_street, parse_address
from realestate_crawler.domain.place import country_code
from realestate_crawler.pages.document import Document, visible
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.lines import Line
from realestate_crawler.pages.page_head import canonical_url, metas_of, page_title

_TLDS = {
    code.lower(): code
    for code in (
        [
            "DE",
            "AT",
            "CH",
            "FR",
            "ES",
            "IT",
            "PT",
            "BE",
            "NL",
            "LU",
            "CZ",
            "SK",
            "PL",
            "HU",
            "RO",
            "DK",
            "SE",
            "NO",
            "FI",
            "IE",
            "US",
            "CA",
            "MX",
            "BR",
            "AR",
            "CL",
            "ZA",
            "AE",
            "IN",
            "PH",
            "JP",
            "AU",
            "NZ",
            "SG",
            "MY",
            "TH",
            "HK",
            "TR",
            "GR",
            "HR",
            "SI",
            "BG",
            "EE",
            "LT",
            "LV",
            "IS",
        ]
    )
} | {"uk": "GB"}
# Signs on a page that only one country's pages carry; the text in the middle stands in all of them.
_SIGN_COUNTRY = (
    (re.compile(r"£\s?\d"), "£", "GB"),
    (re.compile(r"₹|\bRs\.?\s?\d|\blakhs?\b|\bcrores?\b"), "", "IN"),
    (re.compile(r"₱|\bPHP\s?\d"), "", "PH"),
    (re.compile(r"\bAED\b\s?\d|\d\s?AED\b"), "AED", "AE"),
    (re.compile(r"\bCHF\s?\d"), "CHF", "CH"),
    (re.compile(r"R\$\s?\d"), "R$", "BR"),
    (
        re.compile(
            r",\s(?:AL|AK|AZ|AR|CA|CO|CT|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH"
            r"|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC),?\s\d{5}\b"
        ),
        ", ",
        "US",
    ),
    (re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d\b"), "", "CA"),
)
_SIGNS = re.compile(r"[€£$]")
_ADDRESS_MARK = re.compile(
    (
        r"address|adress|location|standort|\bort\b|locality|lokalit|\blage\b|city|place\b|geo|region"
        r"|localisation|ubicacion|direccion|estate-place|adres"
    ),
    re.I,
)
_AGENT_MARK = re.compile(
    (
        r"agent|broker|makler|anbieter|contact|kontakt|office|agency|agence|agencia|inmobiliaria|branch"
        r"|publisher|seller|impress|footer|advertiser|company|author|vcard|kancelar|dealer|provider|realtor"
    ),
    re.I,
)
# Language of a page and the sign of its money → the country, where the two together leave one (nearly always).
_LANGUAGES = {
    **{code: (code.upper(), "€") for code in ("de", "fr", "es", "it", "pt", "nl", "fi", "sk", "lt", "lv", "hr", "sl")},
    "cs": ("CZ", "Kč"),
    "pl": ("PL", "zł"),
    "ja": ("JP", "円"),
    "da": ("DK", "kr"),
    "sv": ("SE", "kr"),
    "nb": ("NO", "kr"),
    "hu": ("HU", "Ft"),
    "el": ("GR", "€"),
    "et": ("EE", "€"),
}
_WORDS = {
    "DE": re.compile(r"\b(?:Zimmer|Wohnfläche|Wohnung|Kaufpreis|Kaltmiete|Grundstück|und|mit)\b"),
    "FR": re.compile(r"\b(?:pièces|chambres|[Aa]ppartement|[Mm]aison|loyer|[Vv]entes?|enchères|étage|prix|rue)\b"),
    "ES": re.compile(r"\b(?:habitaciones|baños|piso|vivienda|venta|alquiler)\b"),
    "IT": re.compile(r"\b(?:locali|bagni|appartamento|vendita|affitto|camere)\b"),
    "PT": re.compile(r"\b(?:quartos|moradia|apartamento|venda|casas de banho)\b"),
    "NL": re.compile(r"\b(?:slaapkamers|woonoppervlakte|woning|huur|koop|kamers)\b"),
}


def page_country(document: Document) -> str | None:
    """The country that a page's address, links, language and currency point to; None when they do not settle it."""
    country = _host_country(document.url)
    if country:
        return country
    if document.root is None:
        return _language_country(visible(document) or document.text[:200_000])
    root, metas = document.root, metas_of(document)
    country = _host_country(canonical_url(document) or metas.get("og:url", ""))
    if country:
        return country
    locale = metas.get("og:locale", "")
    for language in (root.get("lang") or "", locale):
        region = language.replace("_", "-").partition("-")[2].upper()
        # Software writes en-US and en-GB whatever the country is.
        if region in _TLDS.values() and region not in ("US", "GB"):
            return region
    regions = {
        r.partition("-")[2].upper() for e in document.outline.all("link") if "-" in (r := e.get("hreflang") or "")
    }
    if len(regions) == 1 and regions <= set(_TLDS.values()):
        return regions.pop()
    named = _named_country(document)
    if named:
        return named
    language = (root.get("lang") or locale or "")[:2].lower()
    if language in _LANGUAGES and _LANGUAGES[language][1] in document.text:
        return _LANGUAGES[language][0]
    spoken = _language_country(visible(document) or document.text[:200_000])
    if spoken:
        return spoken
    links = [e.get("href") or "" for e in document.outline.all("a")]
    links += [e.get("src") or "" for e in document.scripts()]
    hosts = Counter(_host(link) for link in [link for link in links if link.startswith("http")][:400])
    votes: Counter[str] = Counter()
    for host, count in hosts.items():
        found = _host_country(f"https://{host}/")
        if found:
            votes[found] += count
    if votes and votes.most_common(1)[0][1] >= 8:
        country, count = votes.most_common(1)[0]
        return country if count * 2 > sum(votes.values()) else None
    return _signed_country(document, 1)


def _named_country(document: Document) -> str | None:
    """The country that structured data name most often, or that currency and postal codes on the page point to."""
    names = Counter(
        re.findall(r"\"addressCountry\"\s*:\s*(?:\{[^{}]*?\"name\"\s*:\s*)?\"([^\"]{2,30})\"", document.text)[:50]
    )
    if "addressCountry" in document.text:
        assert document.root is not None
        names.update(document.root.xpath("//*[@property='addressCountry' or @itemprop='addressCountry']/@content")[:50])
    for name, _ in names.most_common(2):
        code = country_code(name)
        if code:
            return code
    return _signed_country(document, 2)


def _signed_country(document: Document, times: int) -> str | None:
    """The country whose signs stand on the page so many times at least."""
    titles = f"{page_title(document)} {metas_of(document).get('og:title', '')}"
    text = f"{titles[:1000]} {visible(document)[:60_000]}"
    for sign, hint, country in _SIGN_COUNTRY:
        if hint in text and next(itertools.islice(sign.finditer(text), times - 1, None), None) is not None:
            return country
    return None


def country_of_text(text: str) -> str | None:
    """The country that the words of a text point to."""
    return _language_country(text)


def place_facts(lines: list[Line], country: str | None, base: int = Trust.UNIT_TEXT) -> Iterator[Evidence]:
    """Postal codes, cities, streets and whole addresses that stand in the lines."""
    for line in lines:
        text = line.text
        if not 3 < len(text) < 200 or "@" in text or "http" in text:
            continue
        marks = f"{line.marks} {' '.join(part.marks for part in line.parts[:3])}"
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
        if address.street:
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
    city = re.sub(r"\s*\([^)]*\)", "", city).strip()
    if city and len(city) < 40 and not re.search(r"\d{3}", city) and city[0].isupper():
        yield Evidence("city", city, "text", text[:80], trust - 16)
    last = re.sub(r"\s\d{1,2}$", "", parts[-1])
    if country in ("GB", "IE") and street and len(parts) > 2 and last[0].isupper():
        # "Main Street, Rathmines, Dublin 6": taken where the search or the headline names it.
        yield Evidence("city", last, "text", text[:80], trust - 18)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _host_country(url: str) -> str | None:
    return _TLDS.get(_host(url).rpartition(".")[2])


def _language_country(text: str) -> str | None:
    sample = text[:60_000]
    if "万円" in sample:
        return "JP"
    if "Kč" in sample:
        return "CZ"
    if "zł" in sample:
        return "PL"
    if "€" not in sample:
        return None
    counts = {country: len(pattern.findall(sample)) for country, pattern in _WORDS.items()}
    best = max(counts, key=lambda country: counts[country])
    return best if counts[best] >= 5 else None
