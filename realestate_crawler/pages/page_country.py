"""Address, links, language and currency of a page → the country that its listings lie in.

What belongs here: what settles the country of a whole page. What does not: the place of one listing (places).
"""

import itertools
import re
from collections import Counter
from urllib.parse import urlsplit

from realestate_crawler.domain.patterns import by_first_letter
from realestate_crawler.domain.place import country_code
from realestate_crawler.pages.document import Document, visible
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
            "RU",
            "UA",
            "BY",
            "KZ",
            "RS",
            "BA",
            "MK",
            "CY",
            "MT",
            "KR",
            "CN",
            "TW",
            "VN",
            "ID",
            "PK",
            "LK",
            "IL",
            "SA",
            "QA",
            "KW",
            "BH",
            "OM",
            "EG",
            "MA",
            "TN",
            "KE",
            "NG",
            "GH",
            "PE",
            "UY",
            "EC",
            "CR",
        ]
    )
} | {"uk": "GB"}
# Signs on a page that only one country's pages carry; the text in the middle stands in all of them.
_SIGN_COUNTRY = (
    (re.compile(r"£\s?\d"), "£", "GB"),
    (re.compile(by_first_letter(r"₹|\bRs\.?\s?\d|\blakhs?\b|\bcrores?\b")), "", "IN"),
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
    (re.compile(r"[ABCEGHJ-NPRSTVXY](?<!\w.)\d[A-Z] \d[A-Z]\d\b"), "", "CA"),
    # Provinces whose names are nobody's, beside dollars; Ontario and New Brunswick are towns of other states, too.
    (
        re.compile(
            r"Qu[ée]bec|Ontario(?!,? (?:CA|OR|Calif|Oreg))|British Columbia|Saskatchewan|Manitoba|Nova Scotia"
            r"|New Brunswick(?!,? (?:NJ|New J))"
        ),
        "$",
        "CA",
    ),
    (re.compile(r"New South Wales|Queensland|Tasmania"), "$", "AU"),
)
_EURO = re.compile(r"€\s?\d|\d\s?€")
# Language of a page and a sign of its money → the country, where the two together leave one (nearly always).
_LANGUAGES: dict[str, tuple[str, ...]] = {
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
    "tr": ("TR", "TL", "₺"),
    "ru": ("RU", "₽", "руб"),
    "uk": ("UA", "грн", "₴"),
    "bg": ("BG", "лв"),
    "ro": ("RO", "lei", "€"),
    "ko": ("KR", "원", "만", "억"),
    "th": ("TH", "บาท", "฿"),
    "vi": ("VN", "tỷ", "triệu", "₫"),
    "id": ("ID", "Rp"),
    "ms": ("MY", "RM"),
    "he": ("IL", "₪"),
    "hi": ("IN", "₹"),
}
_WORDS = {
    country: re.compile(by_first_letter("|".join(rf"\b{word}\b" for word in words.split("|"))))
    for country, words in (
        ("DE", "Zimmer|Wohnfläche|Wohnung|Kaufpreis|Kaltmiete|Grundstück|und|mit"),
        (
            "FR",
            "pièces|chambres|Appartement|appartement|Maison|maison|loyer|Vente|Ventes|vente|ventes|enchères|étage|prix|rue",
        ),
        ("ES", "habitaciones|baños|piso|vivienda|venta|alquiler"),
        ("IT", "locali|bagni|appartamento|vendita|affitto|camere"),
        ("PT", "quartos|moradia|apartamento|venda|casas de banho"),
        ("NL", "slaapkamers|woonoppervlakte|woning|huur|koop|kamers"),
    )
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
    code, *signs = _LANGUAGES.get(language, ("",))
    if any(sign in document.text for sign in signs):
        return code
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
    names: Counter[str] = Counter()
    if "addressCountry" in document.text:
        names.update(
            re.findall(r"\"addressCountry\"\s*:\s*(?:\{[^{}]*?\"name\"\s*:\s*)?\"([^\"]{2,30})\"", document.text)[:50]
        )
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
            # Some sites show what an amount is in the money of their visitor.
            if country == "GB" and len(_EURO.findall(text)) >= len(sign.findall(text)):
                continue
            return country
    return None


def country_of_text(text: str) -> str | None:
    """The country that the words of a text point to."""
    return _language_country(text)


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
