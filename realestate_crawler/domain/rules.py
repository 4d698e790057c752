"""Quality rules: one function a rule. A rule names what is wrong; the validate stage decides what happens.

To add one: write a function `(listing, today) -> Iterator[Violation]` and put it into RULES.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from realestate_crawler.items import MEANINGS, SOURCE_FIELDS, Form, Listing

MAX_KEY = 255
MAX_TEXT = 65_536
MAX_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule.

    Attributes:
        rule: its name, as counted in the manifest.
        field: the field that cannot be used: it is emptied and its value kept raw. None: the whole listing cannot.
    """

    rule: str
    field: str | None = None


def key_present(listing: Listing, _today: datetime.date) -> Iterator[Violation]:
    """A listing without a key cannot be followed."""
    if not listing.listing_key:
        yield Violation("key_missing")


def key_short(listing: Listing, _today: datetime.date) -> Iterator[Violation]:
    """RESO allows 255 characters for a key."""
    if len(listing.listing_key) > MAX_KEY:
        yield Violation("key_too_long")


def texts_short(listing: Listing, _today: datetime.date) -> Iterator[Violation]:
    """No fact about a home needs more than 64 Ki characters."""
    for name in SOURCE_FIELDS:
        value = getattr(listing, name)
        if isinstance(value, str) and len(value) > MAX_TEXT:
            yield Violation("text_too_long", name)


def year_plausible(listing: Listing, today: datetime.date) -> Iterator[Violation]:
    """Homes are built between 1000 and five years from now."""
    if listing.year_built is not None and not 1000 <= listing.year_built <= today.year + 5:
        yield Violation("year_built_implausible", "year_built")


def amounts_fit(listing: Listing, _today: datetime.date) -> Iterator[Violation]:
    """No amount, area or count is negative or larger than any table has room for, whoever filled it in."""
    for name, limit in _LIMITS.items():
        value = getattr(listing, name)
        if value is not None and not 0 <= value < limit:
            yield Violation("amount_out_of_range", name)


_LARGEST = {Form.MONEY: Decimal("1e12"), Form.AREA: Decimal("1e10"), Form.NUMBER: Decimal("1e6"), Form.INTEGER: 10**6}
_LIMITS = {name: _LARGEST[MEANINGS[name].form] for name in SOURCE_FIELDS if MEANINGS[name].form in _LARGEST}
del _LIMITS["year_built"]  # has a rule of its own


def url_of_the_web(listing: Listing, _today: datetime.date) -> Iterator[Violation]:
    """Nobody who clicks on a listing runs a script or opens a file; a relative address stays as it is."""
    try:
        scheme = urlsplit(listing.listing_url or "").scheme
    except ValueError:
        scheme = "none"
    if scheme not in ("", "http", "https"):
        yield Violation("url_not_of_the_web", "listing_url")


RULES: tuple[Callable[[Listing, datetime.date], Iterator[Violation]], ...] = (
    key_present,
    key_short,
    texts_short,
    year_plausible,
    amounts_fit,
    url_of_the_web,
)


def violations(listing: Listing, today: datetime.date) -> list[Violation]:
    """All rules that `listing` breaks on the day it was observed."""
    return [broken for rule in RULES for broken in rule(listing, today)]


def empty(listing: Listing, name: str) -> None:
    """Empties a field whose value breaks a rule, and keeps the value raw."""
    listing.raw.setdefault(name, str(getattr(listing, name))[:MAX_KEPT])
    setattr(listing, name, None)
