"""Countries, coordinates and distances."""

import functools
import math
import re
from collections.abc import Sequence
from decimal import Decimal

from realestate_crawler.domain.text import clean, fold

# Names that sources write in their own language, folded; English names and codes come from ISO 3166.
_NAMES = {
    "deutschland": "DE",
    "allemagne": "DE",
    "osterreich": "AT",
    "schweiz": "CH",
    "suisse": "CH",
    "svizzera": "CH",
    "france": "FR",
    "frankreich": "FR",
    "espana": "ES",
    "spanien": "ES",
    "italia": "IT",
    "italien": "IT",
    "portugal": "PT",
    "belgie": "BE",
    "belgique": "BE",
    "belgien": "BE",
    "nederland": "NL",
    "niederlande": "NL",
    "holland": "NL",
    "uk": "GB",
    "gbr": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "usa": "US",
    "us": "US",
    "united states": "US",
    "u.s.": "US",
    "canada": "CA",
    "cesko": "CZ",
    "ceska republika": "CZ",
    "czech republic": "CZ",
    "slovensko": "SK",
    "polska": "PL",
    "polen": "PL",
    "danmark": "DK",
    "sverige": "SE",
    "norge": "NO",
    "suomi": "FI",
    "mexico": "MX",
    "brasil": "BR",
    "japan": "JP",
    "日本": "JP",
    "uae": "AE",
    "united arab emirates": "AE",
    "south africa": "ZA",
    "sudafrika": "ZA",
    "india": "IN",
    "philippines": "PH",
    "phl": "PH",
    "australia": "AU",
    "new zealand": "NZ",
    "ireland": "IE",
    "eire": "IE",
    "luxembourg": "LU",
    "turkiye": "TR",
    "singapore": "SG",
}

_DECIMAL_POINT = re.compile(r"(-?\d{1,2}\.\d{3,})\s?[,;|/ ]\s?(-?\d{1,3}\.\d{3,})")
_DEGREES = re.compile(
    r"(\d{1,3}(?:\.\d+)?)\s?°\s?(?:(\d{1,2}(?:\.\d+)?)\s?['′’]\s?)?(?:(\d{1,2}(?:\.\d+)?)\s?[\"″”]\s?)?([NSEWnsew])"
)


@functools.lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a code or a name (English, or the country's own); None when it is neither."""
    word = clean(text)
    known = _NAMES.get(fold(word))
    if known:
        return known
    import pycountry  # noqa: PLC0415  (slow to load, and the names above cover most pages)

    try:
        return str(pycountry.countries.lookup(word).alpha_2)
    except LookupError:
        return None


def parse_point(text: str) -> tuple[str, str] | None:
    """(latitude, longitude) in decimal degrees of a text that is a point and nothing else, decimal ("49.195,16.608")
    or with degrees, minutes and seconds; None else.
    """
    plain = clean(text).strip("()[] ")
    decimal = _DECIMAL_POINT.fullmatch(plain)
    if decimal:
        return decimal.group(1), decimal.group(2)
    parts = _DEGREES.findall(plain)
    if len(parts) != 2 or _DEGREES.sub("", plain).strip(" ,;"):
        return None
    (latitude, northing), (longitude, easting) = ((_of_degrees(*part[:3]), part[3].upper()) for part in parts)
    if northing not in ("N", "S") or easting not in ("E", "W"):
        return None
    return f"{-latitude if northing == 'S' else latitude:.6f}", f"{-longitude if easting == 'W' else longitude:.6f}"


def _of_degrees(degrees: str, minutes: str, seconds: str) -> float:
    return float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600


def known_point(latitude: Decimal | None, longitude: Decimal | None) -> bool:
    """Whether the two are a point on Earth; 0/0 is what sources write for 'unknown'."""
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance between two (latitude, longitude) points."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (a, b))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def inside(polygon: Sequence[tuple[float, float]], longitude: float, latitude: float) -> bool:
    """Whether a point lies inside a polygon of (longitude, latitude) corners (even-odd rule)."""
    result = False
    for (x1, y1), (x2, y2) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            result = not result
    return result
