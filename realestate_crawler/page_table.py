"""A page's listings as a table for the eye: one row each, the fields that a person compares with the page first."""

from decimal import Decimal
from typing import Any

from realestate_crawler.pages.page import Page

_AREAS = {"Square Meters": "m²", "Square Feet": "sq ft"}
LONGEST = 40


def table(page: Page) -> str:
    """The verdict in a line, then a row for each listing; empty cells are what was not read."""
    total = "unknown" if page.reported_total is None else page.reported_total
    told = f"{page.verdict.value}: {len(page.listings)} listings, claimed total {total}, next page {page.next_page_url}"
    rows = [_row(listing) for listing in page.listings]
    if not rows:
        return f"{told}\n  {page.reason}" if page.reason else told
    names = list(rows[0])
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in names}
    lines = [{name: name for name in names}, *rows]
    return "\n".join([told, *("  ".join(line[name].ljust(widths[name]) for name in names).rstrip() for line in lines)])


def _row(listing: Any) -> dict[str, str]:
    period = f"/{listing.price_period}" if listing.price_period else ""
    price = f"{_shown(listing.list_price)} {_shown(listing.currency)}{period}" if listing.list_price is not None else ""
    cells = {
        "listing_key": listing.listing_key,
        "offer": listing.offer,
        "price": price.strip(),
        "living_area": _area(listing.living_area, listing.living_area_units),
        "lot_size": _area(listing.lot_size_area, listing.lot_size_units),
        "rooms": listing.rooms_total,
        "bedrooms": listing.bedrooms_total,
        "type": listing.property_type,
        "postal_code": listing.postal_code,
        "city": listing.city,
        "title": listing.title,
    }
    return {name: _shown(value)[:LONGEST] for name, value in cells.items()}


def _area(value: Any, units: Any) -> str:
    return "" if value is None else f"{_shown(value)} {_AREAS.get(units, units or '')}".strip()


def _shown(value: Any) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else "" if value is None else str(value)
