"""The cards of a page as the site's profile finds them, where the generic search for cards is wrong.

What belongs here: the blocks and their ids. What does not: what they say (results).
"""

from typing import TYPE_CHECKING

from parsel import Selector

from realestate_crawler.pages.cards import Card, CardGroup, base_url
from realestate_crawler.pages.document import Document, Element
from realestate_crawler.pages.identifiers import absolute, url_key
from realestate_crawler.pages.overrides import cards_of, follow

if TYPE_CHECKING:
    from realestate_crawler.profiles.model import Profile


def profile_cards(document: Document, profile: "Profile") -> CardGroup | None:
    """The group of cards that the profile's selector finds; None when it names none or finds none."""
    base = base_url(document)
    rules = profile.results.fields
    cards: dict[str, Card] = {}
    for element in cards_of(document, profile):
        selector = Selector(root=element)
        found = follow(rules["listing_url"], selector, []) if "listing_url" in rules else _first_link(element)
        url = absolute(base, str(found)) if found else ""
        key = follow(rules["listing_key"], selector, []) if "listing_key" in rules else url_key(url)
        if key and str(key) not in cards:
            cards[str(key)] = Card(str(key), url, [element])
    return CardGroup("profile", list(cards.values()), 3.0 * len(cards)) if cards else None


def _first_link(element: Element) -> str | None:
    links = [element] if element.tag == "a" else element.iter("a")
    return next(
        (str(link.get("href")) for link in links if link.get("href") and not link.get("href").startswith("#")), None
    )
