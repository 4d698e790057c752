"""Address text → street, postal code, city and state, as far as the country's way of writing tells them apart.

What belongs here: forms of addresses and postal codes. What does not: gazetteers and geocoding; nothing is looked up.
"""

import functools
import re
from dataclasses import dataclass

from realestate_crawler.domain.text import clean

_POSTAL: dict[str, str] = {
    **dict.fromkeys(
        ["DE", "FR", "ES", "IT", "MX", "TR", "FI", "EE", "LT", "HR", "UA", "MY", "TH", "ID", "KR", "RS", "MA", "MC"],
        r"\d{5}",
    ),
    **dict.fromkeys(
        ["AT", "CH", "BE", "LU", "DK", "NO", "HU", "AU", "NZ", "ZA", "PH", "SI", "BG", "LI", "CY", "AR"], r"\d{4}"
    ),
    **dict.fromkeys(["CZ", "SK", "SE", "GR"], r"\d{3}\s?\d{2}"),
    **dict.fromkeys(["IN", "SG", "CN", "RO", "RU", "CO"], r"\d{6}"),
    "NL": r"\d{4}\s?[A-Z]{2}",
    "PL": r"\d{2}-\d{3}",
    "PT": r"\d{4}-\d{3}",
    "BR": r"\d{5}-\d{3}",
    "JP": r"\d{3}-\d{4}",
    "US": r"\d{5}(?:-\d{4})?",
    "CA": r"[A-Z]\d[A-Z]\s?\d[A-Z]\d",
    "GB": r"[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}",
    "IE": r"[A-Z]\d[\dW]\s?[A-Z\d]{4}",
}
_OUTCODE = re.compile(r"(?:,\s*|\s)([A-Z]{1,2}\d[A-Z\d]?)$")
_STATES = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "DC",
        "PR",
        "AB",
        "BC",
        "MB",
        "NB",
        "NL",
        "NS",
        "NT",
        "NU",
        "ON",
        "PE",
        "QC",
        "SK",
        "YT",
        "NSW",
        "VIC",
        "QLD",
        "TAS",
        "ACT",
    ]
)
_CITY = r"(?P<city>[^\W\d_][^\d,;|·•()\n]{1,48}?)"
_DIGIT = re.compile(r"\d")
_CODE_LAST = frozenset(("GB", "IE", "IN", "SG", "NZ", "ZA", "PH"))
_END = r"(?=\s*(?:$|[,;|·•(/]|\s[-–—]\s|\s\d|\sOT\b|\sOrtsteil\b))"
_JAPAN = re.compile(
    r"^(?P<state>東京都|北海道|(?:京都|大阪)府|[^\s\d]{2,3}県)(?P<city>[^\s\d]{1,8}?(?:市[^\s\d]{1,4}区|[市区町村]))(?P<street>.*)$"
)
_STREET = re.compile(
    (
        r"\b(?:street|st|road|rd|avenue|ave|av|drive|dr|lane|ln|court|ct|way|close|place|pl|grove|crescent"
        r"|terrace|gardens|square|boulevard|blvd|rue|calle|c/|avenida|paseo|plaza|carrer|via|viale|corso"
        r"|piazza|rua|travessa|largo|praca|estrada|straat|laan|weg|plein|ulice|nam|ul|aleja)\b"
        r"|stra(?:ß|ss)e|str\.|weg\b|platz\b|allee\b|gasse\b|ring\b|damm\b|ufer\b|chaussee|straat\b|laan\b"
        r"|gade\b|vej\b|gatan\b|vagen\b"
    ),
    re.I,
)


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address that its text shows."""

    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    state: str | None = None


@functools.lru_cache(maxsize=20_000)
def parse_address(text: str, country: str | None) -> Address:
    """Reads one line of address; parts that its form does not show stay None. Without a country: forms that are
    clear.
    """
    line = clean(text).strip(" ,|·•")
    if len(line) > 210:
        return Address()
    if country == "JP" or (country is None and _JAPAN.match(line)):
        japan = _JAPAN.match(line)
        return Address(japan["street"] or None, None, japan["city"], japan["state"]) if japan else Address()
    if not _DIGIT.search(line) and country not in _CODE_LAST:
        return Address()
    if country in ("US", "CA", "AU"):
        return _new_world(line, country)
    if country in _CODE_LAST:
        return _code_last(line, country)
    pattern = _POSTAL.get(country or "")
    return _code_first(line, pattern) if pattern else Address()


def is_postal_code(text: str, country: str | None) -> bool:
    """Whether `text` has the form of the country's postal codes; of any country's where it is unknown."""
    word = clean(text).upper()
    pattern = _POSTAL.get(country or "")
    if country == "GB":
        return bool(re.fullmatch(rf"{pattern}|[A-Z]{{1,2}}\d[A-Z\d]?", word))
    if pattern:
        return bool(re.fullmatch(pattern, word))
    return bool(re.fullmatch(r"(?=.*\d)[A-Z0-9][A-Z0-9 -]{2,9}", word))


@functools.lru_cache(maxsize=20_000)
def looks_like_street(text: str) -> bool:
    """Whether `text` names a street, by a street word or a house number behind a name."""
    line = clean(text)
    return bool(
        _STREET.search(line)
        or re.fullmatch(r"[^\W\d_][^\d,]{2,40}\s\d{1,4}\s?[a-zA-Z]?(?:[/-]\d{1,4}\s?[a-zA-Z]?)?", line)
    )


@functools.cache
def _code_first_forms(pattern: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A postal code in front of its city, and one in brackets behind it."""
    return (
        re.compile(rf"(?:^|[\s,(|·/])(?:[A-Z]{{1,2}}-)?(?P<code>{pattern})\s*[/,|·-]?\s+{_CITY}{_END}"),
        re.compile(
            rf"(?:^|,\s*|\|\s*)(?P<city>[^\W\d_][^\d,;|()]{{1,48}}?(?:\s\d{{1,2}}(?:er|e|ème)?)?)\s*\((?P<code>{pattern})\)"
        ),
    )


