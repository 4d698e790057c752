"""A listing from quarantine goes through today's rules again, as it would in a crawl. Pure.

What belongs here: one line of quarantine → the listing, or why it still cannot be used. What does not: quarantines and
feeds (`orchestration.operations.retrying`).
"""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.contracts.feed import UnwritableError, to_line
from realestate_crawler.domain.completeness import OUTSIDE
from realestate_crawler.domain.identity import content_hash
from realestate_crawler.domain.matching import mismatch
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.domain.policies import Policies
from realestate_crawler.domain.privacy import protect
from realestate_crawler.domain.rules import empty, violations
from realestate_crawler.items import MEANINGS, FieldMeaning, Form, Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """What the rules must know of the crawl that met the listing.

    Attributes:
        criterion: None where it cannot be read any more; nothing is outside it then.
        volatile: fields and columns that are never compared.
    """

    source: str
    scope: str
    observed_at: datetime.datetime
    criterion: Criterion | None
    volatile: Collection[str]


class StillUnusableError(ValueError):
    """It cannot be used today either; the message is the reason."""


class OutsideError(ValueError):
    """It can be read, and the criterion excludes it; the message says by which key."""


def again(item: Any, crawl: Crawled, policies: Policies, key: bytes) -> Listing:
    """The listing in a line of quarantine, ready for a feed but for its run.

    Raises:
        StillUnusableError: naming the rule that it breaks.
        OutsideError: naming the key of the criterion.
    """
    if not isinstance(item, Mapping):
        raise StillUnusableError("only its text was kept")
    listing = _restored(item)
    normalise(listing)
    protect(listing, policies, key)
    excluded = mismatch(listing, crawl.criterion) if crawl.criterion is not None else None
    if excluded is not None:
        raise OutsideError(OUTSIDE + excluded)
    listing.source, listing.scope, listing.observed_at = crawl.source, crawl.scope, crawl.observed_at
    for broken in violations(listing, crawl.observed_at.date()):
        if broken.field is None:
            raise StillUnusableError(broken.rule)
        empty(listing, broken.field)
    try:
        listing.content_hash = content_hash(listing, crawl.volatile)
        to_line(listing)
    except UnwritableError as error:
        raise StillUnusableError(f"unwritable: {error}") from error
    return listing


def _restored(item: Mapping[str, Any]) -> Listing:
    """The listing whose fields a line holds; what no field is called today is kept as a source's column is."""
    known = {name: value for name, value in item.items() if name in MEANINGS and value is not None}
    listing = Listing()
    try:
        for name, value in known.items():
            setattr(listing, name, _READERS.get(MEANINGS[name].form, _as_it_is)(value, MEANINGS[name]))
    except (ValueError, TypeError, ArithmeticError) as error:
        raise StillUnusableError(f"its line cannot be read: {name}: {error}") from error
    listing.extra |= {name: value for name, value in item.items() if name not in MEANINGS and value is not None}
    return listing


def _as_it_is(value: Any, _meaning: FieldMeaning) -> Any:
    return value


def _decimal(value: Any, _meaning: FieldMeaning) -> Decimal:
    return Decimal(str(value))


def _choice(value: Any, meaning: FieldMeaning) -> Any:
    return meaning.vocabulary(value) if meaning.vocabulary is not None else value


def _date(value: Any, _meaning: FieldMeaning) -> datetime.date:
    return datetime.date.fromisoformat(value)


def _timestamp(value: Any, _meaning: FieldMeaning) -> datetime.datetime:
    return datetime.datetime.fromisoformat(value)


def _mapping(value: Any, _meaning: FieldMeaning) -> dict[str, Any]:
    return dict(value)


_READERS: dict[Form, Callable[[Any, FieldMeaning], Any]] = {
    Form.MONEY: _decimal,
    Form.AREA: _decimal,
    Form.NUMBER: _decimal,
    Form.DEGREES: _decimal,
    Form.CHOICE: _choice,
    Form.DATE: _date,
    Form.TIMESTAMP: _timestamp,
    Form.MAPPING: _mapping,
}
