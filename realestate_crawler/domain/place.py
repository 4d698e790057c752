"""Countries, coordinates and distances."""

import math
from collections.abc import Sequence
from decimal import Decimal

import pycountry


def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a code or an English name; None when it is neither."""
    try:
        return str(pycountry.countries.lookup(text.strip()).alpha_2)
    except LookupError:
        return None


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
