"""The address of a listing → what its words say: sale or rent, kind of property.

What belongs here: words. What does not: ids (identifiers).
"""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from realestate_crawler.pages.evidence import Evidence, Trust


def address_words(url: str) -> Iterator[Evidence]:
    """Sale or rent, and kind of property, by the words of an address's path."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return
    words = path.replace("-", " ").replace("_", " ").replace("/", " | ")
    if words.strip(" |"):
        yield Evidence("offer", words, "url", "path", Trust.URL + 6)
        yield Evidence("property_type", words, "url", "path", Trust.URL)
