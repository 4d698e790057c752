"""Addresses → the id of the listing they lead to, and the address without what only tracks the visitor.

What belongs here: the shapes that ids have in addresses. What does not: which link of a page is a listing (cards).
"""

import functools
import re
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_DIGIT = re.compile(r"\d")
_EXTENSION = re.compile(r"\.(?:html?|php|aspx?|jsp|cfm|do)$", re.I)
_CODES = re.compile(r"[A-Z]+[A-Z0-9]*(?:-[A-Z0-9]+){1,5}")
_HEX_GROUPS = re.compile(r"(?=.*\d)[0-9a-f]+(?:-[0-9a-f]+){3,8}")
_PLAIN = re.compile(r"(?:[A-Za-z]{1,4}[-_]?)?(\d{4,})(?:[_.]\d+)?")
_NUMBER_AND_WORD = re.compile(r"(\d{5,})_[a-z]+|[a-z]+_(\d{5,})", re.I)
_TAIL_NUMBER = re.compile(r"(?:^|[-_.,])(?:[a-z]{1,3})?(\d{4,}(?:_\d{4,})?)$", re.I)
_HEAD_NUMBER = re.compile(r"^(\d{5,})(?=[-_.,])")
_TAIL_CODE = re.compile(r"(?:^|[-_.])((?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{6,40})$")
_QUERY = re.compile(
    (
        r"^(?:id|[a-z_]*(?:listing|property|advert|ad|expose|object|objekt|offer|estate)_?id|mls|ref"
        r"|reference|pid|oid|bc)$"
    ),
    re.I,
)
_TRACKING = re.compile(
    (
        r"^(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|ref|referrer|source|src|xtor|xtatc|channel|tracking\w*"
        r"|search_?id|searchtype|enteredfrom|position|pos|page_?type|cmp|ns_\w+|mtm_\w+|_ga|sessionid|sid"
        r"|m2bp|serp_view|ln|cid|xts|t)$"
    ),
    re.I,
)
# What `urljoin` would only put together: most links of most pages.
_ORIGIN = re.compile(r"https?://[^/?#]+")
_ROOTED = re.compile(r"/(?!/)(?![^?#]*/\.)")
_WORD_WITH_VOWELS = re.compile(r"[a-z]*[aeiou][a-z]+[aeiou][a-z]*", re.I)


@functools.lru_cache(maxsize=4096)
def url_key(url: str) -> str | None:
    """The listing's id inside an address; None when no part of it has the shape of an id.

    Parts that are nothing but an id win over the number at the end of a slug, which may be a postal code.
    """
    parts = urlsplit(url)
    segments = [_EXTENSION.sub("", unquote(s)) for s in parts.path.split("/") if s]
    for find in (_whole, _tail):
        for segment in reversed(segments[-4:]):
            key = find(segment)
            if key:
                return key
    for name, value in parse_qsl(parts.query):
        if _QUERY.match(name) and re.search(r"\d{3}", value) and len(value) <= 60:
            return value
    numbers = [value for _, value in parse_qsl(parts.query) if re.fullmatch(r"\d{6,}", value)]
    return numbers[0] if len(numbers) == 1 else None


def clean_url(url: str) -> str:
    """The address without fragment and tracking parameters."""
    parts = urlsplit(url)
    query = urlencode([(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def absolute(base: str, href: str) -> str:
    """`href` as seen from `base`; as it is where the base is unknown or the two do not fit."""
    if href.startswith(("http://", "https://")):
        return href.strip()
    if _ROOTED.match(href) and (origin := _ORIGIN.match(base)):
        return origin.group() + href.strip()
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href


def url_shape(url: str, key: str) -> tuple[str, int, int, str]:
    """What addresses of one kind of page share: host, number of parts, place of the id, text around the id."""
    parts = urlsplit(url)
    segments = [s for s in parts.path.split("/") if s]
    place = next((len(segments) - i for i, s in enumerate(segments) if key in unquote(s)), 0)
    around = ""
    if place:
        before, _, after = unquote(segments[-place]).partition(key)
        around = f"{'' if '-' in before else before}#{after}"
    return parts.netloc.removeprefix("www."), len(segments), place, around


def first_words(url: str) -> str:
    """The first part of an address's path: tells kinds of pages apart ("/agent/…" and "/property/…")."""
    segments = [s for s in urlsplit(url).path.split("/") if s]
    return segments[0] if len(segments) > 1 else ""


def _whole(segment: str) -> str | None:
    uuid = _UUID.fullmatch(segment)
    if uuid:
        return segment
    if _DIGIT.search(segment) is None:
        return None
    plain = _PLAIN.fullmatch(segment)
    if plain:
        # A prefix in small letters names the kind of page ("jnc_0001"); capitals belong to the id ("RR4126819").
        return plain.group(1) if re.match(r"[a-z]+[-_]", segment) else segment
    # "2345678901-203-1234": the id, and numbers of its category and place.
    grouped = re.fullmatch(r"(\d{6,})(?:-\d{1,6}){1,3}", segment)
    if grouped:
        return grouped.group(1)
    named = _NUMBER_AND_WORD.fullmatch(segment)
    if named:
        return named.group(1) or named.group(2)
    if _HEX_GROUPS.fullmatch(segment) or (_CODES.fullmatch(segment) and re.search(r"\d", segment)):
        return segment
    mixed = re.fullmatch(r"(?=[A-Za-z]*\d)[A-Za-z0-9_]{8,64}", segment)
    if mixed and re.search(r"[A-Za-z]", segment) and len(re.findall(r"\d", segment)) >= 2:
        return segment
    return None


def _tail(segment: str) -> str | None:
    uuid = _UUID.search(segment) if segment.count("-") >= 4 else None
    if uuid:
        return uuid.group()
    if _DIGIT.search(segment) is None:
        return None
    behind = segment.rpartition("_")[2]
    if behind != segment and _CODES.fullmatch(behind) and re.search(r"\d{3}", behind):
        return behind
    found = _TAIL_NUMBER.search(segment) or _HEAD_NUMBER.search(segment)
    if found:
        return found.group(1)
    code = _TAIL_CODE.search(segment)
    if code and (re.search(r"[A-Z]", code.group(1)) or len(re.findall(r"\d", code.group(1))) >= 3) and "-" in segment:
        return code.group(1)
    return None
