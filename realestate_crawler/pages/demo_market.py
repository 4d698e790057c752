"""The demo market's pages: result pages and listing pages → what they say, as they say it.

What belongs here: where a value stands on the page. What does not: what it means (`domain.normalise`).
"""

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from parsel import Selector

from realestate_crawler.items import Listing
from realestate_crawler.pages.document import parse
from realestate_crawler.vocabulary import Kind

# Stored, never compared: they change although the listing does not.
VOLATILE = ("views",)

# Item field → where the JSON-LD of a listing's page says it.
_STRUCTURED = {
    "title": "name",
    "on_market_date": "datePosted",
    "list_price": "offers.price",
    "currency": "offers.priceCurrency",
    "price_period": "offers.priceSpecification.unitText",
    "living_area": "about.floorSize.value",
    "living_area_units": "about.floorSize.unitCode",
    "rooms_total": "about.numberOfRooms",
    "bedrooms_total": "about.numberOfBedrooms",
    "bathrooms_total_integer": "about.numberOfBathroomsTotal",
    "year_built": "about.yearBuilt",
    "unparsed_address": "about.address.streetAddress",
    "city": "about.address.addressLocality",
    "state_or_province": "about.address.addressRegion",
    "postal_code": "about.address.postalCode",
    "country": "about.address.addressCountry",
    "latitude": "about.geo.latitude",
    "longitude": "about.geo.longitude",
    "list_office_name": "offers.offeredBy.name",
    "list_agent_full_name": "offers.offeredBy.employee.name",
    "owner_name": "offers.seller.name",
}
# Item field → the fact of the page's table that says it.
_FACTS = {
    "offer": "offer",
    "property_type": "type",
    "standard_status": "status",
    "lot_size_area": "lot-size",
    "energy_class": "energy-class",
    "days_on_market": "days-on-market",
}
# Item field → the part of a card that says it.
_CARD = {
    "title": ".card-link",
    "offer": ".offer",
    "property_type": ".type",
    "list_price": ".price:not([data-qualifier])",
    "living_area": ".area",
    "rooms_total": ".rooms",
    "city": ".city",
    "standard_status": ".badge",
}


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """What one page of results says.

    Attributes:
        claimed_total: how many listings the site says were found; None when it does not say.
        cap: how many of them can be reached, where the site says that these are not all.
        towns: those of all results, where the site offers to narrow the search to one of them.
        listing_urls: key and address of each listing on the page, in its order.
        sightings: what each card shows, in the same order.
        next_page_url: None on the last page.
        market_date: the date that the market shows; None when it does not say.
    """

    claimed_total: int | None
    cap: int | None
    towns: tuple[str, ...]
    listing_urls: list[tuple[str, str]]
    sightings: list[Listing]
    next_page_url: str | None
    market_date: datetime.date | None = None


def read_results(body: bytes, url: str) -> ResultsPage:
    """Reads a page of results.

    Args:
        body: UTF-8.
        url: the page's address; links are completed with it.

    Raises:
        SuspectPageError: for a page that cannot be parsed whole.
    """
    page = _page(body)
    sightings = [listing for card in page.css("ul.results .card") if (listing := _sighting(card, url))]
    next_page = page.css("nav.pages a[rel~=next]::attr(href)").get()
    return ResultsPage(
        claimed_total=_digits(page.css("h1.result-count::text").get()),
        cap=_digits(page.css(".result-cap::attr(data-cap)").get()),
        towns=tuple(page.css(".towns a::attr(data-town)").getall()),
        listing_urls=[(listing.listing_key, listing.listing_url or "") for listing in sightings],
        sightings=sightings,
        next_page_url=_joined(url, next_page) if next_page else None,
        market_date=_market_date(page),
    )


def read_listing(body: bytes, url: str) -> Listing | None:
    """Reads a listing's own page; None when it shows none.

    Args:
        body: UTF-8.
        url: the page's address; kept where the page does not name a canonical one.

    Raises:
        SuspectPageError: for a page that cannot be parsed whole.
    """
    page = _page(body)
    main = page.css("main.listing")
    key = main.attrib.get("data-listing-key", "").strip()
    if not key:
        return None
    link = page.css("link[rel=canonical]::attr(href)").get()
    listing = Listing(listing_key=key, kind=Kind.DETAIL, listing_url=_canonical(url, link))
    structured = next((block for block in _blocks(page) if block.get("@type") == "RealEstateListing"), {})
    facts = {fact.attrib["data-fact"]: _text(fact) for fact in main.css("dl.facts [data-fact]")}
    told = {name: _at(structured, path) for name, path in _STRUCTURED.items()}
    told |= {name: facts.get(fact) for name, fact in _FACTS.items()}
    told["price_qualifier"] = main.css("main > .price::attr(data-qualifier)").get()
    listing.raw = {name: value for name, value in told.items() if value is not None}
    views = facts.get("views", "")
    if views:
        listing.extra["views"] = int(views) if re.fullmatch(r"[0-9]{1,15}", views) else views
    return listing


def _page(body: bytes) -> Selector:
    root = parse(body, "").root
    return Selector(text="<html></html>", type="html") if root is None else Selector(root=root, type="html")


def _sighting(card: Selector, url: str) -> Listing | None:
    key = card.attrib.get("data-listing-key", "").strip()
    link = card.css("a.card-link::attr(href)").get()
    if not key or not link:
        return None
    listing = Listing(listing_key=key, kind=Kind.SIGHTING, listing_url=_address(url, link))
    told = {name: _text(part) for name, css in _CARD.items() for part in card.css(css)[:1]}
    told["price_qualifier"] = card.css(".price::attr(data-qualifier)").get("")
    listing.raw = {name: value for name, value in told.items() if value}
    return listing


def _blocks(page: Selector) -> Iterator[dict[str, Any]]:
    """Every JSON-LD object of the page; one that cannot be read does not hide the others."""
    for text in page.css('script[type="application/ld+json"]::text').getall():
        try:
            block = json.loads(text)
        except (ValueError, RecursionError):
            continue
        yield from (one for one in (block if isinstance(block, list) else [block]) if isinstance(one, dict))


def _at(block: Any, path: str) -> Any:
    """The plain value at a dotted path; None when there is none."""
    for name in path.split("."):
        block = block.get(name) if isinstance(block, dict) else None
    return block if isinstance(block, str | int | float) and not isinstance(block, bool) else None


def _text(part: Selector) -> str:
    return " ".join(" ".join(part.css("::text").getall()).split())


def _digits(text: str | None) -> int | None:
    found = re.match(r"\s*(\d[\d,]*)", text or "")
    return int(found.group(1).replace(",", "")) if found else None


def _market_date(page: Selector) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(page.css("html::attr(data-market-date)").get(""))
    except ValueError:
        return None


def _address(base: str, link: str) -> str:
    """The complete address without its query, which only says where the visitor came from."""
    try:
        return urlunsplit((*urlsplit(urljoin(base, link))[:3], "", ""))
    except ValueError:  # http://[ and the like: as it stands
        return link


def _canonical(url: str, link: str | None) -> str:
    """The address that a page names for itself, where it is one of the web."""
    found = _address(url, link or url)
    return found if found.startswith(("http://", "https://")) else _address(url, url)


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return link
