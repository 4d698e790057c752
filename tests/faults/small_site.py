"""A site of a few listings whose pages a test decides; crawled by the `site` spider with a profile of its own."""

import json

from tests.crawl.test_site_crawl import profile
from tests.crawling import arguments, crawl

CITY = "Otley"
HEALTHY = [str(number) for number in range(7000001, 7000006)]


def price_of(key):
    """What a healthy page of a listing asks."""
    return 200_000 + int(key) % 1000 * 1000


def facts(key, **more):
    """The JSON-LD of a healthy page, as plain data."""
    return {
        "@context": "https://schema.org",
        "@type": "House",
        "name": f"House {key} in {CITY}",
        "numberOfBedrooms": 3,
        "floorSize": {"@type": "QuantitativeValue", "value": 90, "unitCode": "MTK"},
        "address": {"@type": "PostalAddress", "addressLocality": CITY, "postalCode": "LS21 1AA"},
        "offers": {"@type": "Offer", "price": price_of(key), "priceCurrency": "GBP"},
        **more,
    }


def page(key, data=None, *, before="", after="", head=""):
    """A listing's page as text; `data` in place of the healthy JSON-LD, as text or as plain data."""
    told = data if isinstance(data, str) else json.dumps(facts(key) if data is None else data)
    return (
        f"<html lang=en><head>{head}<title>House for sale in {CITY}</title>"
        f'<script type="application/ld+json">{told}</script></head><body>{before}'
        f"<h1>House {key} for sale in {CITY}</h1>"
        f"<p class=price>£{price_of(key):,}</p><p>3 bedrooms</p>{after}</body></html>"
    )


def site(pages):
    """An answer for `serve`: results with every healthy listing and those of `pages` (key → answer for its page)."""
    keys = [*HEALTHY, *pages]
    cards = "".join(
        f'<li class="card"><a href="/listing/{key}"><h2>House {key} for sale</h2></a><p>£{price_of(key):,}</p></li>'
        for key in keys
    )
    results = f"<html lang=en><body><h1>{len(keys)} houses for sale in {CITY}</h1><ul>{cards}</ul></body></html>"

    def answer(path):
        key = path.rpartition("/")[2]
        if not path.startswith("/listing/"):
            return results.encode()
        told = pages.get(key, page(key))
        told = told(path) if callable(told) else told
        return told.encode() if isinstance(told, str) else told

    return answer


def words(folder, url):
    """The words that crawl such a site."""
    folder.mkdir(parents=True, exist_ok=True)
    told = profile(folder, url, name="small-site", country="GB", currency="GBP")
    return ["site", *arguments(profile=told, city=CITY, offer="sale", country="GB", id="small")]


def crawled(folder, url, **more):
    """Crawls it."""
    return crawl(folder, *words(folder, url), **more)
