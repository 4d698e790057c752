"""A page as the generic reader reads it → the text of a first profile for its site, and the page as a test case.

What belongs here: writing the draft. What does not: reading the page (`pages`) and where files go
(`commands.genprofile`).
"""

import json
import os.path
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from realestate_crawler.pages.identifiers import url_key
from realestate_crawler.pages.page import Page, Verdict
from realestate_crawler.profiles.search import slug, usual_letters

NOTICE = """\
terms:
  notice: >-
    Whether you crawl this site is your decision and your responsibility: read its terms and its robots.txt first.
    This file only says how its pages are built; it grants no permission.
  licence: none stated  # what does the site say?
"""
_EXAMPLES = {"country": "CA", "currency": "CAD"}
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


def draft(seen: Sequence[tuple[Page, str]]) -> Draft:
    """Drafts a profile from pages with their addresses: the more kinds of page, the more the draft says."""
    listings = [x for page, _ in seen for x in page.listings]
    host = next((h for page, url in seen if (h := urlsplit(url or page.url).hostname)), "").removeprefix("www.")
    name = _name(host)
    lines = [f"name: {name}", f"title: {host or name}", f"hosts: [{host or 'example.org'}]"]
    for key, told in (("country", {x.country for x in listings}), ("currency", {x.currency for x in listings})):
        known = {value for value in told if value}
        if len(known) == 1:
            lines.append(f"{key}: {known.pop()}")
        else:
            lines.append(f"# {key}: {_EXAMPLES[key]}  # the page does not settle it: say it, prices and places need it")
    text = "\n".join(lines) + "\n" + NOTICE + "politeness:\n  delay_seconds: 5\n"
    text += f"needs_javascript: {'true' if all(page.verdict is Verdict.OTHER for page, _ in seen) else 'false'}\n"
    text += _search(seen) + _links(seen)
    text += (
        "# Where the reader is wrong or blind, name the place: {css: 'selector::text'}, {json: 'NAME#a.b[0]'},\n"
        "# {value: constant} or {missing: true}; regex, values and only: see the README of the bundled profiles.\n"
        "listing:\n  fields: {}\nresults:\n  fields: {}\n"
    )
    return Draft(name, text, tuple(remark for page, url in seen for remark in _remarks(page, url)))


def _search(seen: Sequence[tuple[Page, str]]) -> str:
    page, url = next(((p, u or p.url) for p, u in seen if p.verdict is Verdict.RESULTS), (None, ""))
    if page is None or not url:
        return (
            "# search:\n#   urls:\n"
            "#     sale: https://www.example.org/buy/{city}  # the address of a search, {city} where the town stands\n"
        )
    offers = {x.offer for x in page.listings if x.offer}
    offer = offers.pop().value if len(offers) == 1 else "sale"
    parameter = _page_parameter(page.next_page_url)
    template, style = _template(url, parameter, page)
    text = f"search:\n  urls:\n    {offer}: {json.dumps(template)}\n{style}"
    return text + (f"paging: {{parameter: {parameter}}}\n" if parameter else "")


def _template(url: str, parameter: str | None, page: Page) -> tuple[str, str]:
    """The address of a search with {city} where a listing's town stands in it, and how the site writes towns."""
    parts = urlsplit(url)
    query = "&".join(word for word in parts.query.split("&") if word.partition("=")[0] != parameter)
    site, rest = f"{parts.scheme}://{parts.netloc}", parts.path + (f"?{query}" if query else "")
    for town in dict.fromkeys(x.city for x in page.listings if x.city):
        for style in ("dash", "underscore", "plus", "quote"):
            country = next((x.country for x in page.listings if x.country), None)
            usual = usual_letters(country, style)
            for letters in (usual, {}) if usual else ({},):
                written = rf"(?<![0-9A-Za-z%]){re.escape(slug(town, style, letters))}(?![0-9A-Za-z%])"
                if re.search(written, rest, re.I):
                    lines = [f"  slug: {style}\n"] * (style != "dash") + ["  letters: {}\n"] * (letters != usual)
                    return site + re.sub(written, "{city}", rest, flags=re.I), "".join(lines)
    return site + rest, "  # put {city} where the town stands in the address\n"


