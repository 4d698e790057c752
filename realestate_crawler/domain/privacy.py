"""What happens to names of people: dropped, replaced by a keyed digest, or kept, by explicit choice."""

import hashlib
import hmac
import json
from collections.abc import Collection
from enum import StrEnum
from typing import Any

from realestate_crawler.domain.columns import ABSENT, find, replaced, without
from realestate_crawler.items import MEANINGS, PERSONAL_FIELDS, SOURCE_FIELDS, Form, Listing


class Policy(StrEnum):
    """What to do with a personal value."""

    DROP = "drop"
    HASH = "hash"
    KEEP = "keep"


def protect(listing: Listing, policy: Policy, key: bytes, columns: Collection[str] = ()) -> int:
    """Applies the policy to what names or reaches people; says how many values it met.

    Args:
        listing: changed in place.
        policy: what is done.
        key: of the digest, for HASH.
        columns: personal columns of `extra` (names or dotted paths), and fields that were read from such columns.

    Raises:
        ValueError: for HASH without a key.
    """
    if policy is Policy.HASH and not key:
        raise ValueError("hashing personal data needs a key: set REALESTATE_PERSONAL_DATA_KEY")
    met = 0
    for name in PERSONAL_FIELDS.union(columns).intersection(SOURCE_FIELDS):
        value = getattr(listing, name)
        value = listing.raw.get(name) if value is None else value
        if value is None:
            continue
        met += 1
        if policy is not Policy.KEEP:
            listing.raw.pop(name, None)
            setattr(listing, name, _protected(value, policy, key) if MEANINGS[name].form is Form.TEXT else None)
    for column in columns:
        value = find(listing.extra, column)
        if value is ABSENT or value is None:
            continue
        met += 1
        if policy is Policy.DROP:
            listing.extra = without(listing.extra, [column])
        elif policy is Policy.HASH:
            listing.extra = replaced(listing.extra, column, _protected(value, policy, key))
    return met


def _protected(value: Any, policy: Policy, key: bytes) -> str | None:
    if policy is Policy.DROP:
        return None
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    told = text.strip().casefold().encode("utf-8", "surrogatepass")
    return hmac.new(key, told, hashlib.sha256).hexdigest()[:32]
