"""What happens to names of people: dropped, replaced by a keyed digest, or kept, by explicit choice."""

import hashlib
import hmac
from collections.abc import Collection
from enum import StrEnum

from realestate_crawler.items import PERSONAL_FIELDS, Listing


class Policy(StrEnum):
    """What to do with a personal value."""

    DROP = "drop"
    HASH = "hash"
    KEEP = "keep"


def protect(listing: Listing, policy: Policy, key: bytes, columns: Collection[str] = ()) -> int:
    """Applies the policy in place to the personal fields and the personal `columns` of `extra`; says how many it met.

    Raises:
        ValueError: for HASH without a key.
    """
    if policy is Policy.HASH and not key:
        raise ValueError("hashing personal data needs a key: set REALESTATE_PERSONAL_DATA_KEY")
    met = 0
    for name in PERSONAL_FIELDS:
        value = getattr(listing, name)
        listing.raw.pop(name, None)
        if value is not None:
            met += 1
            setattr(listing, name, _protected(str(value), policy, key))
    for column in columns:
        if listing.extra.get(column) is not None:
            met += 1
            kept = _protected(str(listing.extra.pop(column)), policy, key)
            if kept is not None:
                listing.extra[column] = kept
    return met


def _protected(value: str, policy: Policy, key: bytes) -> str | None:
    if policy is Policy.KEEP:
        return value
    if policy is Policy.DROP:
        return None
    return hmac.new(key, value.strip().casefold().encode(), hashlib.sha256).hexdigest()[:32]
