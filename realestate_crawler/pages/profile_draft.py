"""A page as the generic reader reads it → the text of a first profile for its site, and the page as a test case.

What belongs here: writing the draft. What does not: reading the page (`pages`) and where files go
(`commands.genprofile`).
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from realestate_crawler.pages.identifiers import url_key
from realestate_crawler.pages.page import Page, Verdict

NOTICE = """\
terms:
  notice: >-
    Whether you crawl this site is your decision and your responsibility: read its terms and its robots.txt first.
    This file only says how its pages are built; it grants no permission.
  licence: none stated  # what does the site say?
"""
_FIELDS = (
    "list_price",
    "currency",
    "offer",
    "living_area",
    "rooms_total",
    "bedrooms_total",
    "city",
    "postal_code",
    "latitude",
    "property_type",
    "title",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A profile's name and text, and what is worth a look before it is used."""

    name: str
    text: str
    remarks: tuple[str, ...]


def draft(page: Page, url: str) -> Draft:
    """Drafts a profile from one page, of whatever kind; the more there was on it, the more the draft says."""
    host = (urlsplit(url or page.url).hostname or "").removeprefix("www.")
    name = _name(host)
    lines = [f"name: {name}", f"title: {host or name}", f"hosts: [{host or 'example.org'}]"]
    countries = {x.country for x in page.listings if x.country}
    currencies = {x.currency for x in page.listings if x.currency}
    if len(countries) == 1:
        lines.append(f"country: {countries.pop()}")
    if len(currencies) == 1:
        lines.append(f"currency: {currencies.pop()}")
    text = "\n".join(lines) + "\n" + NOTICE + "politeness:\n  delay_seconds: 5\n"
    text += f"needs_javascript: {'true' if page.verdict is Verdict.OTHER else 'false'}\n"
    text += _search(page, url) + _links(page, url)
    text += (
        "# Where the reader is wrong or blind, name the place: {css: 'selector::text'}, {json: 'NAME#a.b[0]'},\n"
        "# {value: constant} or {missing: true}, with an optional regex.\n"
        "listing:\n  fields: {}\nresults:\n  fields: {}\n"
    )
    return Draft(name, text, tuple(_remarks(page)))


def _search(page: Page, url: str) -> str:
    if page.verdict is not Verdict.RESULTS or not url:
        return ""
    offers = {x.offer for x in page.listings if x.offer}
    offer = offers.pop().value if len(offers) == 1 else "sale"
    address = url.partition("?")[0]
    town = next((x.city for x in page.listings if x.city and _slug(x.city) in address.lower()), None)
    template = re.sub(re.escape(_slug(town)), "{city}", address, flags=re.I) if town else address
    text = f"search:\n  urls:\n    {offer}: {template}\n"
    parameter = _page_parameter(page.next_page_url)
    return text + (f"paging: {{parameter: {parameter}}}\n" if parameter else "")


def _links(page: Page, url: str) -> str:
    known = [x.listing_url for x in page.listings if x.listing_url]
    pattern = _pattern(known[0], page.listings[0].listing_key) if known else None
    if pattern is None and page.verdict is Verdict.LISTING and url:
        pattern = _pattern(url, url_key(url) or "")
    return f"links:\n  listing: {pattern}\n" if pattern else ""


def _pattern(url: str, key: str) -> str | None:
    """The address of one listing with its id as a pattern; the words of a slug before the id are left out."""
    path = urlsplit(url).path
    if not key or key not in path:
        return None
    before, _, after = path.rpartition(key)
    shape = r"\d+" if key.isdigit() else r"[0-9a-f-]{36}" if len(key) == 36 and key.count("-") == 4 else r"[\w-]+"
    start = (
        before
        if before.endswith("/") and before.count("/") <= 2
        else f"/{before.split('/')[1]}/.*"
        if before.count("/") > 1
        else before
    )
    return f"'{re.sub(r'(?<![.])[.](?![*])', r'[.]', start)}{shape}{re.escape(after)}'"


def _page_parameter(next_url: str | None) -> str | None:
    found = re.search(r"[?&](\w+)=(\d+)(?:&|#|$)", next_url or "")
    return found.group(1) if found else None


def _remarks(page: Page) -> list[str]:
    told = [f"verdict: {page.verdict.value}, {len(page.listings)} listings, claimed total {page.reported_total}"]
    if page.verdict is Verdict.RESULTS and page.next_page_url is None:
        told.append("no link to a next page was found: set paging")
    for name in _FIELDS:
        empty = sum(getattr(x, name) is None for x in page.listings)
        if page.listings and empty:
            told.append(f"{name}: empty in {empty} of {len(page.listings)}: if the page shows it, add a rule")
    if page.verdict is Verdict.OTHER:
        told.append("nothing was read: the page may need JavaScript, or a rule for its cards")
    return told


def _name(host: str) -> str:
    parts = [part for part in host.split(".") if part not in ("co", "com", "net", "org", "de")]
    name = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    return name if len(name) > 1 else "new-site"


def _slug(text: str) -> str:
    return re.sub(r"[^0-9a-z]+", "-", text.lower()).strip("-")