def _links(seen: Sequence[tuple[Page, str]]) -> str:
    known = [(x.listing_url, x.listing_key) for page, _ in seen for x in page.listings if x.listing_url]
    if not known:
        known = [(url, url_key(url) or "") for page, url in seen if page.verdict is Verdict.LISTING and url]
    pattern = address_pattern(known)
    return f"links:\n  listing: {pattern}\n" if pattern else ""


def address_pattern(known: Sequence[tuple[str, str]]) -> str | None:
    """What the addresses of listings, each with its id, have in common, as a quoted regular expression; None when their
    ids do not stand in them.
    """
    paths = []
    for url, key in known:
        parts = [part for part in urlsplit(url).path.split("/") if part]
        place = next((i for i in range(len(parts) - 1, -1, -1) if key and key in parts[i]), None)
        if place is not None:
            before, _, after = parts[place].rpartition(key)
            paths.append((parts[:place], before, key, after, parts[place + 1 :]))
    if not paths:
        return None
    first = paths[0]
    depth = 1 if all(path[0][-1:] == first[0][-1:] for path in paths) and first[0] else 0
    start = "/" + "/".join(re.escape(part) for part in first[0][-1:] if depth) + ("/" if depth else "")
    slug = _common(path[1] for path in paths)
    rest = "" if all(path[1] == slug for path in paths) else r"[^/]*"
    after = re.escape(first[3]) if all(path[3] == first[3] for path in paths) else r"[^/]*"
    if len(paths) == 1 and rest == "":
        # One address alone: the words before its id are its own.
        slug, rest = ("", r"[^/]*") if "-" in slug else (slug, "")
    return f"'{start}{re.escape(slug)}{rest}{_shape([path[2] for path in paths])}{after}'".replace(r"\-", "-")


def _common(texts: Iterable[str]) -> str:
    """What all texts begin with, up to the last dash or dot in it."""
    found = os.path.commonprefix(list(texts))  # noqa: RUF071  (letters are what is asked for)
    return found[: max(found.rfind("-"), found.rfind("_"), found.rfind(".")) + 1]


def _shape(keys: Sequence[str]) -> str:
    if all(key.isdigit() for key in keys):
        return r"\d+"
    return r"[0-9a-f-]{36}" if all(len(key) == 36 and key.count("-") == 4 for key in keys) else r"[\w-]+"


def _page_parameter(next_url: str | None) -> str | None:
    found = re.search(r"[?&](\w+)=(\d+)(?:&|#|$)", next_url or "")
    return found.group(1) if found else None


def _remarks(page: Page, url: str) -> list[str]:
    told = [
        f"{url or page.url or 'a page without an address'}: {page.verdict.value}, {len(page.listings)} listings,"
        f" claimed total {page.reported_total}"
    ]
    if page.verdict is Verdict.RESULTS and page.next_page_url is None:
        told.append(
            "no link to a next page was found: how does the address of the second page differ?"
            " Set paging, such as  paging: {parameter: page}"
        )
    if page.verdict is Verdict.RESULTS and not (url or page.url):
        told.append("its address is not known: give --url, and the draft says how a search is asked")
    for name in _FIELDS:
        empty = sum(getattr(x, name) is None for x in page.listings)
        if page.listings and empty and name == "currency" and any(x.list_price for x in page.listings):
            told.append(f"currency: empty in {empty} of {len(page.listings)}: say country and currency in the profile")
        elif page.listings and empty:
            told.append(f"{name}: empty in {empty} of {len(page.listings)}: if the page shows it, add a rule")
    if page.verdict is Verdict.OTHER:
        told.append("nothing was read: the page may need JavaScript, or a rule for its cards")
    return told


def _name(host: str) -> str:
    parts = [part for part in host.split(".") if part not in ("co", "com", "net", "org", "de")]
    name = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
    return name if len(name) > 1 else "new-site"
