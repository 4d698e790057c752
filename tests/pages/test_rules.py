"""What a profile's rules find on a page, and what holds where they find nothing."""

import pytest

from realestate_crawler.pages.reader import read_page
from realestate_crawler.profiles.model import Profile

URL = "https://www.site.example/search"
SITE = {
    "name": "site",
    "title": "A site",
    "hosts": ["site.example"],
    "country": "DE",
    "terms": {"notice": "Whether you crawl this site is your decision; read its terms first.", "licence": "none"},
}


def cities(rule, *districts):
    profile = Profile.model_validate({**SITE, "results": {"cards": ".card", "fields": {"city": rule}}})
    cards = "".join(
        f'<div class="card"><h2><a href="/expose/70{n}">3 Zimmer, 63 m²</a></h2><p>10115 Berlin</p><i>{district}</i>'
        f"<p>Kaufpreis {n}.000 €</p></div>"
        for n, district in enumerate(districts, 101)
    )
    found = read_page(f"<html lang='de'><h1>Wohnungen kaufen</h1>{cards}</html>".encode(), URL, profile)
    return [listing.city for listing in found.listings]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"css": "i::text"}, ["Walle", "Außerhalb  der Stadt", "Berlin"]),
        ({"css": "i::text", "only": True}, ["Walle", "Außerhalb der Stadt", None]),
        ({"css": "i::text", "values": {"WALLE": "Bremen"}}, ["Bremen", "Berlin", "Berlin"]),
        ({"css": "i::text", "values": {"walle": "Bremen"}, "only": True}, ["Bremen", None, None]),
        (
            {"css": "i::text", "values": {"ausserhalb der stadt": "", "*": "Bremen"}, "only": True},
            ["Bremen", None, None],
        ),
        ({"css": "i::text", "regex": "der (.*)", "values": {"Stadt": "Ulm"}}, ["Berlin", "Ulm", "Berlin"]),
        ({"missing": True}, [None, None, None]),
    ],
)
def test_what_a_text_stands_for(rule, found):
    assert cities(rule, "Walle", "Außerhalb  der Stadt", "") == [town and " ".join(town.split()) for town in found]
