"""On the saved real pages no price, id, area, date or place is taken for a phone number or an address."""

import json

import pytest
from parsel import Selector

from realestate_crawler.domain.contacts import contacts
from tests.pages.real_material import needs_material, saved_pages

pytestmark = [pytest.mark.real, needs_material]

COUNTED = ("listing_id", "list_price", "living_area", "lot_size", "postal_code", "year_built")


def walked(value, label=""):
    """Every text and number below a value, with the key it stands under."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walked(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from walked(inner, label)
    elif isinstance(value, str | int | float):
        yield label, str(value)


def texts(body):
    """Every text of a page, visible or embedded, with what the page calls it."""
    text = body.decode("utf-8", "replace")
    if text.lstrip()[:1] in "{[":
        yield from walked(json.loads(text))
        return
    page = Selector(text)
    yield from (("", " ".join(t.split())) for t in page.xpath("//body//text()[not(ancestor::script)]").getall())
    for script in page.xpath("//script/text()").getall():
        if script.strip()[:1] in ("{", "["):
            try:
                yield from walked(json.loads(script))
            except ValueError:
                continue


def test_no_value_of_the_answer_keys_holds_a_contact():
    seen = 0
    for saved in saved_pages():
        for listing in saved.answer["listings"]:
            country = listing.get("country") or ""
            for label, value in walked(listing):
                seen += 1
                assert contacts(value, label, country) == [], (saved.path.name, label, value)
    assert seen > 2_000


def test_no_contact_in_a_page_is_an_id_or_an_amount_of_its_listings():
    found = 0
    for saved in saved_pages():
        facts = {
            "".join(filter(str.isdigit, str(listing[name])))
            for listing in saved.answer["listings"]
            for name in COUNTED
            if listing.get(name)
        }
        for label, text in texts(saved.body):
            for contact in contacts(text, label):
                found += 1
                digits = "".join(filter(str.isdigit, text[contact.start : contact.end]))
                assert not digits or digits not in facts, (saved.path.name, label, text[:80])
    assert found > 100
