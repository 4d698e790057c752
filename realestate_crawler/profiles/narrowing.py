"""A profile and a search address → along what the site's own search can be narrowed further.

What belongs here: what `search.parameters` can say. What does not: where a search is cut (`domain.splitting`).
"""

import datetime
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qs, urlsplit

from realestate_crawler.domain.dimensions import Dimension, Range, Span, Words, days_before
from realestate_crawler.profiles.model import PLACES, Profile

# The best first: nearly every listing has a price, and prices lie far apart.
_FIRST = (
    Range(name="list_price", first=Decimal(100_000)),
    Range(name="living_area", first=Decimal(60), most=Decimal(100_000)),
)
_LAST = (
    Range(name="rooms_total", first=Decimal(3), most=Decimal(100)),
    Range(name="bedrooms_total", whole=True, most=Decimal(100)),
    Range(name="year_built", whole=True, least=Decimal(1000), most=Decimal(2100)),
)


def dimensions(
    profile: Profile, url: str, more: Mapping[str, tuple[str, ...]], today: datetime.date
) -> list[Dimension]:
    """Along what a search can be narrowed: ranges whose two limits it can say, kinds of property, places.

    Args:
        profile: of the site.
        url: of the whole search; what it says already stays as it is, or is narrowed further.
        more: places that the criterion names, beside those of the profile.
        today: when the market is looked at.
    """
    search = profile.search
    said = parse_qs(urlsplit(url).query)
    found: list[Dimension] = []
    for dimension in (*_FIRST, days_before(today), *_LAST):
        ends = [search.parameters.get(f"{dimension.name}_{end}") for end in ("min", "max")]
        if all(ends):
            low, high = (_number(said.get(str(end), [""])[0], dates=dimension.dates) for end in ends)
            found.append(replace(dimension, span=Span(low, high)))
    words = {"property_type": tuple(kind.value for kind in search.property_types)}
    words |= {name: tuple(dict.fromkeys((*search.values.get(name, ()), *more.get(name, ())))) for name in PLACES}
    for name, values in words.items():
        parameter = search.parameters.get(name)
        if parameter and parameter not in said and len(values) > 1:
            found.append(Words(name=name, values=values))
    return found


def _number(text: str, *, dates: bool) -> Decimal | None:
    try:
        return Decimal(datetime.date.fromisoformat(text).toordinal()) if dates else Decimal(text)
    except (ValueError, InvalidOperation):
        return None
