"""The portal's pages: adverts in, HTML out."""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from realestate_crawler.demo_market import json_ld, wording
from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.demo_market.catalogue import SearchPage
from realestate_crawler.demo_market.places import CITIES
from realestate_crawler.demo_market.search import SORTS, Query
from realestate_crawler.vocabulary import Offer, PropertyType

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals.update(
    {
        "path": wording.path,
        "price_text": wording.price_text,
        "area_text": wording.area_text,
        "rooms_text": wording.rooms_text,
        "offer_text": wording.offer_text,
        "qualifier": wording.qualifier,
        "facts": wording.facts,
    }
)


@dataclass(frozen=True, slots=True)
class Today:
    """What every page says about the day that the portal shows."""

    day: int
    date: datetime.date


def home(today: Today, adverts: Sequence[Advert]) -> str:
    """The start page: a search form and links into the towns."""
    counts = Counter((advert.city, advert.offer) for advert in adverts)
    links = [
        (city.name, offer, counts[city.name, offer], search_path(Query(city=city.name, offer=offer), 1))
        for city in CITIES
        for offer in (Offer.SALE, Offer.RENT)
    ]
    return _PAGES.get_template("home.html").render(
        today=today, total=len(adverts), links=links, cities=CITIES, types=PropertyType, sorts=SORTS
    )


def results(today: Today, found: SearchPage, cap: int) -> str:
    """One page of results; only the first `cap` of all results can be reached."""
    page = found.page
    return _PAGES.get_template("results.html").render(
        today=today,
        query=found.query,
        total=found.total,
        cap=cap,
        page=page,
        last=found.last,
        cards=found.cards,
        previous_path=search_path(found.query, page - 1) if page > 1 else None,
        next_path=search_path(found.query, page + 1) if page < found.last else None,
        towns=[
            (name, count, search_path(dataclasses.replace(found.query, city=name), 1))
            for name, count in sorted(found.towns.items())
        ],
    )


def detail(today: Today, advert: Advert, similar: Sequence[Advert]) -> str:
    """The advert's own page."""
    return _PAGES.get_template("detail.html").render(
        today=today,
        advert=advert,
        similar=similar,
        town_path=search_path(Query(city=advert.city), 1),
        listing_block=json_ld.script(json_ld.listing(advert)),
        breadcrumb_block=json_ld.script(json_ld.breadcrumb(advert)),
    )


def app(today: Today) -> str:
    """The empty page that a browser's script fills."""
    return _PAGES.get_template("app.html").render(today=today)


def message(today: Today, title: str, text: str) -> str:
    """A page that only says something: not found, gone, forbidden."""
    return _PAGES.get_template("message.html").render(today=today, title=title, text=text)


def search_path(query: Query, page: int) -> str:
    """Where a page of results is."""
    parameters = query.parameters() | ({"page": str(page)} if page > 1 else {})
    return f"/search?{urlencode(parameters)}" if parameters else "/search"
