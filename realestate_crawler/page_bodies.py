"""What a person names on the command line, files and addresses → bytes with the address they came from.

What belongs here: reading files, and having all addresses fetched at once. What does not: fetching (`fetch`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import Settings

Body = tuple[bytes, str]


def page_bodies(places: Sequence[str], urls: Sequence[str], settings: "Settings") -> list[Body | OSError]:
    """(bytes, address) of each place in order, or why it cannot be read.

    Args:
        places: files, and addresses that begin with http.
        urls: the address that each file came from; empty where it is not known.
        settings: of the project: addresses are fetched as a crawl fetches.
    """
    addresses = [place for place in places if _is_address(place)]
    fetched: dict[str, Body | OSError] = {}
    if addresses:
        from realestate_crawler.fetch import fetch  # noqa: PLC0415  (loads the crawl engine)

        fetched.update(fetch(addresses, settings))
    return [
        fetched[place] if _is_address(place) else _file(place, url) for place, url in zip(places, urls, strict=True)
    ]


def _is_address(place: str) -> bool:
    return place.startswith(("http://", "https://"))


def _file(place: str, url: str) -> Body | OSError:
    try:
        return Path(place).read_bytes(), url
    except OSError as error:
        return error
