"""A circle or a polygon → the box of latitudes and longitudes around it, which every service can express."""

import math
from collections.abc import Iterator

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.reso.odata import number

# A degree of latitude, a little short, so that the box is never too small.
KM_PER_DEGREE = 110.0


def box_terms(criterion: Criterion) -> Iterator[tuple[str, str]]:
    """The comparisons of Latitude and Longitude, each with the key of the criterion that asks for it."""
    near = criterion.near
    if near:
        high = near.radius_km / KM_PER_DEGREE
        yield "near", _between("Latitude", near.latitude - high, near.latitude + high)
        nearest_pole = abs(near.latitude) + high
        wide = high / math.cos(math.radians(nearest_pole)) if nearest_pole < 89 else 180.0
        if abs(near.longitude) + wide < 180:  # across the date line a box is no range
            yield "near", _between("Longitude", near.longitude - wide, near.longitude + wide)
    if criterion.polygon:
        longitudes, latitudes = zip(*criterion.polygon, strict=True)
        yield "polygon", _between("Latitude", min(latitudes), max(latitudes))
        yield "polygon", _between("Longitude", min(longitudes), max(longitudes))


def _between(field: str, low: float, high: float) -> str:
    return f"{field} ge {number(math.floor(low * 1e6) / 1e6)} and {field} le {number(math.ceil(high * 1e6) / 1e6)}"