def _code_first(line: str, pattern: str) -> Address:
    """Continental Europe: "Hauptstraße 2, 14621 Schönwalde", "Sassenberg (48336)"."""
    before_city, behind_city = _code_first_forms(pattern)
    found = before_city.search(f"{line} ")
    if found and found["city"][0].isupper():
        before = line[: found.start()].strip(" ,|·(-")
        street = before.rsplit(" | ", 1)[-1] if before and looks_like_street(before) and len(before) < 80 else None
        return Address(street, found["code"], found["city"].strip(" .-/"), None)
    behind = behind_city.search(line)
    if behind:
        before = line[: behind.start()].strip(" ,|·")
        city = behind["city"].strip()
        return Address(before if before and looks_like_street(before) else None, behind["code"], city, None)
    return Address()


def _new_world(line: str, country: str) -> Address:
    """American: "1547 Desdemona CT, San Jose, CA 95121"."""
    found = re.search(
        rf"(?:^|,\s*)(?P<city>[^\W\d_][^\d,]{{1,40}}?),?\s+(?P<state>[A-Z]{{2,3}}),?\s+(?P<code>{_POSTAL[country]})(?!\d)",
        line,
    )
    if found and found["state"] in _STATES:
        street = line[: found.start()].strip(" ,")
        return Address(street or None, found["code"], found["city"].strip(), found["state"])
    return Address()


def _code_last(line: str, country: str) -> Address:
    """British: "Cecil Park, Herne Bay, Kent CT6 6DL", "Stephen Road, Headington, OX3"."""
    if country in ("ZA", "NZ", "SG", "PH"):
        # Four digits are a code only behind a comma that ends the address; years and house numbers are no codes.
        found = re.search(rf",\s*(?P<code>(?!(?:19|20)\d\d\b){_POSTAL[country]})(?=\s*(?:$|[-,]))", line)
    else:
        found = re.search(rf"(?<![A-Z\d])(?P<code>{_POSTAL[country]})(?![A-Z\d])", line)
    code = found["code"] if found else None
    if code is None and country == "GB":
        out = _OUTCODE.search(line)
        code = out.group(1) if out else None
    rest = line.replace(code, "").strip(" ,") if code else line
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    street = parts[0] if len(parts) > 1 and looks_like_street(parts[0]) else None
    return Address(street, code, None, None)
